"""Trainable weights, what grows with a vocabulary left out."""

import math

from keraseq.stems import TOKEN_EMBEDDING
from keraseq.tasks.layers import OF_VOCABULARY


def count_parameters(model):
    """Return the number of trainable weights, the token embedding left out.

    That is what a parameter budget counts: the embedding's size is the vocabulary's, not the
    architecture's. Of a model that writes, the embedding of the target's tokens and the layer that
    gives their logits are left out too.

    Examples
    --------
    >>> import keraseq
    >>> model = keraseq.gru((None, 4), 2, pooling="mean", parameter_budget=30_000)
    >>> keraseq.count_parameters(model)
    30274
    """
    names = TOKEN_EMBEDDING, *OF_VOCABULARY
    embeddings = [layer for layer in model.layers if layer.name in names]
    left_out = {id(weight) for layer in embeddings for weight in layer.trainable_weights}
    return sum(math.prod(w.shape) for w in model.trainable_weights if id(w) not in left_out)
