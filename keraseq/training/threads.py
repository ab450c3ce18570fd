"""How many threads TensorFlow takes in this process."""

import contextlib
import os
import sys

import joblib

_VARIABLES = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


def set_threads(n):
    """Give TensorFlow n threads in this process, where it has not started yet; later none can.

    Returns
    -------
    n : int
        The threads that a fit has from now on.
    """
    if "tensorflow" not in sys.modules:
        # Importing it takes seconds, and a rival needs it for nothing.
        os.environ.update(dict.fromkeys(_VARIABLES, str(n)))
        return n
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(n)
        tf.config.threading.set_inter_op_parallelism_threads(n)
    return n_threads()


def n_threads():
    """As many as TensorFlow was told to take, or as there are cores."""
    told = 0
    if "tensorflow" in sys.modules:
        import tensorflow as tf

        told = tf.config.threading.get_intra_op_parallelism_threads()
    return told or _in_environment() or joblib.cpu_count()


def _in_environment():
    said = os.environ.get(_VARIABLES[0], "")
    return int(said) if said.isdecimal() else 0
