"""What is read of a whole sequence beside its steps."""

import keras
from keras import ops

from keraseq._checks import check_fraction
from keraseq._elementwise import ElementwiseLayer


@keras.saving.register_keras_serializable("keraseq")
class BagOfSteps(ElementwiseLayer):
    """The sum of `(batch, time, channels)` over the real steps, by the root of their number.

    So that the bag of a long text is no larger than that of a short one, if its n-grams have
    nothing to do with each other.
    """

    def call(self, inputs, mask):
        weight = ops.cast(mask, inputs.dtype)[..., None]
        return ops.sum(inputs * weight, axis=1) / ops.sqrt(ops.sum(weight, axis=1))

    def compute_output_spec(self, inputs, mask):
        return keras.KerasTensor((inputs.shape[0], inputs.shape[-1]), dtype=inputs.dtype)


@keras.saving.register_keras_serializable("keraseq")
class JoinReadings(ElementwiseLayer):
    """Put two readings of each row side by side; while training some rows have one of them alone.

    Each then learns to answer by itself, and both together are an ensemble of two. Without it the
    one that learns faster leaves nothing for the other to learn.

    Parameters
    ----------
    rates : pair of float, at most 1 together
        Share of rows that lack the first, and of those that lack the second. The one that learns
        slowly should be lacked by few: it learns nothing of those rows.
    """

    def __init__(self, rates, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rates = tuple(check_fraction("rates", rate) for rate in rates)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, first, second, training=False):
        if training:
            draw = keras.random.uniform((ops.shape(first)[0], 1), seed=self.seed_generator)
            without_first, without_second = self.rates
            first = first * ops.cast(draw >= without_first, first.dtype)
            second = second * ops.cast(draw < 1 - without_second, second.dtype)
        return ops.concatenate([first, second], axis=-1)

    def compute_output_spec(self, first, second, training=False):
        width = first.shape[-1] + second.shape[-1]
        return keras.KerasTensor((first.shape[0], width), dtype=self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "rates": self.rates, "seed": self.seed}
