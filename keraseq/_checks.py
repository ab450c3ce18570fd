"""What every stage needs to say clearly what was wrong with an argument."""

import difflib
import importlib
import numbers
import reprlib

_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxlong = _REPR.maxother = 40


def nearest_names(name, allowed):
    """Return " Did you mean 'x'?" for the names close to `name`, or an empty string."""
    by_lower = {str(one).lower(): one for one in allowed}
    close = difflib.get_close_matches(str(name).lower(), by_lower, n=2, cutoff=0.6)
    said = " or ".join(repr(by_lower[one]) for one in close)
    return f" Did you mean {said}?" if close else ""


def check_choice(argument, value, allowed):
    """Raise ValueError unless `value` is one of `allowed`; propose the nearest."""
    allowed = list(allowed)
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(
            f"{argument}={value!r} is not known; it must be one of "
            f"{', '.join(map(repr, allowed))}.{nearest_names(value, allowed)}"
        )
    return value


def check_integer(argument, value, minimum):
    """Return `value` as int, or raise naming the argument, what came and what is allowed."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(
            f"{argument}={shown(value)} is a {type(value).__name__}; it must be an integer "
            f"of at least {minimum}."
        )
    if value < minimum:
        raise ValueError(f"{argument}={value} is too small; it must be at least {minimum}.")
    return int(value)


def check_steps_ahead(n, horizon):
    """Return how many steps a `predict` of series was asked for, `horizon` where n is None."""
    if n is None:
        return horizon
    if hasattr(n, "__len__"):
        raise TypeError(
            f"n is a {type(n).__name__}; it is how many steps to forecast. A history is given by "
            "its name: predict(y=...)."
        )
    return check_integer("n", n, 1)


def check_fraction(argument, value):
    """Return `value` as float, or raise unless 0 <= value < 1."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{argument}={value!r} must be a number from 0 up to, not including, 1.")
    if not 0 <= value < 1:
        raise ValueError(f"{argument}={value} must lie from 0 up to, not including, 1.")
    return float(value)


def shown(value):
    """Return how an error shows a value: its repr, cut where it is long or deep."""
    try:
        # Frames are written over many lines.
        return " ".join(_REPR.repr(value).splitlines())
    except ValueError:
        # Python refuses to print integers of over 4300 digits.
        return f"<{type(value).__name__}>"


def import_extra(module, extra):
    """Import an optional dependency, or raise ImportError with the pip command that brings it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"This needs the package {module.partition('.')[0]!r}, which is not installed. "
            f"Install it with: pip install 'keraseq[{extra}]'"
        ) from error
