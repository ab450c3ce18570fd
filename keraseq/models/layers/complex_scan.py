"""Linear recurrences of complex numbers whose decay is the same at every step."""

import math

import numpy as np
from keras import ops

_BLOCK = 16
# Levels of blocks where the number of steps is left open: for up to 16 million.
_OPEN_LEVELS = 6


def complex_scan(decay, inputs):
    """The recurrence ``h[t] = decay * h[t - 1] + inputs[t]``, from zero, for all steps at once.

    Since the decay never changes, what a block of 16 steps makes of its inputs is one product with
    a matrix of powers of the decay; the blocks' ends are carried on in the same way.

    Parameters
    ----------
    decay : tensor `(2, channels)`
        Real and imaginary part.
    inputs : tensor `(batch, time, 2 * channels)`
        Of each step the real parts, then the imaginary ones; so is the result.
    """
    batch, n = ops.shape(inputs)[:2]
    channels = decay.shape[-1]
    levels = math.ceil(math.log(max(n, 2), _BLOCK)) if isinstance(n, int) else _OPEN_LEVELS
    x = ops.transpose(ops.reshape(inputs, (batch, n, 2, channels)), (3, 0, 1, 2))
    states = _scan(ops.transpose(decay), x, levels)
    return ops.reshape(ops.transpose(states, (1, 2, 3, 0)), (batch, n, 2 * channels))


def _scan(decay, x, levels):
    """Of `(channels, batch, time, 2)`, with the decay `(channels, 2)`."""
    channels, batch, n = ops.shape(x)[:3]
    powers = _powers(decay)
    weights = _weights(powers)
    padded = ops.pad(x, ((0, 0), (0, 0), (0, _BLOCK - 1 - (n - 1) % _BLOCK), (0, 0)))
    blocks = ops.reshape(padded, (channels, -1, 2 * _BLOCK))
    states = ops.matmul(blocks, weights[:, 2:])
    if levels > 1:
        ends = ops.matmul(blocks, weights[:, 2:, -2:])
        ends = _scan(powers[:, -1], ops.reshape(ends, (channels, batch, -1, 2)), levels - 1)
        before = ops.pad(ends, ((0, 0), (0, 0), (1, 0), (0, 0)))[:, :, :-1]
        states = states + ops.matmul(ops.reshape(before, (channels, -1, 2)), weights[:, :2])
    return _first(ops.reshape(states, (channels, batch, -1, 2)), n)


def _first(x, n):
    """The first n steps; TensorFlow's own gradient of that takes longer than all the rest."""

    @ops.custom_gradient
    def first(x):
        dropped = ops.shape(x)[2] - n

        def gradient(*args, upstream=None):
            upstream = args[0] if upstream is None else upstream
            return ops.pad(upstream, ((0, 0), (0, 0), (0, dropped), (0, 0)))

        return x[:, :, :n], gradient

    return first(x)


def _powers(decay):
    """`(channels, _BLOCK + 1, 2)`: the powers of the decay from 0."""
    powers = ops.stack([ops.ones_like(decay[:, :1]), ops.zeros_like(decay[:, :1])], axis=-1)
    factor = decay[:, None]
    while powers.shape[1] < _BLOCK:
        powers = ops.concatenate([powers, _times(powers, factor)], axis=1)
        factor = _times(factor, factor)
    return ops.concatenate([powers, factor], axis=1)


def _times(x, y):
    (a, b), (c, d) = ops.split(x, 2, axis=-1), ops.split(y, 2, axis=-1)
    return ops.concatenate([a * c - b * d, a * d + b * c], axis=-1)


def _weights(powers):
    """What the state before a block, then each of its steps, gives to each of its states."""
    later = np.arange(_BLOCK)[None] - np.arange(-1, _BLOCK)[:, None]
    found = ops.take(powers, np.maximum(later, 0), axis=1)
    found = found * ops.convert_to_tensor((later >= 0)[None, ..., None], dtype=found.dtype)
    real, imaginary = found[..., 0], found[..., 1]
    of_real, of_imaginary = (
        ops.stack(pair, axis=-1) for pair in ((real, imaginary), (-imaginary, real))
    )
    both = ops.stack([of_real, of_imaginary], axis=2)
    return ops.reshape(both, (powers.shape[0], 2 * (_BLOCK + 1), 2 * _BLOCK))
