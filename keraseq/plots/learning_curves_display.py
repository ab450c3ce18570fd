"""Loss against epochs, model by model."""

import pandas as pd
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_choice
from keraseq._colours import assign_colours
from keraseq.comparison.curves import run_curves
from keraseq.plots._axes import MANY
from keraseq.plots._display import Display, name_of, titled
from keraseq.plots._names import in_legend, name_ends


class LearningCurvesDisplay(Display):
    """What was logged each epoch: mean over the runs, and their range; validation is dashed.

    Parameters
    ----------
    frame : DataFrame
        model, run, epoch, metric, value.
    metric : str
        Its validation is ``val_`` and its name.
    colours : dict of str to colour, optional

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure
    """

    def __init__(self, frame, metric, *, colours=None):
        self.frame = frame
        self.metric = metric
        self.colours = assign_colours(frame["model"].unique()) if colours is None else colours

    @classmethod
    def from_comparison(cls, result, *, metric=None, ax=None):
        """Draw a :class:`keraseq.comparison.Comparison`.

        Parameters
        ----------
        result : Comparison
        metric : str, optional
            What was logged; the loss by default.
        ax : matplotlib Axes, optional

        Raises
        ------
        ValueError
            If no model logged anything, or not this metric.
        """
        frame = result.histories
        if frame.empty:
            raise ValueError("No model of this comparison logs its training by epoch.")
        known = assign_colours(result.scores.columns, grey=result.baselines)
        return cls(*_chosen(frame, metric), colours=known).plot(ax=ax)

    @classmethod
    def from_estimator(cls, estimator, *, metric=None, ax=None):
        """Draw the training of a fitted estimator of ours.

        Parameters
        ----------
        estimator : SequenceClassifier, SequenceRegressor, SequenceTagger or SequenceForecaster
        metric : str, optional
            What was logged; the loss by default.
        ax : matplotlib Axes, optional

        Raises
        ------
        sklearn.exceptions.NotFittedError
        TypeError
            For an estimator that logs nothing.
        ValueError
            For a metric that was not logged.

        Examples
        --------
        >>> import keraseq
        >>> from keraseq.datasets import make_reviews
        >>> from keraseq.plots import LearningCurvesDisplay
        >>> X, y = make_reviews(100, return_X_y=True, random_state=0)
        >>> clf = keraseq.SequenceClassifier(units=4, epochs=2, random_state=0).fit(X, y)
        >>> LearningCurvesDisplay.from_estimator(clf).ax_.get_title()
        'gru, loss by epoch'
        """
        check_is_fitted(estimator)
        history = getattr(estimator, "history_", None)
        if not isinstance(history, dict):
            raise TypeError(
                f"{type(estimator).__name__} has no history_ by epoch; give an estimator of "
                "keraseq (of a pipeline its last step)."
            )
        rows = [
            (name_of(estimator), 0, epoch, name, value)
            for name, values in history.items()
            for epoch, value in enumerate(values, start=1)
        ]
        columns = ["model", "run", "epoch", "metric", "value"]
        return cls(*_chosen(pd.DataFrame(rows, columns=columns), metric)).plot(ax=ax)

    def _size(self):
        width, height = super()._size()
        n = self.frame["model"].nunique()
        return (width, height) if n <= MANY else (width, max(height, 0.2 * n))

    def _draw(self, ax):
        curves, ends = run_curves(self.frame), []
        many = self.frame["model"].nunique() > MANY
        for (name, metric), line in curves.groupby(["model", "metric"], sort=False):
            is_training, colour = metric == self.metric, self.colours[name]
            ax.plot(
                line["epoch"],
                line["mean"],
                "-" if is_training else "--",
                color=colour,
                marker="o" if len(line) < 3 else None,
                label=in_legend(name) if is_training and not many else None,
            )
            if is_training:
                ends.append((line["epoch"].iloc[-1], line["mean"].iloc[-1], name, colour))
            ax.fill_between(
                line["epoch"], line["low"], line["high"], color=colour, alpha=0.12, linewidth=0
            )
        if curves["metric"].nunique() > 1:
            ax.plot([], [], "--", color="0.4", label="validation")
        if many:
            first, last = ax.get_xlim()
            ax.set_xlim(first, last + 0.25 * (last - first))
            name_ends(ax, ends)
        runs, names = self.frame["run"].nunique(), self.frame["model"].unique()
        ax.set(xlabel="epoch", ylabel=self.metric)
        ax.set_title(
            titled(
                names[0] if len(names) == 1 else None,
                f"{self.metric} by epoch",
                f"mean and range of {runs} runs" if runs > 1 else None,
            )
        )


def _chosen(frame, metric):
    """The rows of a metric and its validation, and its name."""
    known = [m for m in frame["metric"].unique() if not m.startswith("val_")]
    metric = check_choice("metric", "loss" if metric is None else metric, known)
    return frame[frame["metric"].isin([metric, f"val_{metric}"])].reset_index(drop=True), metric
