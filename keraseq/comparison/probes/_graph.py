"""The graph of a Keras model: its stem, its reading, and the model cut in two."""

import keras
import numpy as np
from keras import tree

from keraseq.models.layers import Padding, SequencePooling


def cut(model, tensor):
    """Cut a functional model at one of its tensors.

    Returns
    -------
    front, rest : keras.Model
        `front` maps inputs to a list: the tensor, and whatever else reaches the output beside it.
        `rest` maps such a list to the output.
    """
    after, beside = {id(tensor)}, {}
    for operation in model.operations:
        taken = tree.flatten(operation.input)
        if any(id(t) in after for t in taken):
            beside.update({id(t): t for t in taken if id(t) not in after})
            after.update(id(t) for t in tree.flatten(operation.output))
    tensors = [tensor, *beside.values()]
    return keras.Model(model.inputs[0], tensors), keras.Model(tensors, model.outputs[0])


def stem(model):
    """Return the tensor of a model's steps, `(batch, time, channels)`, and their mask's.

    Tokens are taken behind their embedding, numbers where padding has become zeros.

    Raises
    ------
    ValueError
        If the model does not begin with :class:`keraseq.Padding`.
    """
    padding = next((layer for layer in model.layers if isinstance(layer, Padding)), None)
    if padding is None:
        raise ValueError(
            f"{model.name} has no keraseq.Padding layer, which tells its steps from padding; give "
            "a model that keraseq built, or begin your own with it."
        )
    values, mask = padding.output
    embedding = token_embedding(model)
    return values if embedding is None else embedding.output, mask


def token_embedding(model):
    """Return the layer that embeds a model's tokens, or None if it reads numbers."""
    embeddings = (lay for lay in model.layers if isinstance(lay, keras.layers.Embedding))
    return next(embeddings, None)


def real_steps(model, inputs):
    """Return which steps are no padding, bool `(batch, time)`."""
    return np.array(keras.Model(model.inputs[0], stem(model)[1])(inputs))


def inputs_of(layer):
    """Return a layer's input tensor, and its mask's or None."""
    tensors = tree.flatten(layer.input)
    masks = [tensor for tensor in tensors[1:] if tensor.dtype == "bool"]
    return tensors[0], masks[0] if masks else None


def reading_of(model):
    """Return how a model reads the sequence: its pooling, or "every step" without one.

    Only with "last" and "ends" does a gradient go through the memory alone; other poolings let
    the loss reach each step directly.
    """
    poolings = [layer.pooling for layer in model.layers if isinstance(layer, SequencePooling)]
    return poolings[0] if poolings else "every step"
