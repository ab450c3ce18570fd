"""Models as probes take them, and Keras models cut in two."""

import keras
import numpy as np
from keras import tree
from sklearn.base import BaseEstimator

from keraseq.batching import pad
from keraseq.comparison._read_models import entry_names
from keraseq.models import find_model
from keraseq.models.layers import Padding, SequencePooling
from keraseq.wrappers._base import SequenceEstimator


def named_models(models):
    """Return `models`, a model, a list of them or a dict, as a dict of name to model.

    Raises
    ------
    ValueError
        For nothing.
    """
    if isinstance(models, str | BaseEstimator) or callable(models):
        models = [models]
    named = (
        dict(models)
        if isinstance(models, dict)
        else dict(zip(entry_names(models), models, strict=True))
    )
    if not named:
        raise ValueError("models is empty; give at least one, such as ['lstm', 'gru'].")
    return named


def check_names(models):
    """Return the names of `models`, names of the zoo or registered functions, one or several.

    Raises
    ------
    ValueError
        For nothing, or an unknown one.
    """
    return [find_model(model).name for model in named_models(models).values()]


def as_keras(model, X):
    """Return the Keras model of `model`, X as it takes it, and the words of X.

    Parameters
    ----------
    model : keras.Model or fitted estimator
    X : array or list of arrays for a Keras model, raw for an estimator

    Returns
    -------
    model : keras.Model
    inputs : ndarray `(rows, time)` or `(rows, time, channels)`
    tokens : ndarray of str `(rows, time)`, or None where X is no text

    Raises
    ------
    TypeError, ValueError
        For any other model, or an X of another shape.
    """
    if isinstance(model, SequenceEstimator):
        inputs = model.encode(X)
        vocabulary = getattr(model.encoder_, "vocabulary_", None)
        tokens = None if vocabulary is None else np.array(vocabulary, dtype=object)[inputs]
        return _checked(model.model_), inputs, tokens
    if not isinstance(model, keras.Model):
        raise TypeError(
            f"model={model!r:.80} must be a Keras model, or a fitted SequenceClassifier, "
            "SequenceRegressor or SequenceTagger (of a pipeline its last step)."
        )
    shape = _checked(model).inputs[0].shape
    inputs = pad([np.asarray(row) for row in X]) if isinstance(X, list | tuple) else np.asarray(X)
    if inputs.ndim != len(shape) or not len(inputs):
        raise ValueError(
            f"X has the shape {inputs.shape}, but {model.name} takes {('rows', *shape[1:])}, at "
            "least one row."
        )
    return model, inputs, None


def _checked(model):
    if not hasattr(model, "operations"):
        raise TypeError(
            f"{model.name} is a {type(model).__name__}; probes look into functional models, "
            "keras.Model(inputs, outputs), such as keraseq builds."
        )
    if len(model.inputs) != 1:
        raise ValueError(
            f"{model.name} has {len(model.inputs)} inputs; probes read models of one input."
        )
    return model


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
