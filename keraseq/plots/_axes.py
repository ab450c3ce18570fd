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
