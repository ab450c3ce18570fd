"""What is compared on: the rows, the task they pose, and how each run cuts them."""

from dataclasses import dataclass

import joblib
import numpy as np
import pandas as pd
from sklearn.model_selection import (
    ShuffleSplit,
    StratifiedShuffleSplit,
    TimeSeriesSplit,
    check_cv,
)

from keraseq._checks import check_choice
from keraseq.baselines import mase_scale
from keraseq.comparison._inputs import (
    compared_tasks,
    infer_task,
    join_series,
    read_rows,
    read_series,
    read_targets,
    take_rows,
)
from keraseq.encoding import as_sequences, check_lengths
from keraseq.encoding.season import season_of
from keraseq.encoding.sequences import row_lengths
from keraseq.tasks import get_task

_TEST_SHARE = 0.2
_FEW = 20


@dataclass(frozen=True)
class Split:
    """One run's rows: of X for training, and of X (or of the fixed test set) for the score."""

    train: np.ndarray
    test: np.ndarray | None


class Data:
    """Rows and targets, and a fixed test set if there is one.

    Attributes
    ----------
    task : str
        One of `compared_tasks`.
    kind : {"text", "words", "tokens", "series"}
    n_rows, n_steps : int
        Of X, and steps of all rows together (of text, characters).
    """

    def __init__(self, X, y, task, test, input="auto", season=None, reading=None):
        X, y = read_rows(X), read_targets(y)
        if task is not None:
            check_choice("task", task, compared_tasks())
        self.task = infer_task(X, y) if task is None else task
        self.X, self.y, self._input = X, y, input
        self.is_forecast = get_task(self.task).reads_history
        if self.is_forecast:
            if y is not None:
                raise ValueError(
                    f"task={self.task!r} takes the series as X and no y; its future is its target."
                )
            self.reading = reading or {}
            self.X, self._series = read_series(X, name="X", **self.reading)
            self.kind, self.n_rows = "series", len(self._series.values)
            self.n_steps = self.n_rows
            self.given_season = season
            self.season = season_of(self._series.index, season)
        else:
            if season is not None:
                raise ValueError(f"season={season} is for forecasts; this is {self.task}.")
            if y is None:
                raise ValueError(f"task={self.task!r} needs y, the target of each row of X.")
            sequences = as_sequences(X, input)
            check_lengths(sequences.rows, y)
            self.kind, self.n_rows = sequences.kind, len(sequences)
            self.n_steps = int(row_lengths(sequences.rows).sum())
        self.test = None if test is None else self._check_test(test)

    def _check_test(self, test):
        if self.is_forecast:
            series = test[0] if isinstance(test, tuple) and len(test) == 2 else test
            return read_series(read_rows(series), name="test", **self.reading)[0], None
        if not isinstance(test, tuple | list) or len(test) != 2:
            raise ValueError("test must be a pair (X, y) of rows and their targets.")
        X, y = read_rows(test[0]), read_targets(test[1])
        check_lengths(as_sequences(X, self._input, name="test[0]").rows, y)
        return X, y

    @property
    def paired(self):
        """Whether a run has a split that all models share."""
        return self.test is None

    def splits(self, cv, n_runs, seeds):
        """Return a Split for each run; for a forecast each with something to scale errors by."""
        found = self._cut(cv, n_runs, seeds)
        if self.is_forecast:
            for split in found:
                self.scale(split)
        return found

    def _cut(self, cv, n_runs, seeds):
        if self.test is not None:
            if cv is not None:
                raise ValueError("cv= cuts test parts and test= fixes one; give one of the two.")
            return [Split(np.arange(self.n_rows), None)] * n_runs
        if self.is_forecast:
            return self._origins(cv, n_runs)
        rows = np.empty((self.n_rows, 0))
        if cv is not None:
            task = get_task(self.task)
            y = None if task.per_step else np.asarray(self.y)
            splitter = check_cv(cv, y, classifier=task.stratifies)
            return [Split(*pair) for pair in splitter.split(rows, y)]
        cut = StratifiedShuffleSplit if self._can_stratify() else ShuffleSplit
        y = np.asarray(self.y) if cut is StratifiedShuffleSplit else None
        each = (cut(1, test_size=_TEST_SHARE, random_state=seed) for seed in seeds)
        return [Split(*next(cutter.split(rows, y))) for cutter in each]

    def _can_stratify(self):
        if not get_task(self.task).stratifies or np.ndim(self.y) != 1:
            return False
        counts = pd.Series(np.asarray(self.y)).value_counts()
        return counts.min() >= 2 and len(counts) <= _TEST_SHARE * self.n_rows

    def _origins(self, cv, n_runs):
        """Rolling origins: each run trains on all before its test part; the first on half."""
        if cv is None:
            cv = TimeSeriesSplit(n_runs, test_size=max(1, self.n_rows // (2 * n_runs)))
        elif isinstance(cv, int):
            cv = TimeSeriesSplit(cv)
        found = [Split(*pair) for pair in cv.split(np.empty((self.n_rows, 0)))]
        for split in found:
            if split.train.max() >= split.test.min():
                raise ValueError(
                    "cv for a forecast must train on rows before the test part alone, as "
                    "TimeSeriesSplit does; this splitter looks ahead."
                )
        return found

    def scale(self, split):
        """What errors on the split's test part are divided by, `(targets,)`."""
        scale = mase_scale(self._series.values[split.train], self.season)
        if np.isnan(scale).all():
            raise ValueError(
                f"X's first {len(split.train)} rows, a training part, repeat themselves exactly "
                f"every {self.season} steps, so that MASE has nothing to divide by. Give another "
                "season=, or begin the test part later."
            )
        return scale

    def ratio(self, splits):
        """Test rows to training rows, the term of Nadeau and Bengio's correction."""
        if self.test is not None:
            return 0.0
        return float(np.mean([len(s.test) / len(s.train) for s in splits]))

    def training_part(self, split):
        """Return (X, y) of a split's training rows; y is None for a forecast."""
        if self.is_forecast:
            return take_rows(self.X, split.train), None
        return take_rows(self.X, split.train), take_rows(self.y, split.train)

    def test_part(self, split):
        """Return (X, y) to predict; for a forecast the series with its past, and its first row."""
        if self.is_forecast:
            if self.test is not None:
                return join_series(self.X, self.test[0]), self.n_rows
            return take_rows(self.X, np.arange(split.test.max() + 1)), int(split.test.min())
        if self.test is not None:
            return self.test
        return take_rows(self.X, split.test), take_rows(self.y, split.test)

    def small_part(self, split):
        """A few rows with every class in them, or for a forecast the training part itself."""
        X, y = self.training_part(split)
        if self.is_forecast:
            return X, None
        few = np.arange(min(len(X), _FEW))
        if get_task(self.task).stratifies and np.ndim(y) == 1:
            firsts = np.unique(np.asarray(y), return_index=True)[1]
            few = np.unique(np.concatenate([few, firsts]))
        return take_rows(X, few), take_rows(y, few)

    def describe(self):
        """What a report says of the data."""
        return {
            "kind": self.kind,
            "task": self.task,
            "rows": self.n_rows,
            "test rows": None if self.test is None else len(self.test[0]),
            **({"season": self.season} if self.is_forecast else {}),
            "fingerprint": self.fingerprint(),
        }

    def fingerprint(self):
        """A hash of every value that is trained or tested on."""
        return joblib.hash((self.X, self.y, self.test))

    def overlap(self):
        """How many rows of the fixed test set are training rows too."""
        if self.test is None or self.is_forecast:
            return 0
        known = {_row_hash(row) for row in as_sequences(self.X, self._input).rows}
        return sum(_row_hash(r) in known for r in as_sequences(self.test[0], self._input).rows)


def _row_hash(row):
    return (row.shape, row.tobytes()) if isinstance(row, np.ndarray) else str(row)
