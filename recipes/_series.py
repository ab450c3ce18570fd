"""The series that forecasting.py reads, and where their test part begins."""

import numpy as np
import pandas as pd
from _common import is_csv, read_csv

from keraseq import datasets
from keraseq.baselines import drift, seasonal_naive
from keraseq.encoding.dated_series import read_dated_series
from keraseq.encoding.fill_gaps import fill_gaps

SEASONS = {"co2": 12, "sunspots": 11, "etth1": 24}


def naive_forecasts(pasts, horizon, season):
    """Forecast from the end of each past in every naive way; name -> `(windows, horizon, ...)`."""
    ways = {
        "last value repeated": lambda past: seasonal_naive(past, horizon),
        "line through first and last": lambda past: drift(past, horizon),
    }
    if season > 1:
        ways[f"last {season} steps repeated"] = lambda past: seasonal_naive(past, horizon, season)
    pasts = [fill_gaps(past) for past in pasts]
    return {name: np.stack([way(past) for past in pasts]) for name, way in ways.items()}


def errors(forecast, truth):
    """MSE with its standard error, and MAE, of forecasts `(windows, horizon, series)`.

    Where the truth is missing (NaN), nothing counts.
    """
    wrong = forecast - truth
    wrong = wrong[~np.isnan(wrong).all(axis=(1, 2))]
    squared = np.nanmean(wrong**2, axis=(1, 2))
    error = squared.std() / np.sqrt(max(1, len(wrong) // wrong.shape[1]))
    return f"MSE {np.nanmean(wrong**2):.4g} ± {error:.2g}, MAE {np.nanmean(np.abs(wrong)):.4g}"


def load_series(options):
    """Return the series, rows to train on, first test row, season, and a sentence on the split."""
    season = options.season or SEASONS.get(options.data, 1)
    if options.data == "etth1":
        bunch = datasets.fetch_ett("ETTh1", subset="all")
        (_, n_train), (start, end) = bunch.borders["train"], bunch.borders["test"]
        train = bunch.data[:n_train]
        y = (bunch.data[:end] - train.mean()) / train.std(ddof=0)
        return (
            y,
            n_train,
            start,
            season,
            f"published: rows to {n_train:,} train, from {start:,} on test",
        )
    if is_csv(options):
        y = _read_user_series(options)
    elif options.data in SEASONS:
        y = getattr(datasets, f"load_{options.data}")().data
    else:
        raise ValueError(
            f"--data {options.data} is not known; give {', '.join(SEASONS)}, or a file ending in "
            ".csv."
        )
    border = len(y) - len(y) // 5
    return y, border, border, season, f"the last fifth as test, from row {border:,} on"


def _read_user_series(options):
    frame = read_csv(options, "date-col", "target")
    dates = frame[options.date_col]
    # Whole numbers are years or steps; as dates they would be nanoseconds since 1970.
    if not pd.api.types.is_integer_dtype(dates.dtype):
        try:
            dates = pd.to_datetime(dates)
        except (ValueError, TypeError) as error:
            raise ValueError(
                f"--date-col {options.date_col} does not hold dates throughout: {error}."
            ) from None
    y = frame[options.target].set_axis(pd.Index(dates, name=options.date_col))
    # A row for each missing date, so that rows are counted alike in training, test and baseline.
    series = read_dated_series(y, missing=options.missing)
    return pd.Series(series.values[:, 0], series.index, name=options.target)
