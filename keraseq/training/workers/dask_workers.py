"""Fits on the workers of a Dask cluster.

By its own client and not through `joblib.Parallel`, which waits for ever for a task whose worker
was killed, and sends lists with each task.
"""

import contextlib
import dataclasses
import logging
import uuid
from concurrent.futures import CancelledError

import joblib
from distributed import KilledWorker, as_completed, get_client, get_worker

from keraseq.training.workers.task import TURN, Lost, Task, answer
from keraseq.training.workers.versions import ASK, check_versions

_logger = logging.getLogger(__name__)
_TRIES = 2
# Of one job, whatever came of it: its answer may be lost with a worker that another one ends.
_MOST_BEGUN = 4
# Rounds without one answer, after which it is not the fits that end the workers.
_FRUITLESS = 3
# A worker that was killed starts anew within seconds, one of a batch system within minutes.
_PATIENCE = 300


class DaskWorkers:
    """The workers of a cluster, one fit at a time each.

    Parameters
    ----------
    backend : DaskDistributedBackend
        Of joblib.
    n_jobs : int or None
        Fits under way at once; None or -1 leaves it to the cluster, which may grow meanwhile.
    """

    is_here, is_named = False, True

    def __init__(self, backend, n_jobs):
        self._client = backend.client
        # Waits for a first worker.
        n_all = joblib.effective_n_jobs(-1)
        self._most = n_jobs if n_jobs is not None and n_jobs > 0 else None
        self.n = min(n_all, self._most or n_all)
        check_versions(self._client.run(eval, ASK, on_error="return"))

    @contextlib.contextmanager
    def run(self, fit, shared, jobs):
        outcomes = self._outcomes(Task(fit, None, 1), shared, dict(enumerate(jobs)))
        with contextlib.closing(outcomes):
            yield outcomes

    def _outcomes(self, task, shared, waiting):
        run, held, fruitless = f"fit-{uuid.uuid4().hex}", None, 0
        try:
            while waiting:
                before = self._progress(run, waiting)
                if held is None or held.status != "finished":
                    # What all copies were lost of, since every worker that had one ended.
                    held = self._send(shared)
                if held is not None:
                    yield from self._round(task, held, waiting, run)
                fruitless = fruitless + 1 if self._progress(run, waiting) == before else 0
                self._check_alive(len(waiting), fruitless)
        finally:
            if self._client.status == "running":
                self._client.set_metadata([run], None)

    def _progress(self, run, waiting):
        """What changes with each fit that begins or ends."""
        counts = self._client.status == "running" and self._client.get_metadata([run], None)
        return len(waiting), sum(sum(pair) for pair in (counts or {}).values())

    def _send(self, shared):
        """Send to each worker what the fits share; None where they ended meanwhile."""
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            raise ConnectionError(
                f"The Dask cluster has had no worker for {_PATIENCE} seconds. Start some "
                "(`cluster.scale(n)`); with resume= a comparison goes on where it was. If they "
                "were killed, raise Dask's setting distributed.deploy.lost-worker-timeout: a "
                "worker that is killed again that long (15 s) after the first time does not "
                "come back."
            ) from None
        try:
            return self._client.scatter([shared], broadcast=True, hash=False)[0]
        except OSError as error:
            _logger.info("a worker of the Dask cluster ended while it took the data: %s", error)
            return None

    def _check_alive(self, n_waiting, fruitless):
        if n_waiting and self._client.status != "running":
            raise ConnectionError(
                f"The Dask cluster is gone, and {n_waiting} fits with it. Start it again; with "
                "resume= a comparison goes on where it was."
            )
        if fruitless == _FRUITLESS:
            raise RuntimeError(
                f"The workers of the Dask cluster ended {_FRUITLESS} times before any fit: most "
                "often the data do not fit into their memory. Give each worker more."
            )

    def _round(self, task, held, waiting, run):
        """Submit all that waits; what is lost with a worker waits still when it ends."""
        todo, places, attempt = list(waiting), {}, uuid.uuid4().hex[:8]

        def submit():
            place = todo.pop(0)
            key = f"{run}-{attempt}-{place}"
            given = task, held, waiting[place], run, place
            future = self._client.submit(_fit_there, *given, key=key, pure=False)
            places[future] = place
            return future

        try:
            ended = as_completed([submit() for _ in range(min(self._most or len(todo), len(todo)))])
            for future in ended:
                if todo:
                    ended.add(submit())
                outcome = self._outcome(future, run, places[future])
                if outcome is not None:
                    place = places.pop(future)
                    del waiting[place]
                    yield place, answer(outcome)
        finally:
            # Of Ctrl-C: what has begun cannot be stopped, and its answer is dropped.
            self._client.cancel(list(places), force=True)

    def _outcome(self, future, run, place):
        """What a future holds, or None where its job must be tried again."""
        if future.status == "finished":
            with contextlib.suppress(KilledWorker, CancelledError):
                return future.result()
        if future.status == "error":
            error = future.exception()
            if not isinstance(error, KilledWorker):
                raise error
            if _is_hopeless(*self._client.get_metadata([run, str(place)], (0, 0))):
                return Lost(error)
        _logger.info("a worker of the Dask cluster has ended; its fits are tried again")
        return None


def _is_hopeless(begun, ended):
    return begun - ended >= _TRIES or begun >= _MOST_BEGUN


def _fit_there(task, shared, job, run, place):
    """Run a job, unless the workers that it began on have ended before it did.

    Dask itself tries four times, and counts the tasks that only waited on a dying worker too.
    """
    client, name = get_client(), [run, str(place)]
    if get_worker().address.startswith("inproc:"):
        # In a thread of the user's own process, whose threads are the user's to set.
        task = dataclasses.replace(task, threads=None)
    # A job that waits for another thread's has not begun.
    with TURN:
        begun, ended = client.get_metadata(name, (0, 0))
        if _is_hopeless(begun, ended):
            return Lost(KilledWorker(str(place), get_worker().address, begun))
        client.set_metadata(name, (begun + 1, ended))
        outcome = task.run(shared, job)
        # It is not to blame for the worker's end if its answer is lost.
        client.set_metadata(name, (begun + 1, ended + 1))
    return outcome
