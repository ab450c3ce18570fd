"""Trainable weights, the token embedding left out."""

import math

from keraseq.stems import TOKEN_EMBEDDING


def count_parameters(model):
    """Return the number of trainable weights, the token embedding left out.

    That is what a parameter budget counts: the embedding's size is the vocabulary's, not the
    architecture's.

    Examples
    --------
    >>> import keraseq
    >>> model = keraseq.gru((None, 4), 2, pooling="mean", parameter_budget=30_000)
    >>> keraseq.count_parameters(model)
    30274
    """
    embeddings = [layer for layer in model.layers if layer.name == TOKEN_EMBEDDING]
    left_out = {id(weight) for layer in embeddings for weight in layer.trainable_weights}
    return sum(math.prod(w.shape) for w in model.trainable_weights if id(w) not in left_out)
