"""Token ids that the user has already."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from keraseq.encoding._shorten import check_max_length, shorten
from keraseq.encoding.sequences import as_sequences


class TokenEncoder(TransformerMixin, BaseEstimator):
    """Pass token ids on; ids above the largest of the training rows become one unknown id.

    Parameters
    ----------
    max_length : int, optional
        Tokens kept of longer rows: the first quarter and the last three. All by default.

    Attributes
    ----------
    vocabulary_size_ : int
        Largest training id + 2: the last id is the unknown one.

    Examples
    --------
    >>> from keraseq.encoding import TokenEncoder
    >>> encoder = TokenEncoder().fit([[1, 2], [3]])
    >>> [ids.tolist() for ids in encoder.transform([[2, 9]])]
    [[2, 4]]
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
        self.vocabulary_size_ = largest + 2
        return self

    def transform(self, X):
        """Return a list of int32 arrays ``(time_i,)``."""
        check_is_fitted(self)
        unknown = np.int32(self.vocabulary_size_ - 1)
        rows = as_sequences(X, "tokens").rows
        return [shorten(np.minimum(row, unknown), self.max_length) for row in rows]

    def inverse_transform(self, X):
        """Return rows of ids without their padding."""
        check_is_fitted(self)
        return as_sequences(X, "tokens").rows

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.positive_only = True
        return tags
