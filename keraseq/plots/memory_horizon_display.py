"""How far back each architecture learned to remember."""

import numpy as np

from keraseq._colours import assign_colours
from keraseq.plots._display import titled
from keraseq.plots._frame_display import FrameDisplay
from keraseq.plots._names import plain


class MemoryHorizonDisplay(FrameDisplay):
    """Each model's horizon: bars are medians over the seeds, dots the seeds.

    A triangle is a seed that learned the longest lag there was, so that its horizon may be longer.

    Parameters
    ----------
    frame : DataFrame
        Of :func:`keraseq.comparison.probes.memory_horizon`.
    """

    def __init__(self, frame):
        self.frame = frame

    def _size(self):
        return 7, 0.5 * self.frame["model"].nunique() + 1.4

    def _draw(self, ax):
        horizons = self.frame.groupby(["model", "seed"], sort=False)["horizon"].first()
        names = list(self.frame["model"].unique())
        longest = self.frame["lag"].max()
        for row, (name, colour) in enumerate(assign_colours(names).items()):
            seeds = horizons[name].to_numpy()
            ax.barh(row, np.median(seeds), height=0.6, color=colour, alpha=0.4)
            # Side by side, so that equal ones are counted.
            places = row + np.linspace(-0.2, 0.2, len(seeds) + 2)[1:-1]
            for marker, chosen in (("o", seeds < longest), (">", seeds >= longest)):
                ax.plot(seeds[chosen], places[chosen], marker, color=colour)
        reads = self.frame.groupby("model")["reads"].first()
        labels = [plain(f"{name}\n(reads {reads[name]})") for name in names]
        ax.set_yticks(range(len(names)), labels)
        ax.yaxis.set_inverted(True)
        ax.set_xlim(left=0)
        task = self.frame.attrs.get("task")
        title = titled("How far back it learns to remember", task and f"{task} task")
        ax.set(xlabel="longest lag learned, bars are medians of the seeds", title=title)
