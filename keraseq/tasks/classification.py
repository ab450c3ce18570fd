"""One class of several."""

import keras
from scipy.special import softmax

from keraseq._checks import check_integer
from keraseq.tasks._task import Task


class Classification(Task):
    """One class a sequence: integer labels, a logit for each of two or more classes."""

    name = "classification"
    smallest_outputs = 2
    outputs_words = "number of classes, at least 2 (integer labels, a logit for each)"
    example = """\
>>> model = keraseq.{name}((None, 8), outputs=3, seed=0)
>>> model.output_shape
(None, 3)"""
    link = "softmax"

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

    def decode(self, values):
        return softmax(values, axis=-1)
