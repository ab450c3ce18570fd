"""How costs grow with size."""

import numpy as np

from keraseq._checks import import_extra
from keraseq._colours import assign_colours
from keraseq.plots._axes import line_with_band
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
        self.colours = assign_colours(frame["model"].unique())
        self.frame = frame[(frame["axis"] == self.axis) & (frame["quantity"] == self.quantity)]

    def _draw(self, ax):
        ticker = import_extra("matplotlib.ticker", "plot")
        for name in self.frame["model"].unique():
            part = self.frame[self.frame["model"] == name]
            slope, error = part.iloc[0][["exponent", "exponent_error"]]
            label = name if np.isnan(slope) else f"{name}: exponent {slope:.2f} ± {error:.2f}"
            line = part[["value", "low", "high"]].where(part["value"] > 0).to_numpy().T
            line_with_band(ax, part["size"], *line, colour=self.colours[name], label=label)
        sizes, what = sorted(self.frame["size"].unique()), _LABELS[self.quantity]
        ax.set(xscale="log", yscale="log", xlabel=self.axis, ylabel=what)
        ax.set_title(f"{what.capitalize()} against {self.axis}")
        ax.set_xticks(sizes, sizes)
        ax.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.minorticks_off()
