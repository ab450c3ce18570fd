"""The loss whose minimum is a quantile."""

import keras
from keras import ops

from keraseq.tasks.layers.observed_error import observed_share


@keras.saving.register_keras_serializable("keraseq")
class PinballLoss(keras.losses.Loss):
    """Mean pinball (quantile) loss of predictions `(..., quantiles)` for targets `(...)`.

    Targets that are NaN do not count.
    """

    def __init__(self, quantiles, name="pinball_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.quantiles = tuple(quantiles)

    def call(self, y_true, y_pred):
        y_true = ops.reshape(ops.cast(y_true, y_pred.dtype), ops.shape(y_pred)[:-1])
        error = y_true[..., None] - y_pred
        error = ops.where(ops.isnan(error), ops.zeros_like(error), error)
        quantiles = ops.convert_to_tensor(self.quantiles, dtype=y_pred.dtype)
        error = ops.mean(ops.maximum(quantiles * error, (quantiles - 1) * error), axis=-1)
        return error / observed_share(y_true)

    def get_config(self):
        return {**super().get_config(), "quantiles": self.quantiles}
