"""What is faster on TensorFlow alone, and what other backends do in its place."""

import collections
import logging

from keraseq._keras import keras

_logger = logging.getLogger(__name__)

# Times that plain Keras did the work of each of these.
COUNTS = collections.Counter()
_told = set()
_INSTEAD = {
    "training": "Keras's own loop trains, a call of Python a step",
    "answers": "batches are answered by Keras alone, not by graphs and XLA made for their shapes",
    "generation": "each token written is a call of Python",
    "beam search": "each search is traced anew",
}


def has_fast_path(work):
    """Whether TensorFlow runs; if not, count what plain Keras does instead, and log it once.

    Parameters
    ----------
    work : str
        One of "training", "answers", "generation", "beam search".
    """
    backend = keras.config.backend()
    if backend == "tensorflow":
        return True
    COUNTS[work] += 1
    if work not in _told:
        _told.add(work)
        _logger.info("Keras runs on %s: %s", backend, _INSTEAD[work])
    return False
