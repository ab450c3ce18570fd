"""Worker processes that fit."""

import contextlib
import numbers
import warnings


def check_n_jobs(n_jobs):
    """Raise ValueError or TypeError unless it says how many workers fit."""
    allowed = "give 1 or more, -1 for as many as there are processors, or None for none"
    if n_jobs is None:
        return
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, numbers.Integral):
        raise TypeError(f"n_jobs={n_jobs!r} is no number of workers; {allowed}.")
    if n_jobs == 0:
        raise ValueError(f"n_jobs=0: somebody must fit; {allowed}.")


def one_thread():
    """Give this worker one thread, before TensorFlow starts; later nothing can be changed."""
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)


@contextlib.contextmanager
def ended(results):
    """Stop the workers that give `results` when the block is left, after Ctrl-C too."""
    try:
        yield results
    finally:
        with warnings.catch_warnings():
            # joblib tells how many fits it cuts short.
            warnings.simplefilter("ignore", UserWarning)
            results.close()
