"""Word dropout."""

import keras
from keras import ops

from keraseq._checks import check_fraction
from keraseq._elementwise import ElementwiseLayer
from keraseq.encoding.reserved_ids import PADDING, UNKNOWN


@keras.saving.register_keras_serializable("keraseq")
class TokenDropout(ElementwiseLayer):
    """Replace token ids by the unknown id 1 with probability `rate` while training.

    So the unknown token's embedding learns what to make of a word that was never seen. Padding
    (id 0) stays padding.
    """

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = check_fraction("token_dropout", rate)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training:
            return inputs
        hidden = keras.random.uniform(ops.shape(inputs), seed=self.seed_generator) < self.rate
        hidden = ops.logical_and(hidden, inputs != PADDING)
        return ops.where(hidden, ops.full_like(inputs, UNKNOWN), inputs)

    def compute_output_spec(self, inputs, training=False):
        return keras.KerasTensor(inputs.shape, dtype=inputs.dtype)

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
