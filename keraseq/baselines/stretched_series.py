"""Series as rows of numbers, for models that know no time."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from keraseq.encoding import SeriesEncoder, as_sequences
from keraseq.encoding.sequences import row_lengths


class StretchedSeries(TransformerMixin, BaseEstimator):
    """Turn series into rows of equal length, `(n, length * channels)`.

    Series of differing length are stretched to the longest training length by linear
    interpolation, channel by channel, so that speed is not told apart and shape is. Channels are
    standardised on the training rows; a missing value takes the one before it; steps of nothing
    but NaN at a row's end are padding and are left out; an empty series is a flat one.

    Attributes
    ----------
    length_ : int
        Steps that series are stretched to.
    encoder_ : keraseq.encoding.SeriesEncoder

    Examples
    --------
    >>> from keraseq.baselines import StretchedSeries
    >>> StretchedSeries().fit_transform([[0, 1, 2], [0, 2]]).shape
    (2, 3)
    """

    def fit(self, X, y=None):
        """Learn the longest length, and level and spread of each channel.

        Raises
        ------
        TypeError, ValueError
            If X is no series of numbers.
        """
        rows = as_sequences(X, "series").rows
        self.length_ = max(1, int(row_lengths(rows).max()))
        self.encoder_ = SeriesEncoder(missing="fill").fit(rows)
        return self

    def transform(self, X):
        """Return the series as an array `(n, length_ * channels)`."""
        check_is_fitted(self)
        channels = self.encoder_.n_channels_out_ // 2
        scaled = self.encoder_.transform(as_sequences(X, "series").rows)
        return np.stack([self._stretch(row[:, :channels]) for row in scaled])

    def _stretch(self, row):
        row = row[~np.isnan(row).any(axis=1)]
        if len(row) == 0:
            return np.zeros(self.length_ * row.shape[1])
        if len(row) == self.length_:
            return row.T.ravel()
        place = np.linspace(0, len(row) - 1, self.length_)
        return np.concatenate([np.interp(place, np.arange(len(row)), c) for c in row.T])
