"""What each step contributed."""

import numpy as np

from keraseq._checks import check_choice
from keraseq.plots._frame_display import FrameDisplay, label_steps
from keraseq.plots._series_axes import choose


class AttributionDisplay(FrameDisplay):
    """Each step's attribution in a row, or the deletion check of all rows.

    Parameters
    ----------
    frame : DataFrame
        As :func:`keraseq.comparison.probes.attribution` gave it; the check is in its ``attrs``.
    row : int, optional
        The first in the frame by default.
    show : {"steps", "deletion"}, default="steps"
    """

    def __init__(self, frame, *, row=None, show="steps"):
        self.show = check_choice("show", show, ("steps", "deletion"))
        if show == "deletion" and "deletion" not in frame.attrs:
            raise ValueError(
                "The frame's attrs hold no deletion check; give it as attribution() returned it."
            )
        self.frame = frame[frame["row"] == choose("row", row, frame["row"].unique())]

    def _draw(self, ax):
        (self._draw_steps if self.show == "steps" else self._draw_deletion)(ax)

    def _draw_steps(self, ax):
        shares = self.frame["attribution"]
        ax.bar(self.frame["step"], shares, color=np.where(shares > 0, "C0", "C3"), width=0.9)
        ax.axhline(0, color="0.5", linewidth=0.8)
        label_steps(ax.xaxis, self.frame["step"], self.frame.get("token"))
        ax.set(xlabel="step", ylabel=f"attribution to output {self.frame['output'].iloc[0]}")

    def _draw_deletion(self, ax):
        curves = self.frame.attrs["deletion"]
        ax.plot(curves["hidden"], curves["attribution"], color="C0", label="by attribution")
        ax.plot(curves["hidden"], curves["random"], color="0.5", label="in random order")
        ax.set(xlabel="share of steps hidden", ylabel="mean output")
        ax.legend(frameon=False)
