"""Linear recurrences, all steps at once."""

import math

import keras
from keras import ops

from keraseq._elementwise import ElementwiseLayer

BLOCK = 16
BLOCK_LEVELS = 2


@keras.saving.register_keras_serializable("keraseq")
class LinearScan(ElementwiseLayer):
    """The recurrence ``h[t] = decay[t] * h[t - 1] + inputs[t]``, element by element, from zero.

    All blocks of 16 steps are walked side by side, then the ends of blocks in the same way, twice;
    what remains is doubled. Its gradient is the same recurrence backwards. Forward and backward,
    1,000 steps, in turns on two quiet cores: 10 ms where Keras's GRU took 197 (batch 16, 64 units),
    86 where it took 522 (batch 64, 128 units). `keras.ops.associative_scan` took more than eight
    times as long.

    Returns
    -------
    tensor `(batch, time, channels)`
        Computed in float32, given in the dtype of `inputs`.

    References
    ----------
    Blelloch (1990). Prefix sums and their applications. Martin & Cundy (2018). Parallelizing
    linear recurrent neural nets over sequence length. ICLR.
    """

    def call(self, decay, inputs):
        return ops.cast(
            _scan_with_gradient(ops.cast(decay, "float32"), ops.cast(inputs, "float32")),
            inputs.dtype,
        )

    def compute_output_spec(self, decay, inputs):
        return keras.KerasTensor(inputs.shape, dtype=inputs.dtype)

    def initial_step_state(self, batch, decay, inputs):
        """The state before the first step."""
        return ops.zeros((batch, 1, inputs.shape[-1]), dtype=inputs.dtype)

    def step(self, state, decay, inputs):
        """One step: inputs `(batch, 1, channels)`; returns the output and the next state."""
        state = decay * state + inputs
        return state, state


@ops.custom_gradient
def _scan_with_gradient(decay, inputs):
    states = _scan(decay, inputs, BLOCK_LEVELS)

    def gradient(*args, upstream=None):
        upstream = args[0] if upstream is None else upstream
        next_decay = ops.concatenate([decay[:, 1:], ops.zeros_like(decay[:, :1])], axis=1)
        backwards = _scan(ops.flip(next_decay, 1), ops.flip(upstream, 1), BLOCK_LEVELS)
        of_inputs = ops.flip(backwards, 1)
        before = ops.concatenate([ops.zeros_like(states[:, :1]), states[:, :-1]], axis=1)
        return of_inputs * before, of_inputs

    return states, gradient


def _scan(decay, inputs, levels):
    n = ops.shape(inputs)[1]
    if levels == 0 or (isinstance(n, int) and n <= BLOCK):
        return _double(decay, inputs, n)
    decay, inputs = _in_blocks(decay, n, 1.0), _in_blocks(inputs, n, 0.0)
    states, products = [inputs[0]], [decay[0]]
    for t in range(1, BLOCK):
        states.append(decay[t] * states[-1] + inputs[t])
        products.append(decay[t] * products[-1])
    ends = _scan(products[-1], states[-1], levels - 1)
    carried = ops.concatenate([ops.zeros_like(ends[:, :1]), ends[:, :-1]], axis=1)
    whole = [state + product * carried for state, product in zip(states, products, strict=True)]
    channels = ends.shape[-1]
    joined = ops.reshape(ops.stack(whole, axis=2), (ops.shape(ends)[0], -1, channels))
    return joined[:, :n]


def _in_blocks(x, n, filler):
    """Turn `(batch, time, channels)` into BLOCK tensors of `(batch, blocks, channels)`."""
    # Not -n % BLOCK: of negative numbers ONNX's converter takes another remainder.
    n_lacking = BLOCK - 1 - (n - 1) % BLOCK
    x = ops.pad(x, ((0, 0), (0, n_lacking), (0, 0)), constant_values=filler)
    # Taken apart at once: slices, one a step, are four operations of a graph each.
    return ops.unstack(ops.reshape(x, (ops.shape(x)[0], -1, BLOCK, x.shape[-1])), axis=2)


def _double(decay, states, n):
    """Let each step reach back twice as far in every round."""
    steps = ops.arange(n)

    def reach(back, decay, states):
        # Before the first step nothing is carried: what stands there is never multiplied.
        has_before = (steps >= back)[:, None]
        before = ops.maximum(steps - back, 0)
        states = states + decay * ops.where(has_before, ops.take(states, before, axis=1), 0.0)
        decay = decay * ops.where(has_before, ops.take(decay, before, axis=1), 0.0)
        return back * 2, decay, states

    if not isinstance(n, int):
        return ops.while_loop(lambda back, *_: back < n, reach, (1, decay, states))[2]
    for k in range(math.ceil(math.log2(n))):
        _, decay, states = reach(2**k, decay, states)
    return states
