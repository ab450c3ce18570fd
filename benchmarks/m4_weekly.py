"""M4 weekly: 359 series of 80 to 2,597 weeks, 13 to forecast, at default settings.

KERASEQ_DATA=... python benchmarks/m4_weekly.py                      # gru, three seeds
KERASEQ_DATA=... python benchmarks/m4_weekly.py --models gru nlinear --validation
KERASEQ_DATA=... python benchmarks/m4_weekly.py --models gru nlinear tide --seeds 0 --choose

The files Weekly-train.csv.gz and Weekly-test.csv.gz of the competition lie in the folder m4 of
KERASEQ_DATA. sMAPE in percent and MASE (season 1) are means over series, as the competition had
them. With --validation the last 13 weeks of the training part are held back and the test part is
not read: what is chosen is chosen there. With --choose all models are fitted so, and those whose
mean is best there are fitted once more, on all of the training part, and forecast the test part.
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
from _results import write_section

import keraseq
from keraseq.baselines import mase_scale, seasonal_naive

HORIZON = 13
PUBLISHED = {"Smyl": 7.817, "AutoARIMA": 7.6, "N-BEATS": 6.8, "Pawlikowski": 6.919}


def load(*, validation):
    """Return the series to learn from, and what followed."""
    folder = Path(os.environ["KERASEQ_DATA"]) / "m4"
    rows = pd.read_csv(folder / "Weekly-train.csv.gz").iloc[:, 1:].to_numpy(dtype=float)
    series = [row[~np.isnan(row)] for row in rows]
    if validation:
        return [y[:-HORIZON] for y in series], np.stack([y[-HORIZON:] for y in series])
    test = pd.read_csv(folder / "Weekly-test.csv.gz").iloc[:, 1:].to_numpy(dtype=float)
    return series, test


def scores(series, forecast, truth):
    """Return sMAPE in percent and MASE, each a mean over series."""
    scale = np.array([mase_scale(y) for y in series])
    error = np.abs(forecast - truth)
    smape = 200 * np.mean(error / (np.abs(forecast) + np.abs(truth)))
    return {"sMAPE": round(smape, 3), "MASE": round(np.mean(error.mean(axis=1) / scale), 3)}


def run(model, series, truth, seed, settings):
    """Fit one model and return its scores and what was resolved."""
    begin = time.perf_counter()
    forecaster = keraseq.SequenceForecaster(
        model, horizon=HORIZON, random_state=seed, **settings
    ).fit(series)
    forecast = np.stack([np.ravel(values) for values in forecaster.predict()])
    seconds = time.perf_counter() - begin
    resolved = {name: forecaster.params_[name] for name in ("lookback", "patch_length", "epochs")}
    more = {"shrinkage": round(forecaster.shrinkage_, 3), "seconds": round(seconds)}
    return forecast, {**resolved, **more}


def run_all(models, seeds, series, truth):
    """Return each model's forecast, the median of its seeds, and a row of scores for each fit."""
    found, rows = {}, []
    for model in models:
        forecasts = []
        for seed in seeds:
            forecast, told = run(model, series, truth, seed, {})
            forecasts.append(forecast)
            rows.append({"model": model, "seed": seed, **scores(series, forecast, truth), **told})
            print(rows[-1], flush=True)
        found[model] = np.median(forecasts, axis=0)
        if len(seeds) > 1:
            rows.append(said(f"{model}, median of the seeds", series, found[model], truth))
    return found, rows


def said(model, series, forecast, truth):
    row = {"model": model, **scores(series, forecast, truth)}
    print(row, flush=True)
    return row


def choose(models, seeds):
    """Return the models whose mean is best on the last weeks of the training part, and rows.

    Tried are the k best for every k, by the mean of sMAPE and MASE, each in units of the naive
    forecast's (the OWA of the competition, whose second naive is the first where no season is).
    """
    series, truth = load(validation=True)
    naive = scores(series, np.stack([seasonal_naive(y, HORIZON, 1) for y in series]), truth)
    found, rows = run_all(models, seeds, series, truth)

    def owa(forecast):
        given = scores(series, forecast, truth)
        return np.mean([given[name] / naive[name] for name in naive])

    order = sorted(found, key=lambda model: owa(found[model]))
    means = [
        np.mean([found[model] for model in order[:k]], axis=0) for k in range(1, len(order) + 1)
    ]
    best = int(np.argmin([owa(mean) for mean in means])) + 1
    rows += [
        said(f"mean of {', '.join(order[:k])}", series, mean, truth)
        for k, mean in enumerate(means[1:], 2)
    ]
    return order[:best], [{"part": "validation", **row} for row in rows]


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--models", nargs="+", default=["gru"])
    made.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    made.add_argument("--validation", action="store_true")
    made.add_argument("--choose", action="store_true", help="the best mean on validation")
    options = made.parse_args()
    models, table = options.models, []
    if options.choose:
        models, table = choose(models, options.seeds)
    series, truth = load(validation=options.validation)
    naive = {"naive": 1, "seasonal naive, 52": 52}
    for name, season in naive.items():
        forecast = [seasonal_naive(y, HORIZON, min(season, len(y))) for y in series]
        table.append(said(name, series, np.stack(forecast), truth))
    found, rows = run_all(models, options.seeds, series, truth)
    table += rows
    if len(found) > 1 and options.choose:
        mean = np.mean(list(found.values()), axis=0)
        table.append(said(f"mean of {', '.join(found)}", series, mean, truth))
    if options.choose:
        table = [{"part": "test", **row} for row in table]
    part = "last 13 weeks of the training part" if options.validation else "test part"
    part = "the best on validation" if options.choose else part
    published = ", ".join(f"{name} {value}" for name, value in PUBLISHED.items())
    notes = f"Defaults, nothing set but the horizon. Published sMAPE on the test part: {published}."
    write_section(
        f"M4 weekly, {part}",
        table,
        seeds=options.seeds,
        notes=notes,
    )


if __name__ == "__main__":
    main()
