"""Biases of gates that begin with memories as long as the sequences."""

import keras
from keras import initializers, ops

from keraseq._checks import check_integer


@keras.saving.register_keras_serializable("keraseq")
class ChronoBias(initializers.RandomUniform):
    """``log(uniform(1, t_max - 1))``, so that units begin to forget after 2 to `t_max` steps.

    Parameters
    ----------
    t_max : int
        The longest memory, at least 3 steps.
    signs : tuple of int
        A gate each, in the layer's order: 1 keeps the state, -1 lets the input in, 0 begins at 0.
    seed : int, optional

    References
    ----------
    Tallec & Ollivier (2018). Can recurrent neural networks warp time? ICLR.
    """

    def __init__(self, t_max, signs=(1,), seed=None):
        super().__init__(1, check_integer("t_max", t_max, 3) - 1, seed)
        self.t_max, self.signs = t_max, tuple(signs)

    def __call__(self, shape, dtype=None):
        units = shape[-1] // len(self.signs)
        drawn = ops.log(super().__call__((units,), dtype))
        bias = ops.concatenate([sign * drawn for sign in self.signs])
        # A GRU has a second row, for the state, which begins at 0.
        return bias if len(shape) == 1 else ops.stack([bias, ops.zeros_like(bias)])

    def get_config(self):
        seed = super().get_config()["seed"]
        return {"t_max": self.t_max, "signs": self.signs, "seed": seed}


def chrono_options(t_max, signs):
    """The arguments of a layer with gates, none where no `t_max` is asked for."""
    return {} if t_max is None else {"bias_initializer": ChronoBias(t_max, signs)}


def opposite_options(t_max):
    """The same for two layers, of which one keeps as much of the state as the other lets in."""
    if t_max is None:
        return {}, {}
    # Both name it: a copy of a layer draws anew what has no seed of its own, and they would differ.
    seed = ChronoBias(t_max).seed
    return tuple({"bias_initializer": ChronoBias(t_max, (sign,), seed)} for sign in (1, -1))
