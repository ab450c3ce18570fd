"""The next values of a series."""

import numpy as np

from keraseq._checks import check_integer
from keraseq._keras import layers, ops
from keraseq._precision import full_precision
from keraseq.encoding.target_kind import is_one_series
from keraseq.tasks import layers as task_layers
from keraseq.tasks._central_quantile import central_quantile
from keraseq.tasks._quantiles import quantile_head, rising
from keraseq.tasks.regression import Regression

_CONTEXT = 16
_HIDDEN = 64


class Forecasting(Regression):
    """The next `horizon` values of the first `targets` channels, all steps at once.

    A truth that is NaN counts in neither loss nor metric.
    """

    name = "forecasting"
    reads_history = True
    smallest_outputs = (1, 1)
    outputs_words = "``(horizon, targets)``, the targets being the first channels"
    answer_words = "(horizon, targets), and a last axis of quantiles if they are learned"
    constant_words = "each history's mean"
    example = """\
>>> forecaster = keraseq.{name}((48, 2), (12, 2), task="forecasting", seed=0)
>>> forecaster.output_shape
(None, 12, 2)"""

    score_name = "−MASE"
    score_limits = (None, 0)
    takes_y = False
    answered_by = "predict_windows"
    row_word = "step"

    def poses(self, X, y):
        return y is None and is_one_series(X)

    def suits(self, estimator):
        return hasattr(estimator, self.answered_by)

    def gains(self, truth, predicted, scale=1.0):
        """Each window's part of minus the mean absolute scaled error.

        Parameters
        ----------
        truth, predicted : ndarray `(windows, horizon, targets)`
            A truth that is NaN counts in nothing; a forecast of a known one must not be NaN.
        scale : ndarray `(targets,)`
            Of :func:`keraseq.baselines.mase_scale`; a target without one counts in nothing.
        """
        is_missing = np.isnan(predicted) & ~np.isnan(truth)
        if is_missing.any():
            window, step = np.argwhere(is_missing)[0][:2]
            raise ValueError(
                f"The forecast is NaN in {is_missing.any(axis=(1, 2)).sum()} of {len(truth)} "
                f"windows, first in window {window}, step {step}."
            )
        error = np.abs(predicted - truth) / scale
        return -np.nansum(error, axis=(1, 2)), (~np.isnan(error)).sum(axis=(1, 2)).astype(float)

    def check_outputs(self, outputs):
        if not isinstance(outputs, tuple | list) or len(outputs) != 2:
            raise ValueError(
                f"outputs={outputs!r} does not say what to forecast; give (horizon, targets), "
                "for instance (24, 1) for the next 24 steps of one series."
            )
        horizon, targets = outputs
        return check_integer("horizon", horizon, 1), check_integer("targets", targets, 1)

    def make_target(self):
        raise TypeError("A forecast has no y: the series' own future is its target.")

    def constant_answer(self, targets, outputs, weights=None, quantiles=None):
        """Of targets as distances from a level, a value for each target and all steps."""
        if quantiles is None:
            return np.nanmean(targets, axis=(0, 1))
        return np.nanquantile(targets, quantiles, axis=(0, 1)).T

    def decode(self, values, quantiles=None):
        """Return the forecast; of several quantiles the one nearest to the median."""
        return values if quantiles is None else values[..., central_quantile(quantiles)]

    def loss(self, *, logits, quantiles=None, error="mse"):
        if quantiles is not None:
            return task_layers.PinballLoss(quantiles)
        return task_layers.ObservedError(error)

    def metrics(self, *, logits, quantiles=None):
        return [task_layers.ObservedMeanAbsoluteError()] if quantiles is None else []

    def head(self, features, outputs, *, logits, quantiles=None, future=None):
        """Map pooled features to all steps; `future` `(batch, horizon, features)` to its step each.

        What is known of a step corrects that step alone, in the light of the pooled features: the
        temporal decoder of TiDE (Das et al. 2023).
        """
        if future is None:
            return quantile_head(features, outputs, quantiles)
        horizon, targets = outputs
        per_step = targets * len(quantiles or (0.5,))
        dtype = full_precision()
        plain = layers.Dense(horizon * per_step, name="outputs", dtype=dtype)(features)
        context = layers.Dense(_CONTEXT, name="future_context", dtype=dtype)(features)
        context = layers.RepeatVector(horizon, dtype=dtype)(context)
        x = ops.concatenate([context, future], axis=-1)
        x = layers.Dense(_HIDDEN, activation="relu", name="future_hidden", dtype=dtype)(x)
        x = layers.Dense(per_step, name="future_outputs", dtype=dtype)(x)
        # Not added: in a batch of one Keras takes that for a bias, of which LiteRT has none.
        x = layers.Reshape((horizon, per_step), dtype=dtype)(plain) - -x
        if quantiles is None:
            return x
        return rising(layers.Reshape((*outputs, len(quantiles)), dtype=dtype)(x), quantiles)

    def shape_forecast(self, values, outputs, quantiles):
        """Give `(batch, horizon, targets * quantiles)` its axis of rising quantiles, if any.

        They are sorted, since what a forecaster answers is a value and no step from another one.
        """
        if values.dtype != full_precision():
            values = ops.cast(values, full_precision())
        if quantiles is None:
            return values
        quantile_axis = layers.Reshape((*outputs, len(quantiles)), dtype=full_precision())
        return ops.sort(quantile_axis(values), axis=-1)
