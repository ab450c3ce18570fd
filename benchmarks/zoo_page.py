"""Write `docs/zoo.md`, a page of all models: from the registry, and from what was measured.

Run ``python benchmarks/zoo_page.py`` after adding a model or measuring one; with ``--check`` it
fails where the page is stale. What was not measured has a dash.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from _results import pages, read_sections

import keraseq
from keraseq.builders import default_size
from keraseq.models import FAMILIES, find_model
from keraseq.tasks import task_names

PAGE = Path(__file__).parents[1] / "docs" / "zoo.md"
SPEEDS = "The zoo at its default sizes"
_NONE = "–"
_HEAD = """\
# The zoo

Written by `python benchmarks/zoo_page.py`; do not edit. `keraseq.list_models(family=...)` and
`keraseq.model_info(name)` tell the same.

Weights are of the model that is built where nothing is said: for one feature and two classes; of a
forecaster, for 336 steps and the 96 that follow. *Step* is a step of training and *row* the answer
to one row, both in multiples of `gru`'s at its default size, beside it in one run.
*Parallel* models compute all steps at once; in a *causal* one step t depends on steps up to t
alone."""


def page_text():
    """Return the text of the page."""
    speeds, measured_on = find_speeds()
    parts = [_HEAD, *([measured_on] if measured_on else [])]
    specs = [find_model(name) for name in keraseq.models.model_file_names()]
    for family in FAMILIES:
        members = [spec for spec in specs if spec.family == family]
        if members:
            parts += [f"## {family.capitalize()}", models_table(members, speeds), papers(members)]
    scores = scores_table([spec.name for spec in specs])
    if scores:
        parts += ["## Scores", scores]
    return "\n\n".join(parts) + "\n"


def find_speeds():
    """Return the newest measurement by model, and a sentence on where it was made."""
    found = [
        record for page in pages() for record in read_sections(page) if record["title"] == SPEEDS
    ]
    if not found:
        return {}, ""
    newest = max(found, key=lambda record: record["date"])
    versions = newest["versions"]
    computes = ", ".join(f"{name} {versions[name]}" for name in versions if name != "numpy")
    said = f"Measured on {newest['date']}: {newest['processor']}; {computes}."
    return {row["model"]: row for row in newest["rows"]}, said


def models_table(specs, speeds):
    """A line a model."""
    columns = ["model", "what", "year", "weights", "step", "row", "parallel", "causal", "tasks"]
    right = ("year", "weights", "step", "row")
    lines = []
    for spec in specs:
        speed = speeds.get(spec.name, {})
        lines.append(
            [
                f"`{spec.name}`",
                spec.title,
                str(spec.year or _NONE),
                f"{default_size(spec.name):,}",
                *(_times(speed.get(name)) for name in ("step_of_gru", "row_of_gru")),
                _yes(spec.parallel),
                _causal(spec),
                _tasks(spec),
            ]
        )
    return table(columns, lines, right)


def papers(specs):
    """A line a model: who, when and where."""
    lines = []
    for spec in specs:
        said = ", ".join(str(part) for part in (spec.authors, spec.year) if part)
        lines.append(f"- `{spec.name}`: {said}. {spec.paper}" if said else f"- `{spec.name}`")
    return "\n".join(lines)


def scores_table(names):
    """What benchmarks say of models by name: the sections of `scores.md` that name them."""
    columns, held = [], {}
    for record in read_sections():
        for heading, column in (record.get("zoo") or {}).items():
            columns.append(heading)
            for row in record["rows"]:
                if row.get(column) is not None:
                    held[row["model"], heading] = row[column]
    lines = [
        [f"`{name}`", *(_score(held.get((name, heading))) for heading in columns)]
        for name in names
        if any((name, heading) in held for heading in columns)
    ]
    if not lines:
        return ""
    text = table(["model", *columns], lines, columns)
    return f"Of `benchmarks/results/scores.md`, which says how each was measured.\n\n{text}"


def table(columns, lines, right):
    rule = ("--:" if name in right else "---" for name in columns)
    head = [f"| {' | '.join(columns)} |", f"|{'|'.join(rule)}|"]
    return "\n".join([*head, *(f"| {' | '.join(line)} |" for line in lines)])


def _tasks(spec):
    served = spec.served_tasks
    missing = [name for name in task_names() if name not in served]
    if not missing:
        return "all"
    if len(missing) == 1:
        return f"all but {missing[0]}"
    return ", ".join(served)


def _causal(spec):
    if spec.kind.name == "forecaster":
        return _NONE
    return "can be" if callable(spec.causal) else _yes(spec.causal)


def _yes(flag):
    return "yes" if flag else "no"


def _times(value):
    return _NONE if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _score(value):
    return _NONE if value is None else value if isinstance(value, str) else f"{value:.3f}"


def main(arguments):
    """Write the page, or with ``--check`` compare it."""
    if "--check" not in arguments:
        PAGE.write_text(page_text(), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page_text():
        sys.exit("docs/zoo.md is stale; run python benchmarks/zoo_page.py")


if __name__ == "__main__":
    main(sys.argv[1:])
