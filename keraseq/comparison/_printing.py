"""A comparison at a glance: the text that print shows, and the table that a notebook shows."""

import html

import pandas as pd

from keraseq import _format
from keraseq.comparison.costs import COSTS

_WIDEST_NAME = 30


def as_text(result):
    """Return a heading and a table of at most 80 columns."""
    shown = _shown(result)
    names = shown.index.astype(str)
    shown.index = [n if len(n) <= _WIDEST_NAME else f"{n[: _WIDEST_NAME - 1]}…" for n in names]
    return f"{_heading(result)}\n{shown.to_string()}"


def as_html(result):
    """Return the heading and the same table for a notebook, with whole names."""
    table = _shown(result).to_html(border=0)
    more = "<code>summary()</code> says what is more than luck, <code>report(path)</code> all."
    return f"<p>{html.escape(_heading(result))}</p>{table}<p>{more}</p>"


def _heading(result):
    n_baselines, n_runs = len(result.baselines), result.n_runs
    n_models = len(result.table) - n_baselines
    return (
        f"Comparison of {n_models} model{'s' * (n_models != 1)} and {n_baselines} "
        f"baseline{'s' * (n_baselines != 1)} by {result.metric}, "
        f"{n_runs} run{'s' * (n_runs != 1)}"
    )


def _shown(result):
    """The columns that tell most, as text."""
    table = result.table
    shown = {result.metric: table["score"].map(_format.score)}
    if result.n_runs > 1:
        ends = zip(table["low"], table["high"], strict=True)
        shown["95 % interval"] = pd.Series([_format.interval(*pair) for pair in ends], table.index)
    for name in ("parameters", "seconds"):
        if name in table and table[name].notna().any():
            cost = COSTS[name]
            unit = f" ({cost.unit})" if cost.unit else ""
            shown[cost.short + unit] = table[name].map(cost.write)
    if table["failed"].any():
        shown["failed"] = table["failed"].map(lambda n: f"{n} of {result.n_runs}" if n else "")
    shown[""] = table["baseline"].map({True: "baseline", False: ""})
    return pd.DataFrame(shown).rename_axis(index=None)
