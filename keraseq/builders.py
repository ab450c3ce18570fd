"""Stem + body + head = keras.Model."""

import contextlib
import functools
import inspect
import math
import random
import threading
from dataclasses import replace

import keras
from keras import layers, ops
from sklearn.utils import Bunch

from keraseq._budget import solve_budget
from keraseq._builder_docs import builder_docstring
from keraseq._checks import check_integer
from keraseq._flops import count_flops
from keraseq._plan import make_plan
from keraseq.models import find_model
from keraseq.models.layers import (
    FoldChannels,
    InstanceNormalization,
    Padding,
    Patches,
    SequencePooling,
    TokenDropout,
)
from keraseq.tasks import get_task

_TOKEN_EMBEDDING = "token_embedding"
# Python's generator is the whole process's: two threads that build take turns.
_building = threading.RLock()


def build(
    name,
    input_shape,
    outputs,
    *,
    task="classification",
    vocabulary_size=None,
    embedding_dim=None,
    embedding_dropout=None,
    token_dropout=None,
    patch_length=None,
    channels=None,
    pooling=None,
    quantiles=None,
    parameter_budget=None,
    flop_budget=None,
    units=None,
    num_layers=1,
    dropout=0.0,
    logits=True,
    seed=None,
    **own,
):
    """Build a compiled Keras model of the zoo by name.

    ``keraseq.build("lstm", ...)`` is ``keraseq.lstm(...)``, whose docstring explains the
    parameters; this form is for a name held in a variable, and for models registered with
    :func:`keraseq.register_model`.

    Parameters
    ----------
    name : str
        One of :func:`keraseq.list_models`.
    input_shape, outputs, task, ...
        As of the builders, such as :func:`keraseq.lstm`.
    **own
        The architecture's own parameters.

    Returns
    -------
    keras.Model

    Raises
    ------
    ValueError, TypeError
        For an unknown name or an argument out of range; the text says what is allowed.

    Examples
    --------
    >>> import keraseq
    >>> model = keraseq.build("transformer", (None, 8), 3, num_heads=2, seed=0)
    >>> model.output_shape
    (None, 3)
    """
    plan = plan_model(
        name,
        input_shape,
        outputs,
        task=task,
        vocabulary_size=vocabulary_size,
        embedding_dim=embedding_dim,
        embedding_dropout=embedding_dropout,
        token_dropout=token_dropout,
        patch_length=patch_length,
        channels=channels,
        pooling=pooling,
        quantiles=quantiles,
        parameter_budget=parameter_budget,
        flop_budget=flop_budget,
        units=units,
        num_layers=num_layers,
        dropout=dropout,
        logits=logits,
        **own,
    )
    model = assemble(plan, seed)
    compile_for_task(model, plan.task, logits=plan.logits, quantiles=plan.quantiles)
    return model


def plan_model(
    name,
    input_shape,
    outputs,
    *,
    parameter_budget=None,
    flop_budget=None,
    flop_steps=None,
    units=None,
    **arguments,
):
    """Check `build`'s arguments and return the Plan that they mean, its sizes solved.

    `flop_steps` is the length of the sequence whose operations are counted, where `input_shape`
    leaves it open.
    """
    sizes = {"units": units, "parameter_budget": parameter_budget, "flop_budget": flop_budget}
    given = {name: size for name, size in sizes.items() if size is not None}
    if len(given) > 1:
        said = " and ".join(f"{name}={size}" for name, size in given.items())
        raise ValueError(f"{said} both set the size; give one.")
    plan = make_plan(name, input_shape, outputs, units=units, **arguments)
    if parameter_budget is not None:
        budget = check_integer("parameter_budget", parameter_budget, 1)
        return _solve(plan, "parameter_budget", budget, None)
    if flop_budget is None:
        return plan
    steps = plan.input_shape[0] or flop_steps
    if steps is None:
        raise ValueError(
            f"flop_budget={flop_budget}: operations depend on the number of steps, which "
            f"input_shape={input_shape!r} leaves open; give it, such as (100, 8)."
        )
    return _solve(plan, "flop_budget", check_integer("flop_budget", flop_budget, 1), steps)


@functools.lru_cache(maxsize=256)
def _solve(plan, name, budget, steps):
    def count(plan):
        # No budget counts the vocabulary, so the smallest one does.
        small = plan if plan.vocabulary_size is None else replace(plan, vocabulary_size=2)
        model = _assemble(small)
        return count_parameters(model) if steps is None else count_flops(model, steps)

    with python_random(0):
        return solve_budget(plan, name, budget, count)


def assemble(plan, seed=None):
    """Build the Keras model of a Plan, not compiled; equal seeds give equal weights."""
    if seed is not None:
        seed = check_integer("seed", seed, 0)
    with python_random(seed):
        return _assemble(plan)


def compile_for_task(model, task, *, optimizer=None, loss=None, logits=True, quantiles=None):
    """Compile `model` with the task's loss and metrics; Adam at its defaults unless given.

    A forecast may have another pointwise error as its `loss`, such as "mae".
    """
    task = get_task(task)
    error = {} if loss is None else {"error": loss}
    model.compile(
        optimizer=optimizer or keras.optimizers.Adam(),
        loss=task.loss(logits=logits, quantiles=quantiles, **error),
        metrics=task.metrics(logits=logits, quantiles=quantiles),
        # XLA compiles anew for every batch shape, which costs more than it gains where the
        # number of steps or the last batch differs.
        jit_compile=False,
    )
    # Keras builds it when it loads a file, and warns if the saved one was not.
    model.optimizer.build(model.trainable_variables)


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
    embeddings = [layer for layer in model.layers if layer.name == _TOKEN_EMBEDDING]
    left_out = {id(weight) for layer in embeddings for weight in layer.trainable_weights}
    return sum(math.prod(w.shape) for w in model.trainable_weights if id(w) not in left_out)


@contextlib.contextmanager
def python_random(seed):
    """Seed what Keras' initialisers and random layers draw their seeds from, then put it back."""
    with _building:
        if seed is None:
            yield
            return
        state = random.getstate()
        random.seed(seed)
        try:
            yield
        finally:
            random.setstate(state)


def _assemble(plan):
    inputs = _inputs(plan)
    x, mask = Padding(name="padding")(inputs["past"] if plan.covariates else inputs)
    scale = None
    if plan.kind == "tokens":
        x = _embed_tokens(x, plan)
    else:
        if plan.task == "forecasting":
            x, mask, scale = _normalise(x, mask, plan)
        if plan.patch_length > 1:
            x, mask = Patches(plan.patch_length, name="patches")(x, mask)
        x = layers.Dense(plan.embedding_dim, name="projection")(x)
    if plan.embedding_dropout:
        x = layers.Dropout(plan.embedding_dropout, name="embedding_dropout")(x)
    x = _apply_body(x, mask, plan)
    if plan.pooling is not None:
        x = SequencePooling(plan.pooling, name="pooling")(x, mask)
    outputs = _head(x, plan) if scale is None else _forecast(x, scale, inputs, plan)
    return keras.Model(inputs, outputs, name=plan.spec.name)


def _inputs(plan):
    if plan.covariates is None:
        dtype = "int32" if plan.kind == "tokens" else None
        return keras.Input(plan.input_shape, dtype=dtype, name="sequence")
    n_future, n_static = plan.covariates
    inputs = {"past": keras.Input(plan.input_shape, name="past")}
    if n_future:
        inputs["future"] = keras.Input((plan.outputs[0], n_future), name="future")
    if n_static:
        inputs["static"] = keras.Input((n_static,), name="static")
    return inputs


def _embed_tokens(ids, plan):
    if plan.token_dropout:
        ids = TokenDropout(plan.token_dropout, name="token_dropout")(ids)
    return layers.Embedding(plan.vocabulary_size, plan.embedding_dim, name=_TOKEN_EMBEDDING)(ids)


def _normalise(x, mask, plan):
    targets, covariates = x, None
    if plan.covariates and x.shape[-1] > plan.outputs[1]:
        # Covariates keep their level: an hour of the day is the same hour in every history.
        targets, covariates = x[..., : plan.outputs[1]], x[..., plan.outputs[1] :]
    if plan.channels == "independent":
        targets, mask = FoldChannels(name="fold_channels")(targets, mask)
        covariates = _repeat_for_channels(covariates, plan)
    x, level, spread = InstanceNormalization(name="instance_normalization")(targets, mask)
    if covariates is not None:
        x = ops.concatenate([x, covariates], axis=-1)
    return x, mask, (level, spread)


def _repeat_for_channels(x, plan):
    """A row for each folded channel."""
    folded = plan.channels == "independent" and x is not None and plan.outputs[1] > 1
    return ops.repeat(x, plan.outputs[1], axis=0) if folded else x


def _apply_body(x, mask, plan):
    own = {name: value for name, value in plan.own if value is not None}
    return plan.spec.function(
        x, mask, units=plan.units, num_layers=plan.num_layers, dropout=plan.dropout, **own
    )


def _head(x, plan):
    return get_task(plan.task).head(x, plan.outputs, logits=plan.logits, quantiles=plan.quantiles)


def _forecast(x, scale, inputs, plan):
    horizon, targets = plan.outputs
    folded = plan.channels == "independent"
    covariates = inputs if plan.covariates else {}
    future, static = (
        _repeat_for_channels(covariates.get(name), plan) for name in ("future", "static")
    )
    if static is not None:
        x = ops.concatenate([x, static], axis=-1)
    x = get_task(plan.task).head(
        x,
        (horizon, 1 if folded else targets),
        logits=plan.logits,
        quantiles=plan.quantiles,
        future=future,
    )
    level, spread = (moment if folded else moment[..., :targets] for moment in scale)
    if plan.quantiles is not None:
        level, spread = level[..., None], spread[..., None]
    x = x * spread + level
    return _unfold_channels(x, targets) if folded else x


def _unfold_channels(x, channels):
    """Turn `(batch * channels, horizon, 1, ...)` into `(batch, horizon, channels, ...)`."""
    horizon, *rest = x.shape[1], *x.shape[3:]
    x = ops.reshape(x, (-1, channels, horizon, *rest))
    return ops.swapaxes(x, 1, 2)


def model_info(name):
    """Describe an architecture of the zoo.

    Parameters
    ----------
    name : str
        One of :func:`keraseq.list_models`.

    Returns
    -------
    sklearn.utils.Bunch
        name, title, authors, year, paper, causal, parallel (all steps at once), tasks,
        smallest_size (weights at ``units=1`` for one feature and two classes).

    Raises
    ------
    ValueError
        For an unknown name; the nearest are proposed.

    Examples
    --------
    >>> import keraseq
    >>> info = keraseq.model_info("lstm")
    >>> info.title, info.year, info.causal
    ('Long short-term memory', 1997, True)
    """
    spec = find_model(name)
    task = spec.tasks[0]
    outputs = (1, 1) if task == "forecasting" else 2
    smallest = build(spec.name, (None, 1), outputs, task=task, units=1, seed=0)
    return Bunch(
        name=spec.name,
        title=spec.title,
        authors=spec.authors,
        year=spec.year,
        paper=spec.paper,
        causal=spec.causal,
        parallel=spec.parallel,
        tasks=spec.tasks,
        smallest_size=count_parameters(smallest),
    )


def make_builder(name):
    """Make the public function of a registered body: `build` with its name, signature and doc."""
    spec = find_model(name)

    def builder(input_shape, outputs, **arguments):
        return build(spec.name, input_shape, outputs, **arguments)

    builder.__name__ = builder.__qualname__ = spec.name
    builder.__module__ = "keraseq"
    builder.__signature__ = builder_signature(spec)
    builder.__doc__ = builder_docstring(spec)
    return builder


def builder_signature(spec):
    """The signature of a public builder: `build`'s without the name, and the body's own."""
    shared = list(inspect.signature(build).parameters.values())[1:-1]
    return inspect.Signature(
        [*shared, *spec.own_parameters.values()], return_annotation=keras.Model
    )
