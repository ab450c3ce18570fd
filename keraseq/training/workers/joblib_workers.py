"""Fits on workers of joblib's backends, whatever brings them: loky, threads, Ray, Spark."""

import contextlib
import warnings

import joblib
from joblib.parallel import LokyBackend

from keraseq.training.workers.parcel import count_begun, note_begun, open_parcel, parcel_for
from keraseq.training.workers.task import Lost, Task, answer
from keraseq.training.workers.versions import ASK, check_versions


class JoblibWorkers:
    """Workers of a backend of joblib.

    A job whose worker died is tried again alone, so that it takes no other one with it.
    """

    is_here = False

    def __init__(self, backend, n, is_named):
        self.n, self.is_named = n, is_named
        self._threads = getattr(backend, "inner_max_num_threads", None) or 1
        self._has_threads = getattr(backend, "uses_threads", False)
        if is_named and not self._has_threads and type(backend) is not LokyBackend:
            # Loky's run the very files that run here.
            [found] = self._parallel()([joblib.delayed(eval)(ASK)])
            check_versions({"its workers": found})

    @contextlib.contextmanager
    def run(self, fit, shared, jobs):
        waiting = dict(enumerate(jobs))
        with parcel_for(shared, is_here=self._has_threads) as parcel:
            task = Task(fit, parcel, None if self._has_threads else self._threads)
            # At once, and not when the first outcome is asked for.
            outcomes = self._outcomes(task, waiting, self._start(task, waiting))
            with contextlib.closing(outcomes):
                yield outcomes

    def _outcomes(self, task, waiting, stream):
        while True:
            try:
                with contextlib.closing(stream):
                    yield from self._answered(stream, waiting)
                return
            except _Died as died:
                suspects = [place for place in waiting if count_begun(task.shared, place)]
                if not suspects:
                    raise died.__cause__ from None
            for place in suspects:
                yield from self._alone(task, place, waiting)
            stream = self._start(task, waiting)

    def _answered(self, stream, waiting):
        while True:
            try:
                place, outcome = next(stream.results)
            except StopIteration:
                return
            except Exception as error:
                raise _Died from error
            del waiting[place]
            yield place, answer(outcome)

    def _alone(self, task, place, waiting):
        try:
            with contextlib.closing(self._start(task, {place: waiting[place]})) as stream:
                yield from self._answered(stream, waiting)
        except _Died as died:
            if count_begun(task.shared, place) < 2:
                raise died.__cause__ from None
            del waiting[place]
            yield place, Lost(died.__cause__)

    def _start(self, task, jobs):
        # One of loky's that has grown by 300 MB is replaced. Where warnings are errors, what it
        # tells of that would end its own thread, and we should wait for ever.
        warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
        return _Stream(self._parallel(), task, jobs)

    def _parallel(self):
        settings = {"pre_dispatch": self.n, "batch_size": 1, "return_as": "generator_unordered"}
        if self.is_named:
            return joblib.Parallel(self.n, **settings)
        with joblib.parallel_config("loky", inner_max_num_threads=1):
            return joblib.Parallel(self.n, **settings)


class _Died(Exception):
    """Joblib itself failed: what a fit raises comes as an outcome."""


class _Stream:
    """Jobs on their way."""

    def __init__(self, parallel, task, jobs):
        work = (joblib.delayed(_in_worker)(task, *item) for item in dict(jobs).items())
        self.results = parallel(work)

    def close(self):
        with warnings.catch_warnings():
            # joblib tells how many fits it cuts short.
            warnings.simplefilter("ignore", UserWarning)
            self.results.close()


def _in_worker(task, place, job):
    note_begun(task.shared, place)
    return place, task.run(open_parcel(task.shared), job)
