"""A comparison as one page of HTML that needs nothing else."""

import base64
import html
import io
from pathlib import Path

import numpy as np

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 60rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.scroll { overflow-x: auto; } img { max-width: 100%; height: auto; background: white; }
table { border-collapse: collapse; font-size: .85rem; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #8884;
  white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
pre { overflow-x: auto; background: #8882; padding: .7rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
li { margin-bottom: .3rem; } .no { opacity: .75; }
"""
_SCORES = ("score", "low", "high")


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
        _section("Scores and costs", _table(result.table.reset_index())),
        *_plots(result),
    ]
    if result.n_runs > 1:
        parts.append(_section("Differences, pair by pair", _table(result.significance)))
    parts += [
        _section("Every run", _table(result.runs.drop(columns=["note"]))),
        _section("To make it again", _code(_call(result))),
        _section("Data", _code(_lines(result.about["data"]))),
        _section("Versions", _code(_lines(result.about["versions"]))),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _section(title, body):
    return f"<section><h2>{html.escape(title)}</h2>{body}</section>\n"


def _finding(sentence):
    is_no = "no detectable difference" in sentence
    return f"<li{' class=no' if is_no else ''}>{html.escape(sentence)}</li>"


def _table(frame):
    shown = frame.map(_cell)
    head = "".join(f"<th>{html.escape(str(column))}</th>" for column in shown.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
        for row in shown.to_numpy()
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{rows}</table></div>'


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
    buffer = io.BytesIO()
    display.figure_.savefig(buffer, format="png", dpi=130)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img alt="{html.escape(title)}" src="data:image/png;base64,{data}">'


def _call(result):
    call = dict(result.about["call"])
    models = call.pop("models")
    test = call.pop("test")
    lines = [
        "import keraseq",
        "",
        "keraseq.compare(",
        "    {",
        *(f"        {name!r}: {text}," for name, text in models.items()),
        "    },",
        "    X,",
        *([] if result.task == "forecasting" else ["    y,"]),
        *(["    test=(X_test, y_test),"] if test else []),
        *(f"    {name}={value!r}," for name, value in call.items() if value is not None),
        ")",
    ]
    return "\n".join(lines)


def _lines(values):
    return "\n".join(f"{name}: {value}" for name, value in values.items() if value is not None)


def _code(text):
    return f"<pre>{html.escape(text)}</pre>"
