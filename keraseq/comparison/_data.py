"""What is compared on: rows and their targets, and how each run cuts them."""

from dataclasses import dataclass

import joblib
import numpy as np
from sklearn.base import clone
from sklearn.model_selection import (
    ShuffleSplit,
    StratifiedShuffleSplit,
    check_cv,
    train_test_split,
)

from keraseq.comparison._inputs import read_rows, read_targets, take_rows
from keraseq.encoding import as_sequences, check_lengths
from keraseq.encoding.columns import in_column_order
from keraseq.encoding.labels import label_array, label_codes, label_rows, unique_labels
from keraseq.encoding.sequences import row_lengths
from keraseq.tasks import get_task

TEST_SHARE = 0.2
VALIDATION_SHARE = 0.2
_FEW = 20
_LATENCY_ROWS = 1000


@dataclass(frozen=True)
class Split:
    """One run's rows: of X for training, and of X (or of the fixed test set) for the score."""

    train: object
    test: object


def read_splits(splitter, *rows):
    """Return a Split for each pair of row numbers, or of masks, that a splitter gives.

    Raises
    ------
    ValueError
        If it gives none.
    """
    found = [Split(*map(_row_numbers, pair)) for pair in splitter.split(*rows)]
    if not found:
        raise ValueError("cv gives no split; give an iterable of (training rows, test rows).")
    return found


def _row_numbers(rows):
    rows = np.asarray(rows)
    return np.flatnonzero(rows) if rows.dtype == bool else rows


class Data:
    """Rows and targets, and a fixed test set if there is one.

    Attributes
    ----------
    task : str
        One of `compared_tasks`.
    kind : {"text", "words", "tokens", "series"}
    n_rows, n_steps : int
        Of X, and steps of all rows together (of text, characters).
    season, given_season : int or None
        Of a series to forecast, and what the user says of it.
    reading : dict
        How the entries read X, as far as the rivals must know.
    """

    season = given_season = None
    trial_words = "first training rows alone"

    def __init__(self, X, y, task, test, input="auto"):
        self.task, self._input, self.reading = task, input, {}
        self.X, self.y = read_rows(X), self._read_targets(y)
        if self.y is None:
            raise ValueError(f"task={self.task!r} needs y, the target of each row of X.")
        sequences = as_sequences(self.X, input)
        check_lengths(sequences.rows, self.y)
        self.kind, self.n_rows = sequences.kind, len(sequences)
        self.n_steps = int(row_lengths(sequences.rows).sum())
        self.test = None if test is None else self._check_test(test)

    def _read_targets(self, y):
        y, task = read_targets(y), get_task(self.task)
        if y is None or task.per_step:
            # The rows of a frame are lists of labels where every step has one.
            return label_rows(y) if hasattr(y, "columns") else y
        try:
            n_axes = np.ndim(y)
        except ValueError:
            task.make_target().fit(y)  # Which says in words why it reads no rows of other lengths.
            raise
        if not task.stratifies or n_axes != 1:
            return y
        labels = label_array(y)
        # As objects, True and False are no labels to scikit-learn.
        return labels if labels.dtype.kind != "O" and np.asarray(y).dtype == "O" else y

    def _check_test(self, test):
        if not isinstance(test, tuple | list) or len(test) != 2:
            raise ValueError("test must be a pair (X, y) of rows and their targets.")
        X = read_rows(test[0])
        try:
            y = self._read_targets(test[1])
        except (TypeError, ValueError) as error:
            raise type(error)(f"test[1] is no y of {self.task}: {error}") from None
        check_lengths(as_sequences(X, self._input, name="test[0]").rows, y)
        columns = getattr(self.y, "columns", None)
        return X, y if columns is None else in_column_order(y, columns.tolist())

    @property
    def paired(self):
        """Whether a run has a split that all models share."""
        return self.test is None

    @property
    def keeps_rows(self):
        """Whether the luck of the test rows is drawn from what each of them gained."""
        return not self.paired

    @property
    def metric(self):
        """What the score is."""
        return get_task(self.task).score_name

    @property
    def rows_in_words(self):
        """What `n_rows` counts."""
        return get_task(self.task).row_word

    @property
    def how(self):
        """How runs differ."""
        return "each with its own split" if self.paired else "on one fixed test set"

    def header(self):
        """What else must be equal where a comparison goes on: a dict."""
        return {}

    def learn_reading(self, entries):
        """Note what the entries, which were made for this data, have in common."""

    def rival_facts(self, entries):
        """What the rivals are told of the comparison, beside its task and sizes."""
        return {}

    def splits(self, cv, n_runs, seeds):
        """Return a Split for each run."""
        if self.test is not None:
            if cv is not None:
                raise ValueError("cv= cuts test parts and test= fixes one; give one of the two.")
            return [Split(np.arange(self.n_rows), None)] * n_runs
        return self._cut(cv, n_runs, seeds)

    def _cut(self, cv, n_runs, seeds):
        rows, task, labels = np.empty((self.n_rows, 0)), get_task(self.task), self._labels(self.y)
        if cv is not None:
            y = labels
            if labels is None and not task.per_step:
                y = np.asarray(self.y)
            return read_splits(check_cv(cv, y, classifier=task.stratifies), rows, y)
        if self.n_rows < 2:
            raise ValueError("X holds one row, which leaves none to judge by. Give more, or test=.")
        y = labels if _can_stratify(labels, TEST_SHARE) else None
        cut = ShuffleSplit if y is None else StratifiedShuffleSplit
        each = (cut(1, test_size=TEST_SHARE, random_state=seed) for seed in seeds)
        return [Split(*next(cutter.split(rows, y))) for cutter in each]

    def _labels(self, y):
        """The labels by which rows are split, as codes where scikit-learn knows none; or None."""
        if not get_task(self.task).stratifies or np.ndim(y) != 1:
            return None
        labels = label_array(y)
        if labels.dtype.kind != "O":
            return labels
        return label_codes(labels, unique_labels(labels), "error")

    def ratio(self, splits):
        """Test rows to training rows, the term of Nadeau and Bengio's correction."""
        if not self.paired:
            return 0.0
        return float(np.mean([len(s.test) / len(s.train) for s in splits]))

    def training_part(self, split):
        """Return (X, y) of a split's training rows; y is None where X is its own target."""
        return take_rows(self.X, split.train), take_rows(self.y, split.train)

    def test_part(self, split):
        """Return (X, y) to predict."""
        if self.test is not None:
            return self.test
        return take_rows(self.X, split.test), take_rows(self.y, split.test)

    def small_part(self, split):
        """What a model is built on to see whether it can be: a few rows, with every class."""
        X, y = self.training_part(split)
        few, labels = np.arange(min(len(X), _FEW)), self._labels(y)
        if labels is not None:
            firsts = np.unique(labels, return_index=True)[1]
            few = np.unique(np.concatenate([few, firsts]))
        return take_rows(X, few), take_rows(y, few)

    def score_rows(self, estimator, split):
        """Return what each test row gains a fitted estimator, and its weight."""
        X, y = self.test_part(split)
        return get_task(self.task).gains(y, estimator.predict(X))

    def judge(self, X, y, seed):
        """Return a function: estimator -> gains and weights on rows held back from these."""
        task, labels = get_task(self.task), self._labels(y)
        stratify = labels if _can_stratify(labels, VALIDATION_SHARE) else None
        X_fit, X_held, y_fit, y_held = train_test_split(
            X, y, test_size=VALIDATION_SHARE, random_state=seed, stratify=stratify
        )
        return lambda estimator: task.gains(
            y_held, clone(estimator).fit(X_fit, y_fit).predict(X_held)
        )

    def alike_rows(self, estimator):
        """How many neighbouring test rows are one where their luck is counted."""
        return 1

    def notes_of(self, estimator, split):
        """What a run's record has beside: a dict."""
        return {}

    def latency_calls(self, estimator, split):
        """Return calls that answer one row alone and many rows, and how many those are."""
        X, _ = self.test_part(split)
        n = min(len(X), _LATENCY_ROWS)
        first, rows = X[:1], X[:n]
        return lambda: estimator.predict(first), lambda: estimator.predict(rows), n

    def describe(self):
        """What a report says of the data."""
        season = {} if self.season is None else {"season": self.season}
        return {
            "kind": self.kind,
            "task": self.task,
            "rows": self.n_rows,
            "test rows": None if self.test is None else self.n_test,
            **season,
            "fingerprint": self.fingerprint(),
        }

    @property
    def n_test(self):
        """Rows of the fixed test set."""
        return len(self.test[0])

    @property
    def test_in_words(self):
        """What `n_test` counts."""
        return "rows"

    def fingerprint(self):
        """A hash of every value that is trained or tested on."""
        return joblib.hash((self.X, self.y, self.test))

    def overlap(self):
        """How many rows of the fixed test set are training rows too."""
        if self.test is None:
            return 0
        known = {_row_hash(row) for row in as_sequences(self.X, self._input).rows}
        return sum(_row_hash(r) in known for r in as_sequences(self.test[0], self._input).rows)


def _can_stratify(labels, share):
    """Whether each label can be in both parts, of which one has that share of the rows."""
    if labels is None:
        return False
    counts = np.unique(labels, return_counts=True)[1]
    return counts.min() >= 2 and len(counts) <= share * len(labels)


def _row_hash(row):
    return (row.shape, row.tobytes()) if isinstance(row, np.ndarray) else str(row)
