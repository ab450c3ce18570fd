"""Every pair as a cell of a triangle."""

import math

from keraseq import _format
from keraseq.comparison.report._html import caption, section, tag

_HINT = "Point at a cell, tap it, or walk with the arrow keys: size, interval and p stand here."
_MOST_NUMBERS = 12  # models up to which a cell has room for its number


def differences_section(view):
    """Return the section, or "" with one run or one model."""
    if view.significance is None or len(view.names) < 2:
        return ""
    cells = {frozenset((row.a, row.b)): _cell(row, view) for row in view.significance.itertuples()}
    head = [tag("td")] + [
        tag("th", str(place), scope="col", title=name)
        for place, name in enumerate(view.names[:-1], start=1)
    ]
    rows = [tag("tr", *head)] + [_row(view, place, cells) for place in range(len(view.names))]
    few = len(view.names) <= _MOST_NUMBERS
    table = tag(
        "table",
        caption("The better model's number is at the top, the other's at the left."),
        tag("tbody", *rows),
        class_="pairs" if few else "pairs small",
    )
    return section(
        "Differences, pair by pair",
        tag("ul", *_legend(view), class_="legend"),
        tag("div", table, class_="scroll", role="region", aria_label="Differences, pair by pair"),
        tag(
            "output",
            _HINT,
            id="pair",
            aria_live="polite",
        ),
        _as_list(view),
        note=(
            f"How much {view.metric} is higher, with the interval and p of a test that is "
            "corrected over all pairs."
        ),
    )


def _legend(view):
    marks = [("yes", "■", "told apart"), ("no", "·", "not told apart")]
    if len(view.judged) < math.comb(len(view.names), 2):
        marks.append(("none", "–", "not compared"))
    return [tag("li", tag("b", mark, class_=kind), words) for kind, mark, words in marks]


def _row(view, place, cells):
    name = view.names[place]
    label = view.label(name, f"{place + 1} {name}")
    found = [
        cells.get(frozenset((better, name))) or _missing(better, name)
        for better in view.names[:place]
    ]
    return tag("tr", tag("th", label, scope="row"), *found)


def _cell(row, view):
    if math.isnan(row.p):
        return _missing(row.a, row.b)
    size = _format.difference(row.difference)
    ends = _format.interval(row.low, row.high, write=_format.difference)
    verdict = "told apart" if row.detectable else "not told apart"
    words = f"{row.a} against {row.b}: {size}" + (f", interval {ends}" if ends else "")
    few = len(view.names) <= _MOST_NUMBERS
    mark = _format.score(abs(row.difference)) if few else "■" if row.detectable else "·"
    return _button(
        "yes" if row.detectable else "no", mark, f"{words}, {_format.p_value(row.p)}; {verdict}."
    )


def _missing(a, b):
    return _button("none", "–", f"{a} against {b}: not compared, too few runs succeeded.")


def _button(kind, mark, words):
    return tag("td", mark, class_=kind, title=words, tabindex="-1", aria_label=words)


def _as_list(view):
    """The same in rows, for print and for readers without a pointer."""
    heads = ("better", "other", "difference", "interval", "p", "told apart")
    rows = [
        (
            row.a,
            row.b,
            _format.difference(row.difference),
            _format.interval(row.low, row.high, write=_format.difference),
            _format.p_value(row.p).removeprefix("p ").removeprefix("= "),
            "not compared" if math.isnan(row.p) else "yes" if row.detectable else "no",
        )
        for row in view.significance.itertuples()
    ]
    return tag("details", tag("summary", "All pairs as a list"), plain_table(heads, rows))


def plain_table(heads, rows):
    """Return a table of texts."""
    head = tag("tr", *(tag("th", head, scope="col") for head in heads))
    body = [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
    table = tag("table", tag("thead", head), tag("tbody", *body), class_="plain")
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=heads[0])
