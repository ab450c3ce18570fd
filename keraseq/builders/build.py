"""Stem + body + head = keras.Model."""

import functools

from keraseq._checks import check_integer
from keraseq._keras import keras, without_tensorflow
from keraseq.builders.budget import solve_budget
from keraseq.builders.count_flops import count_flops
from keraseq.builders.count_parameters import count_parameters
from keraseq.builders.plan import make_plan
from keraseq.builders.seeding import python_random
from keraseq.tasks import get_task


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
    ngrams=None,
    tie_embedding=None,
    patch_length=None,
    patch_stride=None,
    skip_steps=None,
    channels=None,
    pooling=None,
    quantiles=None,
    parameter_budget=None,
    flop_budget=None,
    units=None,
    num_layers=None,
    dropout=None,
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
        ngrams=ngrams,
        tie_embedding=tie_embedding,
        patch_length=patch_length,
        patch_stride=patch_stride,
        skip_steps=skip_steps,
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
    compile_for_task(model, plan.task, logits=plan.head.logits, quantiles=plan.head.quantiles)
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

    `flop_steps` is the length of the sequence for which a budget of operations is solved, where
    `input_shape` leaves it open.
    """
    if flop_steps is not None and flop_budget is None:
        raise ValueError(
            f"flop_steps={flop_steps!r} is the length of the sequence for which a flop_budget is "
            "solved; give one, or leave it out."
        )
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
    steps = plan.stem.time
    if flop_steps is not None:
        flop_steps = check_integer("flop_steps", flop_steps, 1)
        if steps not in (None, flop_steps):
            raise ValueError(
                f"flop_steps={flop_steps}: input_shape={input_shape!r} says {steps} steps already; "
                "leave it out."
            )
        steps = flop_steps
    if steps is None:
        raise ValueError(
            f"flop_budget={flop_budget}: operations depend on the number of steps, which "
            f"input_shape={input_shape!r} leaves open; give it, such as (100, 8)."
        )
    return _solve(plan, "flop_budget", check_integer("flop_budget", flop_budget, 1), steps)


def _solve(plan, name, budget, steps):
    try:
        hash(plan)
    except TypeError:
        # An own parameter such as a dict: solved anew each time.
        return _solve_anew.__wrapped__(plan, name, budget, steps)
    return _solve_anew(plan, name, budget, steps)


@functools.lru_cache(maxsize=256)
def _solve_anew(plan, name, budget, steps):
    def count(plan):
        model = _assemble(plan.without_vocabulary())
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
        # On TensorFlow XLA compiles anew for every batch shape, which costs more than it gains
        # where the number of steps or the last batch differs; JAX compiles in no other way.
        jit_compile=keras.backend.backend() == "jax",
    )
    # Keras builds it when it loads a file, and warns if the saved one was not.
    model.optimizer.build(model.trainable_variables)


def _assemble(plan):
    inputs = plan.stem.inputs()
    # Layers that read in both directions serialise the one that they are given.
    with without_tensorflow():
        return keras.Model(inputs, plan.spec.kind.apply(plan, inputs), name=plan.spec.name)
