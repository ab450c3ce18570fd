"""Interpolated n-grams with modified Kneser-Ney discounts: what a language model has to beat."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_integer
from keraseq.encoding.reserved_ids import BEGINNING

# Where too few n-grams are seen once, twice, three times to estimate them.
_FALLBACK = np.array([0.5, 1.0, 1.5])


class KneserNey(BaseEstimator):
    """Predict the next token from the last ``order - 1`` by interpolated counts.

    Chen and Goodman's (1999) modified Kneser-Ney: three discounts for each length, estimated from
    how many n-grams are seen once to four times; shorter n-grams count in how many different
    contexts they end. Where nothing is known, all tokens are equally likely, so that none has
    probability zero. Before every text stand as many beginnings as the longest context.

    Parameters
    ----------
    order : int, default=6
        Length of the longest n-grams, the predicted token included. On the last tenth of the
        training part of Tiny Shakespeare characters gain up to 6 and stand still at 7.
    vocabulary_size : int, optional
        One above the largest id that can come; that of the training rows by default.
    n_outputs : int, optional
        How many different tokens can be predicted, over which the last of the probability is
        spread; `vocabulary_size` by default.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.baselines import KneserNey
    >>> model = KneserNey(order=2).fit([np.array([4, 5, 4, 5, 4, 5])])
    >>> [row.round(2).tolist() for row in model.log_probabilities([np.array([4, 5])])]
    [[-0.34, -0.47]]
    """

    def __init__(self, order=6, vocabulary_size=None, n_outputs=None):
        self.order = order
        self.vocabulary_size = vocabulary_size
        self.n_outputs = n_outputs

    def fit(self, X, y=None):
        """Count the n-grams of rows of token ids, a list of int arrays ``(time_i,)``."""
        check_integer("order", self.order, 1)
        largest = max((int(row.max()) for row in X if len(row)), default=None)
        if largest is None:
            raise ValueError("X holds no token to count; give rows that are not empty.")
        self.vocabulary_size_ = max(self.vocabulary_size or 0, largest + 1, BEGINNING + 1)
        self.n_outputs_ = self.n_outputs or self.vocabulary_size_
        ids, is_real = _joined(X, self.order)
        self._tables = []
        grams = np.zeros(len(ids), dtype=np.int64)
        suffixes = None
        for _ in range(self.order):
            contexts = np.concatenate([[0], grams[:-1]])
            keys = contexts * self.vocabulary_size_ + ids
            known, first, ends = np.unique(keys, return_index=True, return_inverse=True)
            counts = np.bincount(ends[is_real], minlength=len(known))
            table = _Table(known, counts, contexts[first])
            if suffixes is not None:
                self._tables[-1].count_contexts(suffixes[first][counts > 0])
            self._tables.append(table)
            grams = suffixes = ends
        n_contexts = 1
        for table in self._tables:
            table.finish(n_contexts)
            n_contexts = len(table.keys)
        return self

    def log_probabilities(self, X):
        """Return each token's natural log-probability, an array ``(time_i,)`` a row."""
        check_is_fitted(self)
        # Not self.order, which may have been set since.
        ids, is_real = _joined(X, len(self._tables))
        inside = ids < self.vocabulary_size_
        p = np.full(len(ids), 1 / self.n_outputs_)
        contexts = np.zeros(len(ids), dtype=np.int64)
        for table in self._tables:
            grams = np.where(contexts >= 0, contexts * self.vocabulary_size_ + ids, -1)
            grams = table.find(np.where(inside, grams, -1))
            p = table.interpolate(grams, contexts, p)
            contexts = np.concatenate([[-1], grams[:-1]])
        logs = np.log(p[is_real])
        return np.split(logs, np.cumsum([len(row) for row in X])[:-1])

    def score(self, X, y=None):
        """Return the mean logarithm of a token's probability: minus the nats a token."""
        return float(np.concatenate(self.log_probabilities(X)).mean())


def _joined(X, order):
    """All rows in one, each behind its beginnings, and where their own tokens stand."""
    before = np.full(order - 1, BEGINNING, dtype=np.int64)
    n_before = len(before)
    ids = np.concatenate([part for row in X for part in (before, row)]).astype(np.int64)
    is_real = np.ones(len(ids), dtype=bool)
    begins = np.cumsum([0, *(len(row) + n_before for row in X)])[:-1]
    is_real[(begins[:, None] + np.arange(n_before)).ravel()] = False
    return ids, is_real


class _Table:
    """The n-grams of one length: sorted keys (context, token), and what each is worth."""

    def __init__(self, keys, counts, contexts):
        self.keys = keys
        self.counts = counts
        self.contexts = contexts

    def count_contexts(self, suffixes):
        """Count in how many different contexts each ends, instead of how often it is seen."""
        self.counts = np.bincount(suffixes, minlength=len(self.keys))

    def finish(self, n_contexts):
        """Discount the counts, and give each context what was taken from its n-grams."""
        seen = np.bincount(np.minimum(self.counts, 5), minlength=6)
        discounts = np.array([0.0, *_discounts(seen[1:5])])
        taken = discounts[np.minimum(self.counts, 3)]
        totals = np.bincount(self.contexts, self.counts, minlength=n_contexts)
        left = np.bincount(self.contexts, taken, minlength=n_contexts)
        at_least_one = np.maximum(totals, 1)
        self.shares = (self.counts - taken) / at_least_one[self.contexts]
        self.backed_off = np.where(totals > 0, left / at_least_one, 1.0)

    def find(self, keys):
        """Return the index of each key, -1 where there is none."""
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, places, -1)

    def interpolate(self, grams, contexts, shorter):
        """Probabilities by n-grams of this length, from those by the next shorter ones."""
        kept = np.where(contexts >= 0, self.backed_off[np.maximum(contexts, 0)], 1.0)
        return np.where(grams >= 0, self.shares[np.maximum(grams, 0)], 0.0) + kept * shorter


def _discounts(n):
    """Chen and Goodman's for n-grams seen once, twice and more often; `n` are seen 1, 2, 3, 4."""
    if not n.all():
        return _FALLBACK
    y = n[0] / (n[0] + 2 * n[1])
    once, twice, more = (k - (k + 1) * y * n[k] / n[k - 1] for k in (1, 2, 3))
    found = np.array([once, twice, more])
    in_range = (found > 0).all() and (found < [1, 2, 3]).all()
    return found if in_range else _FALLBACK
