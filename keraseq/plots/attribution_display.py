"""What each step contributed."""

import numpy as np
import pandas as pd

from keraseq._checks import check_choice
from keraseq._colours import GREY, assign_colours
from keraseq.plots._display import titled
from keraseq.plots._frame_display import FrameDisplay, label_steps
from keraseq.plots._series_axes import choose, label_dates, positions


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
        self.row = choose("row", row, frame["row"].unique())
        self.frame = frame[frame["row"] == self.row]

    def _draw(self, ax):
        (self._draw_steps if self.show == "steps" else self._draw_deletion)(ax)

    def _draw_steps(self, ax):
        one, shares = self.frame.iloc[0], self.frame["attribution"]
        up, down = assign_colours(["up", "down"]).values()
        x, width = self._places()
        ax.bar(x, shares, color=np.where(shares > 0, up, down), width=width)
        ax.axhline(0, color="0.5", linewidth=0.8)
        if "date" in self.frame:
            label_dates(ax, pd.Index(self.frame["date"]))
        else:
            ax.set_xlabel("step")
            label_steps(ax.xaxis, self.frame["step"], self.frame.get("token"))
        output = one.get("output_name", f"output {one['output']}")
        title = titled(self.frame.attrs.get("model"), f"what speaks for {output}", self._row_name())
        ax.set(ylabel="attribution, below 0 against it", title=title)

    def _places(self):
        """Where the bars stand, and their width."""
        if "date" not in self.frame:
            return self.frame["step"], 0.9
        dates = positions(pd.Index(self.frame["date"]))
        gap = np.median(np.diff(dates)) if len(dates) > 1 else 1
        is_time = isinstance(dates, pd.DatetimeIndex)
        return dates, 0.9 * (pd.Timedelta(gap) if is_time else gap)

    def _row_name(self):
        return self.frame["series"].iloc[0] if "series" in self.frame else f"row {self.row}"

    def _draw_deletion(self, ax):
        curves, (colour,) = self.frame.attrs["deletion"], assign_colours(["attribution"]).values()
        ax.plot(curves["hidden"], curves["attribution"], color=colour, label="by attribution")
        ax.plot(curves["hidden"], curves["random"], color=GREY, label="in random order")
        title = titled(self.frame.attrs.get("model"), "steps hidden one after another")
        ax.set(xlabel="share of steps hidden", ylabel="mean output of all rows", title=title)
