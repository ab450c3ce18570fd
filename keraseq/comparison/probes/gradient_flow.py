"""How much of the loss's gradient reaches each step."""

import keras
import numpy as np
import pandas as pd
from keras import ops

from keraseq._checks import check_integer
from keraseq.builders import build
from keraseq.comparison.probes._graph import cut, reading_of, real_steps, stem
from keraseq.comparison.probes._models import as_keras, check_names, named_models
from keraseq.comparison.probes._stepping import recurrences
from keraseq.comparison.probes._tensorflow import gradients
from keraseq.models import find_model, is_registered
from keraseq.stems import whole_reading

# Of models that are built here.
_TASK = "regression"


def gradient_flow(
    models,
    X=None,
    y=None,
    *,
    n_steps=100,
    n_features=8,
    n_rows=16,
    units=64,
    n_seeds=3,
    random_state=0,
):
    """Measure how much of the loss's gradient reaches each step: does it vanish on the way?

    Of a name the loss reads the last step alone (both ends where an architecture is not causal).
    A model that is built already is measured as it reads, since its reading is part of it: a mean
    or a maximum over the steps reaches each of them without any memory, so that the gradient fades
    less than the memory does, and what it shows is the whole way, not the memory's. ``reads`` says
    which it was; build with ``pooling="last"`` to see the memory alone. Recurrent layers are
    walked step by step and checked against the layer, so that their states' gradients are seen too.

    Parameters
    ----------
    models : model, list of them or dict name -> model
        Names of :func:`keraseq.list_models`, built anew from each seed with their first weights;
        Keras models of keraseq; or fitted estimators.
    X, y : optional
        What the loss is taken of: needed for models that are built already, raw for estimators.
        For names numbers `(rows, time, features)` and targets to be regressed on; drawn from a
        normal distribution unless given.
    n_steps, n_features, n_rows : int, default=100, 8, 16
        Size of the X that is drawn.
    units : int, default=64
        Of the models that are built here.
    n_seeds : int, default=3
        Models of each name, each with an X of its own.
    random_state : int, default=0

    Returns
    -------
    DataFrame
        ``model``; ``reads`` ("last", "ends", or a pooling that reaches every step); ``seed`` (NaN
        for a model that was given); ``wrt`` ("input", and for recurrent layers that read forwards
        "hidden state", for lstm "cell state" too); ``layer`` (0 for the input, then the number of
        the recurrent layer); ``steps_back`` (0 is the last step); ``norm``, the gradient's
        Euclidean norm, its mean over the rows.

    Raises
    ------
    ValueError, TypeError
        For an unknown name, or a built model without X, y.
    RuntimeError
        Under another backend than TensorFlow; or if walking a layer differs from the layer itself.

    Notes
    -----
    With first weights all recurrent networks forget, gated ones too: a GRU's update gate starts
    half open and halves its state at every step. What sets gated networks apart is that they learn
    to keep it. On the adding task of 100 steps the first hidden state's gradient norm, as a share
    of the last one's, was 3e-20 for a GRU's first weights and .2 after 450 training steps; 2e-8
    and .7 for the cell state of an LSTM.

    References
    ----------
    Bengio, Simard & Frasconi (1994). Learning long-term dependencies with gradient descent is
    difficult. IEEE Trans. Neural Networks 5(2), 157-166.

    Examples
    --------
    >>> from keraseq.comparison.probes import gradient_flow
    >>> frame = gradient_flow(["simple_rnn", "lstm"], n_steps=20, units=8, n_seeds=1)
    >>> last, first = (frame[frame["steps_back"] == back] for back in (0, 19))
    >>> bool(first["norm"].mean() < last["norm"].mean())
    True
    """
    sizes = (check_integer("n_rows", n_rows, 1), check_integer("n_steps", n_steps, 2))
    sizes += (check_integer("n_features", n_features, 1),)
    n_seeds = check_integer("n_seeds", n_seeds, 1)
    check_integer("random_state", random_state, 0)
    if (X is None) != (y is None):
        raise ValueError("X and y belong together; give both, or neither.")
    runs, named = [], named_models(models)
    to_build = [model for model in named.values() if isinstance(model, str) or is_registered(model)]
    if to_build:
        check_names(to_build, _TASK)
    for name, model in named.items():
        if not isinstance(model, str) and not is_registered(model):
            runs.append((name, np.nan, _flow(*_given(name, model, X, y))))
            continue
        for seed in range(random_state, random_state + n_seeds):
            inputs, targets = _drawn(sizes, seed) if X is None else (np.asarray(X), np.asarray(y))
            runs.append((name, seed, _flow(_build(model, inputs, units, seed), inputs, targets)))
    names, seeds, frames = zip(*runs, strict=True)
    lengths = [*map(len, frames)]
    frame = pd.concat(frames, ignore_index=True)
    frame["model"], frame["seed"] = np.repeat(names, lengths), np.repeat(seeds, lengths)
    return frame[["model", "reads", "seed", "wrt", "layer", "steps_back", "norm"]]


def _build(name, inputs, units, seed):
    return build(
        name,
        (None, *inputs.shape[2:]),
        1,
        task=_TASK,
        pooling=whole_reading(find_model(name).is_causal()),
        units=units,
        seed=seed,
    )


def _drawn(sizes, seed):
    generator = np.random.default_rng(seed)
    targets = generator.normal(size=(sizes[0], 1))
    return generator.normal(size=sizes).astype(np.float32), targets.astype(np.float32)


def _given(name, model, X, y):
    if X is None:
        raise ValueError(f"{name} is built already: give the X and y to take its loss of.")
    keras_model, inputs, _ = as_keras(model, X)
    if not keras_model.compiled:
        raise ValueError(f"{keras_model.name} is not compiled, so it has no loss; compile it.")
    return keras_model, inputs, model.target_.transform(y) if keras_model is not model else y


def _flow(model, inputs, targets):
    """Return the norms of one model as a frame."""
    reads, real = reading_of(model), real_steps(model, inputs)
    parts = [_frame(_input_norms(model, inputs, targets), real).assign(wrt="input", layer=0)]
    for recurrence in recurrences(model):
        # Of a layer that reads both ways each state is the middle of two paths.
        if recurrence.layer is recurrence.rnn:
            norms = _state_norms(model, recurrence, inputs, targets)
            parts += [
                _frame(of_state, real).assign(wrt=state, layer=recurrence.number)
                for state, of_state in norms.items()
            ]
    return pd.concat(parts).assign(reads=reads)


def _input_norms(model, inputs, targets):
    front, rest = cut(model, stem(model)[0])
    values, *beside = keras.tree.flatten(front(inputs, training=False))

    def loss(values):
        return _loss(model, targets, rest([values, *beside], training=False)), [values]

    (gradient,) = gradients(loss, values)
    return np.linalg.norm(gradient, axis=-1)


def _state_norms(model, recurrence, inputs, targets):
    front, rest = cut(model, recurrence.layer.output)
    _, *beside = keras.tree.flatten(front(inputs, training=False))
    (first, *others), mask = recurrence.inputs(model, inputs)
    names = []

    def loss(first):
        walked, _, output = recurrence.walk([first, *others], mask)
        names.extend(walked)
        states = [state for of_name in walked.values() for state in of_name]
        return _loss(model, targets, rest([output, *beside], training=False)), states

    found = gradients(loss, first)
    norms = [np.linalg.norm(of_step.reshape(len(inputs), -1), axis=1) for of_step in found]
    norms = np.reshape(norms, (len(names), -1, len(inputs)))
    return dict(zip(names, norms.swapaxes(1, 2), strict=True))


def _loss(model, targets, outputs):
    """The sum over the rows, so that a row's gradient does not depend on their number."""
    return ops.mean(keras.losses.get(model.loss)(targets, outputs)) * len(targets)


def _frame(norms, real):
    """The mean over the rows of norms `(rows, time)`, by steps before each row's last one."""
    rows, steps = np.nonzero(real)
    back = real.sum(axis=1)[rows] - 1 - steps
    frame = pd.DataFrame({"steps_back": back, "norm": norms[rows, steps]})
    return frame.groupby("steps_back", as_index=False).mean()
