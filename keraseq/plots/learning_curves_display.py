"""Loss against epochs, model by model."""

from keraseq._checks import check_choice
from keraseq.plots._axes import colours, legend_beside, take_axes


class LearningCurvesDisplay:
    """Mean over the runs of what was logged each epoch; validation is dashed.

    Attributes
    ----------
    frame : DataFrame
        model, run, epoch, metric, value.
    """

    def __init__(self, frame, *, metric):
        self.frame = frame
        self.metric = metric

    @classmethod
    def from_comparison(cls, result, *, metric=None, ax=None):
        """Draw a :class:`keraseq.comparison.Comparison`.

        Raises
        ------
        ValueError
            If no model logged anything, or not this metric.
        """
        frame = result.histories
        if frame.empty:
            raise ValueError("No model of this comparison logs its training by epoch.")
        known = [m for m in frame["metric"].unique() if not m.startswith("val_")]
        metric = check_choice("metric", "loss" if metric is None else metric, known)
        kept = frame[frame["metric"].isin([metric, f"val_{metric}"])].reset_index(drop=True)
        return cls(kept, metric=metric).plot(ax=ax)

    def plot(self, ax=None):
        ax = take_axes(ax)
        colour = colours(self.frame["model"].unique())
        means = self.frame.groupby(["model", "metric", "epoch"], sort=False)["value"].mean()
        for name in colour:
            for metric, style in ((self.metric, "-"), (f"val_{self.metric}", "--")):
                if metric in means.get(name, ()).index.get_level_values(0):
                    line = means[name, metric]
                    marker = "o" if len(line) < 3 else None
                    label = name if style == "-" else f"{name}, validation"
                    ax.plot(line.index, line, style, color=colour[name], marker=marker, label=label)
        ax.set(xlabel="epoch", ylabel=self.metric)
        legend_beside(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self
