"""Score and cost of every model in one table that can be sorted."""

import math

from keraseq import _format
from keraseq.comparison.costs import COSTS
from keraseq.comparison.report._html import caption, join, section, tag


def table_section(view):
    costs = [_CostColumn(view.table, name) for name in COSTS if name in view.table]
    costs = [column for column in costs if column.is_measured]
    heads = ["model", view.metric, *(column.head for column in costs), "runs"]
    notes = view.table["note"].fillna("").astype(str)
    if notes.any():
        heads.append("note")
    rows = [
        tag(
            "tr",
            tag("th", view.label(name), scope="row", data_v=name),
            _score(view, row),
            *(column.cell(name) for column in costs),
            _runs(row),
            *([tag("td", notes[name], class_="text", data_v=notes[name])] if notes.any() else []),
            style=f"--c:{view.colours[name]}",
        )
        for name, row in view.table.iterrows()
    ]
    table = tag(
        "table",
        caption("Every model, the best first. A heading sorts by its column."),
        tag("thead", tag("tr", *(_head(head, place) for place, head in enumerate(heads)))),
        tag("tbody", *rows),
        class_="sortable",
        style=view.name_width,
    )
    return section(
        "Score and cost",
        tag(
            "div", table, class_="scroll", tabindex="0", role="region", aria_label="Score and cost"
        ),
        note="Times are medians of the runs, memory is the most; bars begin at zero.",
    )


def _head(text, place):
    sort = "descending" if place == 1 else "none"
    return tag("th", tag("button", text, type="button"), scope="col", aria_sort=sort)


def _score(view, row):
    if math.isnan(row["score"]):
        return tag("td", "none", class_="missing")
    place = view.axis.place(row["score"])
    mark = tag(
        "svg", tag("circle", cx=place, cy="50%", r=3), class_="bar dotted", aria_hidden="true"
    )
    ends = _format.interval(row["low"], row["high"])
    number = join(tag("b", _format.score(row["score"])), tag("small", f" {ends}") if ends else "")
    return tag("td", tag("span", number), mark, data_v=row["score"])


def _runs(row):
    failed, n = int(row["failed"]), int(row["runs"])
    text = f"{n} of {n + failed}, {failed} failed" if failed else str(n)
    return tag("td", text, data_v=n)


class _CostColumn:
    """A cost in one unit, which fits its smallest values too."""

    def __init__(self, table, name):
        self._cost, self._values = COSTS[name], table[name].astype(float)
        self._unit = self._cost.unit
        if self._unit == "ms" and self._values.min() < 0.01:
            self._values, self._unit = 1000 * self._values, "µs"
        self.is_measured = bool(self._values.notna().any())

    @property
    def head(self):
        return f"{self._cost.short}, {self._unit}" if self._unit else self._cost.short

    def cell(self, name):
        value = self._values[name]
        if math.isnan(value):
            return tag("td", "", class_="missing")
        share = value / self._values.max() if self._values.max() > 0 else 0
        bar = tag("rect", width=f"{100 * share:.1f}%", height="100%")
        return tag(
            "td",
            tag("span", self._cost.write(value)),
            tag("svg", bar, class_="bar", aria_hidden="true"),
            data_v=value,
        )
