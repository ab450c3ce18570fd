"""Where fits run: in this process, on joblib's active backend, or on a Dask cluster."""

import contextlib
import numbers
import sys

import joblib
from joblib.parallel import MultiprocessingBackend, SequentialBackend, get_active_backend

from keraseq.training.workers.joblib_workers import JoblibWorkers


def check_n_jobs(n_jobs):
    """Raise ValueError or TypeError unless it says how many workers fit."""
    allowed = "give 1 or more, -1 for as many as there are processors, or None for none"
    if n_jobs is None:
        return
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, numbers.Integral):
        raise TypeError(f"n_jobs={n_jobs!r} is no number of workers; {allowed}.")
    if n_jobs == 0:
        raise ValueError(f"n_jobs=0: somebody must fit; {allowed}.")


def find_workers(n_jobs=None, n_fits=None):
    """Return who fits: joblib's active backend, by default loky; inside a worker this process.

    Each kind has ``n``, how many fit at once; ``is_here``, whether that is in this process alone;
    ``is_named``, whether the user chose the backend, so that small work goes there too; and
    ``run(fit, shared, jobs)``, a context manager. It gives
    an iterator of (place, outcome), in the order in which they end, of ``fit(shared, job)`` for
    each of the jobs; the outcome is `Lost` where a job's workers died twice. `fit` is a function
    of a module; what it raises is raised here. `shared` is sent once a worker.

    Parameters
    ----------
    n_jobs : int, optional
        None takes the active backend's number.
    n_fits : int, optional
        Where it is known; one alone starts no workers that nobody chose.

    Raises
    ------
    ValueError, TypeError
        For no number of workers, or a backend that forks.
    RuntimeError
        If workers lack keraseq, or have other versions.
    """
    check_n_jobs(n_jobs)
    backend, _ = get_active_backend()
    # What nobody chose is made anew at each call.
    is_named = backend is get_active_backend()[0]
    if backend.nesting_level or _is_in_dask():
        return Here()
    if hasattr(backend, "client"):
        # Brought by an extra.
        from keraseq.training.workers.dask_workers import DaskWorkers

        return DaskWorkers(backend, n_jobs)
    n = joblib.effective_n_jobs(n_jobs)
    if n == 1 or isinstance(backend, SequentialBackend) or (n_fits == 1 and not is_named):
        return Here()
    if isinstance(backend, MultiprocessingBackend):
        raise ValueError(
            "joblib's backend 'multiprocessing' copies a running process, in which TensorFlow "
            "hangs; take 'loky', which starts new ones."
        )
    return JoblibWorkers(backend, n, is_named)


def _is_in_dask():
    if "distributed" not in sys.modules:
        return False
    from distributed import get_worker

    with contextlib.suppress(ValueError):
        return get_worker() is not None
    return False


class Here:
    """This process, one fit after the other."""

    n, is_here, is_named = 1, True, False

    @contextlib.contextmanager
    def run(self, fit, shared, jobs):
        yield ((place, fit(shared, job)) for place, job in enumerate(jobs))
