"""A comparison of 40 fits in one process, on two loky workers, and on a Dask cluster of two.

python benchmarks/cluster.py                     # some ten minutes on 2 cores
python benchmarks/cluster.py --fits 4 --epochs 1 --keep /tmp/cluster    # does it run?

Every fit has one thread. Each way runs in a process of its own, and its time counts everything
after the imports: the start of the workers too, whose imports take some ten seconds. Two processes
that know nothing of one another show what the machine can give at most. Then what a data set of
200 MB costs to send to two workers for 20 fits, and what the scheduler takes for a task. A part
that has ended is kept in --keep and not done again; one that was cut short begins anew.
"""

import argparse
import contextlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)

import joblib
import numpy as np
from _results import speeds_path, write_section
from sklearn.dummy import DummyClassifier
from two_workers import ONE_THREAD, compare_once

import keraseq
from keraseq.training.workers import find_workers

WAYS = {  # name: (joblib's backend, how many processes at a time)
    "one process": ("sequential", 1),
    "two loky workers": ("loky", 1),
    "Dask, two workers": ("dask", 1),
    "one process, twice side by side": ("sequential", 2),
}
MEGABYTES = 200


@contextlib.contextmanager
def active(backend):
    """Make a backend of two workers joblib's active one."""
    if backend != "dask":
        with joblib.parallel_config(backend, n_jobs=2):
            yield None
        return
    from distributed import Client, LocalCluster

    settings = {"threads_per_worker": 1, "memory_limit": 0, "dashboard_address": ":0"}
    with (
        LocalCluster(n_workers=2, **settings) as cluster,
        Client(cluster) as client,
        joblib.parallel_config("dask"),
    ):
        yield client


def compare_by(backend, fits, epochs):
    """Compare once; return seconds, scores and the losses of every epoch."""
    seconds, result = compare_once(epochs, active(backend), n_seeds=fits // 2)
    runs = result.runs
    return {
        "seconds": seconds,
        "median": runs["seconds"].median(),
        "least": runs["seconds"].min(),
        "losses": result.learning_curves().frame["value"].tolist(),
        "scores": runs["score"].tolist(),
    }


def count_received():
    """On a worker: count from now on the bytes that come through its sockets."""
    from tornado.iostream import IOStream

    read = IOStream.read_from_fd

    def counted(self, buffer):
        n = read(self, buffer)
        IOStream.n_received += n or 0
        return n

    IOStream.n_received, IOStream.read_from_fd = 0, counted


def received():
    from tornado.iostream import IOStream

    return IOStream.n_received


def send(fits, megabytes):
    """Megabytes that each worker of Dask receives for so many fits."""
    X = np.random.default_rng(0).normal(size=(megabytes * 125, 1000))
    y = (X[:, 0] > 0).astype(int)
    with active("dask") as client:
        client.run(count_received)
        begin = time.perf_counter()
        keraseq.compare([DummyClassifier()], X, y, n_seeds=fits, baselines=False, verbose=0)
        found = sorted(client.run(received).values())
    return {"received": [n / 1e6 for n in found], "seconds": time.perf_counter() - begin}


def nothing(shared, job):
    return None


def task_cost(n=1000):
    """Seconds and bytes of a task that does nothing, of many on two workers."""
    with active("dask") as client:
        workers = find_workers()
        with workers.run(nothing, None, range(20)) as outcomes:
            list(outcomes)
        client.run(count_received)
        begin = time.perf_counter()
        with workers.run(nothing, None, range(n)) as outcomes:
            list(outcomes)
        seconds = time.perf_counter() - begin
        return {"seconds": seconds / n, "bytes": sum(client.run(received).values()) / n}


PARTS = {"compare": compare_by, "send": send, "tasks": task_cost}


def kept(options, name, part, *arguments, copies=1):
    """What new processes measure, or have measured before."""
    path = options.keep / f"{name}.json"
    if path.exists():
        return json.loads(path.read_text())
    command = [sys.executable, __file__, "--part", json.dumps([part, *arguments])]
    pipes = {"stdout": subprocess.PIPE, "text": True, "env": {**os.environ, **ONE_THREAD}}
    started = [subprocess.Popen(command, **pipes) for _ in range(copies)]
    answers = [process.communicate()[0] for process in started]
    if any(process.returncode for process in started):
        sys.exit(f"{name} failed")
    found = [json.loads(answer.splitlines()[-1]) for answer in answers]
    path.write_text(json.dumps(found))
    print(f"{name}: done", flush=True)
    return found


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--fits", type=int, default=40)
    made.add_argument("--epochs", type=int, default=12)
    made.add_argument("--megabytes", type=int, default=MEGABYTES)
    made.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "keraseq-cluster")
    made.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    made.add_argument("--write", action="store_true", help="write the section of results")
    made.add_argument("--part", type=json.loads, help=argparse.SUPPRESS)
    options = made.parse_args()
    if options.part:
        print(json.dumps(PARTS[options.part[0]](*options.part[1:])))
        return
    options.keep.mkdir(parents=True, exist_ok=True)
    rows = list(speeds(options))
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items()))
    sent = kept(options, f"{options.megabytes} MB", "send", 20, options.megabytes)[0]
    each = kept(options, "a task", "tasks")[0]
    megabytes = " and ".join(f"{n:.0f}" for n in sent["received"])
    notes = (
        f"Each of two Dask workers received {megabytes} MB "
        f"for 20 fits on a data set of {options.megabytes} MB. A task that does nothing took "
        f"{1000 * each['seconds']:.1f} ms of scheduler, client and workers on these cores, and "
        f"{each['bytes']:.0f} bytes to its worker. Load beforehand: {os.getloadavg()[0]:.1f}."
    )
    print(notes)
    if options.write:
        write_section("One comparison on several workers", rows, path=speeds_path(), notes=notes)


def speeds(options):
    first = None
    for name in options.ways:
        backend, copies = WAYS[name]
        asked = backend, options.fits, options.epochs
        found = kept(options, name, "compare", *asked, copies=copies)
        took = max(each["seconds"] for each in found) / copies
        first = first or {**found[0], "took": took}
        same = all(found[0][what] == first[what] for what in ("losses", "scores"))
        yield {
            "way": name,
            "seconds": round(took, 1),
            "times as fast": round(first["took"] / took, 2),
            "a fit, s": round(found[0]["median"], 1),
            "at least": round(found[0]["least"], 1),
            "table": "the same to the last bit" if same else "differs",
        }


if __name__ == "__main__":
    main()
