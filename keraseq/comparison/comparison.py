"""What a comparison found."""

import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from keraseq._checks import check_choice, shown
from keraseq.comparison._printing import as_html, as_text
from keraseq.comparison._summary import summarise
from keraseq.comparison._verdicts import Verdicts
from keraseq.tasks import get_task

_UNTIDY = (
    *("gain", "weight", "row_variance", "history", "fingerprint"),
    *("outside_budget", "members"),
)
_TIMINGS = ("seconds", "latency_ms", "latency_per_row_ms", "memory_mb")
_COSTS = ("parameters", *_TIMINGS[:3], "epochs", "memory_mb", "flops")


class Comparison:
    """Scores, costs and verdicts of :func:`keraseq.compare`.

    Attributes
    ----------
    runs : DataFrame
        A row a fit: model, baseline, run, seed, split (a hash of its rows), score, seconds and what
        else was measured; ``error`` where it failed.
    metric : str
        What ``score`` is; more is better.
    about : dict
        The call, the data's fingerprint, and versions.
    splits : list or None
        Of each run, the numbers of its training and test rows.

    Examples
    --------
    >>> import keraseq
    >>> from keraseq.datasets import make_reviews
    >>> X, y = make_reviews(100, return_X_y=True, random_state=0)
    >>> quick = {"epochs": 1, "units": 4}
    >>> result = keraseq.compare(["gru"], X, y, n_seeds=2, estimator_params=quick, verbose=0)
    >>> list(result.significance.columns)
    ['a', 'b', 'difference', 'low', 'high', 'p', 'detectable']
    """

    def __init__(self, records, *, task, ratio, paired, about, splits=None):
        self._records = records
        self.task = task
        self.metric = about.get("metric", get_task(task).score_name)
        self.about = about
        self.splits = splits
        self._ratio = ratio
        self._paired = paired
        tidy = [{k: v for k, v in record.items() if k not in _UNTIDY} for record in records]
        self.runs = pd.DataFrame(tidy)
        self._names = list(dict.fromkeys(self.runs["model"]))

    def __repr__(self):
        return as_text(self)

    def _repr_html_(self):
        return as_html(self)

    @property
    def rows_in_words(self):
        """What the data's rows are called: row, step, text or character."""
        return self.about.get("rows", get_task(self.task).row_word)

    @property
    def n_runs(self):
        return int(self.runs["run"].nunique())

    @property
    def baselines(self):
        """Names of the entries that are baselines."""
        return [r["model"] for r in self._records if r["baseline"] and r["run"] == 0]

    @property
    def outside_budget(self):
        """The models that do not keep the comparison's budget: a dict of name to the budget."""
        return {r["model"]: r["outside_budget"] for r in self._records if r.get("outside_budget")}

    @property
    def ensembles(self):
        """Names of the entries that are ensembles."""
        return [r["model"] for r in self._records if r.get("members") and r["run"] == 0]

    @cached_property
    def scores(self):
        """The scores as a frame, a row a run and a column a model; NaN where a fit failed."""
        wide = self.runs.pivot(index="run", columns="model", values="score")
        return wide[self._names].astype(float)

    @cached_property
    def table(self):
        """A row a model, best first: score with its 95 % interval, size and costs.

        ``seconds`` is the median fit by the clock; ``memory_mb`` what the process rose by at
        most; latencies are milliseconds to predict one row alone and a row among many. These are
        of fits with one number of threads, which ``runs["threads"]`` tells: where workers took
        part, that with which most models were fitted (workers have one thread each).
        """
        groups = self.runs.groupby("model", sort=False)
        low, high = self._verdicts.intervals()
        table = pd.DataFrame({"score": self.scores.mean(), "low": low, "high": high})
        table["baseline"] = groups["baseline"].first()
        timed = self._timed_runs.groupby("model", sort=False)
        for name in _COSTS:
            if name in self.runs:
                values = (timed if name in _TIMINGS else groups)[name]
                table[name] = values.max() if name == "memory_mb" else values.median()
        table["runs"] = groups["score"].count()
        table["failed"] = groups["error"].count()
        table["note"] = groups["note"].first()
        for name, found in self._convergence.items():
            table.loc[name, "note"] = "; ".join(filter(None, [table.loc[name, "note"], found]))
        return table.sort_values("score", ascending=False, kind="stable", na_position="last")

    @property
    def _convergence(self):
        """Of each model whose training warned: what it said, and in how many runs."""
        if "convergence" not in self.runs:
            return {}
        found = {}
        for name, said in self.runs.dropna(subset=["convergence"]).groupby("model", sort=False):
            first = said["convergence"].iloc[0].partition(":")[0]
            found[name] = f"{first[0].lower()}{first[1:]} in {len(said)} of {self.n_runs} runs"
        return found

    @property
    def _timed_runs(self):
        """The runs with one number of threads: that of most models, and then of most fits."""
        runs = self.runs[self.runs["score"].notna()]
        if "threads" not in runs or runs.empty:
            return runs
        of_threads = runs.groupby("threads")["model"].agg(["nunique", "size"])
        return runs[runs["threads"] == of_threads.sort_values(["nunique", "size"]).index[-1]]

    @cached_property
    def significance(self):
        """Every pair of models or baselines that both have a score, best first.

        Columns: ``a, b, difference, low, high, p, detectable``. `a` is the better one of the pair
        in the runs that both have; where fits failed it may have the lower mean score of the two.
        A pair that shares fewer than two runs has a difference and no verdict: its `p` is NaN, and
        it is not `detectable`.

        ``p`` counts the luck of training and is corrected over all pairs; the interval is the one
        that the corrected test belongs to. On a fixed test set ``p`` is a t-test over seeds, the
        interval counts the luck of the test rows too, and `detectable` asks for both. A
        difference that is the same in every run is weighed against the spread of the other pairs,
        and where no pair has any against the luck of as many test rows.

        Raises
        ------
        ValueError
            If there are fewer than two runs.
        """
        if self.n_runs < 2:
            raise ValueError(
                "A test of significance needs at least two runs of each model, since it weighs a "
                "difference against that between runs; this comparison has one. Compare again "
                "with n_seeds=5 or more (and resume=, to keep the first run)."
            )
        return self._verdicts.significance(self.table.index)

    @cached_property
    def _verdicts(self):
        return Verdicts(
            self._records, self.scores, task=self.task, ratio=self._ratio, paired=self._paired
        )

    @cached_property
    def _tests(self):
        """Pair tests in the table's order."""
        return self._verdicts.tests(self.table.index)

    def summary(self):
        """Return plain sentences, in lines of at most 80 columns.

        Who has the best score and by how much; which differences are detectable, and which pairs
        are not told apart, with the runs that it would take; and what failed or needs caution.

        Returns
        -------
        str
        """
        return summarise(self)

    def plot(self, kind="ranking", *, cost=None, ax=None):
        """Draw who wins and who cannot be told apart, or scores against a cost.

        Parameters
        ----------
        kind : {"ranking", "cost", "critical_difference"}, default="ranking"
            "critical_difference" has no intervals, and needs two runs.
        cost : str, optional
            A column of `table`, such as ``"seconds"``, for ``kind="cost"``, which giving it
            implies; the first of parameters, flops and seconds by which the models differ by
            default.
        ax : matplotlib Axes, optional
            Those of a new figure of pyplot by default.

        Returns
        -------
        keraseq.plots.RankingDisplay, ScoreCostDisplay or CriticalDifferenceDisplay
            ``figure_.savefig(path)`` writes the picture.
        """
        from keraseq import plots

        kind = "cost" if kind == "ranking" and cost is not None else kind
        check_choice("kind", kind, ("ranking", "cost", "critical_difference"))
        if kind == "ranking":
            return plots.RankingDisplay.from_comparison(self, ax=ax)
        if kind == "cost":
            return plots.ScoreCostDisplay.from_comparison(self, cost=cost, ax=ax)
        return plots.CriticalDifferenceDisplay.from_comparison(self, ax=ax)

    def learning_curves(self, *, metric=None, ax=None):
        """Draw training and validation loss (or another logged metric) against epochs.

        Returns
        -------
        keraseq.plots.LearningCurvesDisplay
            ``frame`` holds the numbers.
        """
        from keraseq.plots import LearningCurvesDisplay

        return LearningCurvesDisplay.from_comparison(self, metric=metric, ax=ax)

    @property
    def histories(self):
        """What was logged at each epoch, tidy: model, run, epoch, metric, value."""
        rows = [
            (record["model"], record["run"], epoch, metric, value)
            for record in self._records
            for metric, values in (record.get("history") or {}).items()
            for epoch, value in enumerate(values, start=1)
        ]
        return pd.DataFrame(rows, columns=["model", "run", "epoch", "metric", "value"])

    def report(self, path):
        """Write one page of HTML that needs no other file and no network.

        It has the verdict in two sentences, the ranking, scores and costs in a table that can be
        sorted, every pair, learning curves, and how to make it again.

        Parameters
        ----------
        path : path-like

        Raises
        ------
        FileNotFoundError
            If the folder is not there.
        """
        from keraseq.comparison.report import write_report

        write_report(self, path)

    def to_csv(self, path):
        """Write `runs`, a row a fit."""
        self.runs.to_csv(path, index=False)

    def to_json(self, path):
        """Write everything but the splits' row numbers, for `from_json`."""
        state = {
            "records": self._records,
            "task": self.task,
            "ratio": self._ratio,
            "paired": self._paired,
            "about": self.about,
        }
        Path(path).write_text(json.dumps(state, default=_plain), encoding="utf-8")

    @classmethod
    def from_json(cls, path):
        """Read what `to_json` wrote."""
        return cls(**json.loads(Path(path).read_text(encoding="utf-8")))

    def join(self, other, names=("first", "second")):
        """Join with another comparison's result, on other data, for a verdict over data sets.

        Returns
        -------
        JoinedComparison
            See :func:`keraseq.comparison.join_comparisons` for more than two.

        Raises
        ------
        ValueError, TypeError
            For names that are not two different ones, and what `join_comparisons` refuses.
        """
        from keraseq.comparison.joined_comparison import join_comparisons

        given = list(names) if isinstance(names, Iterable) and not isinstance(names, str) else []
        if len(given) != 2 or len(set(map(str, given))) != 2:
            raise ValueError(
                f"names={shown(names)} must be two different names, of this comparison's data and "
                "of the other's, such as ('reviews', 'tweets')."
            )
        return join_comparisons(dict(zip(given, (self, other), strict=True)))


def _plain(value):
    return value.item() if isinstance(value, np.generic) else str(value)
