"""A comparison at a glance: the text that print shows, and the table that a notebook shows."""

import html

import pandas as pd

from keraseq import _format
from keraseq.comparison.costs import COSTS

_WIDEST_NAME = 26


def as_text(result):
    """Return a heading and a table of at most 80 columns."""
    shown = _shown(result)
    shown.index = [_marked(name, result, _WIDEST_NAME) for name in shown.index]
    return f"{_heading(result)}\n{shown.to_string()}"


def as_html(result):
    """Return the heading and the same table for a notebook, with whole names."""
    shown = _shown(result)
    shown.index = [_marked(name, result) for name in shown.index]
    with pd.option_context("display.max_colwidth", None):
        table = shown.to_html(border=0)
    more = "<code>summary()</code> says what is more than luck, <code>report(path)</code> all."
    return f"<p>{html.escape(_heading(result))}</p>{table}<p>{more}</p>"


def _marked(name, result, widest=None):
    """The name, shortened, with a star if it is a baseline's."""
    short = name if widest is None or len(name) <= widest else f"{name[: widest - 1]}…"
    return f"{short} *" if name in result.baselines else short


def _heading(result):
    n_baselines, n_runs = len(result.baselines), result.n_runs
    n_models = len(result.table) - n_baselines
    rivals = f" and {n_baselines} baseline{'s' * (n_baselines != 1)} (*)" if n_baselines else ""
    return (
        f"Comparison of {n_models} model{'s' * (n_models != 1)}{rivals} by {result.metric}, "
        f"{n_runs} run{'s' * (n_runs != 1)}"
    )


def _shown(result):
    """The columns that tell most, as text."""
    table = result.table
    shown = {"score": table["score"].map(_format.score)}
    if result.n_runs > 1:
        ends = zip(table["low"], table["high"], strict=True)
        shown["95 % interval"] = pd.Series([_format.interval(*pair) for pair in ends], table.index)
    for name, title in (("parameters", "weights"), ("seconds", "seconds")):
        if name in table and table[name].notna().any():
            shown[title] = table[name].map(COSTS[name].write)
    if table["failed"].any():
        shown["failed"] = table["failed"].map(lambda n: f"{n} of {result.n_runs}" if n else "")
    return pd.DataFrame(shown).rename_axis(index=None)
