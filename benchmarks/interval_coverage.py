"""How often prediction intervals hold the truth, and how wide they are.

python benchmarks/interval_coverage.py                    # everything, in some minutes
python benchmarks/interval_coverage.py --data noise --seeds 10
KERASEQ_DATA=... python benchmarks/interval_coverage.py --data etth1

Each forecaster is fitted once on the rows before the test part and forecasts from origins a horizon
apart, by `backtest`: with "adaptive" intervals the width follows the errors that have come in, with
"split" it does not. Coverage is the share of test values inside; ± is its standard error over the
seeds, of the series where it is drawn, else of the forecaster. Widths are in standard deviations of
the training part: the mean, and the widest of all.

- etth1: oil temperature by the hour, 11,520 rows before the 2,880 of the test part, horizon 24
- sunspots: by the year, the last 109 of 309 as test part, horizon 3
- noise: 1,000 normal values, the last 400 as test part, horizon 4
- demand: none on nine days of ten, else 1 more than Poisson(5); as noise, horizon 7
- tenth: 5 at every tenth step and 0 between; as noise, horizon 2, lookback 6
"""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd

import keraseq
from keraseq import datasets


def etth1(seed):
    y = datasets.fetch_ett("ETTh1", subset="all").data["OT"][:14_400]
    return y, 11_520, {"horizon": 24, "lookback": 168}


def sunspots(seed):
    return datasets.load_sunspots().data, 200, {"horizon": 3, "lookback": 33}


def noise(seed):
    return np.random.default_rng(seed).normal(size=1_000), 600, {"horizon": 4, "lookback": 16}


def demand(seed):
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(1_000) < 0.1, 1 + rng.poisson(5, 1_000), 0)
    return y, 600, {"horizon": 7, "lookback": 28}


def tenth(seed):
    return np.where(np.arange(1_000) % 10 == 0, 5.0, 0.0), 600, {"horizon": 2, "lookback": 6}


DATA = {made.__name__: made for made in (etth1, sunspots, noise, demand, tenth)}


def measure(name, seed, coverage, settings):
    y, start, shape = DATA[name](seed)
    model = keraseq.SequenceForecaster(random_state=seed, **{**shape, **settings})
    table = model.backtest(y, start=start, coverage=coverage).forecasts
    own = table.dropna(subset="lower")
    width = (own["upper"] - own["lower"]) / np.std(np.asarray(y, dtype=float)[:start])
    inside = (own["lower"] <= own["truth"]) & (own["truth"] <= own["upper"])
    return {
        "data": name,
        "conformal": model.conformal,
        "quantiles": "learned" if model.quantiles else "",
        "coverage": inside.mean(),
        "width": width.mean(),
        "widest": width.max(),
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", choices=DATA, default=list(DATA))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--coverage", type=float, default=0.9)
    parser.add_argument("--conformal", nargs="+", default=["adaptive", "split"])
    parser.add_argument("--quantiles", action="store_true", help="learn 0.05, 0.5 and 0.95")
    options = parser.parse_args()
    quantiles = (0.05, 0.5, 0.95) if options.quantiles else None
    rows = [
        measure(name, seed, options.coverage, {"conformal": conformal, "quantiles": quantiles})
        for name in options.data
        for conformal in options.conformal
        for seed in range(options.seeds)
    ]
    keys = ["data", "conformal", "quantiles"]
    groups = pd.DataFrame(rows).groupby(keys, sort=False)
    table = groups[["coverage", "width"]].mean()
    table.insert(1, "±", groups["coverage"].sem())
    table["widest"] = groups["widest"].max()
    print(f"claimed: {options.coverage}; {options.seeds} seeds")
    print(table.round({"coverage": 3, "±": 3, "width": 2, "widest": 2}).to_string())


if __name__ == "__main__":
    main()
