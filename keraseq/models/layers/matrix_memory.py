"""The memory of an mLSTM: a matrix for each head, all steps at once."""

import math

import keras
from keras import ops

_CHUNK = 32
_NEVER = -1e30


@keras.saving.register_keras_serializable("keraseq")
class MatrixMemory(keras.layers.Layer):
    """``C[t] = f[t] C[t - 1] + i[t] v[t] k[t]'``, read by ``C q / max(|n q|, 1)``.

    n is the same sum of the keys alone. The input gate is ``exp(i)``, the forget gate
    ``sigmoid(f)``; what is exponentiated has a maximum taken off, which cancels.
    Steps are taken in chunks of 32: attention within a chunk, and one matrix a chunk for all
    that came before.

    Parameters
    ----------
    num_heads : int
        Each has its share of the channels, and a gate of its own.

    References
    ----------
    Beck et al. (2024). xLSTM: extended long short-term memory. NeurIPS, arXiv:2405.04517.
    """

    def __init__(self, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.num_heads = num_heads

    def call(self, q, k, v, enter, forget):
        n, channels = ops.shape(q)[1], q.shape[-1]
        q, k, v = self._heads(q), self._heads(k), self._heads(v)
        k = k / math.sqrt(channels / self.num_heads)
        # The sum of the keys is one more column of the matrix.
        v = ops.concatenate([v, ops.ones_like(v[..., :1])], axis=-1)
        enter, forget = self._heads(enter)[..., 0], self._heads(forget)[..., 0]
        decay = ops.cumsum(ops.log_sigmoid(forget), axis=-1)
        within = _within(enter, decay)
        start, before = _before(k, v, enter, decay)
        largest = ops.maximum(ops.max(within, axis=-1), decay + start[..., None])
        largest = ops.stop_gradient(ops.maximum(largest, 0.0))
        weights = ops.exp(within - largest[..., None]) * ops.matmul(q, _turned(k))
        carried = ops.exp(decay + start[..., None] - largest)[..., None]
        read = ops.matmul(weights, v) + ops.matmul(q * carried, before)
        return ops.cast(self._joined(_divided(read, largest), n, channels), self.compute_dtype)

    def compute_output_spec(self, q, k, v, enter, forget):
        return keras.KerasTensor(q.shape, dtype=self.compute_dtype)

    def initial_step_state(self, batch, q, k, v, enter, forget):
        """An empty matrix, and the logarithm of its scale."""
        size = q.shape[-1] // self.num_heads
        matrix = ops.zeros((batch, self.num_heads, size, size + 1), dtype="float32")
        return [matrix, ops.zeros((batch, self.num_heads), dtype="float32")]

    def step(self, state, q, k, v, enter, forget):
        """One step: inputs `(batch, 1, channels)`; returns the output and the next state."""
        (matrix, scale), channels = state, q.shape[-1]
        q, k, v = (
            ops.cast(ops.reshape(x, (-1, self.num_heads, 1, channels // self.num_heads)), "float32")
            for x in (q, k, v)
        )
        k = k / math.sqrt(channels / self.num_heads)
        v = ops.concatenate([v, ops.ones_like(v[..., :1])], axis=-1)
        enter, forget = (ops.cast(gate[:, 0], "float32") for gate in (enter, forget))
        kept = ops.log_sigmoid(forget) + scale
        largest = ops.maximum(ops.maximum(kept, enter), 0.0)
        kept, enter = (ops.exp(gate - largest)[..., None, None] for gate in (kept, enter))
        matrix = kept * matrix + enter * ops.matmul(_turned(k), v)
        read = _divided(ops.matmul(q, matrix), largest[..., None])
        return ops.cast(ops.reshape(read, (-1, 1, channels)), self.compute_dtype), [matrix, largest]

    def count_flops(self, input_shape):
        batch, time, channels = input_shape
        size, chunks = channels // self.num_heads, -(-time // _CHUNK)
        within = time * _CHUNK * (2 * size + 1)
        across = (2 * time + chunks * chunks) * size * (size + 1)
        return 2 * batch * self.num_heads * (within + across)

    def get_config(self):
        return {**super().get_config(), "num_heads": self.num_heads}

    def _heads(self, x):
        """Turn `(batch, time, channels)` into `(batch, heads, chunks, _CHUNK, channels a head)`."""
        x = ops.cast(x, "float32")
        x = ops.pad(x, ((0, 0), (0, _CHUNK - 1 - (ops.shape(x)[1] - 1) % _CHUNK), (0, 0)))
        size = x.shape[-1] // self.num_heads
        x = ops.reshape(x, (ops.shape(x)[0], -1, _CHUNK, self.num_heads, size))
        return ops.transpose(x, (0, 3, 1, 2, 4))

    def _joined(self, x, n, channels):
        x = ops.transpose(x, (0, 2, 3, 1, 4))
        return ops.reshape(x, (ops.shape(x)[0], -1, channels))[:, :n]


def _turned(x):
    return ops.swapaxes(x, -1, -2)


def _divided(read, largest):
    """By the sum of the keys as the query sees it, of a size of at least 1."""
    floor = ops.exp(-largest)[..., None]
    return read[..., :-1] / ops.maximum(ops.abs(read[..., -1:]), floor)


def _within(enter, decay):
    """The logarithm of what a step of a chunk still counts at each later one."""
    steps = ops.arange(_CHUNK)
    counts = decay[..., :, None] - decay[..., None, :] + enter[..., None, :]
    return ops.where(steps[:, None] >= steps[None], counts, _NEVER)


def _before(k, v, enter, decay):
    """The memory with which each chunk begins, and the logarithm of its scale."""
    whole = decay[..., -1]
    counts = whole[..., None] - decay + enter
    scale = ops.stop_gradient(ops.max(counts, axis=-1))
    added = ops.matmul(_turned(k * ops.exp(counts - scale[..., None])[..., None]), v)
    # Of chunk j at the beginning of chunk c: all chunks between them have decayed it.
    ends = ops.cumsum(whole, axis=-1)
    counts = (ends - whole)[..., :, None] - ends[..., None, :] + scale[..., None, :]
    chunks = ops.arange(ops.shape(whole)[-1])
    counts = ops.where(chunks[:, None] > chunks[None], counts, _NEVER)
    start = ops.stop_gradient(ops.maximum(ops.max(counts, axis=-1), 0.0))
    return start, ops.einsum("bhcj,bhjde->bhcde", ops.exp(counts - start[..., None]), added)
