"""Texts to learn to write from: several, or one long one."""

import numbers

import joblib
import numpy as np
from sklearn.base import clone
from sklearn.model_selection import ShuffleSplit, check_cv

from keraseq._checks import shown
from keraseq.comparison._data import TEST_SHARE, VALIDATION_SHARE, Data, Split, read_splits
from keraseq.comparison._inputs import take_rows
from keraseq.encoding import as_sequences
from keraseq.encoding.sequences import row_lengths
from keraseq.tasks import get_task
from keraseq.training.likelihood import luck_parts

# Characters, and texts, that are judged where latency is measured.
_ONE_LATENCY, _MANY_LATENCY, _LATENCY_TEXTS = 100, 20_000, 200
_READING = ("tokenizer", "max_tokens", "min_count")


class TextData(Data):
    """Texts, each of which ends, or one string, a long text that is judged at its end.

    Attributes
    ----------
    is_one : bool
        Whether one string came.
    unit : {"token", "character"}
        What a score is of: a character where models cut texts in different ways.
    """

    y = None
    trial_words = "training texts"

    def __init__(self, X, task, test):
        self.task, self.is_one = task, isinstance(X, str)
        self.unit, self.reading = "token", {}
        self.kind, self.X = _read(X, "X")
        self._share = _read_share(test)
        self.test = None
        if self._share is None and test is not None:
            self.test = self._check_test(test)
        elif self.is_one:
            self._share = TEST_SHARE if self._share is None else self._share
            self.X, self.test = _cut_at_end(self.X, self._share)
        self.n_steps = len(self.X) if self.is_one else int(row_lengths(self.X).sum())
        self.n_rows = len(self.X)
        if self.test is None and self.n_rows < 2:
            raise ValueError(
                "X holds one text, which leaves none to judge by. Give several, or test=, or the "
                "string itself, X[0]: one long text is judged by its last part."
            )

    def _check_test(self, test):
        if isinstance(test, tuple) and len(test) == 2 and test[1] is None:
            test = test[0]
        kind, texts = _read(test, "test")
        if kind != self.kind:
            called = {"text": "strings", "words": "lists of tokens"}
            raise TypeError(
                f"test holds {called[kind]} and X {called[self.kind]}; give both in one form."
            )
        return [texts] if isinstance(texts, str) and not self.is_one else texts

    @property
    def paired(self):
        return self.test is None and self._share is None

    @property
    def metric(self):
        return f"−nats a {self.unit}"

    @property
    def rows_in_words(self):
        return "character" if self.is_one else super().rows_in_words

    @property
    def how(self):
        if self._share is None:
            return super().how
        if self.is_one:
            return f"all judged by the last {100 * self._share:.3g} % of the text"
        return f"all judged by the same {100 * self._share:.3g} % of the texts"

    def learn_reading(self, entries):
        """Score a token where all entries cut texts alike, else a character."""
        said = [_reading_of(entry) for entry in entries]
        alike = said[0] is not None and all(reading == said[0] for reading in said)
        usual = {"tokenizer": "characters"} if self.kind == "text" else {}
        self.reading = said[0] if alike else usual
        by_character = self.reading.get("tokenizer") == "characters"
        is_token = self.kind == "words" or (alike and not by_character)
        self.unit = "token" if is_token else "character"

    def header(self):
        return {"metric": self.metric}

    def rival_facts(self, entries):
        return {"reading": self.reading}

    def splits(self, cv, n_runs, seeds):
        if cv is not None and self.is_one:
            raise ValueError(
                "cv= cuts rows, and X is one long text, which is judged by its last part: say how "
                "large that is by test=0.1, or cut X into a list of texts."
            )
        if cv is not None and self._share is not None:
            raise ValueError("cv= cuts test parts and test= fixes one; give one of the two.")
        if self.test is not None and self.is_one:
            return [Split(range(self.n_rows), None)] * n_runs
        return super().splits(cv, n_runs, seeds)

    def _cut(self, cv, n_runs, seeds):
        rows = np.empty((self.n_rows, 0))
        if cv is not None:
            return read_splits(check_cv(cv), rows)
        if self._share is not None:
            seeds = seeds[:1]
        size = TEST_SHARE if self._share is None else self._share
        each = (ShuffleSplit(1, test_size=size, random_state=seed) for seed in seeds)
        found = [Split(*next(cutter.split(rows))) for cutter in each]
        return found if len(found) == n_runs else found * n_runs

    def training_part(self, split):
        return (self.X if self.is_one else take_rows(self.X, split.train)), None

    def test_part(self, split):
        return (take_rows(self.X, split.test) if self.test is None else self.test), None

    def small_part(self, split):
        """All of it: a vocabulary of the first texts alone would make another model."""
        return self.training_part(split)

    def score_rows(self, estimator, split):
        return self._gains(estimator, self.test_part(split)[0])

    def _gains(self, estimator, texts):
        is_one = isinstance(texts, str)
        logs = [np.asarray(part, dtype=float) for part in estimator.token_log_likelihood(texts)]
        _check_logs(logs, 1 if is_one else len(texts), estimator)
        sizes = [len(part) for part in logs]
        if self.unit == "character":
            # Each text's end is one, which all models write.
            sizes = [len(texts)] if is_one else [len(text) + (not self.is_one) for text in texts]
        if is_one:
            n_parts = luck_parts(len(texts))
            logs = np.array_split(logs[0], n_parts)
            sizes = [len(part) for part in np.array_split(np.empty(sizes[0]), n_parts)]
        return get_task(self.task).gains(sizes, logs)

    def judge(self, X, y, seed):
        if self.is_one:
            fitted, held = _cut_at_end(X, VALIDATION_SHARE)
        else:
            cut = ShuffleSplit(1, test_size=VALIDATION_SHARE, random_state=seed)
            parts = next(cut.split(np.empty((len(X), 0))))
            fitted, held = (take_rows(X, rows) for rows in parts)
        return lambda estimator: self._gains(clone(estimator).fit(fitted), held)

    def notes_of(self, estimator, split):
        """The share of the test part's tokens that are unknown, which flatters a model."""
        share = getattr(estimator, "unknown_share", None)
        return {} if share is None else {"unknown": float(share(self.test_part(split)[0]))}

    def latency_calls(self, estimator, split):
        """To judge a text alone, and among many; of one long text, 100 characters."""
        texts, _ = self.test_part(split)
        if isinstance(texts, str):
            first, many = texts[:_ONE_LATENCY], texts[:_MANY_LATENCY]
            n = max(1, len(many) / _ONE_LATENCY)
        else:
            first, many = texts[:1], texts[:_LATENCY_TEXTS]
            n = len(many)
        judge = estimator.token_log_likelihood
        return lambda: judge(first), lambda: judge(many), n

    @property
    def n_test(self):
        return len(self.test)

    @property
    def test_in_words(self):
        return "characters" if isinstance(self.test, str) else "texts"

    def fingerprint(self):
        return joblib.hash((self.X, self.test))

    def overlap(self):
        if self.test is None or self._share is not None:
            return 0
        if isinstance(self.test, str):
            return len(self.test) if self.test in self.X else 0
        if self.is_one:
            return sum(text in self.X for text in self.test if text)
        known = set(map(str, self.X))
        return sum(str(text) in known for text in self.test)


def _read(X, name):
    """Return the kind, and a string or a list of texts or lists of tokens."""
    sequences = as_sequences([X] if isinstance(X, str) else X, "text", name=name)
    rows = list(sequences.rows)
    if not any(map(len, rows)):
        raise ValueError(f"{name} holds no token; give a text that is not empty.")
    return sequences.kind, rows[0] if isinstance(X, str) else rows


def _read_share(test):
    """Return the share that is tested on where `test` is a number, else None."""
    if not isinstance(test, numbers.Real):
        return None
    if isinstance(test, bool) or not 0 < test < 1:
        raise ValueError(
            f"test={test!r} must be a share between 0 and 1, such as 0.1, or the texts (of one "
            "long text the part that follows it)."
        )
    return float(test)


def _cut_at_end(text, share):
    border = len(text) - round(share * len(text))
    if not 0 < border < len(text):
        raise ValueError(
            f"X={shown(text)} is too short to keep {100 * share:.3g} % of it to judge by; give a "
            "longer text, or test=."
        )
    return text[:border], text[border:]


def _reading_of(entry):
    """How an entry cuts texts, None where it does not say."""
    params = entry.ours.get_params() if entry.ours is not None else entry.estimator.get_params()
    if "tokenizer" not in params:
        return None
    return {name: params[name] for name in _READING if name in params}


def _check_logs(logs, n_texts, estimator):
    """Raise unless they are finite logarithms of probabilities, a row a text."""
    called = type(estimator).__name__
    if len(logs) != n_texts:
        raise ValueError(
            f"{called}.token_log_likelihood gave {len(logs)} arrays for {n_texts} texts."
        )
    for row, values in enumerate(logs):
        if np.isnan(values).any() or (values > 1e-6).any():
            raise ValueError(
                f"{called}.token_log_likelihood gave what is no logarithm of a probability in "
                f"text {row}."
            )
        if np.isneginf(values).any():
            raise ValueError(
                f"{called} gives probability 0 to token {int(np.isneginf(values).argmax())} of "
                f"test text {row}, which makes its score minus infinity."
            )
