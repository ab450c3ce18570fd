"""Whether there is a GPU, and several processes on one."""

import contextlib
import functools
import multiprocessing
import os

from keraseq._keras import keras


def share_gpu():
    """Let a worker process take GPU memory as it needs it, unless the user has configured it.

    By default the first process takes all of it, and the others fail. To be called before anything
    is computed: afterwards TensorFlow refuses to change it, and it stays as it is.
    """
    in_worker = multiprocessing.current_process().name != "MainProcess"
    if not in_worker or keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    for device in tf.config.list_physical_devices("GPU"):
        configured = (
            "TF_FORCE_GPU_ALLOW_GROWTH" in os.environ
            or tf.config.experimental.get_memory_growth(device) is not None
            or tf.config.get_logical_device_configuration(device) is not None
        )
        if not configured:
            with contextlib.suppress(RuntimeError):
                tf.config.experimental.set_memory_growth(device, True)


@functools.cache
def has_gpu():
    """Whether TensorFlow finds one."""
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
