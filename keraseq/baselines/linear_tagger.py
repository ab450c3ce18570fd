"""The strongest cheap rival of a tagger."""

import re

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_integer
from keraseq.baselines._rivals import rival
from keraseq.encoding import as_sequences, check_lengths
from keraseq.encoding.labels import label_array, label_codes, label_rows, unique_labels
from keraseq.encoding.sequences import without_padding

_BEGINNINGS, _ENDS = (1, 2, 3), (1, 2, 3, 4)


class LinearTagger(BaseEstimator):
    """Tag each step by a linear model of what stands around it.

    Of words it reads the word, its neighbours, pairs of neighbours, beginnings and ends of one to
    four characters, and the shape (``Xx-0`` for ``Abc-12``); of token ids the ids alone; of numbers
    the values of the steps around. Words and ids are told apart by a linear support vector machine
    (C=0.1, of those tried best and fastest at restoring the punctuation of verse), numbers by
    logistic regression.

    Parameters
    ----------
    window : int, default=2
        Neighbours read on each side.
    input : {"auto", "text", "tokens", "series"}, default="auto"
        As of :class:`keraseq.SequenceTagger`.
    random_state : int, RandomState or None, default=None
        Order of the support vector machine's coordinates.

    Attributes
    ----------
    classes_ : ndarray
        The tags.

    Examples
    --------
    >>> from keraseq.baselines import LinearTagger
    >>> X, y = [["the", "cat", "sleeps"], ["a", "dog", "barks"]] * 8, [["D", "N", "V"]] * 16
    >>> LinearTagger(random_state=0).fit(X, y).predict([["the", "bird", "sings"]])
    [['D', 'N', 'V']]
    """

    def __init__(self, window=2, *, input="auto", random_state=None):
        self.window = window
        self.input = input
        self.random_state = random_state

    def fit(self, X, y):
        """Learn from sequences and the tag of every step.

        Raises
        ------
        TypeError, ValueError
            If a sequence and its tags differ in length, or there is no step at all.
        """
        window = check_integer("window", self.window, 0)
        sequences, y = as_sequences(X, self.input), label_rows(y)
        rows = without_padding(sequences)
        check_lengths(rows, y, every_step=True)
        tags = [tag for row in y for tag in row]
        if not tags:
            raise ValueError("y holds no tag; LinearTagger needs at least one.")
        labels = label_array(tags)
        self.classes_ = unique_labels(labels)
        self._kind, self._window, self._input = sequences.kind, window, self.input
        self._model = None
        if len(self.classes_) > 1:
            codes = label_codes(labels, self.classes_, "error")
            self._model = self._make_model().fit(self._read(rows), codes)
        return self

    def _make_model(self):
        if self._kind == "series":
            return make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        vectors = CountVectorizer(analyzer=list, binary=True, dtype=np.float32)
        return make_pipeline(vectors, LinearSVC(C=0.1, random_state=self.random_state))

    def predict(self, X):
        """Return a list of tags for each sequence."""
        check_is_fitted(self)
        sequences = as_sequences(X, self._input)
        if sequences.kind != self._kind:
            raise TypeError(f"X holds {sequences.kind}, but training had {self._kind}.")
        rows = without_padding(sequences)
        lengths = [len(row) for row in rows]
        codes = np.zeros(sum(lengths), dtype=np.int64)
        if self._model is not None and len(codes):
            codes = self._model.predict(self._read(rows))
        tags = self.classes_[codes].tolist()
        ends = np.cumsum(lengths).tolist()
        return [tags[end - n : end] for end, n in zip(ends, lengths, strict=True)]

    def _read(self, rows):
        """The features of all steps, one after another."""
        if self._kind == "series":
            return np.concatenate([_values_around(row, self._window) for row in rows])
        spelt = self._kind != "tokens"
        return [features for row in rows for features in _words_around(row, self._window, spelt)]


def _values_around(row, window):
    """The values of each step and its neighbours; what is missing or beyond the ends is 0."""
    edge = np.zeros((window, row.shape[1]))
    around = np.concatenate([edge, np.nan_to_num(row), edge])
    parts = [around[shift : shift + len(row)] for shift in range(2 * window + 1)]
    return np.concatenate(parts, axis=1, dtype=np.float64)


def _words_around(row, window, spelt):
    """Yield the features of each step, as strings."""
    words = [str(word) for word in row]
    lower = ["<"] * window + [word.lower() for word in words] + [">"] * window
    for place, word in enumerate(words):
        around = lower[place : place + 2 * window + 1]
        features = [f"{shift}={each}" for shift, each in enumerate(around)]
        if window:
            before, here, after = around[window - 1 : window + 2]
            features += [f"before={before} {here}", f"after={here} {after}"]
        if spelt:
            here = around[window]
            features += [f"begins={here[:n]}" for n in _BEGINNINGS]
            features += [f"ends={here[-n:]}" for n in _ENDS]
            features.append(f"shape={_shape(word)}")
        yield features


def _shape(word):
    """Which kinds of characters a word is made of, in their order."""
    kinds = (
        "X" if c.isupper() else "x" if c.isalpha() else "0" if c.isdigit() else c for c in word
    )
    return re.sub(r"(.)\1+", r"\1", "".join(kinds))


@rival("linear tagger", tasks=("tagging",))
def _linear(facts):
    return LinearTagger(input="tokens" if facts.kind == "tokens" else "auto")
