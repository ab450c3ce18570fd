"""What cannot be sent to a worker is named before the first fit."""

import inspect

import cloudpickle

_DEPTH = 5


def check_sendable(parts):
    """Raise TypeError unless all can be sent to another process.

    Parameters
    ----------
    parts : dict
        Objects by the name under which the user knows them.
    """
    for name, value in parts.items():
        error = _refusal(value)
        if error is not None:
            raise TypeError(
                f"{_path(name, value)} cannot be sent to workers ({error}). Make it where it is "
                "used, inside the function or in fit, or fit in one process: n_jobs=1."
            ) from error


def _refusal(value):
    try:
        cloudpickle.dumps(value)
    except Exception as error:
        return error
    return None


def _path(name, value, depth=_DEPTH):
    """Name the innermost part that refuses, with the way to it."""
    for part, inner in _parts(value) if depth else ():
        if _refusal(inner) is not None:
            return _path(f"{name}: {part}", inner, depth - 1)
    return f"{name}={value!r}" if depth == _DEPTH else f"{name} ({type(value).__name__})"


def _parts(value):
    if inspect.isfunction(value):
        return _used_by(value)
    if isinstance(value, dict):
        return [(f"[{key!r}]", inner) for key, inner in value.items()]
    if isinstance(value, list | tuple):
        return [(f"[{place}]", inner) for place, inner in enumerate(value)]
    if hasattr(value, "get_params") and not inspect.isclass(value):
        found = value.get_params(deep=False)
    else:
        found = getattr(value, "__dict__", None) or {}
    return [(f"{name} of {type(value).__name__}", inner) for name, inner in found.items()]


def _used_by(function):
    found = inspect.getclosurevars(function)
    used = {**found.globals, **found.nonlocals}
    return [(f"{name}, used by {function.__name__}()", inner) for name, inner in used.items()]
