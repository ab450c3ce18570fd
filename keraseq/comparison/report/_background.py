"""What it was: data, settings, the call, every run."""

import pandas as pd

from keraseq import _format
from keraseq.comparison.report._differences import plain_table
from keraseq.comparison.report._html import section, tag

# What the tables above say of a model, and not of a run.
_OF_MODELS = ("note", "baseline", "parameters", "flops")


def background(view):
    """Return the sections."""
    about = view.result.about
    return [
        section("Data", _list(about["data"])),
        section("Settings", _list(_settings(view.result) | about["versions"])),
        section("The call", tag("pre", tag("code", about["call"]), tabindex="0")),
        section(
            "Every run",
            tag(
                "details", tag("summary", "Scores, seeds and costs, fit by fit"), _runs(view.result)
            ),
        ),
    ]


def _settings(result):
    return {
        "task": result.task,
        "score": result.metric,
        "runs of each model": result.n_runs,
        "test rows": "each run's own" if result._paired else "the same in all runs",
    }


def _list(values):
    pairs = [
        tag("div", tag("dt", str(name).replace("_", " ")), tag("dd", _words(value)))
        for name, value in values.items()
        if value is not None
    ]
    return tag("dl", *pairs)


def _words(value):
    return (
        _format.count(value)
        if isinstance(value, int) and not isinstance(value, bool)
        else str(value)
    )


def _runs(result):
    runs = result.runs.dropna(axis="columns", how="all").drop(
        columns=list(_OF_MODELS), errors="ignore"
    )
    runs = runs.assign(split=runs["split"].str[:8])
    rows = [
        [_cell(name, value) for name, value in zip(runs.columns, row, strict=True)]
        for row in runs.to_numpy(dtype=object)
    ]
    return plain_table([str(name).replace("_", " ") for name in runs.columns], rows)


def _cell(name, value):
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if name == "score":
        return _format.score(value)
    return (
        _format.amount(value)
        if isinstance(value, float) and not value.is_integer()
        else _plain(value)
    )


def _plain(value):
    return f"{value:.0f}" if isinstance(value, float) else str(value)
