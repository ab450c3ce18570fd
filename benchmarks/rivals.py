"""The cheap rivals of forecasters, on the sets and by the protocols of the networks' benchmarks.

KERASEQ_DATA=... python benchmarks/rivals.py               # some minutes
KERASEQ_DATA=... python benchmarks/rivals.py --sets M4

M4 weekly: 359 series, 13 weeks ahead, the test part of the competition. ETTh1: fitted on the first
8,640 rows, z-scored by them; every window of the published test part counts. Seasons are those of
the dates, 52 weeks and 24 hours; the trees look for theirs. Nothing is chosen here. Seconds are of
a fit and all its forecasts.
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
from _results import write_section
from long_horizon import data, errors

from keraseq.baselines import ETS, LagTrees, NaiveForecaster, Theta, mase_scale, seasonal_naive

HORIZON = 13


def load():
    """Return M4's weekly series, and what followed; the files lie in KERASEQ_DATA."""
    train, test = (
        pd.read_csv(Path(os.environ["KERASEQ_DATA"]) / "m4" / f"Weekly-{part}.csv.gz", index_col=0)
        for part in ("train", "test")
    )
    return [row[~np.isnan(row)] for row in train.to_numpy(dtype=float)], test.to_numpy(dtype=float)


def scores(series, forecast, truth):
    """Return sMAPE in percent and MASE (season 1), each a mean over series."""
    error, scale = np.abs(forecast - truth), np.array([mase_scale(y) for y in series])
    smape = 200 * np.mean(error / (np.abs(forecast) + np.abs(truth)))
    return {"sMAPE": round(float(smape), 3), "MASE": round(float(np.mean(error.T / scale)), 3)}


def of_m4(horizons):
    """A line for each rival, and for each seed of the trees; the horizon is the competition's."""
    series, truth = load()
    for name, season in {"repeat last": 1, "seasonal naive": 52}.items():
        forecast = [seasonal_naive(y, HORIZON, min(season, len(y))) for y in series]
        yield {"model": name, **scores(series, np.stack(forecast), truth)}
    rivals = {"Theta": Theta(horizon=HORIZON, season=52), "ETS": ETS(horizon=HORIZON, season=52)}
    for seed in (0, 1, 2):
        rivals[f"lag trees, seed {seed}"] = LagTrees(horizon=HORIZON, random_state=seed)
    for name, rival in rivals.items():
        begin = time.perf_counter()
        forecast = np.stack(rival.fit(series).predict())
        seconds = time.perf_counter() - begin
        yield {"model": name, **scores(series, forecast, truth), "seconds": round(seconds)}


def of_ett(horizons):
    """A line for each rival; of the trees one seed."""
    y, (train, validation, test) = data()
    rivals = {"seasonal naive": NaiveForecaster(season=24), "Theta": Theta(season=24)}
    rivals |= {"ETS": ETS(season=24), "lag trees": LagTrees(random_state=0)}
    for name, rival in rivals.items():
        row = {"model": name}
        for horizon in horizons:
            begin = time.perf_counter()
            rival.set_params(horizon=horizon).fit(y[:train])
            forecast, truth = rival.predict_windows(y[:test], validation)
            row[f"MSE {horizon}"], row[f"MAE {horizon}"] = errors(forecast, truth)
            row[f"seconds {horizon}"] = round(time.perf_counter() - begin)
        yield row


_NOTES = __doc__.split("\n\n")[2]
_SETS = {"M4": ("M4 weekly, rivals", of_m4), "ETTh1": ("ETTh1, rivals", of_ett)}


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--sets", nargs="+", choices=list(_SETS), default=list(_SETS))
    made.add_argument("--horizons", nargs="+", type=int, default=[96], help="of ETTh1")
    options = made.parse_args()
    for name in options.sets:
        title, rows = _SETS[name]
        table = []
        for row in rows(options.horizons):
            print(row, flush=True)
            table.append(row)
        write_section(title, table, notes=_NOTES)


if __name__ == "__main__":
    main()
