"""How fast the gradient fades on its way back."""

from keraseq._checks import check_choice
from keraseq._colours import assign_colours
from keraseq.plots._axes import line_with_band
from keraseq.plots._display import titled
from keraseq.plots._frame_display import FrameDisplay
from keraseq.plots._series_axes import choose


class GradientFlowDisplay(FrameDisplay):
    """The norm of the loss's gradient by step, model by model: medians and range of the seeds.

    Where a model reads more than its last step or its ends, the legend says so: the gradient then
    reaches steps without going through the memory.

    Parameters
    ----------
    frame : DataFrame
        Of :func:`keraseq.comparison.probes.gradient_flow`.
    wrt : {"input", "hidden state", "cell state"}, default="input"
    layer : int, optional
        Of several recurrent layers; the first by default.
    """

    def __init__(self, frame, *, wrt="input", layer=None):
        self.wrt = check_choice("wrt", wrt, frame["wrt"].unique())
        part = frame[frame["wrt"] == wrt]
        self.layer = choose("layer", layer, sorted(part["layer"].unique()))
        self.frame = part[part["layer"] == self.layer]
        self.colours = assign_colours(frame["model"].unique())

    def _draw(self, ax):
        table = self.frame.groupby(["model", "steps_back"], sort=False)["norm"]
        table = table.quantile([0, 0.5, 1]).unstack()
        for name, reads in self.frame.groupby("model", sort=False)["reads"].first().items():
            # A norm of zero has underflowed, and no place on a logarithmic axis.
            line = table.loc[name].where(table.loc[name] > 0)
            label = name if reads in ("last", "ends") else f"{name} (reads {reads})"
            colour = self.colours[name]
            line_with_band(ax, line.index, line[0.5], line[0], line[1], colour=colour, label=label)
        ax.set_yscale("log")
        # Also where it is drawn on the axes of another one.
        ax.xaxis.set_inverted(True)
        layer = None if self.wrt == "input" else f"layer {self.layer}"
        ax.set(xlabel="steps before the last", ylabel="norm of the loss's gradient")
        ax.set_title(titled(f"Gradient with respect to the {self.wrt}", layer))
