"""Who looks at whom."""

from keraseq.plots._display import titled
from keraseq.plots._frame_display import FrameDisplay, label_steps
from keraseq.plots._series_axes import choose


class AttentionMapsDisplay(FrameDisplay):
    """The attention of every step (downwards) to every step (to the right) of a row.

    Parameters
    ----------
    frame : DataFrame
        Of :func:`keraseq.comparison.probes.attention_maps`.
    row, layer : int, optional
        The first in the frame by default.
    head : int, optional
        The mean of all heads by default.
    """

    def __init__(self, frame, *, row=None, layer=None, head=None):
        parts = {}
        for name, given in {"row": row, "layer": layer}.items():
            parts[name] = choose(name, given, frame[name].unique())
            frame = frame[frame[name] == parts[name]]
        if head is not None:
            frame = frame[frame["head"] == choose("head", head, frame["head"].unique())]
        self.frame = frame
        self.title = titled(
            frame.attrs.get("model"),
            f"attention of layer {parts['layer']}",
            "all heads" if head is None else f"head {head}",
            f"row {parts['row']}",
        )

    def _size(self):
        return 6, 5

    def _draw(self, ax):
        weights = self.frame.pivot_table(index="query", columns="key", values="weight")
        image = ax.imshow(weights, cmap="viridis", vmin=0, interpolation="nearest")
        ax.figure.colorbar(image, ax=ax, label="weight")
        for name, axis in (("key", ax.xaxis), ("query", ax.yaxis)):
            steps = self.frame.drop_duplicates(name)
            label_steps(axis, steps[name], steps.get(f"{name}_token"))
        ax.set(xlabel="attended step", ylabel="attending step", title=self.title)
