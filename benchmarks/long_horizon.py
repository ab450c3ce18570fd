"""ETTh1 by the published protocol, beside published models.

python benchmarks/long_horizon.py                                     # gru at four horizons
python benchmarks/long_horizon.py --models segrnn gru --seeds 0 1 2
python benchmarks/long_horizon.py --published --models sparse_tsf cycle_net   # as their authors ran
python benchmarks/long_horizon.py --models sparse_tsf cycle_net gru --horizons 720 --origins 2
python benchmarks/long_horizon.py --models segrnn --horizons 96 --search units=128,256 loss=mse,mae

8,640 rows train, 2,880 choose the epoch and the best model, 2,880 are the test part (histories may
reach back across a border); columns are z-scored by the training part; every window counts once;
errors are means over windows, steps and columns. A model of several seeds answers with the mean of
their forecasts. Besides each model stands the mean of the k best on validation, for the k that is
best there. With ``--origins 2`` models are judged by two validation parts: also by the 2,880 rows
before, after a fit on what comes before those. "Repeat last" is computed here too, and must come
within 1 % of the published figures.
``--search`` compares settings on the validation part and never reads the test part. Runs on JAX
too (``KERAS_BACKEND=jax``), for SegRNN's 512 units best on a GPU.
"""

import argparse
import ast
import functools
import itertools
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

import keraseq
from keraseq.batching import sliding_windows
from keraseq.datasets import fetch_ett

_NOTES = __doc__.split("\n\n")[2]
HORIZONS = (96, 192, 336, 720)
PUBLISHED = {  # MSE at each horizon, every window counted
    "Linear": (0.375, 0.418, 0.479, 0.624),
    "NLinear": (0.374, 0.408, 0.429, 0.440),
    "DLinear": (0.375, 0.405, 0.439, 0.472),
    "CycleNet, linear": (0.3745, 0.4067, 0.4314, 0.4509),
    "SparseTSF": (0.362, 0.404, 0.435, 0.426),
    "SegRNN": (0.351, 0.392, 0.423, 0.466),
    "DUET": (0.352, 0.398, 0.414, 0.429),
}
REPEAT_LAST = ((1.295, 0.713), (1.325, 0.733), (1.323, 0.744), (1.339, 0.756))  # MSE, MAE
# How the authors trained, 30 epochs with patience 5, and without a share of a naive forecast.
RECIPES = {
    "segrnn": {
        "lookback": 720,
        "units": 512,
        "dropout": 0.1,
        "loss": "mae",
        "batch_size": 64,
        "learning_rate": 3e-4,
    },
    "sparse_tsf": {"lookback": 720, "batch_size": 256, "learning_rate": 0.02},
    "cycle_net": {"lookback": 336, "batch_size": 256, "learning_rate": 0.005},
}
RECIPES = {model: {**recipe, "epochs": 30, "shrinkage": 0} for model, recipe in RECIPES.items()}


def errors(forecast, truth):
    return float(np.mean((forecast - truth) ** 2)), float(np.mean(np.abs(forecast - truth)))


@functools.cache
def data():
    """Return the z-scored frame, and where training, validation and test end."""
    bunch = fetch_ett("ETTh1", subset="all")
    ends = [bunch.borders[part][1] for part in ("train", "validation", "test")]
    train = bunch.data[: ends[0]]
    return (bunch.data[: ends[2]] - train.mean()) / train.std(ddof=0), ends


def forecasts(model, horizon, settings, seed, origins=1, tests=True):
    """Train; return forecasts of each validation part (and of the test part), epochs, seconds."""
    begin, (_, ends) = time.perf_counter(), data()
    found = []
    for borders in validation_borders(origins):
        fitted, n_iter = fit(model, horizon, settings, seed, borders)
        found.append(_forecast(fitted, *borders))
        if borders[1] == ends[1]:
            epochs, final = n_iter, fitted
    found += [_forecast(final, *ends[1:])] if tests else []
    return found, epochs, time.perf_counter() - begin


def validation_borders(origins):
    """First and last row of validation parts: the published one, and as many rows before it."""
    first, last, _ = data()[1]
    return [(first - k * (last - first), last - k * (last - first)) for k in range(origins)]


def fit(model, horizon, settings, seed, borders):
    """Train on the rows before a validation part, which chooses the epoch."""
    first, last = borders
    lookback = settings.get("lookback", 720)
    n_windows = last - lookback - horizon + 1
    forecaster = keraseq.SequenceForecaster(
        model,
        horizon=horizon,
        early_stopping=True,
        # Such that its rows begin where the published validation part does.
        validation_fraction=(last - first - horizon + 1) / n_windows,
        **{"random_state": seed, **settings, "lookback": lookback},
    ).fit(data()[0][:last])
    return forecaster, forecaster.n_iter_


def _forecast(forecaster, start, end):
    return forecaster.predict_windows(data()[0][:end], start)[0].astype("float32")


def truths(horizon, origins=1):
    """What followed every origin of the validation parts and of the test part."""
    y, ends = data()
    return [
        np.lib.stride_tricks.sliding_window_view(part, horizon, axis=0).swapaxes(1, 2)
        for part in (
            y[first:last].to_numpy() for first, last in [*validation_borders(origins), ends[1:]]
        )
    ]


def search(pool, model, horizon, settings, grid, seeds):
    """Print what each combination of settings reaches on the validation part."""
    truth, waiting = truths(horizon)[0], []
    grid = {name: v if isinstance(v, tuple) else (v,) for name, v in grid.items()}
    for values in itertools.product(*grid.values()):
        tried = dict(zip(grid, values, strict=True))
        given = model, horizon, {**settings, **tried}
        waiting.append((tried, [pool.submit(forecasts, *given, seed, 1, False) for seed in seeds]))
    for tried, jobs in waiting:
        found = [job.result() for job in jobs]
        mse, mae = errors(np.mean([one[0][0] for one in found], axis=0), truth)
        each = ", ".join(f"{errors(one[0][0], truth)[0]:.4f}" for one in found)
        print(
            f"{model} {horizon} {tried}: validation MSE {mse:.4f} ({each}), MAE {mae:.4f}, epochs "
            f"{[one[1] for one in found]}, {sum(one[2] for one in found):.0f} s",
            flush=True,
        )


def check_repeat_last():
    """Stop if "repeat last" as computed here is not as published."""
    y, ends = data()
    for horizon, published in zip(HORIZONS, REPEAT_LAST, strict=True):
        past, truth = sliding_windows(y.to_numpy()[ends[1] - 1 :], 1, horizon)
        here = errors(np.repeat(past, horizon, axis=1), truth)
        far = np.abs(np.divide(here, published) - 1).max()
        print(f"{horizon:7} repeat last, computed here: {here[0]:.3f}/{here[1]:.3f}")
        if far > 0.01:
            sys.exit(f"repeat last is {far:.1%} off the published {published}: another protocol.")


def compare(horizon, jobs, origins):
    """Return a row for each model (its jobs: one a seed), and for the mean of the best."""
    truth, found, rows = truths(horizon, origins), {}, []
    for model, seeds in jobs.items():
        done = [job.result() for job in seeds]
        found[model] = _mean([one[0] for one in done])
        rows.append(_row(model, horizon, truth, found[model]))
        rows[-1]["seconds"] = round(sum(one[2] for one in done))
        each = (errors(one[0][-1], truth[-1])[0] for one in done)
        rows[-1]["MSE of each seed"] = ", ".join(f"{mse:.4f}" for mse in each)
        print(_line(rows[-1]), flush=True)

    def judged(forecast):
        return np.mean([errors(*pair)[0] for pair in zip(forecast[:-1], truth, strict=False)])

    order = sorted(found, key=lambda model: judged(found[model]))
    means = {k: _mean([found[model] for model in order[:k]]) for k in range(2, len(order) + 1)}
    if means:
        k = min(means, key=lambda k: judged(means[k]))
        rows.append(_row(f"mean of {', '.join(order[:k])}", horizon, truth, means[k]))
        print(_line(rows[-1]), flush=True)
    chosen = min(rows, key=lambda row: row["validation MSE"])
    chosen["chosen"] = "on validation"
    best = min(rows, key=lambda row: row["MSE"])
    print(
        f"  chosen on validation: {chosen['model']}, test MSE {chosen['MSE']:.4f}; best on test "
        f"would have been {best['model']}, {best['MSE']:.4f}"
    )
    return rows


def _mean(pairs):
    """The mean of several models' forecasts of all parts."""
    return [np.mean(part, axis=0) for part in zip(*pairs, strict=True)]


def _row(model, horizon, truth, found):
    *validations, (mse, mae) = (errors(*pair) for pair in zip(found, truth, strict=True))
    return {
        "model": model,
        "horizon": horizon,
        "MSE": mse,
        "MAE": mae,
        "validation MSE": np.mean([validation for validation, _ in validations]),
        "chosen": "",
    }


def _line(row):
    seconds = f", {row['seconds']} s" if "seconds" in row else ""
    return (
        f"  {row['model']:14} {row['MSE']:.4f}/{row['MAE']:.4f}   validation MSE "
        f"{row['validation MSE']:.4f}{seconds}   {row.get('MSE of each seed', '')}"
    )


def parse(pairs):
    """Read NAME=VALUE pairs; a value of several, joined by commas, is a tuple of them."""
    split = (pair.split("=", 1) for pair in pairs)
    return {name: _value(value) for name, value in split}


def _value(text):
    if "," in text and text[0] not in "([{":
        return tuple(map(_value, text.split(",")))
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--models", nargs="+", default=["gru"])
    made.add_argument("--horizons", nargs="+", type=int, default=HORIZONS)
    made.add_argument("--seeds", nargs="+", type=int, default=[0])
    made.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE")
    made.add_argument("--published", action="store_true", help="train as the authors did")
    made.add_argument("--search", nargs="+", metavar="NAME=V1,V2", help="on validation alone")
    made.add_argument("--origins", type=int, default=1, help="validation parts to judge by")
    made.add_argument("--jobs", type=int, default=1, help="processes, on one GPU too")
    made.add_argument("--write", metavar="TITLE", help="a section of benchmarks/results/scores.md")
    options = made.parse_args()
    given = parse(options.set)
    check_repeat_last()

    def settings_of(model):
        return {**(RECIPES.get(model, {}) if options.published else {}), **given}

    with _pool(options.jobs) as pool:
        if options.search:
            grid = {
                n: v if isinstance(v, tuple) else (v,) for n, v in parse(options.search).items()
            }
            for model, horizon in itertools.product(options.models, options.horizons):
                search(pool, model, horizon, settings_of(model), grid, options.seeds)
            return
        # The longest horizons first, so that no process is left alone with one.
        jobs = {
            horizon: {
                model: [
                    pool.submit(
                        forecasts, model, horizon, settings_of(model), seed, options.origins
                    )
                    for seed in options.seeds
                ]
                for model in options.models
            }
            for horizon in sorted(options.horizons, reverse=True)
        }
        rows = [
            row
            for horizon in options.horizons
            for row in show(horizon, jobs.pop(horizon), options.origins)
        ]
    if options.write:
        from _results import write_section

        write_section(options.write, rows, seeds=options.seeds, notes=_NOTES)


def show(horizon, jobs, origins):
    """Print a horizon's table and return its rows."""
    print(f"\nhorizon {horizon}: MSE/MAE on the test part", flush=True)
    rows = compare(horizon, jobs, origins)
    if horizon in HORIZONS:
        for name, mse in PUBLISHED.items():
            print(f"  {name:14} {mse[HORIZONS.index(horizon)]:.4f}   published")
    return rows


def _pool(jobs):
    """Processes of their own, each with a part of the machine's threads; one job needs none."""
    if jobs == 1:
        return _AtOnce()
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, str(max(1, (os.cpu_count() or 1) // jobs)))
    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))


class _AtOnce:
    """A pool of no processes: what is submitted runs when its result is asked for."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def submit(self, function, *given):
        return _Job(functools.partial(function, *given))


class _Job:
    def __init__(self, call):
        self.result = call


if __name__ == "__main__":
    main()
