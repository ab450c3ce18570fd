"""Speed of keraseq beside plain Keras, skorch and PyTorch: the same work, in turns, in one run.

make bench                                                     # the short lines, some 12 minutes
python benchmarks/bench.py --lines step fit --repeats 5 --dry  # some lines, no page
python benchmarks/bench.py --lines variable quality            # long ones, by name or with --long
python benchmarks/bench.py --table                             # the page from the records alone

In a line all contenders have the same stem, body, reading and head, and train with AdamW, its norm
clipped and, where the line says so, its weights averaged: what Keras, skorch and PyTorch lack of
that they are given. Each contender is called once untimed, and then all in turns; the fastest call
of each counts, since it is disturbed least. One row is predicted ten times in a turn, as by those
who have several: the caches then hold no other contender's data. `ratio` is keraseq's fastest by
the best peer's, `spread` the middle half of the ratios of single turns. keraseq is always an
estimator's whole `fit` or `predict`, its reading and checking of X included; the peers are handed
tensors. Keras without keraseq sees no mask and no padding.

Every line is written to a file of records (`--records`) as soon as it is measured, so that a run
that was cut goes on where it stopped: what this version of keraseq has there is not measured again
unless asked for by ``--again``.
"""

import argparse
import datetime
import gc
import json
import math
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# What keraseq asks for where it is imported before TensorFlow; plain Keras has it too then.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import pandas as pd
from _bench_lines import LINES
from _bench_long import LONG
from _results import speeds_path, write_section

from keraseq._quiet import many_models
from keraseq._show_versions import find_versions

TITLE = "Keraseq beside Keras and PyTorch"
ALL = {**LINES, **LONG}


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument(
        "--lines", nargs="+", metavar="LINE", choices=ALL, help=f"of {', '.join(ALL)}"
    )
    made.add_argument("--long", action="store_true", help=f"also {', '.join(LONG)}")
    made.add_argument("--works", metavar="TEXT", help="those of the lines with it in their name")
    made.add_argument("--repeats", type=int, default=9)
    made.add_argument("--records", type=Path, help="where they lie, the page's folder by default")
    made.add_argument("--again", action="store_true", help="measure also what the records have")
    made.add_argument("--dry", action="store_true", help="print alone, read and write nothing")
    made.add_argument("--table", action="store_true", help="measure nothing")
    options = made.parse_args()
    path = options.records or speeds_path().with_suffix("") / "bench.jsonl"
    if not options.table:
        run(options, path)
    if not options.dry:
        write_page(path)


def run(options, path):
    names = options.lines or (ALL if options.long else LINES)
    version = find_versions()["keraseq"]
    done = set()
    if not (options.dry or options.again):
        done = {r["row"]["work"] for r in read(path) if r["keraseq"] == version}
    for line in names:
        for work in ALL[line]():
            if work.name in done or (options.works or "") not in work.name:
                continue
            values = work.measure(options.repeats)
            row = work.row(values)
            if work.note is not None:
                row["note"] = work.note()
            print("; ".join(f"{k}: {_brief(v)}" for k, v in row.items() if v != ""), flush=True)
            if not options.dry:
                add(path, {"line": line, "keraseq": version, "row": row, "values": values})
            del work
            gc.collect()


def _brief(value):
    return f"{value:.2f}" if isinstance(value, float) else value


def read(path):
    """All records, the newest of each work."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    found = {record["row"]["work"]: record for record in map(json.loads, lines)}
    return sorted(found.values(), key=lambda record: list(ALL).index(record["line"]))


def add(path, record):
    record["date"] = datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes")
    record["values"] = {
        name: [None if math.isinf(value) else float(f"{value:.5g}") for value in values]
        for name, values in record["values"].items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")


def write_page(path):
    """Write the section from the records."""
    records = read(path)
    if not records:
        return
    rows = [{**record["row"], "measured with": record["keraseq"]} for record in records]
    names = dict.fromkeys(name for row in rows for name in row)
    last = [name for name in ("note", "measured with") if name in names]
    frame = (
        pd.DataFrame(rows)[[*(name for name in names if name not in last), *last]]
        .astype(object)
        .fillna("")
    )
    frame["ratio"] = [row["ratio"] for row in rows]
    notes = " ".join(__doc__.split("\n\n")[2].split())
    notes += "\n\nThe fastest turn, and in brackets the median."
    write_section(TITLE, frame, path=speeds_path(), notes=notes, command="make bench")


if __name__ == "__main__":
    with many_models():
        main()
