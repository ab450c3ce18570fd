"""A series to forecast, and the origins from which it is."""

import numbers

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import TimeSeriesSplit, check_cv

from keraseq.baselines import mase_scale
from keraseq.comparison._data import VALIDATION_SHARE, Data, Split, read_splits
from keraseq.comparison._inputs import (
    continued,
    join_series,
    read_rows,
    read_series,
    take_rows,
)
from keraseq.encoding.first_steps import index_kind
from keraseq.encoding.season import season_of
from keraseq.tasks import get_task


class SeriesData(Data):
    """One series, or several in the columns of a frame; runs begin at different origins.

    Parameters
    ----------
    reading : dict
        `missing` and `freq`, as the forecasters read a series.
    """

    y = None
    keeps_rows = False
    trial_words = "training rows"

    def __init__(self, X, task, test, season, reading):
        self.task, self.reading = task, reading
        self.X, self._series = read_series(read_rows(X), name="X", **reading)
        self.kind, self.n_rows = "series", len(self._series.values)
        self.n_steps = self.n_rows
        self.given_season = season
        self.season = season_of(self._series.index, season)
        self.test = None if test is None else self._check_test(test)

    def _check_test(self, test):
        series = test[0] if isinstance(test, tuple) and len(test) == 2 else test
        series, read = read_series(read_rows(series), name="test", **self.reading)
        series = continued(self.X, series)
        if read.has_dates and self._series.has_dates:
            # Row numbers count each series anew.
            end, begin = self._series.index[-1], read.index[0]
            kinds = [_kind(one.index) for one in (read, self._series)]
            if kinds[0] != kinds[1]:
                raise TypeError(f"test has {kinds[0]}, and X has {kinds[1]}; give both one kind.")
            if begin <= end:
                raise ValueError(
                    f"test begins at {begin}, and X ends at {end}; test must be what follows X."
                )
            # Which refuses dates that are missing between the two, or another step.
            read_series(join_series(self.X, series), name="X with test behind it", **self.reading)
        return series, None

    @property
    def how(self):
        return "each from its own origin" if self.paired else super().how

    def rival_facts(self, entries):
        horizons = [e.estimator.horizon for e in entries if hasattr(e.estimator, "horizon")]
        return {
            "season": self.given_season,
            **self.reading,
            "horizon": horizons[0] if horizons else 1,
            "dated_season": self.season,
        }

    def splits(self, cv, n_runs, seeds):
        """Return a Split for each run, each with something to scale errors by."""
        found = super().splits(cv, n_runs, seeds)
        for split in found:
            self._scale(split)
        return found

    def _cut(self, cv, n_runs, seeds):
        """Rolling origins: each run trains on all before its test part; the first on half."""
        if cv is None:
            return self._cut_in_turn(n_runs)
        if isinstance(cv, numbers.Integral):
            cv = TimeSeriesSplit(cv)
        found = read_splits(check_cv(cv), np.empty((self.n_rows, 0)))
        for split in found:
            if split.train.max() >= split.test.min():
                raise ValueError(
                    "cv for a forecast must train on rows before the test part alone, as "
                    "TimeSeriesSplit does; this splitter looks ahead."
                )
        return found

    def _cut_in_turn(self, n_runs):
        # Not TimeSeriesSplit, which makes no single one.
        size = max(1, self.n_rows // (2 * n_runs))
        first = self.n_rows - n_runs * size
        if first < 1:
            raise ValueError(
                f"X has {self.n_rows} rows, which n_seeds={n_runs} runs, each tested on rows of "
                "its own after its training part, cannot share. Give more rows, or a smaller "
                "n_seeds."
            )
        starts = range(first, self.n_rows, size)
        return [Split(np.arange(start), np.arange(start, start + size)) for start in starts]

    def _scale(self, split):
        """What errors on the split's test part are divided by, `(targets,)`."""
        scale = mase_scale(self._series.values[split.train], self.season)
        if np.isnan(scale).all():
            raise ValueError(
                f"X's first {len(split.train)} rows, a training part, repeat themselves exactly "
                f"every {self.season} steps, or hold no two values so far apart, so that MASE has "
                "nothing to divide by. Give another season=, or begin the test part later."
            )
        return scale

    def training_part(self, split):
        return take_rows(self.X, split.train), None

    def test_part(self, split):
        """Return the series with its past, and the first row to forecast."""
        if self.test is not None:
            return join_series(self.X, self.test[0]), self.n_rows
        return take_rows(self.X, np.arange(split.test.max() + 1)), int(split.test.min())

    def small_part(self, split):
        return self.training_part(split)

    def score_rows(self, estimator, split):
        return self._gains(estimator, *self.test_part(split), self._scale(split))

    def _gains(self, estimator, series, start, scale):
        forecast, truth = estimator.predict_windows(series, start)
        return get_task(self.task).gains(np.asarray(truth), np.asarray(forecast), scale)

    def judge(self, X, y, seed):
        border = len(X) - round(VALIDATION_SHARE * len(X))
        past = X.iloc[:border] if hasattr(X, "iloc") else X[:border]
        values = read_series(past, name="X", **self.reading)[1].values
        scale = mase_scale(values, self.season)
        return lambda estimator: self._gains(clone(estimator).fit(past), X, border, scale)

    def alike_rows(self, estimator):
        """Windows of a forecast share `horizon` steps."""
        return getattr(estimator, "horizon", 1)

    def latency_calls(self, estimator, split):
        series, start = self.test_part(split)
        n = len(estimator.predict_windows(series, start)[0])
        return (
            lambda: estimator.predict(y=series),
            lambda: estimator.predict_windows(series, start),
            n,
        )

    def overlap(self):
        return 0


def _kind(index):
    """What an index holds, in words, with its time zone."""
    zone = getattr(index, "tz", None)
    return index_kind(index) if zone is None else f"{index_kind(index)}, {zone}"
