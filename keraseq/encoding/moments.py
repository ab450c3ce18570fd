"""Level and spread of numbers that come in parts, in one pass."""

import numpy as np


class Moments:
    """Count, mean, squares about it and range of each column; NaN is left out.

    Parts are joined by the formula of Chan, Golub and LeVeque (1979), whose sums are of distances
    from a mean and not of the numbers themselves.

    Attributes
    ----------
    counts : ndarray ``(columns,)``
        Sum of the weights.
    mean, low, high : ndarray ``(columns,)``

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.encoding.moments import Moments
    >>> moments = Moments(1)
    >>> moments.update(np.array([[1.0], [2.0]]))
    >>> moments.update(np.array([[3.0], [np.nan]]))
    >>> moments.mean.tolist(), moments.spread.round(4).tolist()
    ([2.0], [0.8165])
    """

    def __init__(self, n_columns):
        self.counts, self._mean = np.zeros(n_columns), np.zeros(n_columns)
        self._squares = np.zeros(n_columns)
        self.low, self.high = np.full(n_columns, np.inf), np.full(n_columns, -np.inf)
        # Powers of two, which round nothing: the squares of tiny numbers would be zero.
        self._unit = np.full(n_columns, 2.0**-1000)

    @property
    def mean(self):
        return self._mean * self._unit

    @property
    def spread(self):
        """Standard deviation of each column."""
        return np.sqrt(self._squares / np.maximum(self.counts, np.finfo(float).tiny)) * self._unit

    def update(self, values, weights=None):
        """Take in more rows ``(n, columns)``, each counting as its weight ``(n,)`` says."""
        is_there = ~np.isnan(values)
        shares = is_there * (1.0 if weights is None else weights[:, None])
        counts = shares.sum(axis=0)
        if not counts.any():
            return
        self.low = np.fmin(self.low, np.fmin.reduce(values, axis=0, initial=np.inf))
        self.high = np.fmax(self.high, np.fmax.reduce(values, axis=0, initial=-np.inf))
        self._take_unit()
        values = np.where(is_there, values, 0.0) / self._unit
        # From the first number on: the mean of equal numbers is then exactly that number.
        first = values[is_there.argmax(axis=0), np.arange(values.shape[1])]
        known = np.maximum(counts, np.finfo(float).tiny)
        mean = first + (shares * (values - first)).sum(axis=0) / known
        squares = (shares * (values - mean) ** 2).sum(axis=0)
        total = self.counts + counts
        share = counts / np.maximum(total, np.finfo(float).tiny)
        distance = np.where(self.counts > 0, mean - self._mean, 0.0)
        self._squares += squares + distance**2 * self.counts * share
        self._mean = np.where(self.counts > 0, self._mean + distance * share, mean)
        self.counts = total

    def _take_unit(self):
        """Compute in a unit of the size of the largest number so far."""
        largest = np.where(self.high >= self.low, np.maximum(abs(self.low), abs(self.high)), 0.0)
        unit = np.maximum(self._unit, np.exp2(np.frexp(largest)[1].clip(-1000, 1000)))
        ratio = self._unit / unit
        self._mean, self._squares, self._unit = self._mean * ratio, self._squares * ratio**2, unit
