"""What the plots of probes share."""

from keraseq.plots._display import Display
from keraseq.plots._names import plain

_MOST_LABELS = 60


class FrameDisplay(Display):
    """A plot of the frame of a probe.

    A subclass picks its part of the frame in ``__init__`` and draws it in ``_draw``.

    Attributes
    ----------
    frame : DataFrame
        What is drawn.
    ax_, figure_ : matplotlib Axes and Figure
    """

    @classmethod
    def from_frame(cls, frame, *, ax=None, **choices):
        """Draw the frame of the probe.

        Parameters
        ----------
        frame : DataFrame
        ax : matplotlib Axes, optional
            Those of a new figure of pyplot by default.
        **choices
            The parameters of the class.

        Raises
        ------
        ImportError
            Without matplotlib (extra `plot`).
        ValueError
            For a choice that is not in the frame.
        """
        return cls(frame, **choices).plot(ax=ax)


def label_steps(axis, steps, tokens):
    """Label an axis by its steps, by their tokens where there are some and few."""
    if tokens is None or len(steps) > _MOST_LABELS:
        return
    axis.set_ticks(steps, [plain(str(token)) for token in tokens])
    if axis.axis_name == "x":
        axis.set_tick_params(rotation=90)
