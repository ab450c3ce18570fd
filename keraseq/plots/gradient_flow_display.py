"""How fast the gradient fades on its way back."""

from keraseq._checks import check_choice
from keraseq.plots._axes import colours, legend_beside, line_with_band
from keraseq.plots._frame_display import FrameDisplay
from keraseq.plots._series_axes import choose


class GradientFlowDisplay(FrameDisplay):
    """The norm of the loss's gradient by step, model by model: medians and range of the seeds.

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
        self.frame = part[part["layer"] == choose("layer", layer, sorted(part["layer"].unique()))]

    def _draw(self, ax):
        table = self.frame.groupby(["model", "steps_back"], sort=False)["norm"]
        table = table.quantile([0, 0.5, 1]).unstack()
        for name, colour in colours(self.frame["model"].unique()).items():
            # A norm of zero has underflowed, and no place on a logarithmic axis.
            line = table.loc[name].where(table.loc[name] > 0)
            line_with_band(ax, line.index, line[0.5], line[0], line[1], colour=colour, label=name)
        ax.set_yscale("log")
        ax.invert_xaxis()
        ax.set(xlabel="steps before the last", ylabel=f"gradient with respect to the {self.wrt}")
        legend_beside(ax)
