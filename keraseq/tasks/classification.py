"""One class of several."""

import numpy as np
from scipy.special import softmax
from sklearn.base import is_classifier

from keraseq._checks import check_integer
from keraseq._keras import keras
from keraseq.encoding import ClassTarget
from keraseq.encoding.target_kind import target_kind
from keraseq.tasks._task import Task


class Classification(Task):
    """One class a sequence: integer labels, a logit for each of two or more classes."""

    name = "classification"
    smallest_outputs = 2
    outputs_words = "number of classes, at least 2 (integer labels, a logit for each)"
    constant_words = "the shares of the classes"
    example = """\
>>> model = keraseq.{name}((None, 8), outputs=3, seed=0)
>>> model.output_shape
(None, 3)"""
    stratifies = True
    score_name = "accuracy"
    score_limits = (0, 1)
    link = "softmax"

    def poses(self, X, y):
        return y is not None and target_kind(y) in ("binary", "multiclass")

    def suits(self, estimator):
        return is_classifier(estimator)

    def gains(self, truth, predicted):
        return share_right(truth, predicted)

    def check_outputs(self, outputs):
        outputs = check_integer("outputs", outputs, 1)
        if outputs == 1:
            raise ValueError(
                "outputs=1 is no classification: two classes have outputs=2 (a logit for each). "
                "For one number a sequence use task='regression'."
            )
        return outputs

    def loss(self, *, logits, quantiles=None):
        return keras.losses.SparseCategoricalCrossentropy(from_logits=logits)

    def metrics(self, *, logits, quantiles=None):
        return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]

    def constant_answer(self, targets, outputs, weights=None, quantiles=None):
        counts = np.bincount(targets, weights, minlength=outputs)
        return self.undecode(counts / counts.sum())

    def make_target(self):
        return ClassTarget()

    def decode(self, values):
        return softmax(values, axis=-1)

    def answer(self, values):
        return np.argmax(values, axis=-1)

    def undecode(self, probabilities):
        return np.log(np.clip(probabilities, np.finfo(probabilities.dtype).tiny, 1))


def share_right(truth, predicted):
    """Gains of the share of rows that are right; of an indicator matrix, all of whose labels are.

    Raises
    ------
    ValueError
        If the answers have another shape than the targets.
    """
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.shape != predicted.shape:
        raise ValueError(f"predict gave shape {predicted.shape} for targets of {truth.shape}.")
    right = truth == predicted
    right = right.all(axis=1) if right.ndim == 2 else right
    return right.astype(float), np.ones(len(right))
