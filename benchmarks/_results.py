"""Where benchmarks write what they found: `benchmarks/results/scores.md`, and a file a machine.

    from _results import speeds_path, write_section

    write_section("ETTh1", frame, seeds=[0, 1, 2], notes="...")       # scores
    write_section("One step", rows, path=speeds_path(), notes="...")  # speeds on this machine

A page is a heading and its sections, sorted by title; each section lies as JSON in a folder named
like the page, so that it can be replaced alone and read by programs. After merging two branches
`python benchmarks/_results.py` writes the pages anew.
"""

import datetime
import json
import numbers
import os
import platform
import re
import shlex
import sys
import tempfile
from pathlib import Path

import keraseq
from keraseq._show_versions import find_versions

RESULTS = Path(__file__).parent / "results"
SCORES = RESULTS / "scores.md"
_BACKEND = os.environ.get("KERAS_BACKEND", "tensorflow")
_STATED = ("python", "keraseq", "keras", _BACKEND, "numpy")


def write_section(title, table, *, seeds=None, notes="", command=None, path=SCORES, zoo=None):
    """Write one section of a page, in place of the one with the same title.

    Parameters
    ----------
    title : str
        Of the section.
    table : pandas.DataFrame, list of dict
        A line a row, in the order given. A frame's index is shown only where it has a name.
    seeds : int, sequence of int or str, optional
        As they were used; in words where that says more.
    notes : str, optional
        Markdown: split, protocol, what was chosen on what, running time.
    command : str, optional
        The command line that gives this table again; by default the one that runs.
    path : Path
        The page, ``SCORES`` or ``speeds_path()``.
    zoo : dict, optional
        What `docs/zoo.md` shows of each model that the column "model" names: a short heading and
        the column, ``{"ETTh1 96, MSE": "mse_96"}``.
    """
    columns, rows = _table(table)
    for column in ["model", *(zoo or {}).values()] if zoo else []:
        if column not in columns:
            raise ValueError(f"zoo={zoo!r}: the table has no column {column!r}, only {columns}.")
    record = {
        "title": title,
        "command": command or _command(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processor": processor(),
        "versions": {name: find_versions()[name] for name in _STATED},
        "backend": _BACKEND,
        "seeds": seeds if seeds is None or isinstance(seeds, str | int) else list(seeds),
        "zoo": zoo,
        "columns": columns,
        "rows": rows,
        "notes": notes,
    }
    folder = path.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    _replace(folder / f"{_slug(title)}.json", text + "\n")
    write_page(path)


def write_page(path):
    """Write a page from its sections; another process may have added one meanwhile."""
    while not path.exists() or path.read_text(encoding="utf-8") != page_text(path):
        _replace(path, page_text(path))


def page_text(path):
    """Return the text of a page as its sections have it."""
    heading = "Scores" if path == SCORES else "Speeds"
    text = f"# {heading}\n\nWritten by the benchmarks; do not edit.\n"
    return text + "".join(_section(record) for record in read_sections(path))


def read_sections(path=SCORES):
    """Return the records of a page, sorted by title."""
    files = path.with_suffix("").glob("*.json")
    records = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return sorted(records, key=lambda record: record["title"].casefold())


def pages():
    """Return the paths of all pages that have sections."""
    folders = sorted(folder for folder in RESULTS.glob("*") if folder.is_dir())
    return [folder.with_name(f"{folder.name}.md") for folder in folders]


def speeds_path():
    """The page of this machine: processor, and versions of what computes."""
    versions = find_versions()
    computes = "-".join(f"{name}-{versions[name]}" for name in ("keras", _BACKEND))
    return RESULTS / f"{_slug(processor())}-{computes}.md"


def processor():
    """The graphics card if the backend sees one, else the processor; and how many."""
    if _BACKEND == "jax":
        import jax

        device = jax.devices()[0]
        return device.device_kind if device.platform == "gpu" else _central_processor()
    import tensorflow as tf

    cards = tf.config.list_physical_devices("GPU")
    if cards:
        return tf.config.experimental.get_device_details(cards[0]).get("device_name", "GPU")
    return _central_processor()


def _central_processor():
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = named[0] if named else platform.processor() or platform.machine()
    name = re.sub(r"\((R|TM)\)", "", name)
    return f"{name}, {os.cpu_count()} cores"


def _command():
    script, *arguments = sys.argv
    here = Path(script).resolve()
    root = RESULTS.parent.parent
    script = here.relative_to(root).as_posix() if here.is_relative_to(root) else here.name
    backend = os.environ.get("KERAS_BACKEND")
    arguments = [Path(given).name if Path(given).is_absolute() else given for given in arguments]
    set_ = [f"KERAS_BACKEND={backend}"] if backend else []
    return shlex.join([*set_, "python", script, *arguments])


def _table(table):
    if hasattr(table, "to_dict"):
        named = [name for name in table.index.names if name is not None]
        table = (table.reset_index() if named else table).to_dict("records")
    rows = [{str(name): _plain(value) for name, value in row.items()} for row in table]
    return list(dict.fromkeys(name for row in rows for name in row)), rows


def _plain(value):
    """What JSON holds; None where a number is missing."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return None if value != value else float(value)
    return str(value)


def _section(record):
    versions = ", ".join(f"{name} {number}" for name, number in record["versions"].items())
    seeds = record["seeds"]
    if isinstance(seeds, list):
        seeds = ", ".join(map(str, seeds))
    facts = [
        f"`{record['command']}`",
        f"{record['date']}, {record['processor']}; {versions}"
        + (f"; backend {record['backend']}" if record["backend"] != "tensorflow" else ""),
        *([f"Seeds: {seeds}"] if seeds is not None else []),
    ]
    lines = [*(f"- {fact}" for fact in facts), "", *_markdown(record["columns"], record["rows"])]
    if record["notes"]:
        lines += ["", record["notes"].strip()]
    return "\n".join(["", f"## {record['title']}", "", *lines, ""])


def _markdown(columns, rows):
    """The lines of a table; columns of numbers are flush right."""
    held = {name: [row.get(name) for row in rows] for name in columns}
    right = {
        name: any(isinstance(v, int | float) for v in values)
        and not any(isinstance(v, str | bool) for v in values)
        for name, values in held.items()
    }
    yield f"| {' | '.join(columns)} |"
    yield f"|{'|'.join('--:' if right[name] else '---' for name in columns)}|"
    for row in rows:
        yield f"| {' | '.join(_cell(row.get(name)) for name in columns)} |"


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value).replace("|", "\\|").replace("\n", " ")


def _slug(text):
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def _replace(path, text):
    """Write a file so that no reader ever sees half of it."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, suffix=".tmp", delete=False
    ) as file:
        file.write(text)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


if __name__ == "__main__":
    print(f"keraseq {keraseq.__version__}")
    for page in pages():
        write_page(page)
        print(f"written: {page.relative_to(RESULTS.parent.parent)}")
