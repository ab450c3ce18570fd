"""Gates opening and shutting along a sequence."""

from keraseq._colours import assign_colours
from keraseq.plots._axes import line_with_band
from keraseq.plots._display import titled
from keraseq.plots._frame_display import FrameDisplay, label_steps
from keraseq.plots._series_axes import choose

# Which way each gate keeps what was.
_MEANINGS = {
    "forget": "1 keeps the state",
    "input": "1 lets the step in",
    "output": "1 shows the state",
    "update": "1 keeps the state",
    "reset": "0 ignores the state",
}


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
        both_ways = frame["direction"].nunique() > 1
        parts = {}
        for name, given in {"row": row, "layer": layer, "direction": direction}.items():
            parts[name] = choose(name, given, frame[name].unique())
            frame = frame[frame[name] == parts[name]]
        self.frame = frame
        self.title = titled(
            frame.attrs.get("model"),
            f"gates of layer {parts['layer']}",
            parts["direction"] if both_ways else None,
            f"row {parts['row']}",
        )

    def _draw(self, ax):
        groups = self.frame.groupby(["gate", "step"], sort=False)["activation"]
        means, table = groups.mean(), groups.quantile([0.1, 0.9]).unstack()
        for gate, colour in assign_colours(self.frame["gate"].unique()).items():
            band, mean = table.loc[gate], means[gate]
            label = f"{gate}: {_MEANINGS[gate]}"
            line_with_band(ax, mean.index, mean, band[0.1], band[0.9], colour=colour, label=label)
        ax.fill_between([], [], color="0.5", alpha=0.3, label="middle 80 % of the units")
        steps = self.frame.drop_duplicates("step")
        label_steps(ax.xaxis, steps["step"], steps.get("token"))
        ax.set_ylim(-0.02, 1.02)
        ax.set(xlabel="step", ylabel="gate, mean over the units", title=self.title)
