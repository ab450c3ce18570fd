"""Word dropout."""

import keras
from keras import ops

from keraseq._checks import check_fraction
from keraseq._elementwise import ElementwiseLayer
from keraseq.encoding.reserved_ids import UNKNOWN

# By Zipf's law the word of rank k is seen M / k times where the first is seen M times. M is about
# 1,250 in 1,200 sentences, where a word seen n times is hidden with probability .25 / (n + .25).
_MIDDLE = 5_000


@keras.saving.register_keras_serializable("keraseq")
class TokenDropout(ElementwiseLayer):
    """Replace rare token ids by the unknown id 1 while training.

    Id ``k`` is hidden with probability ``k / (k + 5000)`` and at most `rate`: ids go by falling
    frequency, and the unknown token's vector, which stands for words that were never seen, learns
    from those that are seen least (Kiperwasser and Goldberg 2016, by rank in place of count). "Not"
    and "but" stay where they are. Padding (id 0) stays padding.

    Parameters
    ----------
    rate : float
        Share of the rarest tokens that is hidden.
    """

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = check_fraction("token_dropout", rate)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training:
            return inputs
        rank = ops.cast(inputs, "float32")
        share = ops.minimum(rank / (rank + _MIDDLE), self.rate)
        hidden = keras.random.uniform(ops.shape(inputs), seed=self.seed_generator) < share
        return ops.where(hidden, ops.full_like(inputs, UNKNOWN), inputs)

    def compute_output_spec(self, inputs, training=False):
        return keras.KerasTensor(inputs.shape, dtype=inputs.dtype)

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
