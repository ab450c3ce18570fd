"""Which rows of a history a forecaster was trained on."""

import numpy as np
import pandas as pd

from keraseq.encoding.forecast_data import places
from keraseq.encoding.row_hashes import joined_hashes, row_hashes

# Rows that must be alike one after another: single ones are by chance.
_ALIKE = 8


def trained_until(panel, trained):
    """For each series of a panel the row behind the last one that training had.

    Rows are training's where eight one after another (all of a shorter series) have its labels and
    values; those of arrays, whose labels are places, its values.

    Parameters
    ----------
    panel, trained : SeriesPanel

    Returns
    -------
    list of int
        0 where training had none.
    """
    n_alike = min(_ALIKE, *(len(one.values) for one in (*panel.series, *trained.series)))
    seen = [_blocks(series, n_alike) for series in trained.series]
    known, ends = places(panel, trained), []
    every = np.unique(np.concatenate(seen)) if known is None else None
    for place, series in enumerate(panel.series):
        candidates = every if known is None else seen[known[place]]
        found = np.flatnonzero(np.isin(_blocks(series, n_alike), candidates))
        ends.append(int(found[-1]) + n_alike if len(found) else 0)
    return ends


def _blocks(series, n_alike):
    """A number for every so many rows one after another, equal where these are."""
    # One NaN, one zero.
    values = np.where(np.isnan(series.values), np.nan, series.values) + 0.0
    columns = [np.ascontiguousarray(column) for column in values.T]
    if series.is_dated:
        columns.append(_codes(series.index))
    rows = row_hashes(columns)
    return joined_hashes([rows[n : len(rows) - n_alike + 1 + n] for n in range(n_alike)])


def _codes(index):
    """Labels as numbers."""
    if isinstance(index, pd.DatetimeIndex):
        index = index.as_unit("us")
    return index.asi8 if isinstance(index, pd.DatetimeIndex | pd.PeriodIndex) else index.to_numpy()
