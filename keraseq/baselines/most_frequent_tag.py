"""The rival of every tagger."""

from collections import Counter, defaultdict

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.validation import check_is_fitted

from keraseq.baselines._rivals import rival
from keraseq.encoding import as_sequences
from keraseq.encoding.labels import label_rows
from keraseq.encoding.sequences import without_padding


class MostFrequentTag(BaseEstimator):
    """Give each token the tag that it had most often in training.

    A token never seen, and every step of a series of numbers, gets the most frequent tag of all.

    Parameters
    ----------
    by_token : bool, default=True
        False gives the most frequent tag of all to every step.

    Attributes
    ----------
    tag_ : object
        The most frequent tag of all; of equally frequent ones the first seen.
    tags_ : dict
        token -> its most frequent tag.

    Examples
    --------
    >>> from keraseq.baselines import MostFrequentTag
    >>> tagger = MostFrequentTag().fit([["the", "cat"], ["the", "dog"]], [["D", "N"], ["D", "N"]])
    >>> tagger.predict([["the", "dog"]])
    [['D', 'N']]
    """

    def __init__(self, by_token=True):
        self.by_token = by_token

    def fit(self, X, y):
        """Count the tags of lists of tokens.

        Raises
        ------
        ValueError
            If a sequence and its tags differ in length.
        """
        total, by_token = Counter(), defaultdict(Counter)
        rows = map(_steps, _rows(X))
        for row, (tokens, tags) in enumerate(zip(rows, label_rows(y), strict=True)):
            if len(tokens) != len(tags):
                raise ValueError(f"X has {len(tokens)} steps in row {row}, y {len(tags)} tags.")
            total.update(tags)
            for token, tag in zip(tokens, tags, strict=True):
                if self.by_token and np.ndim(token) == 0:
                    by_token[token][tag] += 1
        if not total:
            raise ValueError("y holds no tag; MostFrequentTag needs at least one.")
        self.tag_ = total.most_common(1)[0][0]
        self.tags_ = {token: tags.most_common(1)[0][0] for token, tags in by_token.items()}
        return self

    def predict(self, X):
        """Return a list of tags for each sequence."""
        check_is_fitted(self)
        return [
            [self.tags_.get(t, self.tag_) if np.ndim(t) == 0 else self.tag_ for t in tokens]
            for tokens in map(_steps, _rows(X))
        ]


@rival("most frequent tag of a token", tasks=("tagging",))
def _by_token(facts):
    return _reading(facts, MostFrequentTag())


@rival("majority tag", tasks=("tagging",), floor=True)
def _of_all(facts):
    return _reading(facts, MostFrequentTag(by_token=False))


def _reading(facts, tagger):
    """Let a tagger read rows as the models do, without padding."""
    read = _read_tokens if facts.kind == "tokens" else _read_others
    return make_pipeline(FunctionTransformer(read).set_output(transform="default"), tagger)


def _read_tokens(X):
    return without_padding(as_sequences(X, "tokens"))


def _read_others(X):
    sequences = as_sequences(X)
    rows = without_padding(sequences)
    return [row[:, 0] for row in rows] if sequences.n_channels == 1 else rows


def _rows(X):
    """The sequences of a frame with one a row, which, iterated over, gives its columns instead."""
    return X.to_numpy() if isinstance(X, pd.DataFrame) else X


def _steps(row):
    """The steps of a sequence, of which a frame, iterated over, gives its columns instead."""
    return row.to_numpy() if hasattr(row, "columns") else row
