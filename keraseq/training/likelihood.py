"""How likely a model finds the tokens of texts."""

import numpy as np

from keraseq.training.batches import predict_batch

# Of 100 tokens or more, since neighbouring ones are alike.
_MOST_PARTS, _LEAST_PART = 200, 100
# Numbers of a batch's answer.
_MOST_NUMBERS = 2**23


def token_log_likelihoods(model, texts, window, context, *, gives_probabilities=False):
    """Return the natural log-probability of every token but the first of each text.

    Parameters
    ----------
    model : keras.Model
        It gives logits (or probabilities) of the next token at every step.
    texts : list of ndarray of int `(time_i,)`
    window : int
        Steps that are read at once.
    context : int
        Steps of a window, of all but a text's first, that are only read.

    Returns
    -------
    list of ndarray `(time_i - 1,)`
    """
    result = [np.zeros(max(0, len(text) - 1)) for text in texts]
    pieces = [
        (number, start, min(window, len(text) - 1 - start))
        for number, text in enumerate(texts)
        for start in _starts(len(text) - 1, window, window - context)
    ]
    pieces.sort(key=lambda piece: piece[2])
    while pieces:
        longest = pieces[-1][2]
        fitting = max(1, _MOST_NUMBERS // (longest * model.output.shape[-1]))
        batch, pieces = pieces[-fitting:], pieces[:-fitting]
        rows = np.zeros((len(batch), longest), dtype=np.int32)
        for row, (number, start, n) in zip(rows, batch, strict=True):
            row[:n] = texts[number][start : start + n]
        values = predict_batch(model, rows)
        for value, (number, start, n) in zip(values, batch, strict=True):
            skipped = context if start else 0
            truth = texts[number][start + 1 + skipped : start + 1 + n]
            logs = _log(value[skipped:n], truth, gives_probabilities)
            result[number][start + skipped : start + n] = logs
    return result


def luck_parts(n_tokens):
    """In how many parts a long text is judged, so that their luck can be told from the model's."""
    return max(1, min(_MOST_PARTS, n_tokens // _LEAST_PART))


def _starts(n, window, step):
    """Where the windows of a text of n steps begin, all of which are counted once."""
    return range(0, max(n - (window - step), 1), step) if n > 0 else ()


def _log(values, truth, gives_probabilities):
    values = values.astype(np.float64)
    chosen = values[np.arange(len(truth)), truth]
    if gives_probabilities:
        return np.log(np.maximum(chosen, 1e-300))
    top = values.max(axis=-1)
    return chosen - top - np.log(np.exp(values - top[:, None]).sum(axis=-1))
