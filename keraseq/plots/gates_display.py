"""Gates opening and shutting along a sequence."""

from keraseq.plots._axes import colours, legend_beside, line_with_band
from keraseq.plots._frame_display import FrameDisplay, label_steps
from keraseq.plots._series_axes import choose


class GatesDisplay(FrameDisplay):
    """Each gate's mean over the units at every step of a row, and the middle 80 % of the units.

    Parameters
    ----------
    frame : DataFrame
        Of :func:`keraseq.comparison.probes.gates`.
    row, layer : int, optional
    direction : {"forward", "backward"}, optional
        The first in the frame by default.
    """

    def __init__(self, frame, *, row=None, layer=None, direction=None):
        for name, given in {"row": row, "layer": layer, "direction": direction}.items():
            frame = frame[frame[name] == choose(name, given, frame[name].unique())]
        self.frame = frame

    def _draw(self, ax):
        groups = self.frame.groupby(["gate", "step"], sort=False)["activation"]
        means, table = groups.mean(), groups.quantile([0.1, 0.9]).unstack()
        for gate, colour in colours(self.frame["gate"].unique()).items():
            band, mean = table.loc[gate], means[gate]
            line_with_band(ax, mean.index, mean, band[0.1], band[0.9], colour=colour, label=gate)
        steps = self.frame.drop_duplicates("step")
        label_steps(ax.xaxis, steps["step"], steps.get("token"))
        ax.set_ylim(-0.02, 1.02)
        ax.set(xlabel="step", ylabel="gate: 0 shut, 1 open")
        legend_beside(ax)
