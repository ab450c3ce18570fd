"""Axes to draw on."""

import weakref

from keraseq._checks import import_extra
from keraseq.plots._names import in_legend, plain

MANY = 12  # entries that a legend holds in one column
_COLUMN_INCHES = 2  # that each further column of it is wide
_made = []  # figures that were made here, weakly held, the oldest first


def new_axes(size):
    """Return the axes of a new figure of pyplot, so that notebooks and ``plt.show()`` show it."""
    plt = import_extra("matplotlib.pyplot", "plot")
    _close_oldest(plt)
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    _made.append(weakref.ref(figure))
    return ax


def _close_oldest(plt):
    """Let pyplot forget our oldest figures where a loop makes many; they can still be saved."""
    open_ones = [figure for ref in _made if (figure := ref()) and plt.fignum_exists(figure.number)]
    most = plt.rcParams["figure.max_open_warning"]
    while most and open_ones and len(plt.get_fignums()) >= most:
        plt.close(open_ones.pop(0))
    _made[:] = map(weakref.ref, open_ones)


def place_legend(ax, *, beside):
    """A legend of what is labelled: to the right of the axes, or inside where they have company."""
    handles, labels = ax.get_legend_handles_labels()
    if not labels:
        return
    labels = [plain(label) for label in labels]
    columns = -(-len(labels) // MANY)
    style = {"ncols": columns, "frameon": not beside}
    style["fontsize"] = "small" if len(labels) <= MANY else "x-small"
    if beside:
        style |= {"loc": "center left", "bbox_to_anchor": (1.01, 0.5)}
        width, height = ax.figure.get_size_inches()
        ax.figure.set_size_inches(width + _COLUMN_INCHES * (columns - 1), height)
    else:
        style |= {"loc": "best", "framealpha": 0.7}
    ax.legend(handles, labels, **style)


def line_with_band(ax, x, middle, low, high, *, colour, label, band_label=None, style="-"):
    """A line and what surrounds it."""
    marker = "o" if len(x) < 15 else None
    named = in_legend(label)
    ax.plot(x, middle, style, color=colour, label=named, marker=marker, markersize=4)
    ax.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0, label=band_label)


def draw_stretches(ax, columns):
    """Bars to the right of the rows of a ranking, which join what no test tells apart.

    Parameters
    ----------
    columns : list of list of Stretch
        Of :func:`keraseq.comparison.ranking.columns_of`.
    """
    for place, column in enumerate(columns):
        for stretch in column:
            ax.plot(
                [1.02 + 0.018 * place] * 2,
                [stretch.first - 0.3, stretch.last + 0.3],
                color="0.25" if stretch.is_compared else "0.55",
                linewidth=2.5 if stretch.is_compared else 1.5,
                linestyle="-" if stretch.is_compared else (0, (1, 1)),
                solid_capstyle="butt",
                transform=ax.get_yaxis_transform(),
                clip_on=False,
            )


def explain_stretches(columns):
    """What the bars say, for the axis below them."""
    kinds = {stretch.is_compared for column in columns for stretch in column}
    if not kinds:
        return ""
    if kinds == {False}:
        return "\ndotted bars join what was not all compared"
    dotted = " (dotted: not all compared)" if False in kinds else ""
    return f"\nbars join what cannot be told apart{dotted}"
