"""Several data sets: which model ranks first over all of them?"""

import itertools
from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from keraseq import _format
from keraseq.comparison._statistics import LEVEL
from keraseq.comparison._summary import by_better, in_80_columns, pairs_in_one_line
from keraseq.comparison.comparison import Comparison


def join_comparisons(results):
    """Join comparisons of the same models on different data sets.

    Parameters
    ----------
    results : dict name -> Comparison
        Two or more; models that are not in all of them are left out.

    Returns
    -------
    JoinedComparison

    Raises
    ------
    ValueError, TypeError
        For fewer than two data sets, fewer than two models in common, or different metrics, and for
        what are no comparisons.
    """
    _check_results(results)
    if len(results) < 2:
        raise ValueError("join_comparisons needs the results of two or more data sets.")
    metrics = {name: result.metric for name, result in results.items()}
    if len(set(metrics.values())) > 1:
        raise ValueError(f"These cannot be ranked together, their metrics differ: {metrics}.")
    scores = pd.DataFrame({name: result.table["score"] for name, result in results.items()}).T
    return JoinedComparison(scores.dropna(axis=1), next(iter(metrics.values())))


def _check_results(results):
    if not isinstance(results, Mapping):
        raise TypeError(
            f"results is a {type(results).__name__}; it must be a dict of names of data sets "
            "to the Comparison on each."
        )
    for name, result in results.items():
        if not isinstance(result, Comparison):
            raise TypeError(
                f"The result named {name!r} is a {type(result).__name__}; it must be a Comparison, "
                "as keraseq.compare returns one."
            )


class JoinedComparison:
    """Ranks of the same models over data sets, with Friedman's and Nemenyi's tests.

    Attributes
    ----------
    scores : DataFrame
        A row a data set, a column a model.
    ranks : Series
        Mean rank of each model, 1 is best; the best first.
    friedman_p : float
        Whether ranks are alike by luck; 1 where every rank is tied.
    """

    def __init__(self, scores, metric):
        if scores.shape[1] < 2:
            raise ValueError(
                f"The data sets have {list(scores.columns)} in common; it takes two models with a "
                "score on every data set."
            )
        self.scores = scores
        self.metric = metric
        self.ranks = scores.rank(axis=1, ascending=False).mean().sort_values()

    @cached_property
    def friedman_p(self):
        if self.scores.shape[1] == 2:
            gap = self.scores.iloc[:, 0] - self.scores.iloc[:, 1]
            return 1.0 if (gap == 0).all() else float(stats.wilcoxon(gap).pvalue)
        p = stats.friedmanchisquare(*self.scores.to_numpy().T).pvalue
        return 1.0 if np.isnan(p) else float(p)

    @cached_property
    def significance(self):
        """Each pair, best first: ``a, b, difference`` (of mean ranks)``, p, detectable``.

        p is Nemenyi's, corrected over the pairs; for two models it is Wilcoxon's signed rank
        test. A pair is detectable where Friedman's test finds any difference at all.
        """
        pairs = itertools.combinations(self.ranks.index, 2)
        rows = [(a, b, self.ranks[b] - self.ranks[a]) for a, b in pairs]
        frame = pd.DataFrame(rows, columns=["a", "b", "difference"])
        k = len(self.ranks)
        frame["p"] = (
            self.friedman_p
            if k == 2
            else stats.studentized_range.sf(frame["difference"] / self._range_error, k, np.inf)
        )
        frame["detectable"] = (frame["p"] < LEVEL) & (self.friedman_p < LEVEL)
        return frame

    @property
    def critical_difference(self):
        """Mean ranks further apart than this differ detectably (Demšar 2006)."""
        return float(
            stats.studentized_range.isf(LEVEL, len(self.ranks), np.inf) * self._range_error
        )

    @property
    def _range_error(self):
        """What a difference of mean ranks is divided by to be a studentised range."""
        n_sets, k = self.scores.shape
        return np.sqrt(k * (k + 1) / (12 * n_sets))

    def __repr__(self):
        ranks = self.ranks.map(_format.amount).to_frame("mean rank").rename_axis(index=None)
        return f"{in_80_columns([self._what()])}\n{ranks.to_string()}"

    def summary(self):
        """Return plain sentences: the best, what is detectable, and what is not told apart.

        Lines have at most 80 columns.
        """
        best, n = self.ranks.index[0], len(self.scores)
        paragraphs = [self._what(), f"{best} has the best mean rank, {self.ranks.iloc[0]:.2f}."]
        found = {True: [], False: []}
        for row in self.significance.itertuples():
            found[row.detectable].append(row)
        if found[True]:
            paragraphs.append("Detectable differences of mean ranks (p < 0.05 over all pairs):")
        for better, rows in by_better(found[True]).items():
            worse = ", ".join(f"{row.b} {row.difference:+.2f}" for row in rows)
            paragraphs.append(f"  {better} against {worse}")
        if found[False]:
            paragraphs.append(f"Not told apart: {pairs_in_one_line(found[False])}.")
        if n < 6:
            paragraphs.append(f"{n} data sets are few: rank tests see little below 6.")
        return in_80_columns(paragraphs)

    def _what(self):
        test = "Friedman" if len(self.ranks) > 2 else "Wilcoxon"
        return (
            f"{len(self.ranks)} models ranked by {self.metric} on {len(self.scores)} data sets; "
            f"are the ranks luck? {_format.p_value(self.friedman_p)} ({test})."
        )

    def plot(self, *, ax=None):
        """Draw the critical-difference diagram."""
        from keraseq.plots import CriticalDifferenceDisplay

        return CriticalDifferenceDisplay.from_joined(self, ax=ax)
