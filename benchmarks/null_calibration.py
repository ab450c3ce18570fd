"""Does the comparison cry wolf, and does it see what is there? Real fits on generated data.

python benchmarks/null_calibration.py                        # 200 comparisons a design, 100 planted
python benchmarks/null_calibration.py --designs resplits --repeats 50 --log log.jsonl

The same small GRU takes part under two names, 5 runs each. Of its verdicts at 5 %, at most 8 % may
say "a detectable difference". Then the second is blunted by a known amount (a share of its answers
is drawn at random, its forecasts are blurred), 10 runs, and 80 % of the comparisons must see it.
Last, simulated scores: one of eight models 3 standard deviations of a run below the others. An hour
and a half; --log keeps what is done, and a second call goes on from there. Several processes may
share the designs between them.
"""

import argparse
import json
import logging
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)

import numpy as np
import simulated_calibration
from sklearn.model_selection import StratifiedKFold
from tqdm import tqdm

import keraseq
from keraseq.comparison import compare

SETTINGS = {"units": 16, "epochs": 2, "early_stopping": False, "batch_size": 32}
STEPS, ROWS = 8, 300
FORECASTS = {**SETTINGS, "epochs": 4, "learning_rate": 0.02, "horizon": 4, "lookback": 12}
BLUNTED, BLUR = 0.3, 0.6


class Blunted(keraseq.SequenceClassifier):
    """A classifier of which a share of the answers is drawn at random."""

    def predict(self, X):
        answers = super().predict(X)
        generator = np.random.default_rng(self.random_state)
        drawn = generator.random(len(answers)) < BLUNTED
        return np.where(drawn, generator.choice(self.classes_, len(answers)), answers)


class BluntedForecaster(keraseq.SequenceForecaster):
    """A forecaster whose forecasts are blurred."""

    def predict_windows(self, y, start):
        forecast, truth = super().predict_windows(y, start)
        generator = np.random.default_rng(self.random_state)
        return forecast + generator.normal(0, BLUR, forecast.shape), truth


CLASSIFIERS = keraseq.SequenceClassifier, Blunted
FORECASTERS = keraseq.SequenceForecaster, BluntedForecaster


def rows(n, seed):
    """Noise about two levels; a perfect answer is right in 92 of 100, the GRU in 91."""
    generator = np.random.default_rng(seed)
    y = generator.integers(0, 2, n)
    return generator.normal(0, 1, (n, STEPS)) + y[:, None], y


def series(seed):
    """A wave about zero, and noise; the mean has a MASE of 1.17, the GRU of 0.75."""
    generator = np.random.default_rng(seed)
    wave = np.sin(2 * np.pi * (np.arange(240) / 12 + generator.random()))
    return wave + generator.normal(0, 0.5, len(wave))


def resplits(planted, seed, n_seeds):
    pair = two(CLASSIFIERS, planted, SETTINGS)
    return compare(pair, *rows(ROWS, seed), n_seeds=n_seeds, **shared(seed))


def cross_validation(planted, seed, n_seeds):
    pair = two(CLASSIFIERS, planted, SETTINGS)
    cv = StratifiedKFold(n_seeds, shuffle=True, random_state=seed)
    return compare(pair, *rows(ROWS, seed), cv=cv, **shared(seed))


def fixed(n_test):
    def design(planted, seed, n_seeds):
        pair = two(CLASSIFIERS, planted, SETTINGS)
        test = rows(n_test, 10**6 + seed)
        return compare(pair, *rows(ROWS, seed), test=test, n_seeds=n_seeds, **shared(seed))

    return design


def forecasting(planted, seed, n_seeds):
    pair = two(FORECASTERS, planted, FORECASTS)
    return compare(pair, series(seed), n_seeds=n_seeds, **shared(seed))


def two(kinds, planted, settings):
    plain, blunted = kinds
    second = blunted if planted else plain
    return {"one": plain(**settings), "two": second(**settings)}


def shared(seed):
    return {"baselines": False, "random_state": seed, "verbose": 0}


DESIGNS = {
    "resplits": resplits,
    "cross-validation": cross_validation,
    "fixed test set, 500 rows": fixed(500),
    "fixed test set, 5,000 rows": fixed(5_000),
    "forecasting": forecasting,
}


def verdicts(name, planted, repeats, log):
    """Return for each comparison: the verdict, whether p alone is below 5 %, and the difference."""
    done = {record["seed"]: record for record in log if record["design"] == [name, planted]}
    for seed in tqdm(range(repeats), desc=name, disable=None):
        if seed in done:
            continue
        result = DESIGNS[name](planted, seed, 10 if planted else 5)
        row = result.significance.iloc[0]
        size = float(result.scores["one"].mean() - result.scores["two"].mean())
        done[seed] = log.add(
            design=[name, planted],
            seed=seed,
            detectable=bool(row["detectable"]),
            p=float(row["p"]),
            size=size,
            deviation=float(result.scores.std().mean()),
        )
    return [done[seed] for seed in range(repeats)]


class Log(list):
    """Records in a file of JSON lines, if there is one."""

    def __init__(self, path):
        self.path = path and Path(path)
        if self.path and self.path.exists():
            self.extend(map(json.loads, self.path.read_text(encoding="utf-8").splitlines()))

    def add(self, **record):
        self.append(record)
        if self.path:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
        return record


def share(values):
    """A share with its exact 95 % interval."""
    low, high = simulated_calibration.exact_interval(int(np.sum(values)), len(values))
    return f"{np.mean(values):.3f} ({low:.3f} to {high:.3f})"


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--repeats", type=int, default=200)
    made.add_argument("--designs", nargs="+", choices=DESIGNS, default=list(DESIGNS))
    made.add_argument("--log", metavar="FILE.jsonl")
    options = made.parse_args()
    log = Log(options.log)
    print("the same model under two names, 5 runs: share called different (exact 95 %)")
    for name in options.designs:
        found = verdicts(name, False, options.repeats, log)
        print(f"  {name:28} verdicts {share([r['detectable'] for r in found])}, ", end="")
        print(f"p < 0.05 {share([r['p'] < 0.05 for r in found])}", flush=True)
    print("\none of the two blunted, 10 runs: share seen")
    for name in options.designs:
        found = verdicts(name, True, -(-options.repeats // 2), log)
        size, deviation = (np.mean([r[key] for r in found]) for key in ("size", "deviation"))
        print(
            f"  {name:28} {share([r['detectable'] for r in found])}; mean difference {size:.3f}, "
            f"{size / deviation:.1f} deviations of a run",
            flush=True,
        )
    simulated_calibration.only_whether_significant()
    print("\nsimulated: one of eight models 3 deviations of a run worse, share of its pairs found")
    for n_runs, wanted in ((5, 0.45), (10, 0.78)):
        _, found = simulated_calibration.simulate(
            "independent", "equal", 8, n_runs, 1000, shift=3.0
        )
        print(f"  {n_runs:2} runs: {found:.3f} (wanted: {wanted})", flush=True)


if __name__ == "__main__":
    main()
