"""Accuracy over real steps."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keraseq")
class TaggingAccuracy(keras.metrics.Mean):
    """Share of steps with the right tag; steps whose tag is -1 (padding) do not count."""

    def __init__(self, name="accuracy", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(y_true, "int32")
        hit = ops.equal(y_true, ops.cast(ops.argmax(y_pred, axis=-1), "int32"))
        weight = ops.cast(ops.not_equal(y_true, -1), "float32")
        if sample_weight is not None:
            row_weight = ops.cast(sample_weight, "float32")
            weight = weight * (row_weight if row_weight.ndim == 2 else row_weight[:, None])
        super().update_state(ops.cast(hit, "float32"), weight)
