"""Any number of labels."""

import keras
from scipy.special import expit

from keraseq.tasks._task import Task


class Multilabel(Task):
    """Any of several labels a sequence: an indicator row, an independent logit for each label."""

    name = "multilabel"
    outputs_words = "number of labels (rows of 0 and 1)"
    link = "sigmoid"

    def loss(self, *, logits, quantiles=None):
        return keras.losses.BinaryCrossentropy(from_logits=logits)

    def metrics(self, *, logits, quantiles=None):
        threshold = 0.0 if logits else 0.5
        return [keras.metrics.BinaryAccuracy(name="accuracy", threshold=threshold)]

    def decode(self, values):
        return expit(values)
