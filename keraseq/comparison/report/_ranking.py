"""The ranked dot plot, as rows of text and small drawings that fit any width."""

from keraseq import _format
from keraseq.comparison.ranking import columns_of
from keraseq.comparison.report._html import breakable, section, tag


def ranking_section(view):
    """Return the section, or "" where there is no score."""
    if not view.names:
        return ""
    columns = columns_of(view.stretches)
    rows = [_row(view, place, name, columns) for place, name in enumerate(view.names)]
    rows += [_failed(view, name) for name in view.table.index if name not in view.names]
    return section(
        "Ranking",
        tag(
            "div",
            tag("ol", *rows, class_="ranking"),
            _axis(view),
            class_="plot",
            style=f"--groups:{len(columns)};{view.name_width}",
        ),
        note=_note(view),
    )


def _note(view):
    note = f"Mean {view.metric} of the runs, right is better, with its 95 % interval."
    if view.baselines:
        note += " Hollow marks and dashed lines are baselines."
    if view.beyond:
        note += " An arrow stands for a score far below."
    if any(stretch.is_compared for stretch in view.stretches):
        note += " A bar at the right joins what cannot be told apart."
    if not all(stretch.is_compared for stretch in view.stretches):
        note += " A dotted bar joins what was not all compared."
    return note


def _row(view, place, name, columns):
    row, is_baseline = view.table.loc[name], name in view.baselines
    ends = _format.interval(row["low"], row["high"])
    return tag(
        "li",
        tag("span", breakable(name), class_="name"),
        _track(view, row, is_baseline),
        tag(
            "span",
            tag("b", _format.score(row["score"])),
            tag("small", f" {ends}") if ends else "",
            class_="score",
        ),
        tag(
            "span",
            *(_bar(column, place) for column in columns),
            class_="groups",
            aria_hidden="true",
        ),
        class_="baseline" if is_baseline else None,
        style=f"--c:{view.colours[name]}",
    )


def _track(view, row, is_baseline):
    place = view.axis.place
    lines = [_line(place(tick), "grid") for tick in view.axis.ticks]
    lines += [_line(place(view.table.loc[b, "score"]), "level") for b in _scored(view)]
    if row.name in view.beyond:
        arrow = tag("text", "◂", x="0", y="50%", class_="beyond")
        return tag("svg", *lines, arrow, class_="track", aria_hidden="true")
    if row["low"] == row["low"]:
        ends = {"x1": place(row["low"]), "x2": place(row["high"])}
        lines.append(tag("line", **ends, y1="50%", y2="50%", class_="interval"))
    dot = tag(
        "circle", cx=place(row["score"]), cy="50%", r=5, class_="hollow" * is_baseline or None
    )
    return tag("svg", *lines, dot, class_="track", aria_hidden="true")


def _scored(view):
    """The baselines that have a place on the axis."""
    return [b for b in view.baselines if b in view.names and b not in view.beyond]


def _line(x, kind):
    return tag("line", x1=x, x2=x, y1="0", y2="100%", class_=kind)


def _bar(column, place):
    """A row's part of the bars that stand in a column."""
    stretch = next((s for s in column if s.first <= place <= s.last), None)
    if stretch is None:
        return tag("svg")
    ends = {
        "y1": "25%" if place == stretch.first else "0",
        "y2": "75%" if place == stretch.last else "100%",
    }
    kind = None if stretch.is_compared else "loose"
    return tag("svg", tag("line", x1="50%", x2="50%", **ends, class_=kind))


def _failed(view, name):
    return tag(
        "li",
        tag("span", name, class_="name"),
        tag("span", "no score: every run failed"),
        class_="failed",
    )


def _axis(view):
    ticks = [
        tag("span", view.axis.write(tick), style=f"left:{view.axis.place(tick)}")
        for tick in view.axis.ticks
    ]
    return tag("div", tag("div", *ticks), class_="axis", aria_hidden="true")
