"""Names as they are, and beside what they name where a legend would have too many."""

import contextlib

_SIZE = 7.5  # points
_WIDE = 0.62  # of a character, in its height


def plain(text):
    """A text in which two dollar signs are no formula."""
    return text.replace("$", r"\$")


def in_legend(name):
    """A name that a legend shows too where it begins with an underscore, which hides others."""
    return f" {name}" if str(name).startswith("_") else name


@contextlib.contextmanager
def dollars_as_they_are(ax):
    """Leave no formula in the title, labels and texts that a block writes; ticks see to theirs."""
    before = {id(text) for text in ax.texts}
    yield
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts):
        if id(text) not in before:
            text.set_text(plain(text.get_text()))


def name_ends(ax, ends):
    """Write the names of lines in a column to the right of their ends, within the axes.

    Parameters
    ----------
    ends : list of (float, float, str, colour)
        As of `name_places`.
    """
    ax.figure.draw_without_rendering()
    to_points = 72 / ax.figure.dpi
    ends = sorted(ends, key=lambda end: -end[1])
    wanted = [ax.transData.transform((0, y))[1] * to_points for _, y, _, _ in ends]
    # From the top each below the one before, then from the bottom each above the one behind.
    placed, top = [], float("inf")
    for middle in wanted:
        top = min(middle, top - _SIZE)
        placed.append(top)
    bottom = ax.bbox.y0 * to_points
    for place in reversed(range(len(placed))):
        placed[place] = max(placed[place], bottom)
        bottom = placed[place] + _SIZE
    right = max(x for x, _, _, _ in ends)
    for (_, y, name, colour), middle, was in zip(ends, placed, wanted, strict=True):
        _write(ax, right, y, name, colour, middle - was)


def name_places(ax, places):
    """Write each name to the right of its place, moved up or down where it would cover another.

    Parameters
    ----------
    places : list of (float, float, str, colour)
        x and y in data, the name, and its colour.
    """
    # The layout decides how far two places are from each other.
    ax.figure.draw_without_rendering()
    to_points = 72 / ax.figure.dpi
    taken = []
    for x, y, name, colour in sorted(places, key=lambda place: -place[1]):
        left, middle = (value * to_points for value in ax.transData.transform((x, y)))
        box = left + 6, left + 6 + _WIDE * _SIZE * len(name)
        move = next(m for m in _moves() if _is_free(box, middle + m, taken))
        taken.append((box, middle + move))
        _write(ax, x, y, name, colour, move)


def _write(ax, x, y, name, colour, move):
    style = {"va": "center", "fontsize": _SIZE, "color": colour}
    ax.annotate(name, (x, y), xytext=(6, move), textcoords="offset points", **style)


def _moves():
    """Nothing, then further and further down and up."""
    yield 0.0
    step = 0
    while True:
        step += 1
        yield -step * _SIZE / 2
        yield step * _SIZE / 2


def _is_free(box, middle, taken):
    return all(
        abs(middle - other) >= _SIZE or box[1] < ends[0] or ends[1] < box[0]
        for ends, other in taken
    )
