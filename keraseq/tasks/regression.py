"""Numbers."""

import numpy as np
from sklearn.base import is_regressor

from keraseq._keras import keras
from keraseq.encoding import RegressionTarget
from keraseq.encoding.target_kind import target_kind
from keraseq.tasks import layers as task_layers
from keraseq.tasks._quantiles import quantile_head
from keraseq.tasks._task import Task


class Regression(Task):
    """One or several numbers a sequence, by mean squared error, or their quantiles."""

    name = "regression"
    takes_quantiles = True
    outputs_words = "number of targets"
    constant_words = "the mean"
    score_name = "R²"
    score_limits = (None, 1)

    def poses(self, X, y):
        return y is not None and target_kind(y) in ("continuous", "continuous-multioutput")

    def suits(self, estimator):
        return is_regressor(estimator)

    def gains(self, truth, predicted):
        """The part of the spread that is explained, targets of unlike size counting alike."""
        truth, predicted = np.asarray(truth), np.asarray(predicted)
        if truth.shape != predicted.shape:
            raise ValueError(f"predict gave shape {predicted.shape} for targets of {truth.shape}.")
        truth, predicted = (v.reshape(len(v), -1).astype(float) for v in (truth, predicted))
        around_mean = (truth - truth.mean(axis=0)) ** 2
        spread = around_mean.mean(axis=0)
        # A target that does not vary cannot be explained; it counts as it is.
        around_mean, squared = (
            (v / np.where(spread > 0, spread, 1)).mean(axis=1)
            for v in (around_mean, (truth - predicted) ** 2)
        )
        return around_mean - squared, around_mean

    def head(self, features, outputs, *, logits, quantiles=None, future=None):
        return quantile_head(features, (outputs,), quantiles)

    def constant_answer(self, targets, outputs, weights=None, quantiles=None):
        if quantiles is None:
            return np.average(targets, axis=0, weights=weights)
        return np.quantile(targets, quantiles, axis=0).T

    def make_target(self):
        return RegressionTarget()

    def loss(self, *, logits, quantiles=None):
        return (
            keras.losses.MeanSquaredError()
            if quantiles is None
            else task_layers.PinballLoss(quantiles)
        )

    def metrics(self, *, logits, quantiles=None):
        return [keras.metrics.MeanAbsoluteError(name="mae")] if quantiles is None else []
