"""The call of a comparison, as code that makes it again."""

import inspect
import numbers
import re
import sys

import numpy as np
from sklearn.base import BaseEstimator

# What changes no score.
_LEFT_OUT = ("n_jobs", "verbose", "resume")
# What has no code: a function stands under its name, an object as ``Name(...)``.
_FUNCTION = re.compile(r"<function (?:[\w<>]+\.)*(\w+) at 0x[0-9a-f]+>")
_OBJECT = re.compile(r"<(?:\w+\.)*(\w+) object at 0x[0-9a-f]+>")


def call_code(function, arguments):
    """Return imports and the call, with the user's data under the names X, y and so on.

    Parameters
    ----------
    function : callable
        A public one of keraseq, whose signature tells what is a default.
    arguments : dict
        What it was called with, by name.
    """
    imports, lines = {}, []
    given = {"X": "X", "y": "y", "test": "(X_test, y_test)"}
    if arguments["y"] is None:
        given["test"] = "X_test"
    if isinstance(arguments["test"], numbers.Real):
        del given["test"]
    if not isinstance(arguments["cv"], numbers.Integral) and not hasattr(arguments["cv"], "split"):
        given["cv"] = "cv"
    for name, parameter in inspect.signature(function).parameters.items():
        value = arguments[name]
        if name in _LEFT_OUT or value is parameter.default:
            continue
        code = given[name] if name in given else _code(value, imports, nested=name == "models")
        is_first = parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        lines.append(f"    {code},\n" if is_first else f"    {name}={code},\n")
    head = "import keraseq\n" + "".join(_import_lines(imports))
    return f"{head}\nresult = keraseq.{function.__name__}(\n{''.join(lines)})"


def _code(value, imports, nested=False):
    """Code of a value; with `nested` a container of more than plain values has a line for each."""
    if isinstance(value, dict):
        items = [f"{_code(k, imports)}: {_code(v, imports)}" for k, v in value.items()]
        return _container("{}", items, nested)
    if isinstance(value, list | tuple):
        items = [_code(item, imports) for item in value]
        one = isinstance(value, tuple) and len(items) == 1
        return _container("()" if isinstance(value, tuple) else "[]", items, nested, comma=one)
    if isinstance(value, np.generic):
        return repr(value.item())
    _note_imports(value, imports)
    if inspect.isfunction(value) or inspect.isclass(value):
        return value.__name__
    is_estimator = isinstance(value, BaseEstimator)
    text = value.__repr__(N_CHAR_MAX=sys.maxsize) if is_estimator else repr(value)
    return _OBJECT.sub(r"\1(...)", _FUNCTION.sub(r"\1", re.sub(r"\n\s*", " ", text)))


def _container(brackets, items, nested, comma=False):
    inner = ", ".join(items) + "," * comma
    if nested and len(inner) > 80:
        inner = "\n" + "".join(f"        {item},\n" for item in items) + "    "
    return brackets[0] + inner + brackets[1]


def _note_imports(value, imports):
    """Remember by module the names that a value's code needs."""
    if isinstance(value, BaseEstimator):
        for inner in value.get_params().values():
            for part in inner if isinstance(inner, list | tuple) else [inner]:
                if isinstance(part, BaseEstimator) or inspect.isfunction(part):
                    _note_imports(part, imports)
    named = value if inspect.isfunction(value) or inspect.isclass(value) else type(value)
    if named.__module__ != "builtins":
        imports.setdefault(_public_module(named), set()).add(named.__name__)


def _public_module(named):
    """The shortest module that has it: ``sklearn.svm`` and not ``sklearn.svm._classes``."""
    parts = named.__module__.split(".")
    for end in range(1, len(parts)):
        module = sys.modules.get(".".join(parts[:end]))
        if getattr(module, named.__name__, None) is named:
            return module.__name__
    return named.__module__


def _import_lines(imports):
    for module, names in sorted(imports.items()):
        together = ", ".join(sorted(names))
        # A notebook's or a script's own definitions can be imported from nowhere.
        if module == "__main__":
            yield f"# and your own {together}\n"
        else:
            yield f"from {module} import {together}\n"
