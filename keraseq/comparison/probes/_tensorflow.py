"""What Keras leaves to its backend: gradients, and counting the bytes of tensors."""

import contextlib

import keras


def require_tensorflow(does, remedy):
    """Raise RuntimeError under another backend."""
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise RuntimeError(
            f"This probe {does} with TensorFlow alone; Keras runs on {backend}. {remedy}."
        )


def gradients(function, tensor):
    """Differentiate what a function gives, summed.

    Parameters
    ----------
    function : callable
        Of the tensor; returns a value and the list of tensors to differentiate it by.
    tensor : ndarray

    Returns
    -------
    list of ndarray
        Of the shapes of what `function` listed.

    Raises
    ------
    RuntimeError
        Under another backend than TensorFlow.
    """
    require_tensorflow("takes gradients", "Set KERAS_BACKEND=tensorflow before Keras is imported")
    import tensorflow as tf

    tensor = tf.convert_to_tensor(tensor)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        value, sources = function(tensor)
    found = tape.gradient(value, sources, unconnected_gradients="zero")
    return [gradient.numpy() for gradient in found]


@contextlib.contextmanager
def peak_bytes():
    """Give a function that says by how much the bytes of all tensors rose at most in the block."""
    import tensorflow as tf

    memory = tf.config.experimental
    device = "GPU:0" if tf.config.list_physical_devices("GPU") else "CPU:0"
    before = memory.get_memory_info(device)["current"]
    memory.reset_memory_stats(device)
    yield lambda: memory.get_memory_info(device)["peak"] - before


# With this set before TensorFlow starts, it keeps count of the tensors in main memory.
COUNTING = {"TF_CPU_ALLOCATOR_USE_BFC": "true"}
