"""The fits of a comparison, one after the other or on workers."""

import logging
import sys
import time

import numpy as np

from keraseq._progress import progress_bar
from keraseq.comparison._fit import fit_entry
from keraseq.training.pool import POOL
from keraseq.training.threads import n_threads
from keraseq.training.workers import Lost

_logger = logging.getLogger(__name__)
# A worker imports TensorFlow before its first fit: 8.6 s on a slow machine, and 820 MB, measured.
_WORKER_START = 8.6
# An architecture's first fit in a process traces and compiles it: 1.1 to 1.3 s, measured.
_COMPILING = 1.2


def run_jobs(jobs, data, done, settings, *, workers, verbose=1):
    """Fit every job and hand each record to `done` as it comes.

    Ctrl-C ends all of them; what a fit has not ended gives no record.

    Parameters
    ----------
    jobs : list of dict
        ``entry``, ``split`` and ``about``, the first part of the record; interleaved by run.
    data : Data
    done : callable
        Called with each record in this process.
    settings : dict
        Further arguments of `fit_entry`, the same for all.
    workers : as `find_workers` finds them
        Those that nobody chose are started once the first fits show that they would save time;
        smaller work stays in this process, as the progress bar and the log say.
    """
    jobs, here, start = list(jobs), _FirstOfEach(), _seconds_of_start()
    with progress_bar(len(jobs), verbose=verbose, unit="fit") as bar:

        def finish(job, record):
            done({**job["about"], **record})
            bar.set_postfix_str(job["entry"].name, refresh=False)
            bar.update()

        if workers.is_named:
            _run_on_workers(jobs, data, settings, finish, workers, bar)
            return
        if not workers.is_here:
            bar.set_description_str("in process", refresh=False)
        while jobs and (workers.is_here or not _is_worth_it(jobs, workers.n, start)):
            job = jobs.pop(0)
            begin, is_first = time.perf_counter(), here.is_first(job)
            finish(job, _fit_job(job, data, settings, latency=is_first))
            _note_seconds(jobs, job, time.perf_counter() - begin, is_first)
        if jobs:
            first, *others = jobs

            def meanwhile():
                finish(first, _fit_job(first, data, settings, latency=here.is_first(first)))

            _run_on_workers(others, data, settings, finish, workers, bar, meanwhile)
        elif not workers.is_here:
            _logger.info("too little work for %d workers: all fits ran in process", workers.n)


def _note_seconds(jobs, finished, seconds, is_first):
    if is_first and finished["entry"].ours is not None:
        # What is yet to come in this process is compiled already.
        seconds = max(0.0, seconds - _COMPILING)
    for job in jobs:
        if job["entry"] is finished["entry"]:
            job["entry"].seconds = seconds


def _seconds_of_start():
    """How long a worker takes until its first fit, at most."""
    # No longer than this process took to be where it is, which has imported the same.
    return min(_WORKER_START, time.process_time()) if "keras" in sys.modules else _WORKER_START


def _is_worth_it(jobs, n_workers, start):
    """Whether workers would end earlier, by what the fits so far took."""
    known = [job["entry"].seconds for job in jobs if job["entry"].seconds is not None]
    if not known:
        return False
    each = [_expected(job["entry"], max(known)) for job in jobs]
    networks = {id(job["entry"]) for job in jobs if job["entry"].ours is not None}
    before = start + _COMPILING * len(networks)
    return max(sum(each) / n_workers, *each) + before < sum(each)


def _expected(entry, longest):
    if entry.seconds is not None:
        return entry.seconds
    return 0.0 if entry.is_baseline else longest


def _run_on_workers(jobs, data, settings, finish, workers, bar, meanwhile=None):
    """Send what all fits need once, and then of each job little more than two numbers."""
    n_here = 0 if meanwhile is None else 1
    _logger.info("%d fits go to %d workers", len(jobs) + n_here, workers.n)
    bar.set_description_str(f"{workers.n} workers", refresh=False)
    entries, splits, there = _Numbered(), _Numbered(), _FirstOfEach()
    sent = [
        {
            "entry": entries.number(job["entry"]),
            "split": splits.number(job["split"]),
            "seed": job["about"]["seed"],
            "latency": there.is_first(job),
        }
        for job in jobs
    ]
    shared = {
        "entries": entries.values,
        "splits": splits.values,
        "data": data,
        "settings": settings,
        "room": POOL.most_idle,
    }
    with workers.run(_fit_sent, shared, sent) as outcomes:
        if meanwhile is not None:
            # While the workers start.
            meanwhile()
        for place, outcome in outcomes:
            is_lost = isinstance(outcome, Lost)
            finish(jobs[place], {"score": np.nan, "error": str(outcome)} if is_lost else outcome)


def _fit_sent(shared, sent):
    """Fit on a worker."""
    # Until the worker ends, or a job of another comparison says another number.
    POOL.keep_room("comparison", shared["room"])
    job = {
        "entry": shared["entries"][sent["entry"]],
        "split": shared["splits"][sent["split"]],
        "about": {"seed": sent["seed"]},
    }
    return _fit_job(job, shared["data"], shared["settings"], latency=sent["latency"])


def _fit_job(job, data, settings, *, latency):
    seed = job["about"]["seed"]
    record = fit_entry(job["entry"], data, job["split"], seed, latency=latency, **settings)
    # What the seconds are of: with workers some fits have all threads and some have one.
    return {**record, "threads": n_threads()}


class _Numbered:
    """Objects by number, each once."""

    def __init__(self):
        self.values, self._numbers = [], {}

    def number(self, value):
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self.values)
            self.values.append(value)
        return self._numbers[id(value)]


class _FirstOfEach:
    """Tells an entry's first job at one place, where its latency is measured."""

    def __init__(self):
        self._seen = set()

    def is_first(self, job):
        name = job["entry"].name
        return not (name in self._seen or self._seen.add(name))
