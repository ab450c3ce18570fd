"""What CONTRIBUTING says of a new model, forecaster, preset and task works as it stands there."""

import re
from pathlib import Path

import keras
import numpy as np
import pytest

import keraseq
from keraseq.tasks import _find, task_names

pytestmark = pytest.mark.usefixtures("registry_as_before")
PAGE = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)


def run(said):
    """Run the one example that says this."""
    (example,) = [example for example in EXAMPLES if said in example]
    exec(compile(example, "CONTRIBUTING.md", "exec"), {"__name__": "mine"})


@pytest.mark.parametrize("name", ["causal_conv", "moved_last", "patch_gru"])
def test_a_model_a_forecaster_and_a_preset_are_listed_and_built(name):
    run(name)
    assert name in keraseq.list_models()
    series = {"input_shape": (24, 2), "outputs": (3, 2), "task": "forecasting"}
    assert keraseq.build(name, **series).output_shape == (None, 3, 2)
    quantiles = keraseq.build(name, **series, quantiles=(0.1, 0.5, 0.9))
    assert quantiles.output_shape == (None, 3, 2, 3)


def test_a_task_is_taken_by_every_builder(monkeypatch):
    monkeypatch.setattr(_find, "KNOWN", dict(_find.KNOWN))
    monkeypatch.setattr("keraseq.tasks._task.KNOWN", _find.KNOWN)
    run("class Counts")
    assert "counts" in task_names()
    assert "gru" in keraseq.list_models(task="counts")
    assert "dlinear" in keraseq.list_models() and "tcn" in keraseq.list_models(task="counts")
    model = keraseq.gru((None, 2), 3, task="counts", units=4, seed=0)
    answers = keras.ops.convert_to_numpy(model(np.ones((2, 5, 2), "float32")))
    assert answers.shape == (2, 3) and (answers > 0).all()
    # The Poisson loss of a count y at the rate r is r - y log r.
    wanted = np.mean(answers - 2 * np.log(answers))
    loss = model.compute_loss(y=np.full((2, 3), 2.0), y_pred=answers)
    assert float(loss) == pytest.approx(wanted, abs=1e-4)
