"""Rows of an array that a file is mapped to, read when they are asked for."""

import collections.abc
import mmap

import numpy as np

from keraseq.encoding.convert import as_floats


class DiskRows(collections.abc.Sequence):
    """Series in a file, to be used like a list of arrays `(time_i, channels)`.

    By slices and arrays of row numbers it gives arrays `(n, time, channels)`, padding included.

    Parameters
    ----------
    values : ndarray `(n, time, channels)`
        On disk; of numbers of any type.
    numbers : ndarray of int, optional
        Which rows of it, in which order; all by default.
    encode : callable, optional
        Turns rows and their numbers, by which its errors call them, into rows of `n_channels`.
    n_channels : int, optional
    """

    def __init__(self, values, numbers=None, encode=None, n_channels=None):
        self._values, self._encode = values, encode
        self._numbers = np.arange(len(values)) if numbers is None else numbers
        self.shape = len(self._numbers), values.shape[1], n_channels or values.shape[2]

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, place):
        if isinstance(place, int | np.integer):
            (row,) = self[np.array([place])]
            real = np.flatnonzero(~np.isnan(row).all(axis=1))
            return row[: real[-1] + 1 if len(real) else 0]
        numbers = self._numbers[place]
        rows = as_floats(self._values[numbers], "X")
        return rows if self._encode is None else self._encode(rows, numbers)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[:], dtype)

    def take(self, index):
        """The rows at some places, still on disk."""
        return DiskRows(self._values, self._numbers[index], self._encode, self.shape[2])

    def encoded(self, encode, n_channels):
        """The same rows, each batch encoded when it is read."""
        return DiskRows(self._values, self._numbers, encode, n_channels)


def is_on_disk(values):
    """Whether an array's numbers are in a file that is mapped to memory."""
    while isinstance(values, np.ndarray):
        values = values.base
    return isinstance(values, mmap.mmap)
