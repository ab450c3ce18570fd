"""Speed of keraseq beside plain Keras, skorch and PyTorch: the same work, in turns, in one run.

make bench                                               # all lines, some minutes on two cores
python benchmarks/bench.py step fit --repeats 5 --dry    # some of them

The same stem, body, reading (mean and maximum), head, and AdamW with clipping and averaging in all.
Each contender is called once untimed, and then all in turns; the fastest call of each counts, since
it is disturbed least, and the median says how much the machine is. `ratio` is keraseq's fastest by
the best peer's. keraseq is always an estimator's whole `fit` or `predict`, its reading and checking
of X included; the peers are handed tensors. Keras without keraseq sees no mask and no padding.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pandas as pd
from _bench_lines import LINES
from _results import read_sections, speeds_path, write_section

from keraseq._quiet import many_models

TITLE = "Keraseq beside Keras and PyTorch"


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("lines", nargs="*", metavar="LINE", help=f"of {', '.join(LINES)}")
    made.add_argument("--repeats", type=int, default=9)
    made.add_argument("--models", nargs="+", help="of lines with one for each model")
    made.add_argument("--dry", action="store_true", help="print alone, write no page")
    options = made.parse_args()
    unknown = sorted(set(options.lines) - set(LINES))
    if unknown:
        made.error(f"no line {', '.join(unknown)}; there are {', '.join(LINES)}")
    rows = []
    for line in options.lines or LINES:
        for work, contenders, target in LINES[line](options.models):
            rows.append(measured(work, contenders, target, options.repeats))
            print(pd.DataFrame(rows[-1:]).to_string(index=False, header=len(rows) == 1), flush=True)
            if not options.dry:
                write(rows)
    print(pd.DataFrame(rows).to_string(index=False))


def write(rows):
    """Put rows in place of those of the same work that were measured on this machine before."""
    records = read_sections(speeds_path())
    held = next((record["rows"] for record in records if record["title"] == TITLE), [])
    done = {row["work"] for row in rows}
    rows = sorted([*rows, *(row for row in held if row["work"] not in done)], key=_work)
    what = " ".join(__doc__.split("\n\n")[2].split())
    notes = f"{what}\n\nMilliseconds: the fastest turn, and in brackets the median."
    write_section(TITLE, rows, path=speeds_path(), notes=notes, command="make bench")


def _work(row):
    return row["work"]


def measured(work, contenders, target, repeats):
    """A row: fastest and median of each contender in milliseconds, and keraseq's ratio."""
    seconds = {name: [] for name in contenders}
    for call in contenders.values():
        call()
    for _ in range(repeats):
        for name, call in contenders.items():
            begin = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - begin)
    fastest = {name: 1000 * min(taken) for name, taken in seconds.items()}
    median = {name: 1000 * statistics.median(taken) for name, taken in seconds.items()}
    peers = {name: value for name, value in fastest.items() if name != "keraseq"}
    best = min(peers, key=peers.get)
    row = {"work": work, "target": target, "peer": best, "ratio": fastest["keraseq"] / peers[best]}
    for name in ("keraseq", "Keras", "PyTorch", "skorch", "scikit-learn", "Python"):
        if name in fastest:
            row[name] = f"{fastest[name]:.3g} ({median[name]:.3g})"
    return row


if __name__ == "__main__":
    with many_models():
        main()
