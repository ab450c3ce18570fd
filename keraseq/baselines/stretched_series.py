"""Series as rows of numbers, for models that know no time."""

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from keraseq.encoding import SeriesEncoder, as_sequences
from keraseq.encoding.columns import match_columns, note_columns
from keraseq.encoding.sequences import row_lengths


class StretchedSeries(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
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
    n_features_in_ : int
        Columns of a 2-D array or frame, to which others are held; channels of a list or 3-D array.

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
        sequences = as_sequences(X, "series")
        self.length_ = max(1, int(row_lengths(sequences.rows).max()))
        self.encoder_ = SeriesEncoder(missing="fill").set_output(transform="default").fit(sequences)
        note_columns(self, X, sequences)
        return self

    def transform(self, X):
        """Return the series as an array `(n, length_ * channels)`.

        In float64: scikit-learn's regressors read y as they read X, and a small spread about a
        large level has no digits left in float32.
        """
        check_is_fitted(self)
        sequences = as_sequences(X, "series")
        sequences = match_columns(self, X, sequences, self.encoder_.n_channels_)
        scaled = self.encoder_.transform(sequences)
        channels = self.encoder_.n_channels_
        rows = [self._stretch(row[:, :channels]) for row in scaled]
        return np.stack(rows).astype(np.float64, copy=False)

    @property
    def _n_features_out(self):
        return self.length_ * self.encoder_.n_channels_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float64"]
        return tags

    def _stretch(self, row):
        row = row[~np.isnan(row).any(axis=1)]
        if len(row) == 0:
            return np.zeros(self.length_ * row.shape[1])
        if len(row) == self.length_:
            return row.T.ravel()
        place = np.linspace(0, len(row) - 1, self.length_)
        return np.concatenate([np.interp(place, np.arange(len(row)), c) for c in row.T])
