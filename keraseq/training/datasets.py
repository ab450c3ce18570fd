"""What Keras reads batches from; TensorFlow's datasets are lent from fit to fit."""

import threading
import weakref

import keras


class _Tap:
    """A dataset that gives the batches of whoever has borrowed it.

    TensorFlow frees nothing of a dataset made from a Python generator, some 0.3 MB a fit and a
    prediction; so they are made once for each form of batches, and lent like compiled models.
    """

    _idle = []
    _most_idle = 32
    _lock = threading.RLock()

    def __init__(self, key, signature, n_batches):
        import tensorflow as tf

        self.key, self._batches = key, None
        signature = keras.tree.map_structure(
            lambda part: tf.TensorSpec(part.shape, part.dtype), signature
        )
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
        batches = self._batches()
        try:
            yield from batches.generate()
        except Exception as error:
            # TensorFlow raises one of its own, with this one's text in the middle.
            batches.error = error
            raise


class _InTurn(keras.utils.PyDataset):
    """The same batches where Keras runs on another backend."""

    def __init__(self, batches):
        super().__init__()
        self._batches = batches

    def __len__(self):
        return len(self._batches)

    def __getitem__(self, index):
        # Keras asks for them in their order.
        if index == 0:
            self._coming = self._batches.generate()
        return next(self._coming)


def lend_dataset(batches, signature):
    """Return a dataset of what ``batches.generate()`` yields, valid for as long as `batches` lives.

    Parameters
    ----------
    batches : object
        Its length is the number of batches.
    signature : nested keras.layers.InputSpec
        Shape and dtype of a batch's parts.
    """
    if keras.backend.backend() != "tensorflow":
        return _InTurn(batches)
    return _Tap.lend(batches, signature)
