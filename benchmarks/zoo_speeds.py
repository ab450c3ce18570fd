"""A training step and the answer to one row of every model, relative to gru's, in one run.

python benchmarks/zoo_speeds.py                         # all; one to fifteen minutes on 2 cores
python benchmarks/zoo_speeds.py --models lstm --repeats 5 --dry

Every model at its default size, in turns. Bodies read 32 series of 128 steps and 8 features (token
ids where they read nothing else) and tell two classes; forecasters read 336 steps of one series and
give the 96 that follow, beside gru in the same place. The fastest of all turns counts, since it is
disturbed least. Recurrent layers go back as they do in an estimator's fit. The table goes to the
page of this machine; `benchmarks/zoo_page.py` shows it.
"""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# As `import keraseq` does where it is the first.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import keras
import numpy as np
import pandas as pd
from _results import speeds_path, write_section

import keraseq
from keraseq._quiet import many_models
from keraseq.builders import count_parameters
from keraseq.models import find_model
from keraseq.tasks import get_task
from keraseq.training.recurrences import steps_by_hand

TITLE = "The zoo at its default sizes"
ROWS, STEPS, FEATURES = 32, 128, 8
LOOKBACK, HORIZON = 336, 96
VOCABULARY = 1_000


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--models", nargs="+", default=keraseq.list_models())
    made.add_argument("--repeats", type=int, default=10)
    made.add_argument("--notes", default="")
    made.add_argument("--dry", action="store_true", help="print alone, write no page")
    options = made.parse_args()
    forecasters = [name for name in options.models if find_model(name).kind.name == "forecaster"]
    bodies = [name for name in options.models if name not in forecasters]
    frame = pd.concat(
        [
            measured(names, forecast, options.repeats)
            for names, forecast in ((bodies, False), (forecasters, True))
            if names
        ]
    )
    print(frame.to_string(index=False, float_format="{:.2f}".format))
    if not options.dry:
        what = __doc__.split("\n\n")[2]
        notes = f"{what} {options.repeats} turns. {options.notes}"
        write_section(TITLE, frame, seeds=0, path=speeds_path(), notes=notes)


def measured(names, forecast, repeats):
    """A row a model: its weights, milliseconds, and both relative to gru's beside it."""
    work = {name: Work(name, forecast) for name in dict.fromkeys(["gru", *names])}
    for _ in range(repeats):
        for one in work.values():
            one.take_turn()
    gru = work["gru"]
    return pd.DataFrame(
        {
            "model": name,
            "as": "forecaster" if forecast else "classifier",
            "weights": one.weights,
            "step_ms": 1000 * min(one.steps),
            "row_ms": 1000 * min(one.rows),
            "step_of_gru": min(one.steps) / min(gru.steps),
            "row_of_gru": min(one.rows) / min(gru.rows),
        }
        for name, one in work.items()
        if name in names
    )


class Work:
    """A compiled model, its batch, and the seconds that it took so far."""

    def __init__(self, name, forecast):
        draw = np.random.default_rng(0)
        spec, settings = find_model(name), {"seed": 0}
        if forecast:
            self.x = draw.normal(size=(ROWS, LOOKBACK, 1)).astype("float32")
            self.y = draw.normal(size=(ROWS, HORIZON, 1)).astype("float32")
            outputs, settings["task"] = (HORIZON, 1), "forecasting"
        else:
            self.x = draw.normal(size=(ROWS, STEPS, FEATURES)).astype("float32")
            settings["task"] = spec.served_tasks[0]
            outputs = get_task(settings["task"]).smallest_outputs
            self.y = draw.integers(0, 2, ROWS)
        if spec.inputs == "tokens":
            self.x = draw.integers(4, VOCABULARY, (ROWS, STEPS))
            settings["vocabulary_size"] = VOCABULARY
        shape = self.x.shape[1:]
        self.model = keraseq.build(name, shape, outputs, **settings)
        if isinstance(self.model.input, dict):  # which reads the phase of a season, too
            others = {
                name: np.zeros((ROWS, *part.shape[1:]), part.dtype)
                for name, part in self.model.input.items()
            }
            self.x = {**others, "past": self.x}
        self.one = keras.tree.map_structure(lambda part: part[:1], self.x)
        self.weights = count_parameters(self.model)
        self.steps, self.rows = [], []
        # As in an estimator's fit; later steps are of this trace.
        with steps_by_hand(self.model):
            for _ in range(2):  # compiles
                self.model.train_on_batch(self.x, self.y)
                self.model.predict_on_batch(self.one)

    def take_turn(self):
        for seconds, call in (
            (self.steps, lambda: self.model.train_on_batch(self.x, self.y)),
            (self.rows, lambda: self.model.predict_on_batch(self.one)),
        ):
            begin = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - begin)


if __name__ == "__main__":
    with many_models():
        main()
