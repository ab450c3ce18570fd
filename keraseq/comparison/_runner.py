"""The fits of a comparison, one after the other or on workers."""

import logging
import time

import joblib

from keraseq._progress import progress_bar
from keraseq.comparison._fit import fit_entry
from keraseq.training.pool import POOL
from keraseq.training.workers import ended, one_thread

_logger = logging.getLogger(__name__)
# A worker imports TensorFlow before its first fit: 8.6 s and 820 MB, measured.
_WORKER_START = 8.6
# An architecture's first fit in a process traces and compiles it: 1.1 to 1.3 s, measured.
_COMPILING = 1.2


def run_jobs(jobs, data, done, settings, *, n_jobs=None, verbose=1):
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
    n_jobs : int, optional
        Workers, one thread each. They are started once the first fits show that they would save
        time; smaller work stays in this process, as the progress bar and the log say.
    """
    jobs, here = list(jobs), _FirstOfEach()
    with progress_bar(len(jobs), verbose=verbose, unit="fit") as bar:

        def finish(job, record):
            done({**job["about"], **record})
            bar.set_postfix_str(job["entry"].name, refresh=False)
            bar.update()

        n_workers = joblib.effective_n_jobs(n_jobs) if n_jobs not in (None, 1) else 1
        if n_workers > 1:
            bar.set_description_str("in process", refresh=False)
        while jobs and (n_workers == 1 or not _is_worth_it(jobs, n_workers)):
            job = jobs.pop(0)
            begin, is_first = time.perf_counter(), here.is_first(job)
            finish(job, _fit_job(job, data, settings, latency=is_first))
            _note_seconds(jobs, job, time.perf_counter() - begin, is_first)
        if jobs:
            _logger.info("%d fits go to %d workers", len(jobs), n_workers)
            bar.set_description_str(f"{n_workers} workers", refresh=False)
            _run_on_workers(jobs, data, settings, finish, n_workers, here)
        elif n_workers > 1:
            _logger.info("too little work for %d workers: all fits ran in process", n_workers)


def _note_seconds(jobs, finished, seconds, is_first):
    if is_first and finished["entry"].ours is not None:
        # What is yet to come in this process is compiled already.
        seconds = max(0.0, seconds - _COMPILING)
    for job in jobs:
        if job["entry"] is finished["entry"]:
            job["entry"].seconds = seconds


def _is_worth_it(jobs, n_workers):
    """Whether workers would end earlier, by what the fits so far took."""
    known = [job["entry"].seconds for job in jobs if job["entry"].seconds is not None]
    if not known:
        return False
    each = [_expected(job["entry"], max(known)) for job in jobs]
    networks = {id(job["entry"]) for job in jobs if job["entry"].ours is not None}
    before = _WORKER_START + _COMPILING * len(networks)
    return max(sum(each) / n_workers, *each) + before < sum(each)


def _expected(entry, longest):
    if entry.seconds is not None:
        return entry.seconds
    return 0.0 if entry.is_baseline else longest


def _run_on_workers(jobs, data, settings, finish, n_workers, here):
    first, *others = jobs
    there = _FirstOfEach()
    with joblib.parallel_config("loky", n_jobs=n_workers, inner_max_num_threads=1):
        parallel = joblib.Parallel(return_as="generator_unordered", pre_dispatch=n_workers)
        work = (
            joblib.delayed(_in_worker)(
                place, job, data, settings, there.is_first(job), POOL.most_idle
            )
            for place, job in enumerate(others)
        )
        with ended(parallel(work)) as records:
            # Meanwhile the workers start.
            finish(first, _fit_job(first, data, settings, latency=here.is_first(first)))
            for place, record in records:
                finish(others[place], record)


def _in_worker(place, job, data, settings, latency, room):
    one_thread()
    # Until the worker ends, or a job of another comparison says another number.
    POOL.keep_room("comparison", room)
    return place, {**_fit_job(job, data, settings, latency=latency), "threads": 1}


def _fit_job(job, data, settings, *, latency):
    seed = job["about"]["seed"]
    record = fit_entry(job["entry"], data, job["split"], seed, latency=latency, **settings)
    # What the seconds are of: with workers some fits have all threads and some have one.
    return {**record, "threads": joblib.cpu_count()}


class _FirstOfEach:
    """Tells an entry's first job at one place, where its latency is measured."""

    def __init__(self):
        self._seen = set()

    def is_first(self, job):
        name = job["entry"].name
        return not (name in self._seen or self._seen.add(name))
