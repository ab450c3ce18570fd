"""Numbers."""

import keras

from keraseq.tasks._quantiles import quantile_head
from keraseq.tasks._task import Task
from keraseq.tasks.layers import PinballLoss


class Regression(Task):
    """One or several numbers a sequence, by mean squared error, or their quantiles."""

    name = "regression"
    takes_quantiles = True
    outputs_words = "number of targets"

    def head(self, features, outputs, *, logits, quantiles=None, future=None):
        return quantile_head(features, (outputs,), quantiles)

    def loss(self, *, logits, quantiles=None):
        return keras.losses.MeanSquaredError() if quantiles is None else PinballLoss(quantiles)

    def metrics(self, *, logits, quantiles=None):
        return [keras.metrics.MeanAbsoluteError(name="mae")] if quantiles is None else []
