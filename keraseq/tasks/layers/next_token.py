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


def _mean_surprise(y_pred, from_logits):
    """The mean of minus the logarithms of all tokens' probabilities."""
    if from_logits:
        return ops.logsumexp(y_pred, axis=-1) - ops.mean(y_pred, axis=-1)
    return -ops.mean(ops.log(ops.maximum(y_pred, 1e-7)), axis=-1)


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

    Parameters
    ----------
    from_logits : bool, default=True
    label_smoothing : float, default=0.0
        Share of each target that is spread evenly over all tokens (Szegedy et al. 2016), so that a
        model of few texts is not driven to be sure of each.
    """

    def __init__(self, from_logits=True, label_smoothing=0.0, name="next_token_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.from_logits, self.label_smoothing = from_logits, label_smoothing

    def __call__(self, y_true, y_pred, sample_weight=None):
        nats, weights = _surprise(y_true, y_pred, self.from_logits, sample_weight)
        if self.label_smoothing:
            spread = _mean_surprise(y_pred, self.from_logits)
            nats = (1 - self.label_smoothing) * nats + self.label_smoothing * spread
        return _of_replica(ops.sum(nats * weights) / ops.maximum(ops.sum(weights), 1e-7))

    def call(self, y_true, y_pred):
        return self(y_true, y_pred)

    def get_config(self):
        own = {"from_logits": self.from_logits, "label_smoothing": self.label_smoothing}
        return {**super().get_config(), **own}


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
