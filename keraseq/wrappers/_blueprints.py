"""From an estimator's settings to the blueprint of its model."""

import copy
import json
from collections.abc import Mapping

from keraseq._checks import nearest_names
from keraseq._keras import is_keras_layer, is_keras_model
from keraseq.builders import check_patch_fits, plan_model
from keraseq.models import find_model, is_registered, list_models
from keraseq.tasks import get_task
from keraseq.training.blueprint import FunctionBlueprint, ZooBlueprint
from keraseq.wrappers._auto import is_auto


def make_blueprint(
    estimator,
    params,
    config,
    *,
    input_shape,
    outputs,
    task,
    vocabulary_size=None,
    loss=None,
    quantiles=None,
    steps=None,
    of_loss=(),
    **stem,
):
    """Return the blueprint of an estimator's model, whatever its form.

    Parameters
    ----------
    estimator : NetworkEstimator
    params : dict
        Its resolved `units`, `dropout`, `dtype_policy`, `jit_compile` and, of long series,
        `patch_length`.
    config : dict
        Of `optimizer_config`.
    input_shape, outputs, task, vocabulary_size, quantiles
        As of the builders.
    loss : str, optional
        In place of the task's.
    steps : int, optional
        Length of the sequences for which a budget of operations is solved.
    of_loss : sequence of str
        The estimator's settings that the loss must follow.
    **stem
        Further arguments of the builders, which a user's own function has no part in.

    Raises
    ------
    ValueError, TypeError
        If `model` is neither known nor callable, or a parameter does not fit it.
    """
    config = json.dumps(config, sort_keys=True, default=float)
    own = model_params(estimator)
    computed = params["dtype_policy"], params["jit_compile"]
    if not is_registered(estimator.model):
        _check_function(estimator)
        names = ("optimizer", "learning_rate", "jit_compile")
        settings = (*(n for n in names if not is_auto(getattr(estimator, n))), *of_loss)
        shared = (task, vocabulary_size, own, config, settings, loss, quantiles, *computed)
        return FunctionBlueprint(estimator.model, input_shape, outputs, *shared)
    arguments = {
        "task": task,
        "vocabulary_size": round_up(vocabulary_size),
        "quantiles": quantiles,
        "pooling": estimator.pooling,
        "parameter_budget": estimator.parameter_budget,
        "flop_budget": estimator.flop_budget,
        "flop_steps": None if estimator.flop_budget is None else steps,
        **_sizes(estimator, params),
        **stem,
    }
    if params.get("embedding_dim") is not None:
        arguments["embedding_dim"] = params["embedding_dim"]
    if "patch_length" not in stem and params.get("patch_length") is not None:
        own = {"patch_length": params["patch_length"], **own}
    doubled = sorted(set(own) & set(arguments))
    if doubled:
        raise ValueError(
            f"model_params sets {', '.join(doubled)}, which {type(estimator).__name__} sets "
            "itself, by its own parameters or by the data; leave it out there."
        )
    time = None if isinstance(input_shape, Mapping) else input_shape[0]
    if not get_task(task).reads_history:
        # Rows of any length, so that equal models of other data need no other trace.
        input_shape = (None, *input_shape[1:])
    plan = plan_model(estimator.model, input_shape, outputs, **arguments, **own)
    check_patch_fits(own.get("patch_length"), time)
    start = getattr(estimator, "_start", None)
    if start is None:
        return ZooBlueprint(plan, config, loss, *computed)
    return ZooBlueprint(start.applied(plan), config, loss, *computed, by_layer=True)


def round_up(size):
    """To four sizes an octave: splits of a corpus, with some words more or fewer, share a model."""
    if size is None:
        return None
    step = 1 << max(0, size.bit_length() - 3)
    return -(-size // step) * step


def _sizes(estimator, params):
    """The sizes that the architecture takes, and those that the user gave whether it does or not.

    A budget solves the units; one beside `units` is for the builder to refuse.
    """
    taken = find_model(estimator.model).parameters
    budgets = (estimator.parameter_budget, estimator.flop_budget)
    solved = ("units",) if any(budget is not None for budget in budgets) else ()
    return {
        name: params[name]
        if not is_auto(getattr(estimator, name)) or (name in taken and name not in solved)
        else None
        for name in ("units", "num_layers", "dropout")
    }


def model_params(estimator):
    """A copy of an estimator's `model_params`, checked to be a dict."""
    given = estimator.model_params
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TypeError(
            f"model_params={given!r} must be a dict of the builder's further arguments, such as "
            "{'embedding_dim': 32}."
        )
    # What was fitted stays what it was when the user's dict changes.
    return copy.deepcopy(dict(given))


_OF_THE_ZOO = ("pooling", "parameter_budget", "flop_budget", "patch_length")


def _check_function(estimator):
    model, is_layer = estimator.model, is_keras_layer(estimator.model)
    if is_layer or is_keras_model(model) or not callable(model):
        called = getattr(model, "__name__", type(model).__name__)
        nearest = nearest_names(called, list_models()) if is_layer else ""
        raise TypeError(
            f"model={model!r} must be a name of keraseq.list_models() or a function that "
            f"returns a new keras.Model at every call.{nearest}"
        )
    given = [name for name in _OF_THE_ZOO if getattr(estimator, name, None) is not None]
    sizes = ("units", "num_layers", "dropout")
    given += [name for name in sizes if not is_auto(getattr(estimator, name))]
    if given:
        raise ValueError(
            f"{', '.join(given)}: for models of the zoo. Give your own function its arguments by "
            f"model_params={{{given[0]!r}: ...}}."
        )
