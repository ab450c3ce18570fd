"""LiteRT (TensorFlow Lite), of its own operators alone."""

import contextlib
import logging

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
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    # One row: with any number of them the loop of a recurrent layer needs operators of TensorFlow.
    # Constants: read in a loop, a variable is lost.
    frozen = convert_variables_to_constants_v2(
        function.traced(1).get_concrete_function(), lower_control_flow=False
    )
    with _quiet():
        converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if quantize is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantize == "float16":
        converter.target_spec.supported_types = [tf.float16]
    elif quantize == "int8":
        converter.representative_dataset = lambda: iter(samples)
    with _quiet():
        try:
            path.write_bytes(converter.convert())
        except Exception as error:
            # Of the converter's own kinds some are no public class.
            raise ValueError(str(error)) from error


@contextlib.contextmanager
def _quiet():
    """Without the converter's advice to whoever writes converters."""
    logger = logging.getLogger("absl")
    logger.addFilter(_is_error)
    try:
        yield
    finally:
        logger.removeFilter(_is_error)


def _is_error(record):
    return record.levelno >= logging.ERROR
