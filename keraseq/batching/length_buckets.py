"""Batches of rows of similar length, so that little padding is computed."""

import numpy as np

from keraseq._checks import check_integer
from keraseq.encoding.disk_rows import DiskRows
from keraseq.encoding.row_blocks import row_blocks
from keraseq.encoding.sequences import real_steps, row_lengths

_BATCHES_A_CHUNK = 50
_CHUNKS_AT_LEAST = 2


def sequence_lengths(rows):
    """Return the number of steps of each row, without an array's padding, as an int array.

    Parameters
    ----------
    rows : list of sized, or ndarray ``(n, time)`` of ids or ``(n, time, channels)`` of numbers
        An array's trailing zeros (ids) or steps of nothing but NaN (numbers) are padding.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.batching import sequence_lengths
    >>> sequence_lengths(np.array([[3, 1, 0], [2, 0, 0]])).tolist()
    [2, 1]
    """
    return row_lengths(rows)


def are_full(rows):
    """Return whether rows are of one length, with a value at every step.

    Parameters
    ----------
    rows : as of `sequence_lengths`

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.batching import are_full
    >>> are_full(np.array([[3, 1], [2, 5]])), are_full(np.array([[3, 1], [2, 0]]))
    (True, False)
    """
    if not isinstance(rows, np.ndarray | DiskRows):
        length = len(rows[0]) if len(rows) else 0
        return all(len(row) == length and are_full(row[None]) for row in rows)
    return rows.shape[1] > 0 and all(real_steps(rows[block]).all() for block in row_blocks(rows))


def length_buckets(lengths, batch_size, generator=None):
    """Cut rows into batches of similar length.

    Parameters
    ----------
    lengths : array-like of int
        Steps of each row.
    batch_size : int
        Rows of a batch; the last one may hold fewer.
    generator : numpy.random.Generator, optional
        Shuffles the rows, sorts them by length within chunks of at most 50 batches (and at most
        half the rows, so that few rows too meet new company every epoch), and shuffles the
        batches. Without one the rows go by length, equal lengths in their order.

    Returns
    -------
    list of ndarray
        Row numbers of each batch; every row is in one of ``ceil(n / batch_size)`` batches.

    Examples
    --------
    >>> from keraseq.batching import length_buckets
    >>> [batch.tolist() for batch in length_buckets([9, 2, 8, 1], 2)]
    [[3, 1], [2, 0]]
    """
    batch_size = check_integer("batch_size", batch_size, 1)
    lengths = np.asarray(lengths)
    if generator is None:
        return _cut(np.argsort(lengths, kind="stable"), batch_size)
    order = generator.permutation(len(lengths))
    n_batches = len(order) // batch_size
    chunk = batch_size * max(1, min(_BATCHES_A_CHUNK, n_batches // _CHUNKS_AT_LEAST))
    pieces = [piece[np.argsort(lengths[piece], kind="stable")] for piece in _cut(order, chunk)]
    batches = [batch for piece in pieces for batch in _cut(piece, batch_size)]
    return [batches[i] for i in generator.permutation(len(batches))]


def _cut(order, size):
    return [order[start : start + size] for start in range(0, len(order), size)]
