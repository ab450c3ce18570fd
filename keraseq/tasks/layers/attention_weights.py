"""The softmax of attention, and what keeps it from padding."""

from keras import ops


def hidden_steps(allowed, dtype):
    """Zeros, and a number far below every score (of half precision too) where not `allowed`."""
    return (1 - ops.cast(allowed, dtype)) * -30_000.0


def attention_weights(scores):
    """The softmax over the last axis; by hand, since Keras warns of one over a single step."""
    weights = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
    return weights / ops.sum(weights, axis=-1, keepdims=True)
