"""A colour for each model, the same in every plot and on every page."""

GREY = "#767676"
# Spaced by hue in OKLCH; relative luminance .14 to .25, so that each stands out by 3:1 from white
# paper and from a dark page. The first ten are the easiest to tell apart.
_PALETTE = (
    *("#1972d4", "#d65c14", "#058f41", "#c84262", "#8d54c3"),
    *("#069090", "#ae8200", "#c55099", "#7a9002", "#5c61d2"),
    *("#e05c44", "#01775c", "#a86bdb", "#856306", "#1492b4"),
    *("#b8376b", "#499820", "#535dcc", "#d36908", "#0d7571"),
    *("#c262c1", "#726b00", "#0d8dd5", "#bd3743", "#0d9a5f"),
    *("#7752c4", "#b87a10", "#0f7381", "#d45ba0", "#567209"),
)


def assign_colours(names, grey=()):
    """Return a dict of name to colour, by the place of the name.

    Parameters
    ----------
    names : iterable of str
        Every name that a page or a set of plots shows, in an order that stays.
    grey : container of str
        Names of baselines, which are grey.
    """
    names = list(names)
    return {
        name: GREY if name in grey else _PALETTE[place % len(_PALETTE)]
        for place, name in enumerate(names)
    }
