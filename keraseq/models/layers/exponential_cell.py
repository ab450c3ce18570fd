"""The recurrent part of an sLSTM."""

import keras
from keras import layers, ops

# Below every logarithm of a gate, in half precision too.
_NEVER = -1e4


@keras.saving.register_keras_serializable("keraseq")
class ExponentialCell(layers.Layer):
    """An LSTM cell with an exponential input gate and a normaliser: ``h = o c / n``.

    ``c = f c + exp(i) tanh(z)``, ``n = f n + exp(i)``, f and o sigmoids; each gate sees the last
    h of its own head alone. The state m is a logarithm that both c and n are divided by.

    Parameters
    ----------
    units, num_heads : int
        The heads share the units evenly. Inputs are i, f, z and o, side by side.
    """

    def __init__(self, units, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.units, self.num_heads = units, num_heads
        self.state_size, self.output_size = [units] * 4, units

    def build(self, input_shape):
        size = self.units // self.num_heads
        self.recurrent = self.add_weight(
            (self.num_heads, size, 4 * size), "zeros", name="recurrent"
        )

    def get_initial_state(self, batch_size=None):
        """h, c, n and m before the first step: nothing, whose weight is nothing."""
        nothing = ops.zeros((batch_size, self.units), dtype=self.compute_dtype)
        return [nothing, nothing, nothing, nothing + _NEVER]

    def call(self, inputs, states, training=False):
        h, c, n, m = states
        i, f, z, o = ops.split(inputs + self._recalled(h), 4, axis=-1)
        kept = ops.log_sigmoid(f) + m
        largest = ops.maximum(i, kept)
        enter, keep = ops.exp(i - largest), ops.exp(kept - largest)
        c = keep * c + enter * ops.tanh(z)
        n = keep * n + enter
        h = ops.sigmoid(o) * c / n
        return h, [h, c, n, largest]

    def _recalled(self, h):
        heads = ops.reshape(h, (-1, self.num_heads, 1, self.units // self.num_heads))
        found = ops.matmul(heads, ops.cast(self.recurrent, h.dtype))
        found = ops.reshape(found, (-1, self.num_heads, 4, self.units // self.num_heads))
        return ops.reshape(ops.swapaxes(found, 1, 2), (-1, 4 * self.units))

    def count_flops(self, input_shape):
        return 2 * input_shape[0] * 4 * self.units * (self.units // self.num_heads)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "num_heads": self.num_heads}
