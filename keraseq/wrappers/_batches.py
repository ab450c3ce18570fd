"""Encoded rows as batches for Keras."""

import numpy as np
import tensorflow as tf

from keraseq.batching import length_buckets, pad, sequence_lengths


def take_rows(rows, index):
    """Return the rows at `index` of an array or a list."""
    return rows[index] if isinstance(rows, np.ndarray) else [rows[i] for i in index]


def pad_rows(rows):
    """Return rows as one right-padded array; an array is one already."""
    return rows if isinstance(rows, np.ndarray) else pad(rows)


def batch_dataset(rows, batch_size, *, targets=None, weights=None, generator=None):
    """Make a `tf.data.Dataset` of right-padded batches of rows of similar length.

    Parameters
    ----------
    rows : ndarray `(n, time, channels)` or list of ndarray
        What an encoder gives.
    batch_size : int
    targets, weights : ndarray, optional
        A row each.
    generator : numpy.random.Generator, optional
        Draws each epoch's order anew; without one rows go by length.

    Returns
    -------
    dataset : tf.data.Dataset
        Of known cardinality, batches of shape `(batch, time)` or `(batch, time, channels)`.
    order : ndarray
        Without a generator: the row numbers in the order in which the batches hold them.
    """
    lengths = sequence_lengths(rows)

    def generate():
        for index in length_buckets(lengths, batch_size, generator):
            batch = [pad_rows(take_rows(rows, index))]
            batch += [part[index] for part in (targets, weights) if part is not None]
            yield tuple(batch)

    first = pad_rows(take_rows(rows, np.arange(1)))
    shapes = [first, *(part for part in (targets, weights) if part is not None)]
    signature = tuple(
        tf.TensorSpec((None,) * min(2, part.ndim) + part.shape[2:], part.dtype) for part in shapes
    )
    dataset = tf.data.Dataset.from_generator(generate, output_signature=signature)
    n_batches = -(-len(rows) // batch_size)
    order = None
    if generator is None:
        order = np.concatenate(length_buckets(lengths, batch_size))
    return dataset.apply(tf.data.experimental.assert_cardinality(n_batches)), order


def predict_rows(model, rows, batch_size=256):
    """Return the model's output for every row, in the order of the rows."""
    dataset, order = batch_dataset(rows, batch_size)
    values = model.predict(dataset, verbose=0)
    result = np.empty_like(values)
    result[order] = values
    return result
