"""LiteRT (TensorFlow Lite), of its own operators alone."""

import contextlib
import logging
import warnings

ENDING = ".tflite"
PACKAGES = ("ai_edge_litert",)
QUANTIZE = ("float16", "int8")


def write(function, path, quantize=None, samples=None):
    """Write a network that reads one row of any number of steps.

    Parameters
    ----------
    function : NetworkFunction
    path : pathlib.Path
    quantize : {None, "float16", "int8"}
    samples : list of list of ndarray
        Rows by which "int8" finds the range of numbers within.

    Raises
    ------
    ValueError
        Naming what LiteRT has no operator for.
    """
    with _quiet():
        try:
            data = _convert(function.traced(1), quantize, samples)
        except Exception as error:
            # Of the converter's own kinds some are no public class.
            try:
                data = _convert(_of_one_row(function), quantize, samples)
            except Exception:
                # The first one names what the network holds.
                raise ValueError(str(error)) from error
    path.write_bytes(data)


def _of_one_row(function):
    """A network traced for any number of rows, and then given one.

    Keras takes what is added to a batch of one for a bias, in an order that LiteRT does not know.
    A recurrent layer's loop is none that LiteRT knows where the number of rows is open.
    """
    import tensorflow as tf

    call = function.traced(None)
    return tf.function(lambda *inputs: call(*inputs), input_signature=function.specs(1))


def _convert(function, quantize, samples):
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    # Constants: read in a loop, a variable is lost.
    frozen = convert_variables_to_constants_v2(
        function.get_concrete_function(), lower_control_flow=False
    )
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    # It takes a mask behind a layer of one input channel for a part of the layer's weights.
    converter._experimental_disable_fuse_mul_and_fc = True
    if quantize is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantize == "float16":
        converter.target_spec.supported_types = [tf.float16]
    elif quantize == "int8":
        converter.representative_dataset = lambda: iter(samples)
    return converter.convert()


@contextlib.contextmanager
def _quiet():
    """Without the converter's advice to whoever writes converters."""
    logger = logging.getLogger("absl")
    logger.addFilter(_is_error)
    try:
        with warnings.catch_warnings():
            # Inputs stay as they are, and so need no statistics.
            warnings.filterwarnings("ignore", "Statistics for quantized inputs were expected")
            yield
    finally:
        logger.removeFilter(_is_error)


def _is_error(record):
    return record.levelno >= logging.ERROR
