"""A comparison as one page of HTML that needs nothing else."""

import base64
import html
import io
from pathlib import Path

import numpy as np

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 72rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.scroll { overflow-x: auto; } img { max-width: 100%; height: auto; background: white; }
table { border-collapse: collapse; font-size: .85rem; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #8884;
  white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
@media (max-width: 48rem) {
  table { font-size: .8rem; }
  th, td { padding: .25rem .2rem; }
  .wide tr { display: block; padding: .4rem 0; border-bottom: 1px solid #8888; }
  .wide tr:first-child { display: none; }
  .wide td { display: flex; justify-content: space-between; border: 0; padding: 0; }
  .wide td::before { content: attr(data-label); opacity: .75; padding-right: 1rem; }
  .wide td:empty { display: none; }
}
pre { overflow-x: auto; background: #8882; padding: .7rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
li { margin-bottom: .3rem; } .no { opacity: .75; }
"""
_SCORES = ["score", "low", "high", "parameters"]
# More columns than these do not fit a telephone: there each row becomes a list.
_NARROW = 5


def write_report(result, path):
    """Write the page; it is whole or not there."""
    page = _page(result)
    place = Path(path)
    if not place.absolute().parent.is_dir():
        raise FileNotFoundError(f"report({str(path)!r}): there is no such folder; make it first.")
    place.write_text(page, encoding="utf-8")


def _page(result):
    title = f"Comparison of {len(result.table)} models by {result.metric}"
    what, *findings = result.summary().splitlines()
    parts = [
        f"<h1>{html.escape(title)}</h1><p>{html.escape(what)}</p>",
        _section("What was found", f"<ul>{''.join(map(_finding, findings))}</ul>"),
        _section("Scores", _table(result.table[_scores(result)].reset_index())),
        _section("Costs", _table(result.table.drop(columns=_scores(result)).reset_index())),
        *_plots(result),
    ]
    if result.n_runs > 1:
        parts.append(_section("Differences, pair by pair", _table(result.significance)))
    parts += [
        _section("Every run", _table(_runs(result))),
        _section("To make it again", _code(result.about["call"])),
        _section("Data", _code(_lines(result.about["data"]))),
        _section("Versions", _code(_lines(result.about["versions"]))),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _scores(result):
    return [column for column in _SCORES if column in result.table]


def _runs(result):
    """Without what every run of a model shares, which the other tables say."""
    runs = result.runs.dropna(axis="columns", how="all")
    runs = runs.drop(columns=["note", "baseline", "parameters", "flops"], errors="ignore")
    return runs.assign(split=runs["split"].str[:8])


def _section(title, body):
    return f"<section><h2>{html.escape(title)}</h2>{body}</section>\n"


def _finding(sentence):
    is_no = "no detectable difference" in sentence
    return f"<li{' class=no' if is_no else ''}>{html.escape(sentence)}</li>"


def _table(frame):
    shown = frame.map(_cell)
    names = [_column(str(column)) for column in shown.columns]
    head = "".join(f"<th>{name}</th>" for name in names)
    rows = "".join(f"<tr>{_row(names, row)}</tr>" for row in shown.to_numpy())
    kind = "scroll wide" if len(names) > _NARROW else "scroll"
    return f'<div class="{kind}"><table><tr>{head}</tr>{rows}</table></div>'


def _column(name):
    return html.escape(name.replace("_mb", "_MB").replace("_", " "))


def _row(names, cells):
    return "".join(
        f'<td data-label="{name}">{html.escape(cell)}</td>'
        for name, cell in zip(names, cells, strict=True)
    )


def _cell(value):
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) >= 100
        return f"{value:,.0f}" if whole or abs(value) >= 1000 else f"{value:.3g}"
    return str(value)


def _plots(result):
    scored = result.table["score"].notna()
    if not scored.any():
        return
    for cost, title in (("parameters", "Score against size"), ("seconds", "Score against time")):
        if cost in result.table and result.table.loc[scored, cost].notna().any():
            yield _section(title, _image(result.plot(cost=cost), title))
    if result.n_runs > 1:
        title = "Which cannot be told apart"
        yield _section(title, _image(result.plot("critical_difference"), title))
    if not result.histories.empty:
        title = "Learning curves"
        yield _section(title, _image(result.learning_curves(), title))


def _image(display, title):
    _make_narrow(display)
    buffer = io.BytesIO()
    display.figure_.savefig(buffer, format="png", dpi=130)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img alt="{html.escape(title)}" src="data:image/png;base64,{data}">'


def _make_narrow(display):
    """The legend below the axes: a wide picture's letters are too small on a telephone."""
    legend = display.ax_.get_legend()
    if legend is None:
        return
    legend.remove()
    display.figure_.set_size_inches(5.2, 4.6)
    display.figure_.legend(
        *display.ax_.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=2,
        fontsize="small",
        frameon=False,
    )


def _lines(values):
    return "\n".join(f"{name}: {value}" for name, value in values.items() if value is not None)


def _code(text):
    return f"<pre>{html.escape(text)}</pre>"
