"""Encoded rows as batches for Keras."""

import functools

import numpy as np

from keraseq._keras import keras
from keraseq.batching import are_full, length_buckets, pad, sequence_lengths, take_rows
from keraseq.encoding.disk_rows import DiskRows
from keraseq.training.full_rows import FullAnswers

# Of which a length is a multiple where lengths are compiled for, so that data sets share them.
_STEPS = 16


def pad_rows(rows):
    """Return rows as one right-padded array of one step at least; an array is one already."""
    if isinstance(rows, DiskRows):
        rows = rows[:]
    return rows if isinstance(rows, np.ndarray) and rows.shape[1] else pad(rows)


class Batches:
    """Right-padded batches of rows of similar length, as a dataset for Keras.

    Parameters
    ----------
    rows : ndarray `(n, time, channels)` or list of ndarray
        What an encoder gives.
    batch_size : int
    targets : ndarray, or list of ndarray (a label a step), optional
        A row each.
    weights : ndarray `(n,)`, optional
        A weight each.
    seed : int, optional
        Each epoch's order is drawn anew from it and ``epoch``, which a fit sets; without it rows
        go by length.

    Attributes
    ----------
    dataset : tf.data.Dataset or keras.utils.PyDataset
        Of known cardinality, batches of shape `(batch, time)` or `(batch, time, channels)`; lent
        for as long as this object lives.
    """

    def __init__(self, rows, batch_size, *, targets=None, weights=None, seed=None):
        self._rows, self._targets, self._weights = rows, targets, weights
        self._batch_size, self._seed = batch_size, seed
        self._lengths = sequence_lengths(rows)
        is_array = hasattr(rows, "shape")
        self._time = None if is_array else compiled_length(int(self._lengths.max()))
        self.epoch = 0

    @functools.cached_property
    def signature(self):
        """What all batches have in common, None for their size and their number of steps."""
        return signature_of(self._batch(np.arange(1)), isinstance(self._targets, list))

    @functools.cached_property
    def are_full(self):
        """Whether no row of any batch has padding."""
        return self._time is None and are_full(self._rows)

    @functools.cached_property
    def dataset(self):
        # It subclasses Keras, which the refusal of bad input does without.
        from keraseq.training.datasets import lend_dataset

        return lend_dataset(self, self.signature)

    def __len__(self):
        return -(-len(self._rows) // self._batch_size)

    @property
    def parts(self):
        """Rows, targets and weights."""
        return self._rows, self._targets, self._weights

    def order(self):
        """Return the row numbers batch by batch."""
        generator = None
        if self._seed is not None:
            generator = np.random.default_rng([self._seed, self.epoch])
        return length_buckets(self._lengths, self._batch_size, generator)

    def generate(self):
        """Yield the batches of an epoch."""
        for index in self.order():
            yield self._batch(index)

    def _batch(self, index):
        targets = None if self._targets is None else take_rows(self._targets, index)
        weights = None if self._weights is None else self._weights[index]
        return as_batch(take_rows(self._rows, index), targets, weights, self._time)


def compiled_length(longest):
    """Steps of all batches where a length takes long to compile; None where it does not."""
    # XLA compiles anew for every length, which takes longer than steps of padding do.
    return -(-longest // _STEPS) * _STEPS if keras.backend.backend() == "jax" else None


def as_batch(rows, targets=None, weights=None, time=None):
    """Return encoded rows, and what there is of targets and weights, as right-padded arrays.

    Parameters
    ----------
    rows : ndarray or list of ndarray
    targets : ndarray, or list of ndarray (a label a step), optional
    weights : ndarray `(n,)`, optional
    time : int, optional
        Steps of the result; the longest row's by default.
    """
    parts = [pad_rows(rows) if time is None else pad(rows, time)]
    if isinstance(targets, list):
        parts.append(pad(targets, parts[0].shape[1], value=-1))
    elif targets is not None:
        parts.append(targets)
    if weights is not None:
        if isinstance(targets, list):
            weights = np.repeat(weights[:, None], parts[0].shape[1], axis=1)
        parts.append(weights)
    return tuple(parts)


def signature_of(batch, per_step):
    """What all batches have in common with one of `as_batch`."""
    return tuple(
        batch_spec(part, 2 if place == 0 or per_step else 1) for place, part in enumerate(batch)
    )


def batch_spec(part, n_open):
    """What a dataset knows of one array of its batches, the first axes being of any size."""
    n_open = min(n_open, part.ndim)
    return keras.layers.InputSpec(
        dtype=part.dtype.name, shape=(None,) * n_open + part.shape[n_open:]
    )


def predict_batch(model, inputs):
    """Return the model's output as numbers that NumPy knows, of a user's model in bfloat16 too."""
    is_full = isinstance(inputs, np.ndarray) and are_full(inputs)
    values = FullAnswers.answer(model, inputs) if is_full else None
    if values is None:
        # Not `predict`, whose data set takes ten times as long as a few rows do.
        values = model.predict_on_batch(inputs)
    return values if values.dtype in (np.float32, np.float64) else values.astype(np.float32)
