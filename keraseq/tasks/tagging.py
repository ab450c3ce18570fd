"""A label for every step."""

import keras

from keraseq.models.layers import TaggingAccuracy
from keraseq.tasks.classification import Classification


class Tagging(Classification):
    """One class a step: tags `(batch, time)`, right-padded with -1, which nothing counts."""

    name = "tagging"
    per_step = True

    def loss(self, *, logits, quantiles=None):
        return keras.losses.SparseCategoricalCrossentropy(from_logits=logits, ignore_class=-1)

    def metrics(self, *, logits, quantiles=None):
        return [TaggingAccuracy()]
