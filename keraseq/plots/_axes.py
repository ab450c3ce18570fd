"""Axes to draw on."""

from keraseq._checks import import_extra


def take_axes(ax, *, size=(7, 4.2)):
    """Return `ax`, or the axes of a new figure, which no window system is needed for."""
    if ax is not None:
        return ax
    import_extra("matplotlib", "plot")
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained").subplots()


def colours(names):
    """A colour for each name, the same in every plot of the same names."""
    return {name: f"C{place % 10}" for place, name in enumerate(names)}


def legend_beside(ax):
    """The legend to the right of the axes, where it hides nothing."""
    ax.legend(fontsize="small", loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)


def line_with_band(ax, x, middle, low, high, *, colour, label):
    """A line and what surrounds it."""
    ax.plot(x, middle, color=colour, label=label, marker="o" if len(x) < 15 else None)
    ax.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
