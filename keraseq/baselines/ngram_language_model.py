"""Kneser-Ney n-grams of texts: what a network that writes has to beat."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_integer
from keraseq.baselines._rivals import rival
from keraseq.baselines.kneser_ney import KneserNey
from keraseq.encoding import as_sequences, lossless_encoder
from keraseq.encoding.reserved_ids import END, UNKNOWN

# Of Tiny Shakespeare's characters, by validation; of words as is usual (Heafield 2011).
_ORDERS = {"characters": 6}
_OTHER_ORDER = 5


class NgramLanguageModel(BaseEstimator):
    """Interpolated n-grams of characters, subwords or words; see :class:`KneserNey`.

    It reads what :class:`keraseq.SequenceGenerator` reads: one string is a long text without an
    end, and each text of a list ends.

    Parameters
    ----------
    order : "auto" or int
        Length of the longest n-grams: 6 of characters, 5 of subwords, words and lists of tokens.
    tokenizer, max_tokens, min_count
        As of :class:`keraseq.SequenceGenerator`.

    Examples
    --------
    >>> from keraseq.baselines import NgramLanguageModel
    >>> model = NgramLanguageModel().fit("hello world. " * 50)
    >>> bool(model.score("hello world. ") > -0.1)
    True
    """

    def __init__(self, order="auto", tokenizer="characters", max_tokens="auto", min_count="auto"):
        self.order = order
        self.tokenizer = tokenizer
        self.max_tokens = max_tokens
        self.min_count = min_count

    def fit(self, X, y=None):
        """Count the n-grams of a string, or of a list of str or of lists of tokens."""
        sequences, is_one = _read(X)
        order = self.order
        if isinstance(order, str) and order == "auto":
            is_text = sequences.kind == "text" and isinstance(self.tokenizer, str)
            order = _ORDERS.get(self.tokenizer if is_text else None, _OTHER_ORDER)
        order = check_integer("order", order, 1)
        encoder = lossless_encoder(sequences.kind, self.tokenizer, self.max_tokens, self.min_count)
        rows = encoder.fit_transform(sequences)
        size = encoder.vocabulary_size_
        grams = KneserNey(order, vocabulary_size=size, n_outputs=size)
        self.encoder_, self.is_one_text_ = encoder, is_one
        self.ngrams_ = grams.fit(self._framed(rows))
        return self

    def token_log_likelihood(self, X):
        """Return the natural logarithm of each token's probability, a list of arrays."""
        return self.ngrams_.log_probabilities(self._framed(self._ids(X)))

    def score(self, X, y=None):
        """Return their mean: minus nats a token."""
        logs = np.concatenate(self.token_log_likelihood(X))
        if not len(logs):
            raise ValueError("X holds no token, so that there is nothing to score.")
        return float(logs.mean())

    def unknown_share(self, X):
        """Return the share of X's tokens that training never saw (or too seldom)."""
        ids = np.concatenate(self._ids(X))
        return float((ids == UNKNOWN).sum() / max(len(ids), 1))

    def _ids(self, X):
        check_is_fitted(self)
        return self.encoder_.transform(_read(X)[0])

    def _framed(self, rows):
        return (
            rows if self.is_one_text_ else [np.append(row, END).astype(row.dtype) for row in rows]
        )


def _read(X):
    is_one = isinstance(X, str)
    return as_sequences([X] if is_one else X, "text"), is_one


@rival("Kneser-Ney n-grams", tasks=("language_model",), kinds=("text", "words"))
def _ngrams(facts):
    return NgramLanguageModel(**facts.reading)


@rival("token frequencies", tasks=("language_model",), kinds=("text", "words"), floor=True)
def _frequencies(facts):
    return NgramLanguageModel(order=1, **facts.reading)
