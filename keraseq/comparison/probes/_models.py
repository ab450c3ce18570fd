"""Models and their inputs as probes take them."""

import keras
import numpy as np
from sklearn.base import BaseEstimator

from keraseq.batching import pad
from keraseq.comparison._read_models import entry_names
from keraseq.models import find_model, list_models
from keraseq.wrappers.sequence_estimator import SequenceEstimator


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


def check_names(models, task, inputs="numbers"):
    """Return the names of `models`, names of the zoo or registered functions, one or several.

    Parameters
    ----------
    models : str, callable, or list or dict of them
    task : str
        That the probe builds them for.
    inputs : {"numbers", "tokens"}
        What it gives them to read.

    Raises
    ------
    ValueError
        For nothing, an unknown one, or one that the probe cannot build.
    """
    specs = [find_model(model) for model in named_models(models).values()]
    unfit = [spec.name for spec in specs if not _is_built(spec, task, inputs)]
    if unfit:
        known = (find_model(name) for name in list_models(task=task))
        fit = [spec.name for spec in known if _is_built(spec, task, inputs)]
        raise ValueError(
            f"This probe asks its models for {task} of {inputs}, and {', '.join(unfit)} "
            f"{'does' if len(unfit) == 1 else 'do'} not serve that; give some of {', '.join(fit)}."
        )
    return [spec.name for spec in specs]


def _is_built(spec, task, inputs):
    return task in spec.served_tasks and spec.inputs in ("any", inputs)


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
