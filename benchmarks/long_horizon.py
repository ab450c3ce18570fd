"""ETTh1 by the published protocol, beside published models.

python benchmarks/long_horizon.py                # lstm, gru and transformer at four horizons
python benchmarks/long_horizon.py --models gru --horizons 96 --set lookback=336 epochs=3

8,640 rows train, 2,880 choose the epoch and the best model, 2,880 are the test part (histories may
reach back across a border); columns are z-scored by the training part; every window counts once;
errors are means over windows, steps and columns. Published rows: Zeng et al., AAAI 2023, table 2.
"Repeat last" is computed here too, and must come within 1 % of the published figures. A GRU
takes a minute and a half for a horizon, a Transformer some minutes.
"""

import argparse
import ast
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

import keraseq
from keraseq.batching import sliding_windows
from keraseq.datasets import fetch_ett

HORIZONS = (96, 192, 336, 720)
PUBLISHED = {  # MSE, MAE at each horizon
    "repeat last": ((1.295, 0.713), (1.325, 0.733), (1.323, 0.744), (1.339, 0.756)),
    "Informer": ((0.865, 0.713), (1.008, 0.792), (1.107, 0.809), (1.181, 0.865)),
    "Autoformer": ((0.449, 0.459), (0.500, 0.482), (0.521, 0.496), (0.514, 0.512)),
    "Linear": ((0.375, 0.397), (0.418, 0.429), (0.479, 0.476), (0.624, 0.592)),
    "NLinear": ((0.374, 0.394), (0.408, 0.415), (0.429, 0.427), (0.440, 0.453)),
    "DLinear": ((0.375, 0.399), (0.405, 0.416), (0.439, 0.443), (0.472, 0.490)),
}


def load():
    """Return the z-scored frame, and where training, validation and test end."""
    bunch = fetch_ett("ETTh1", subset="all")
    ends = [bunch.borders[part][1] for part in ("train", "validation", "test")]
    train = bunch.data[: ends[0]]
    return (bunch.data[: ends[2]] - train.mean()) / train.std(ddof=0), ends


def errors(forecast, truth):
    return float(np.mean((forecast - truth) ** 2)), float(np.mean(np.abs(forecast - truth)))


def repeat_last(y, start, horizon):
    values = y.to_numpy()
    past, truth = sliding_windows(values[start - 1 :], 1, horizon)
    return errors(np.repeat(past, horizon, axis=1), truth)


def run(model, horizon, y, ends, settings):
    """Return the validation MSE, test MSE and MAE, and seconds of training."""
    lookback = {"lookback": settings.get("lookback", 720)}
    n_windows = ends[1] - lookback["lookback"] - horizon + 1
    forecaster = keraseq.SequenceForecaster(
        model,
        horizon=horizon,
        early_stopping=True,
        # Such that its rows begin where the published validation part does.
        validation_fraction=(ends[1] - ends[0] - horizon + 1) / n_windows,
        **{"random_state": 0, **settings, **lookback},
    )
    begin = time.perf_counter()
    forecaster.fit(y[: ends[1]])
    seconds = time.perf_counter() - begin
    validation = errors(*forecaster.predict_windows(y[: ends[1]], ends[0]))[0]
    return validation, *errors(*forecaster.predict_windows(y, ends[1])), seconds


def check_repeat_last(y, ends):
    """Print "repeat last" as computed here; stop if it is not as published."""
    for horizon, published in zip(HORIZONS, PUBLISHED["repeat last"], strict=True):
        here = repeat_last(y, ends[1], horizon)
        far = np.abs(np.divide(here, published) - 1).max()
        print(f"{horizon:7} repeat last, computed here: {here[0]:.3f}/{here[1]:.3f}")
        if far > 0.01:
            sys.exit(f"repeat last is {far:.1%} off the published {published}: another protocol.")


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--models", nargs="+", default=["lstm", "gru", "transformer"])
    made.add_argument("--horizons", nargs="+", type=int, default=HORIZONS)
    made.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE")
    options = made.parse_args()
    settings = dict(pair.split("=", 1) for pair in options.set)
    settings = {name: ast.literal_eval(value) for name, value in settings.items()}
    y, ends = load()
    check_repeat_last(y, ends)
    for horizon in options.horizons:
        print(f"\nhorizon {horizon}: MSE/MAE on the test part")
        results = {}
        for model in options.models:
            validation, mse, mae, seconds = run(model, horizon, y, ends, settings)
            results[model] = (validation, mse, mae)
            print(
                f"  {model:12} {mse:.3f}/{mae:.3f}   validation MSE {validation:.3f}, "
                f"{seconds:.0f} s",
                flush=True,
            )
        best = min(results, key=lambda name: results[name][0])
        print(f"  best on validation: {best}, test MSE {results[best][1]:.4f}")
        if horizon in HORIZONS:
            for name, rows in PUBLISHED.items():
                mse, mae = rows[HORIZONS.index(horizon)]
                print(f"  {name:12} {mse:.3f}/{mae:.3f}   published")


if __name__ == "__main__":
    main()
