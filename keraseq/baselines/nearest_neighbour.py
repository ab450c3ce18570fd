"""The rival of every time series classifier."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils.validation import check_is_fitted

from keraseq.encoding import SeriesEncoder, as_sequences, check_lengths
from keraseq.encoding.sequences import row_lengths


class NearestNeighbour(ClassifierMixin, BaseEstimator):
    """Classify a series as its nearest neighbour (Euclidean distance).

    Series of differing length are stretched to the longest training length by linear
    interpolation, channel by channel, so that speed is not told apart and shape is. Channels are
    standardised on the training rows; a missing value takes the one before it; steps of nothing
    but NaN at a row's end are padding and are left out; an empty series is a flat one.

    Attributes
    ----------
    classes_ : ndarray
    length_ : int
        Steps that series are stretched to.
    encoder_ : keraseq.encoding.SeriesEncoder
    neighbours_ : sklearn.neighbors.KNeighborsClassifier

    Examples
    --------
    >>> from keraseq.baselines import NearestNeighbour
    >>> NearestNeighbour().fit([[1, 1], [5, 5, 5]], ["low", "high"]).predict([[1, 2]]).tolist()
    ['low']
    """

    def fit(self, X, y):
        """Remember the training series.

        Parameters
        ----------
        X : array `(n, time)` or `(n, time, channels)`, frame, or list of arrays
            As of :class:`keraseq.SequenceClassifier`.
        y : array-like `(n,)`
            Their classes.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            If X is no series of numbers, or X and y differ in length.
        """
        rows = as_sequences(X, "series").rows
        check_lengths(rows, y)
        self.length_ = max(1, int(row_lengths(rows).max()))
        self.encoder_ = SeriesEncoder(missing="fill").fit(rows)
        self.neighbours_ = KNeighborsClassifier(n_neighbors=1).fit(self._flat(rows), y)
        self.classes_ = self.neighbours_.classes_
        return self

    def predict(self, X):
        """Return the label of each series' nearest training series."""
        check_is_fitted(self)
        return self.neighbours_.predict(self._flat(as_sequences(X, "series").rows))

    def _flat(self, rows):
        channels = self.encoder_.n_channels_out_ // 2
        scaled = self.encoder_.transform(rows)
        return np.stack([self._stretch(row[:, :channels]) for row in scaled])

    def _stretch(self, row):
        row = row[~np.isnan(row).any(axis=1)]
        if len(row) == 0:
            return np.zeros(self.length_ * row.shape[1])
        if len(row) == self.length_:
            return row.T.ravel()
        place = np.linspace(0, len(row) - 1, self.length_)
        return np.concatenate([np.interp(place, np.arange(len(row)), c) for c in row.T])
