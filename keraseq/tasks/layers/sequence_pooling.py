"""From a sequence of vectors to one vector, padding left out."""

import keras
from keras import ops

from keraseq._checks import check_choice
from keraseq._elementwise import ElementwiseLayer

POOLINGS = ("mean", "max", "mean_max", "last", "ends", "last_mean_max")
# Those that read the last step, which has read the whole sequence in a causal body alone.
OF_LAST = ("last", "last_mean_max")


@keras.saving.register_keras_serializable("keraseq")
class SequencePooling(ElementwiseLayer):
    """Pool `(batch, time, channels)` under its mask to `(batch, channels)`, once for each part.

    Parameters
    ----------
    pooling : {"mean", "max", "mean_max", "last", "ends", "last_mean_max"}
        ``last`` is the last real step, ``ends`` the first and the last real step side by side,
        ``mean_max`` mean and maximum side by side, ``last_mean_max`` all three (Howard & Ruder
        2018).
    """

    def __init__(self, pooling, **kwargs):
        super().__init__(**kwargs)
        self.pooling = check_choice("pooling", pooling, POOLINGS)

    def call(self, inputs, mask):
        return ops.concatenate([part(inputs, mask) for part in _PARTS[self.pooling]], axis=-1)

    def compute_output_shape(self, inputs_shape, mask_shape=None):
        return (inputs_shape[0], inputs_shape[-1] * len(_PARTS[self.pooling]))

    def compute_mask(self, inputs, previous_mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "pooling": self.pooling}


def _mean(x, mask):
    weight = ops.cast(mask, x.dtype)[..., None]
    return ops.sum(x * weight, axis=1) / ops.sum(weight, axis=1)


def _maximum(x, mask):
    # The smallest finite number of half precision too, so that mixed precision stays finite.
    return ops.max(ops.where(mask[..., None], x, ops.full_like(x, -6e4)), axis=1)


def _first(x, mask):
    return x[:, 0]


def _last(x, mask):
    index = ops.sum(ops.cast(mask, "int32"), axis=1) - 1
    return ops.squeeze(ops.take_along_axis(x, index[:, None, None], axis=1), axis=1)


_PARTS = {
    "mean": (_mean,),
    "max": (_maximum,),
    "mean_max": (_mean, _maximum),
    "last": (_last,),
    "ends": (_first, _last),
    "last_mean_max": (_last, _mean, _maximum),
}
