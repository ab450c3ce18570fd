"""Default forecasts of many kinds of series beside naive ones.

KERASEQ_DATA=... python benchmarks/panels.py
KERASEQ_DATA=... python benchmarks/panels.py --sets "random walks" airline --model nlinear --seeds 0

Nothing is set but the horizon. Of panels the last horizon is forecast; of single frames every
window of the last fifth (of sunspots and CO2 too), with one fit before it. MASE is scaled by the
seasonal naive error of the training part, "ratio" is MASE by that of the better naive forecast.
Files of ett, weather, stocks and series lie in KERASEQ_DATA; the rest is simulated or installed.
"""

import argparse
import functools
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
from _results import write_section

import keraseq
from keraseq.baselines import mase_scale, seasonal_naive
from keraseq.datasets import fetch_ett, load_co2

DATA = Path(os.environ.get("KERASEQ_DATA", "."))
TEST_SHARE = 0.2


def hourly_panel(n_series=400):
    """Hours of a day and days of a week in unlike strengths, scales and noise; no dates."""
    rng, panel = np.random.default_rng(1), []
    for _ in range(n_series):
        hours = np.arange(rng.choice([748, 1008]))
        day = np.convolve(np.tile(rng.normal(size=24), 3), np.ones(5) / 5, "same")[24:48]
        day *= 2 * rng.uniform(0.3, 2)
        week = np.repeat(rng.normal(size=7) * rng.uniform(0, 0.7), 24) * (rng.random() < 0.7)
        drift = np.cumsum(rng.normal(size=len(hours))) * rng.uniform(0, 0.03)
        noise = autoregressive(rng, len(hours), rng.uniform(0.3, 0.95), rng.uniform(0.1, 0.6))
        y = day[hours % 24] + week[hours % 168] + drift + noise
        panel.append(10 ** rng.uniform(1, 4) * (np.exp(y / 4) if rng.random() < 0.5 else 5 + y))
    return panel


def autoregressive(rng, n, memory, spread):
    values = np.zeros(n)
    shocks = rng.normal(size=n) * spread * np.sqrt(1 - memory**2)
    for step in range(1, n):
        values[step] = memory * values[step - 1] + shocks[step]
    return values


def pieces(frame, length, stride):
    """Each column cut into series of its own."""
    starts = range(0, len(frame) - length + 1, stride)
    cut = [frame[column].iloc[at : at + length] for column in frame for at in starts]
    return [piece for piece in cut if piece.iloc[-48:].std() > 0]


def weather():
    """Every sixth row: hours."""
    frame = pd.read_csv(DATA / "weather" / "weather.csv.gz", encoding="latin1").iloc[::6, 1:]
    frame = frame.astype(float).replace(-9999, np.nan).interpolate().bfill()
    return frame.reset_index(drop=True)


def random_walks(n, columns=8):
    """Daily rates that nothing can be learned of."""
    rng = np.random.default_rng(2)
    shared = 0.3 + 0.7 * np.eye(columns)
    steps = rng.multivariate_normal(np.zeros(columns), shared, n) * 0.006
    dates = pd.date_range("1995-01-01", periods=n)
    return pd.DataFrame(np.exp(np.cumsum(steps, axis=0)), dates).rename(columns=str)


def short_walks(n_series=20, n=150):
    rng = np.random.default_rng(4)
    return [pd.Series(100 + np.cumsum(rng.normal(size=n))) for _ in range(n_series)]


def walk(seed, n=150):
    """Of few rows, where a look at the past may by chance have helped."""
    rng = np.random.default_rng([5, seed])
    return pd.DataFrame(
        {"y": np.cumsum(rng.normal(size=n))}, pd.date_range("2020-01-01", periods=n)
    )


def counts(n_series=12, n=200):
    """Spare parts: days without a sale, and a few with some."""
    rng = np.random.default_rng(6)
    rates = rng.uniform(0.1, 0.8, n_series)
    return [rng.poisson(rate, n) * (rng.random(n) < 0.5) for rate in rates]


def months(n=60):
    """Five years with a season, a trend and noise."""
    rng, steps = np.random.default_rng(7), np.arange(n)
    y = 50 + 0.4 * steps + 10 * np.sin(2 * np.pi * steps / 12) + rng.normal(size=n) * 3
    return pd.DataFrame({"y": y}, pd.date_range("2015-01-01", periods=n, freq="MS"))


def stocks():
    rows = pd.read_csv(DATA / "stocks" / "dash-stock-ticker-demo.csv").sort_values("Date")
    closes = [group["AdjClose"].dropna().to_numpy() for _, group in rows.groupby("Stock")]
    n = min(map(len, closes))
    dates = pd.bdate_range("2004-01-01", periods=n)
    return pd.DataFrame(np.stack([close[-n:] for close in closes], axis=1), dates).rename(
        columns=str
    )


def illness(n=966, columns=7):
    """Weekly, a wave a year of unlike height and date, and growth."""
    rng, weeks, wave = np.random.default_rng(3), np.arange(n), np.zeros(n)
    for year in range(n // 52 + 2):
        peak, height, width = 52.18 * year + 18 + 4 * rng.normal(), rng.normal(), rng.uniform(4, 7)
        wave += 1.5 * np.exp(0.4 * height - 0.5 * ((weeks - peak) / width) ** 2)
    found = []
    for _ in range(columns):
        growth = np.exp(weeks / n * rng.uniform(0, 1.5))
        noise = np.exp(autoregressive(rng, n, 0.9, 0.12 / np.sqrt(1 - 0.81)))
        found.append(
            10 ** rng.uniform(0, 4) * growth * (0.4 + wave * rng.uniform(0.6, 1.4)) * noise
        )
    dates = pd.date_range("2002-01-01", periods=n, freq="7D")
    return pd.DataFrame(np.stack(found, axis=1), dates).rename(columns=str)


def one(name, start, freq):
    values = pd.read_csv(DATA / "series" / f"{name}.csv").iloc[:, 1].astype(str)
    values = pd.to_numeric(values.str.replace("?", "", regex=False)).to_numpy(dtype=float)
    return pd.DataFrame({"y": values}, pd.date_range(start, periods=len(values), freq=freq))


SETS = {  # name: (panel or frame, horizon, season of the naive rival and of MASE)
    "hourly panel": (hourly_panel, 48, 24),
    "ETTh1 in pieces": (
        lambda: pieces(fetch_ett("ETTh1", subset="all").data[:14_000], 800, 800),
        48,
        24,
    ),
    "weather in pieces": (lambda: pieces(weather(), 800, 1_600), 48, 24),
    "random walks": (lambda: random_walks(6_000), 96, 7),
    "short random walks": (short_walks, 12, 7),
    **{f"one short walk, {n}": (functools.partial(walk, n), 12, 7) for n in range(1, 5)},
    "counts": (counts, 7, 7),
    "months": (months, 6, 12),
    "stocks": (stocks, 24, 5),
    "illness": (illness, 24, 52),
    "co2": (lambda: load_co2(frequency="weekly").data.to_frame(), 26, 52),
    "sunspots": (lambda: one("monthly-sunspots", "1749-01-01", "MS"), 24, 12),
    "temperatures": (lambda: one("daily-min-temperatures", "1981-01-01", "D"), 14, 7),
    "airline": (lambda: one("airline-passengers", "1949-01-01", "MS"), 12, 12),
    "shampoo": (lambda: one("shampoo", "2001-01-01", "MS"), 3, 12),
}


def naive_errors(histories, truths, horizon, season):
    """The errors of repeating the last season, behind each history."""
    ahead = [seasonal_naive(h, horizon, min(season, len(h))) for h in histories]
    return [np.abs(a - t) for a, t in zip(ahead, truths, strict=True)]


def panel_scores(panel, forecaster, season):
    """MASE of the forecaster, of repeating the last value and the last season."""
    h = forecaster.horizon
    values = [np.asarray(y, dtype=float) for y in panel]
    known, truth = [y[:-h] for y in values], [y[-h:] for y in values]
    ahead = forecaster.fit([y[:-h] for y in panel]).predict()
    errors = [np.abs(np.ravel(a) - t) for a, t in zip(ahead, truth, strict=True)]
    errors = [errors, *(naive_errors(known, truth, h, s) for s in (1, season))]
    scale = [mase_scale(y, season) for y in known]
    return [np.mean([e.mean() / s for e, s in zip(own, scale, strict=True)]) for own in errors]


def frame_scores(frame, forecaster, season):
    """The same over every window of the last fifth."""
    h, values = forecaster.horizon, frame.to_numpy()
    start = len(frame) - round(TEST_SHARE * len(frame))
    forecaster.fit(frame[:start])
    ahead, truth = forecaster.predict_windows(frame, max(start, forecaster.lookback_))
    histories = [values[: len(frame) - h - i] for i in range(len(truth))][::-1]
    errors = [np.abs(ahead - truth), *(naive_errors(histories, truth, h, s) for s in (1, season))]
    return [np.mean(np.stack(own) / mase_scale(values[:start], season)) for own in errors]


def run(name, model, seed):
    """Return the row of a set and a seed."""
    make, horizon, season = SETS[name]
    series, begin = make(), time.perf_counter()
    forecaster = keraseq.SequenceForecaster(model, horizon=horizon, random_state=seed)
    score = panel_scores if isinstance(series, list) else frame_scores
    ours, naive, seasonal = score(series, forecaster, season)
    return {
        "set": name,
        "seed": seed,
        "MASE": round(ours, 3),
        "naive": round(naive, 3),
        "seasonal naive": round(seasonal, 3),
        "ratio": round(ours / min(naive, seasonal), 3),
        **{key: forecaster.params_[key] for key in ("lookback", "patch_length", "loss", "epochs")},
        "shrinkage": round(forecaster.shrinkage_, 3),
        "seconds": round(time.perf_counter() - begin),
    }


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    made.add_argument("--model", default="gru")
    made.add_argument("--seeds", nargs="+", type=int, default=[0])
    options = made.parse_args()
    table = []
    for name in options.sets:
        for seed in options.seeds:
            table.append(run(name, options.model, seed))
            print(table[-1], flush=True)
    if options.sets == list(SETS):
        write_section(
            f"Forecasts of many kinds, {options.model}",
            table,
            seeds=options.seeds,
            notes="Defaults, nothing set but the horizon.",
        )


if __name__ == "__main__":
    main()
