"""Any number of labels."""

import numpy as np
from scipy.special import expit

from keraseq._keras import keras
from keraseq.encoding import MultilabelTarget
from keraseq.encoding.target_kind import target_kind
from keraseq.tasks._task import Task
from keraseq.tasks.classification import share_right


class Multilabel(Task):
    """Any of several labels a sequence: an indicator row, an independent logit for each label."""

    name = "multilabel"
    many_labels = True
    outputs_words = "number of labels (rows of 0 and 1)"
    constant_words = "the share of each label"
    score_name = "accuracy"
    score_limits = (0, 1)
    link = "sigmoid"

    def poses(self, X, y):
        return y is not None and target_kind(y) == "multilabel-indicator"

    def gains(self, truth, predicted):
        return share_right(truth, predicted)

    def loss(self, *, logits, quantiles=None):
        return keras.losses.BinaryCrossentropy(from_logits=logits)

    def metrics(self, *, logits, quantiles=None):
        threshold = 0.0 if logits else 0.5
        return [keras.metrics.BinaryAccuracy(name="accuracy", threshold=threshold)]

    def constant_answer(self, targets, outputs, weights=None, quantiles=None):
        return self.undecode(np.average(targets, axis=0, weights=weights))

    def make_target(self):
        return MultilabelTarget()

    def decode(self, values):
        return expit(values)

    def answer(self, values):
        return np.asarray(values) > 0

    def undecode(self, probabilities):
        held = np.finfo(probabilities.dtype)
        values = np.clip(probabilities, held.tiny, 1)
        return np.log(values) - np.log1p(-np.minimum(values, 1 - held.epsneg))
