"""Token ids that the user has already."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from keraseq.encoding._shorten import check_max_length, shorten
from keraseq.encoding.sequences import as_sequences
from keraseq.encoding.text_encoder import UNKNOWN


class TokenEncoder(TransformerMixin, BaseEstimator):
    """Token ids as the models want them: 0 padding, 1 unknown, and a user's id k as k + 1.

    Ids above the largest of the training rows are unknown. Tokens have the place that
    :class:`TextEncoder` gives them, so that `token_dropout` hides no token behind another.

    Parameters
    ----------
    max_length : int, optional
        Tokens kept of longer rows: the first quarter and the last three. All by default.

    Attributes
    ----------
    vocabulary_size_ : int
        Largest training id + 2.

    Examples
    --------
    >>> from keraseq.encoding import TokenEncoder
    >>> encoder = TokenEncoder().fit([[1, 2], [3]])
    >>> [ids.tolist() for ids in encoder.transform([[2, 9]])]
    [[3, 1]]
    >>> [ids.tolist() for ids in encoder.inverse_transform([[3, 4, 0]])]
    [[2, 3]]
    """

    def __init__(self, max_length=None):
        self.max_length = max_length

    def fit(self, X, y=None):
        """Learn the largest id; rows without any id above 0 are an error."""
        check_max_length(self.max_length)
        rows = as_sequences(X, "tokens").rows
        largest = max((int(row.max()) for row in rows if len(row)), default=0)
        if largest == 0:
            raise ValueError("X holds no token id above 0, which is padding; nothing to learn.")
        self.vocabulary_size_, self._max_length = largest + 2, self.max_length
        return self

    def transform(self, X):
        """Return a list of int32 arrays ``(time_i,)``."""
        check_is_fitted(self)
        rows = as_sequences(X, "tokens").rows
        beyond = self.vocabulary_size_ - 1
        ids = (np.where(row < beyond, row + 1, UNKNOWN).astype(np.int32) for row in rows)
        return [shorten(row, self._max_length) for row in ids]

    def inverse_transform(self, X):
        """Return rows of the user's ids without their padding.

        The unknown id becomes one above the largest of training, which is unknown again.

        Raises
        ------
        ValueError
            For an id outside the vocabulary.
        """
        check_is_fitted(self)
        rows = as_sequences(X, "tokens").rows
        largest = max((int(row.max()) for row in rows if len(row)), default=0)
        if largest >= self.vocabulary_size_:
            raise ValueError(
                f"X holds id {largest}; the vocabulary has 0 to {self.vocabulary_size_ - 1}."
            )
        beyond = self.vocabulary_size_ - 1
        return [np.where(row == UNKNOWN, beyond, row - 1) for row in rows]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.positive_only = True
        return tags
