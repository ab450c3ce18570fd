"""How surprising the next token is, in nats."""

import keras
from keras import ops


def _surprise(y_true, y_pred, from_logits, given):
    """Minus the logarithm of the probability of each target, and the weight of each."""
    y_true = ops.cast(y_true, "int32")
    real = ops.greater(y_true, 0)
    nats = ops.sparse_categorical_crossentropy(
        ops.where(real, y_true, 1), y_pred, from_logits=from_logits
    )
    weights = ops.cast(real, nats.dtype)
    if given is not None:
        given = ops.cast(ops.convert_to_tensor(given), nats.dtype)
        weights = weights * (given if given.ndim == 2 else ops.reshape(given, (-1, 1)))
    return nats, weights


def _of_replica(loss):
    """What one of several replicas adds to their mean; Keras divides where it takes the mean."""
    if keras.backend.backend() != "tensorflow":
        return loss
    import tensorflow as tf

    n_replicas = tf.distribute.get_strategy().num_replicas_in_sync
    return loss / n_replicas if n_replicas > 1 else loss


@keras.saving.register_keras_serializable("keraseq")
class NextTokenLoss(keras.losses.Loss):
    """Mean of minus the natural logarithm of the next token's probability.

    Targets `(batch, time)` below 1, which are padding, do not count.
    """

    def __init__(self, from_logits=True, name="next_token_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.from_logits = from_logits

    def __call__(self, y_true, y_pred, sample_weight=None):
        nats, weights = _surprise(y_true, y_pred, self.from_logits, sample_weight)
        return _of_replica(ops.sum(nats * weights) / ops.maximum(ops.sum(weights), 1e-7))

    def call(self, y_true, y_pred):
        return self(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "from_logits": self.from_logits}


@keras.saving.register_keras_serializable("keraseq")
class NatsPerToken(keras.metrics.Mean):
    """Minus the natural logarithm of the next token's probability, a real token; lower is better.

    The exponential of it is the perplexity.
    """

    def __init__(self, from_logits=True, name="nats", **kwargs):
        super().__init__(name=name, **kwargs)
        self.from_logits = from_logits

    def update_state(self, y_true, y_pred, sample_weight=None):
        nats, weights = _surprise(y_true, y_pred, self.from_logits, sample_weight)
        super().update_state(nats, weights)

    def get_config(self):
        return {**super().get_config(), "from_logits": self.from_logits}
