"""Gradients, which Keras leaves to its backend."""

import keras


def gradients(function, tensor):
    """Differentiate the sum of what a function gives.

    Parameters
    ----------
    function : callable
        Of the tensor; returns a value and the list of tensors to differentiate it by.
    tensor : ndarray

    Returns
    -------
    value : ndarray
    gradients : list of ndarray
        Of the shapes of what `function` listed.

    Raises
    ------
    RuntimeError
        Under another backend than TensorFlow.
    """
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise RuntimeError(
            f"This probe takes gradients, which it does with TensorFlow alone; Keras runs on "
            f"{backend}. Set KERAS_BACKEND=tensorflow before Keras is imported."
        )
    import tensorflow as tf

    tensor = tf.convert_to_tensor(tensor)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        value, sources = function(tensor)
    found = tape.gradient(value, sources, unconnected_gradients="zero")
    return value.numpy(), [gradient.numpy() for gradient in found]
