"""A model's output for encoded rows."""

import numpy as np

from keraseq.batching import sequence_lengths
from keraseq.training.batches import Batches, pad_rows, predict_batch

_FEW, _LONG = 24, 256


def predict_rows(model, rows, *, per_step=False, batch_size=256, requests=None):
    """Return the model's output for every row, in the order of the rows.

    Parameters
    ----------
    model : keras.Model
    rows : ndarray or list of ndarray
        What an encoder gives.
    per_step : bool, default=False
        Whether each row's own steps are answered.
    batch_size : int, default=256
    requests : Requests, optional
        Answers what is asked for often; without it a graph answers everything.

    Returns
    -------
    ndarray, or list of ndarray with `per_step`
    """
    values = None
    if requests is not None:
        if len(rows) <= requests.MOST_ROWS:
            values = requests.answer(model, pad_rows(rows))
        else:
            requests.forget()
            values = requests.answer_many(model, rows)
    if values is None:
        values = _in_batches(model, rows, batch_size)
    if not per_step:
        return np.stack(values)
    return [value[:n] for value, n in zip(values, sequence_lengths(rows), strict=True)]


def _in_batches(model, rows, batch_size):
    batches = Batches(rows, batch_size)
    result = [None] * len(rows)
    for index, (x,) in zip(batches.order(), batches.generate(), strict=True):
        values = predict_batch(model, _fill_up(x))[: len(index)]
        for i, row in zip(index, values, strict=True):
            result[i] = row
    return result


def _fill_up(x):
    """Repeat a row until none is computed in another order than within a large batch.

    Products of matrices take rows in blocks; one to three that are left over from blocks of six,
    those of processors without AVX-512, are summed differently, as is a row alone on all of them,
    so that a row's last digits would depend on how many stand beside it. Of few long rows a second
    one is all that is added: attention over 1,000 steps takes twice as long for four as for two.
    """
    n = len(x)
    if n < _FEW and x.shape[1] > _LONG:
        n = max(n, 2)
    else:
        while n % 6 not in (0, 4):
            n += 1
    return x if n == len(x) else np.concatenate([x, np.repeat(x[:1], n - len(x), axis=0)])
