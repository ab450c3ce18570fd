"""All real steps of a set of rows as one table, and back to rows."""

import numpy as np

from keraseq.encoding.row_blocks import row_blocks
from keraseq.encoding.sequences import row_lengths


class Steps:
    """The real steps of rows under each other, their padding left out.

    Parameters
    ----------
    rows : list or ndarray
    numbers : sequence of int, optional
        What each row is called in `place`; by default its place.

    Attributes
    ----------
    values : ndarray ``(steps, channels)``
    starts : ndarray
        For each step the number of the step that begins its row.
    """

    def __init__(self, rows, numbers=None):
        self._numbers = range(len(rows)) if numbers is None else numbers
        self._lengths = row_lengths(rows)
        self._shape = rows.shape if isinstance(rows, np.ndarray) else None
        if self._shape is None:
            self.values = np.concatenate(rows)
        elif self._is_full():
            self.values = rows.reshape(-1, rows.shape[2])
        else:
            self.values = rows[self._mask()]
        self._row_starts = np.cumsum(self._lengths) - self._lengths

    @property
    def starts(self):
        return np.repeat(self._row_starts, self._lengths)

    def place(self, step):
        """Return the row and the step within it of a step of the table."""
        row = int(np.searchsorted(self._row_starts, step, side="right")) - 1
        return int(self._numbers[row]), int(step - self._row_starts[row])

    def restore(self, values):
        """Return `values`, one line a step, in the form of the rows, padding included."""
        if self._shape is None:
            return np.split(values, self._row_starts[1:])
        shape = (*self._shape[:2], values.shape[1])
        if self._is_full():
            return values.reshape(shape)
        result = np.full(shape, np.nan, dtype=values.dtype)
        result[self._mask()] = values
        return result

    def _is_full(self):
        return bool((self._lengths == self._shape[1]).all())

    def _mask(self):
        return np.arange(self._shape[1]) < self._lengths[:, None]


def step_blocks(rows):
    """Yield the Steps of all rows, a block of rows at a time."""
    for block in row_blocks(rows):
        yield Steps(rows[block], range(block.start, block.stop))


def forward_fill(values, starts, default):
    """Give each NaN of `(steps, channels)` the last number before it in its row, or `default`."""
    numbers = np.arange(len(values))[:, None]
    last = np.maximum.accumulate(np.where(np.isnan(values), -1, numbers), axis=0)
    filled = np.take_along_axis(values, np.maximum(last, 0), axis=0)
    return np.where(last >= starts[:, None], filled, default)
