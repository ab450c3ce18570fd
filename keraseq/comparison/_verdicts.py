"""What a comparison's scores prove: each model's interval, and each pair's verdict."""

from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from keraseq.comparison._bootstrap import two_level_bootstrap
from keraseq.comparison._statistics import (
    LEVEL,
    MANY,
    critical_range,
    moderate_variances,
    replace_no_error,
    sample_variance,
    test_pairs,
)
from keraseq.tasks import get_task

COLUMNS = ["a", "b", "difference", "low", "high", "p", "detectable"]


class Verdicts:
    """Statistics of the records of a comparison.

    Parameters
    ----------
    records : list of dict
    scores : DataFrame
        A row a run, a column a model; NaN where a fit failed.
    task : str
    ratio : float
        As of `test_pairs`.
    paired : bool
        Whether each run has a split of its own, the same for all models.
    """

    def __init__(self, records, scores, *, task, ratio, paired):
        self._records = records
        self._scores = scores
        self._task = task
        self._ratio = ratio
        self._paired = paired

    def intervals(self):
        """Return the lower and upper end of each model's 95 % interval, as two Series."""
        scores = self._scores
        mean, count = scores.mean(), scores.count()
        error, df = self._score_errors(count)
        half = stats.t.isf(LEVEL / 2, df) * error
        if self._draws is not None:
            half = np.fmax(half, stats.norm.isf(LEVEL / 2) * self._draws.std())
        lowest, highest = get_task(self._task).score_limits
        return (mean - half).clip(lower=lowest), (mean + half).clip(upper=highest)

    def _score_errors(self, count):
        """Each model's standard error; one that never varies borrows its variance, like a pair."""
        variance, df = np.full(len(count), np.nan), np.maximum(count.to_numpy() - 1.0, 1)
        for place, (_, values) in enumerate(self._scores.items()):
            if values.count() > 1:
                variance[place] = sample_variance(values.dropna().to_numpy())
        lent, lent_df = moderate_variances(variance, df, df.sum())
        variance, df = (
            np.where(variance == 0, *pair) for pair in ((lent, variance), (lent_df, df))
        )
        error = np.sqrt(variance * (1 / np.maximum(count.to_numpy(), 1) + self._ratio))
        return replace_no_error(
            error, df, self._row_variance, count, self._ratio, self._paired, self._test_rows
        )

    def significance(self, names):
        """Return the frame of :attr:`Comparison.significance`, of models in the order of names."""
        tests = self.tests(names)
        width = self._half_widths(names, tests)
        rows = []
        for place, pair in enumerate(tests.pairs):
            gap, half, p = tests.difference[place], width[place], tests.p[place]
            if np.isfinite(gap):
                detectable = bool(p < LEVEL and abs(gap) > half)
                if gap < 0 and tests.runs[place] < len(self._scores):
                    # The one with the higher mean is the worse in the runs that both have.
                    pair, gap = pair[::-1], -gap
                a, b = (names[model] for model in pair)
                rows.append((a, b, gap, gap - half, gap + half, p, detectable))
        return pd.DataFrame(rows, columns=COLUMNS)

    def tests(self, names):
        """Return the PairTests of the models in this order."""
        places = self._scores.columns.get_indexer(names)
        return test_pairs(
            self._scores.to_numpy()[:, places],
            ratio=self._ratio,
            paired=self._paired,
            row_variance=self._row_variance[places],
            test_rows=self._test_rows,
        )

    def _half_widths(self, names, tests):
        """Half of each pair's interval; on a fixed test set it counts the luck of the rows too."""
        width = tests.half_width()
        if self._draws is None:
            return width
        draws = self._draws[list(names)].to_numpy()
        spread = np.array([(draws[:, a] - draws[:, b]).std() for a, b in tests.pairs])
        critical = np.array([critical_range(int(group), MANY) for group in tests.group])
        return np.fmax(width, critical / np.sqrt(2) * spread)

    @cached_property
    def _draws(self):
        """Bootstrapped scores on a fixed test set, or None where runs differ in their rows."""
        good = [r for r in self._records if r.get("gain") is not None]
        if not good:
            return None
        n_rows = len(good[0]["weight"])
        gains = [
            np.array([r["gain"] for r in good if r["model"] == name]).reshape(-1, n_rows)
            for name in self._scores
        ]
        draws = two_level_bootstrap(gains, np.array(good[0]["weight"]))
        return pd.DataFrame(draws, columns=self._scores.columns)

    @cached_property
    def _row_variance(self):
        """Of each model: the variance of a run's score over test rows, NaN where none is known."""
        known = pd.DataFrame(
            {"model": r["model"], "variance": r.get("row_variance")} for r in self._records
        )
        of_model = known.astype({"variance": float}).groupby("model")["variance"].mean()
        return of_model.reindex(self._scores.columns).to_numpy()

    @property
    def _test_rows(self):
        known = [r["n_test"] for r in self._records if r.get("n_test")]
        return float(np.mean(known)) if known else np.nan
