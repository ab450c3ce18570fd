"""What all displays share."""

from keraseq.plots._axes import new_axes, place_legend
from keraseq.plots._names import dollars_as_they_are


class Display:
    """A plot that holds what it draws.

    A subclass draws in ``_draw``, with a title that says what is seen.

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure
        Of ``plt.subplots`` unless axes were given: a notebook shows the figure, and so does
        ``plt.show()``; ``figure_.savefig(path)`` writes it.
    """

    def plot(self, ax=None):
        """Draw on `ax`, or on a new figure."""
        own = ax is None
        ax = new_axes(self._size()) if own else ax
        with dollars_as_they_are(ax):
            self._draw(ax)
        place_legend(ax, beside=own)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _size(self):
        return 7, 4.2


def check_any_score(result):
    """Raise ValueError for a comparison of which every fit failed."""
    if result.table["score"].isna().all():
        raise ValueError("Every fit failed, so there is no score to draw; see `.runs`.")


def titled(*parts):
    """Join the parts of a title that there are."""
    return ", ".join(str(part) for part in parts if part not in (None, ""))


def name_of(estimator):
    """What a fitted model is called: its zoo name, its function's, or its class."""
    return getattr(estimator, "_fitted_name", type(estimator).__name__)
