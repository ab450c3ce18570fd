"""How costs grow with size."""

import numpy as np

from keraseq.plots._axes import colours, legend_beside, line_with_band
from keraseq.plots._frame_display import FrameDisplay
from keraseq.plots._series_axes import choose

_LABELS = {
    "train_seconds": "seconds a training step",
    "predict_seconds": "seconds to predict a batch",
    "train_megabytes": "megabytes of a training step",
}


class ScalingDisplay(FrameDisplay):
    """A cost against a size, both on logarithmic axes; the legend has the fitted exponents.

    Parameters
    ----------
    frame : DataFrame
        Of :func:`keraseq.comparison.probes.scaling`.
    axis : {"length", "width", "batch"}, optional
        The first in the frame by default.
    quantity : {"train_seconds", "predict_seconds", "train_megabytes"}, optional
        The first in the frame by default.
    """

    def __init__(self, frame, *, axis=None, quantity=None):
        self.axis = choose("axis", axis, frame["axis"].unique())
        self.quantity = choose("quantity", quantity, frame["quantity"].unique())
        self.frame = frame[(frame["axis"] == self.axis) & (frame["quantity"] == self.quantity)]

    def _draw(self, ax):
        for name, colour in colours(self.frame["model"].unique()).items():
            part = self.frame[self.frame["model"] == name]
            slope, error = part.iloc[0][["exponent", "exponent_error"]]
            label = name if np.isnan(slope) else f"{name}: {slope:.2f} ± {error:.2f}"
            line = part[["value", "low", "high"]].where(part["value"] > 0).to_numpy().T
            line_with_band(ax, part["size"], *line, colour=colour, label=label)
        sizes = sorted(self.frame["size"].unique())
        ax.set(xscale="log", yscale="log", xlabel=self.axis, ylabel=_LABELS[self.quantity])
        ax.set_xticks(sizes, sizes)
        ax.minorticks_off()
        legend_beside(ax)
