"""What stands for a value that is missing, for a reader who knows only the rows so far."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class FilledGaps:
    """Rows without a gap, as they look from any row of the same series.

    Between two known values lies a straight line, once the later one is known; until then, and at
    the end, the earlier one goes on. Before the first value stands that value.

    Attributes
    ----------
    between, forward : ndarray `(time, columns)`
        With the later value known, and without; `forward` is NaN before the first value.
    known : ndarray `(time, columns)`
        The row of the value that closes the gap: the row itself where nothing is missing, infinity
        where nothing closes it.
    """

    between: np.ndarray
    forward: np.ndarray
    known: np.ndarray

    @classmethod
    def of(cls, parts):
        """Read series `(time, columns)` one after another, NaN where a value is missing."""
        filled, first = [], 0
        for values in parts:
            rows = first + np.arange(len(values))[:, None]
            known = pd.DataFrame(np.where(np.isnan(values), np.nan, rows))
            closing = known.bfill().fillna(np.inf).to_numpy()
            values = pd.DataFrame(values)
            between = values.interpolate(limit_direction="both").to_numpy(dtype=values.dtypes[0])
            filled.append((between, values.ffill().to_numpy(), closing))
            first += len(values)
        return cls(*map(np.concatenate, zip(*filled, strict=True)))

    def at(self, rows, ends):
        """Return `rows` as they look to a reader who knows the rows before `ends`.

        Parameters
        ----------
        rows : ndarray of int `(..., time)`
        ends : ndarray of int, broadcast against `(..., time, columns)`
        """
        return np.where(self.known[rows] < ends, self.between[rows], self.forward[rows])


def first_origins(values):
    """For each column of `(time, columns)`, the first row that a value comes before."""
    if not np.isnan(values[:1]).any():
        return np.ones(values.shape[1], dtype=int)
    return (np.cumsum(~np.isnan(values), axis=0) == 0).sum(axis=0) + 1


def fill_gaps(values):
    """Return a series whose reader knows all of it and nothing that follows.

    Parameters
    ----------
    values : ndarray `(time, columns)`
        NaN where a value is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.encoding.fill_gaps import fill_gaps
    >>> nan = np.nan
    >>> fill_gaps(np.array([[nan], [1.0], [nan], [3.0], [nan]]))[:, 0].tolist()
    [1.0, 1.0, 2.0, 3.0, 3.0]
    """
    return known_before(values)(len(values))


def known_before(values):
    """Return a function of a row number that gives the rows before it, filled from them alone."""
    if not np.isnan(values).any():
        return lambda end: values[:end]
    gaps = FilledGaps.of([values])
    return lambda end: gaps.at(np.arange(end), end)
