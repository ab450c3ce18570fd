"""Token ids that the user has already."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from keraseq.encoding._read_ids import read_ids
from keraseq.encoding._shorten import check_max_length, shorten
from keraseq.encoding.reserved_ids import FIRST_FREE, UNKNOWN
from keraseq.encoding.sequences import as_sequences

# A user's ids begin at 1, since 0 is padding there too.
_SHIFT = FIRST_FREE - 1


class TokenEncoder(TransformerMixin, BaseEstimator):
    """Token ids as the models want them: 0 padding, 1 unknown, and a user's id k as k + 3.

    2 and 3 stand for the beginning and the end of a sequence, as in :class:`TextEncoder`; neither
    puts them there. Ids above the largest of the training rows are unknown.

    Parameters
    ----------
    max_length : int, optional
        Tokens kept of longer rows: the first quarter and the last three. All by default.

    Attributes
    ----------
    vocabulary_size_ : int
        Largest training id + 4.

    Examples
    --------
    >>> from keraseq.encoding import TokenEncoder
    >>> encoder = TokenEncoder().fit([[1, 2], [3]])
    >>> [ids.tolist() for ids in encoder.transform([[2, 9]])]
    [[5, 1]]
    >>> [ids.tolist() for ids in encoder.inverse_transform([[5, 6, 0]])]
    [[2, 3]]
    """

    def __init__(self, max_length=None):
        self.max_length = max_length

    def fit(self, X, y=None):
        """Learn the largest id; rows without any id above 0 are an error."""
        return self.fit_blocks([X])

    def fit_blocks(self, blocks):
        """Learn the largest id of rows that come in blocks, an iterable of what `fit` takes."""
        check_max_length(self.max_length)
        rows = (row for X in blocks for row in as_sequences(X, "tokens").rows)
        largest = max((int(row.max()) for row in rows if len(row)), default=0)
        if largest == 0:
            raise ValueError("X holds no token id above 0, which is padding; nothing to learn.")
        self.vocabulary_size_, self._max_length = largest + FIRST_FREE, self.max_length
        return self

    def transform(self, X):
        """Return a list of int32 arrays ``(time_i,)``."""
        check_is_fitted(self)
        rows = as_sequences(X, "tokens").rows
        beyond = self.vocabulary_size_ - _SHIFT
        ids = (np.where(row < beyond, row + _SHIFT, UNKNOWN).astype(np.int32) for row in rows)
        return [shorten(row, self._max_length) for row in ids]

    def inverse_transform(self, X):
        """Return rows of the user's ids; padding, beginning and end are left out.

        The unknown id becomes one above the largest of training, which is unknown again.

        Raises
        ------
        ValueError, TypeError
            If X is not of token ids, or an id is not of the vocabulary.
        """
        check_is_fitted(self)
        beyond = self.vocabulary_size_ - _SHIFT
        rows = read_ids(X, self.vocabulary_size_)
        return [np.where(row == UNKNOWN, beyond, row - _SHIFT) for row in rows]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.positive_only = True
        return tags
