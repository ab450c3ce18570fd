"""How many threads Keras's backend takes in this process."""

import contextlib
import os
import sys

import joblib

_VARIABLES = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


def set_threads(n):
    """Give the backend n threads in this process, where it has not started yet.

    Once TensorFlow or JAX have started, theirs stay; JAX can be held to one alone.

    Returns
    -------
    n : int
        The threads that a fit has from now on.
    """
    return _SET.get(_backend(), _set_tensorflow)(n)


def _backend():
    if "keras" in sys.modules:
        return sys.modules["keras"].config.backend()
    return os.environ.get("KERAS_BACKEND", "tensorflow")


def _set_tensorflow(n):
    if "tensorflow" not in sys.modules:
        # Importing it takes seconds, and a rival needs it for nothing.
        os.environ.update(dict.fromkeys(_VARIABLES, str(n)))
        return n
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(n)
        tf.config.threading.set_inter_op_parallelism_threads(n)
    return n_threads()


def _set_jax(n):
    # XLA reads it when the first array is made.
    flags, alone = os.environ.get("XLA_FLAGS", ""), "--xla_cpu_multi_thread_eigen=false"
    if n == 1 and alone not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {alone}".strip()
    return n


def _set_torch(n):
    import torch

    torch.set_num_threads(n)
    return n


_SET = {"tensorflow": _set_tensorflow, "jax": _set_jax, "torch": _set_torch}


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
