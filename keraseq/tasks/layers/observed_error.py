"""Errors over what was observed: where the truth is NaN, nothing counts."""

import keras
from keras import ops


def observed_share(y_true):
    """Return the share of truths that are not NaN, for a mean over them alone."""
    seen = ops.cast(ops.logical_not(ops.isnan(y_true)), y_true.dtype)
    return ops.maximum(ops.mean(seen), 1e-12)


def _filled(y_true, y_pred):
    """The truth, and the forecast itself where there is none: without error, without gradient."""
    y_true = ops.reshape(ops.cast(y_true, y_pred.dtype), ops.shape(y_pred))
    return ops.where(ops.isnan(y_true), y_pred, y_true)


@keras.saving.register_keras_serializable("keraseq")
class ObservedError(keras.losses.Loss):
    """The mean of a pointwise error over the truths that are not NaN.

    Parameters
    ----------
    error : {"mse", "mae", "huber"}, default="mse"
    """

    def __init__(self, error="mse", name="observed_error", **kwargs):
        super().__init__(name=name, **kwargs)
        self.error = error

    def call(self, y_true, y_pred):
        error = keras.losses.get(self.error)
        return error(_filled(y_true, y_pred), y_pred) / observed_share(y_true)

    def get_config(self):
        return {**super().get_config(), "error": self.error}


@keras.saving.register_keras_serializable("keraseq")
class ObservedMeanAbsoluteError(keras.metrics.Mean):
    """Mean absolute error over the truths that are not NaN."""

    def __init__(self, name="mae", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        error = ops.abs(_filled(y_true, y_pred) - y_pred)
        seen = ops.cast(ops.logical_not(ops.isnan(y_true)), error.dtype)
        weight = ops.reshape(seen, ops.shape(error))
        if sample_weight is not None:
            extra = [1] * (error.ndim - sample_weight.ndim)
            weight *= ops.reshape(sample_weight, (*ops.shape(sample_weight), *extra))
        super().update_state(error, weight)
