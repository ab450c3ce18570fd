"""A label for every step."""

import numpy as np

from keraseq._keras import keras
from keraseq.encoding import TagTarget
from keraseq.encoding.labels import label_rows
from keraseq.encoding.target_kind import labels_steps
from keraseq.tasks import layers as task_layers
from keraseq.tasks.classification import Classification


class Tagging(Classification):
    """One class a step: tags `(batch, time)`, right-padded with -1, which nothing counts."""

    name = "tagging"
    per_step = True
    outputs_words = "number of tags, at least 2 (targets padded with -1)"
    constant_words = "the shares of the labels"
    example = """\
>>> tagger = keraseq.{name}((None,), 5, task="tagging", vocabulary_size=100, units=16)
>>> tagger.output_shape
(None, None, 5)"""

    stratifies = False
    score_name = "token accuracy"
    tags_words = True

    def poses(self, X, y):
        return y is not None and labels_steps(X, y)

    def suits(self, estimator):
        return False

    def gains(self, truth, predicted):
        truth = label_rows(truth)
        right = [np.asarray(t) == np.asarray(p) for t, p in zip(truth, predicted, strict=True)]
        return np.array([float(np.sum(r)) for r in right]), np.array([float(len(t)) for t in truth])

    def constant_answer(self, targets, outputs, weights=None, quantiles=None):
        if weights is not None:
            weights = np.repeat(weights, [len(row) for row in targets])
        return super().constant_answer(np.concatenate(targets), outputs, weights)

    def make_target(self):
        return TagTarget()

    def loss(self, *, logits, quantiles=None):
        return keras.losses.SparseCategoricalCrossentropy(from_logits=logits, ignore_class=-1)

    def metrics(self, *, logits, quantiles=None):
        return [task_layers.TaggingAccuracy()]
