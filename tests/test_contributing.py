"""What CONTRIBUTING says of a new model, forecaster and preset works as it stands there."""

import re
from pathlib import Path

import pytest

import keraseq

pytestmark = pytest.mark.usefixtures("registry_as_before")
PAGE = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)


@pytest.fixture(params=EXAMPLES, ids=["causal_conv", "moved_last", "patch_gru"])
def example(request):
    exec(compile(request.param, "CONTRIBUTING.md", "exec"), {"__name__": "mine"})
    return re.search(r"\ndef (\w+)|register_preset\(\"(\w+)\"", request.param)


def test_an_example_is_listed_and_built(example):
    name = example[1] or example[2]
    assert name in keraseq.list_models()
    model = keraseq.build(name, (24, 2), (3, 2), task="forecasting")
    assert model.output_shape == (None, 3, 2)
    quantiles = keraseq.build(name, (24, 2), (3, 2), task="forecasting", quantiles=(0.1, 0.5, 0.9))
    assert quantiles.output_shape == (None, 3, 2, 3)
