"""The recurrent part of an IndRNN."""

import keras
from keras import constraints, initializers, layers, ops


@keras.saving.register_keras_serializable("keraseq")
class Bound(constraints.Constraint):
    """Keep weights between -largest and largest."""

    def __init__(self, largest):
        self.largest = largest

    def __call__(self, w):
        return ops.clip(w, -self.largest, self.largest)

    def get_config(self):
        return {"largest": self.largest}


@keras.saving.register_keras_serializable("keraseq")
class IndependentCell(layers.Layer):
    """``h[t] = relu(x[t] + u * h[t - 1])``: each unit sees its own past alone.

    Parameters
    ----------
    units : int
        As many as the input has channels: what multiplies the input stands before the recurrence.
    smallest, largest : float
        The recurrent weights begin uniform between them; `largest` bounds their size for good.
    """

    def __init__(self, units, smallest, largest, **kwargs):
        super().__init__(**kwargs)
        self.units, self.smallest, self.largest = units, smallest, largest
        self.state_size = self.output_size = units
        self._initializer = initializers.RandomUniform(smallest, largest)

    def build(self, input_shape):
        self.recurrent = self.add_weight(
            (self.units,),
            self._initializer,
            constraint=Bound(self.largest),
            name="recurrent",
        )

    def call(self, inputs, states, training=False):
        h = ops.relu(inputs + ops.cast(self.recurrent, inputs.dtype) * states[0])
        return h, [h]

    def count_flops(self, input_shape):
        return 0

    def get_config(self):
        own = {name: getattr(self, name) for name in ("units", "smallest", "largest")}
        return {**super().get_config(), **own}
