"""Names that are given to `fit` and `set_params`, and where each of them belongs."""

import functools
import inspect
from collections.abc import Mapping

from keraseq._checks import nearest_names

# Keras's name of an argument of fit -> ours of a parameter.
_OURS = {"validation_split": "validation_fraction"}


def refuse_settings(fit):
    """Wrap `fit` so that a setting of the estimator, which Keras's takes, is refused in words."""
    parameters = inspect.signature(fit).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return fit
    _, *taken = parameters

    @functools.wraps(fit)
    def checked(self, *args, **kwargs):
        for name in kwargs:
            if name not in taken:
                raise TypeError(_refusal(self, name, taken))
        return fit(self, *args, **kwargs)

    return checked


def _refusal(estimator, name, taken):
    ours = _OURS.get(name, name)
    # Of an ensemble the parameters stand in the one that it is made of.
    for owner in (estimator, getattr(estimator, "estimator", None)):
        if hasattr(owner, "get_params") and ours in owner.get_params(deep=False):
            return (
                f"fit has no argument {name}: {ours} is a parameter of the estimator. Give it as "
                f"{type(owner).__name__}({ours}=...), or by its set_params before fit."
            )
    return f"fit has no argument {name}; it takes {', '.join(taken)}.{nearest_names(name, taken)}"


def with_entries(estimator, params):
    """Return `params` of `set_params` with each `NAME_params__ENTRY` put into a copy of its dict.

    Raises
    ------
    ValueError
        If something that has no parameters is to be given one.
    """
    known = estimator.get_params(deep=False)
    set_to = {key: value for key, value in params.items() if "__" not in key}
    for key, value in params.items():
        name, _, entry = key.partition("__")
        held = set_to.get(name, known.get(name))
        if not entry:
            continue
        if name not in known or hasattr(held, "set_params"):
            set_to[key] = value
        elif name.endswith("_params") and isinstance(held, Mapping | None):
            set_to[name] = {**(held or {}), entry: value}
        else:
            raise ValueError(_misplaced(estimator, key, held, known))
    return set_to


def _misplaced(estimator, key, held, known):
    name, _, entry = key.partition("__")
    if entry in known:
        return f"{key}: {entry} is a parameter of {type(estimator).__name__}; set {entry}=..."
    if name == "model":
        return (
            f"{key}: what a model takes beside the estimator's parameters is model_params__{entry}."
        )
    return f"{key}: {name}={held!r} has no parameters; give {name} another value."
