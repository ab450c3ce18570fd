"""Worker processes that fit."""

import contextlib
import warnings


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
