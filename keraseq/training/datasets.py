"""Datasets of TensorFlow, lent from fit to fit."""

import threading
import weakref

import tensorflow as tf


class _Tap:
    """A dataset that gives the batches of whoever has borrowed it.

    TensorFlow frees nothing of a dataset made from a Python generator, some 0.3 MB a fit and a
    prediction; so they are made once for each form of batches, and lent like compiled models.
    """

    _idle = []
    _most_idle = 32
    _lock = threading.RLock()

    def __init__(self, key, signature, n_batches):
        self.key, self._batches = key, None
        dataset = tf.data.Dataset.from_generator(self._generate, output_signature=signature)
        self.dataset = dataset.apply(tf.data.experimental.assert_cardinality(n_batches))

    @classmethod
    def lend(cls, batches, signature):
        key = repr(signature), len(batches)
        with cls._lock:
            fitting = [tap for tap in cls._idle if tap.key == key]
            if fitting:
                cls._idle.remove(fitting[0])
        tap = fitting[0] if fitting else cls(key, signature, len(batches))
        tap._batches = weakref.ref(batches)
        weakref.finalize(batches, cls._take_back, tap)
        return tap.dataset

    @classmethod
    def _take_back(cls, tap):
        with cls._lock:
            cls._idle.append(tap)
            del cls._idle[: -cls._most_idle]

    def _generate(self):
        return self._batches().generate()


def lend_dataset(batches, signature):
    """Return a dataset of what ``batches.generate()`` yields, valid for as long as `batches` lives.

    Parameters
    ----------
    batches : object
        Its length is the number of batches.
    signature : nested tf.TensorSpec
        Of a batch.
    """
    return _Tap.lend(batches, signature)
