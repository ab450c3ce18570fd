"""Electricity Transformer Temperature."""

import pandas as pd

from keraseq._checks import check_choice
from keraseq.datasets._bunch import About, as_bunch, check_subset
from keraseq.datasets._files import get_file, reading

_STEPS_PER_HOUR = {"ETTh1": 1, "ETTh2": 1, "ETTm1": 4, "ETTm2": 4}
_COLUMNS = ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"]
_MONTHS = {"train": 12, "validation": 4, "test": 4}
_ABOUT = About(
    "ETT (Electricity Transformer Temperature): six power loads and the oil temperature (OT) of "
    "a transformer in China, July 2016 to June 2018, every hour (ETTh1, ETTh2: 17,420 rows) or "
    "every 15 minutes (ETTm1, ETTm2: 69,680 rows). Published split: 12, 4 and 4 months of 30 "
    "days for training, validation and test; the rows after them belong to no part. The context "
    "of a window in a later part may reach back across its border. Scores are published on "
    "columns z-scored with the train part's mean and standard deviation.",
    "CC BY-ND 4.0",
    "Zhou, Zhang, Peng, Zhang, Li, Xiong, Zhang (2021). Informer: beyond efficient transformer "
    "for long sequence time-series forecasting. AAAI 35(12), 11106-11115.",
)


def fetch_ett(name="ETTh1", *, subset="train", return_X_y=False, data_home=None):
    """Load a transformer's loads and oil temperature, 7 columns (2.6 or 10 MB at the first call).

    Parameters
    ----------
    name : {"ETTh1", "ETTh2", "ETTm1", "ETTm2"}, default="ETTh1"
        Which file: h is hourly, m every 15 minutes; 1 and 2 are two transformers.
    subset : {"train", "validation", "test", "all"}, default="train"
        The published 12, 4 and 4 months (hourly: 8,640, 2,880 and 2,880 rows). A context that
        reaches back across a border is cut from "all", the whole file, with `borders`.
    return_X_y : bool, default=False
        Return `(data, None)` rather than a Bunch.
    data_home : path-like, default=None
        The cache folder; by default the one that the environment variable KERASEQ_HOME names,
        else the system's cache. A folder that KERASEQ_DATA names is looked into first.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (DataFrame of shape (time, 7) with a DatetimeIndex), `target` (None: every column
        is both history and target), `target_names` (None), `borders` (part to (first row, row
        after the last) in "all"), `subset`, `DESCR`, `license`, `citation`.

    Raises
    ------
    ValueError
        If `name` or the part is not known, or the file is damaged.
    FileNotFoundError
        If the file can be neither found nor downloaded.

    Examples
    --------
    >>> from keraseq.datasets import fetch_ett
    >>> fetch_ett("ETTh1", subset="all").borders["test"]  # doctest: +SKIP
    (11520, 14400)
    """
    check_choice("name", name, _STEPS_PER_HOUR)
    check_subset(subset, _MONTHS)
    path = get_file("ett/{name}.csv", name=name, data_home=data_home)
    borders = _borders(_STEPS_PER_HOUR[name])
    with reading(path, f"a CSV file with the columns date, {', '.join(_COLUMNS)}"):
        data = pd.read_csv(path, parse_dates=["date"], index_col="date")[_COLUMNS].astype(float)
        data.index.freq = pd.Timedelta(hours=1) / _STEPS_PER_HOUR[name]  # uneven dates raise here
        if len(data) < borders["test"][1]:
            raise ValueError(f"it has {len(data)} rows, its parts need {borders['test'][1]}")
    first, last = borders.get(subset, (0, len(data)))
    return as_bunch(
        _ABOUT, data.iloc[first:last].copy(), subset=subset, return_X_y=return_X_y, borders=borders
    )


def _borders(steps_per_hour):
    borders, first = {}, 0
    for part, months in _MONTHS.items():
        last = first + months * 30 * 24 * steps_per_hour
        borders[part] = (first, last)
        first = last
    return borders
