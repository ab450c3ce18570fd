"""Vectors of words, trained elsewhere, as an estimator's first embedding."""

import logging

import numpy as np

from keraseq.encoding.reserved_ids import FIRST_FREE
from keraseq.encoding.word_vectors import WordVectors
from keraseq.models import is_registered
from keraseq.training.first_weights import FirstRows

_logger = logging.getLogger(__name__)
# Another stream of the fit's seed than that of the weights.
_STREAM = 7
_NOTED = "embedding_dim", "embeddings_coverage"


class FirstVectors:
    """What the rows of an embedding begin with, and how much of the text that covers.

    Attributes
    ----------
    rows : ndarray `(vocabulary, width)`
    coverage : dict
        "vocabulary" and "tokens": the share of the known words, and of the words of the training
        rows, that have a vector.
    """

    def __init__(self, source, encoder, counts, seed):
        words = encoder.vocabulary_[FIRST_FREE:]
        found = WordVectors(source, words, encoder.lowercase)
        # Padding, unknown, beginning and end are words without a vector too.
        self.rows = found.filled(np.random.default_rng([seed, _STREAM]), FIRST_FREE)
        counts = np.append(counts, np.zeros(len(self.rows) - len(counts), counts.dtype))
        seen = counts[FIRST_FREE:]
        tokens = seen[found.is_known].sum() / counts[1:].sum()
        self.coverage = {"vocabulary": float(found.is_known.mean()), "tokens": float(tokens)}
        _logger.info(
            "embeddings: vectors of %d numbers for %.1f %% of the %d words, %.1f %% of the text",
            *(self.rows.shape[1], 100 * self.coverage["vocabulary"], len(words)),
            100 * self.coverage["tokens"],
        )


def count_tokens(encoded):
    """How often each id comes in encoded rows."""
    return np.bincount(np.concatenate(list(encoded)))


def first_rows(estimator, kind, encoder, count, seed, params, former=None):
    """Return what an estimator's `embeddings` say of the first embedding; None without any.

    Notes in `params` the width that it must have, and the coverage, for which `count` tells how
    often each id comes.

    Raises
    ------
    ValueError, TypeError
        If they cannot be read, or the data are not texts.
    """
    if former is not None:
        noted = former["params_"]
        params.update({name: noted[name] for name in _NOTED if name in noted})
        return None
    if estimator.embeddings is None:
        return None
    if kind not in ("text", "words"):
        held = "token ids" if kind == "tokens" else "numbers"
        raise ValueError(f"embeddings are vectors of words, and X holds {held}; leave them out.")
    if not is_registered(estimator.model):
        raise ValueError(
            "embeddings are the first weights of a model of the zoo; give your own function its "
            "vectors by model_params."
        )
    vectors = FirstVectors(estimator.embeddings, encoder, count(), seed)
    params.update(zip(_NOTED, (vectors.rows.shape[1], vectors.coverage), strict=True))
    return FirstRows(vectors.rows)
