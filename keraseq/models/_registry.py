"""The registry: a decorator is the whole registration of an architecture."""

import fnmatch
import functools
import importlib
import inspect
import pkgutil
from pathlib import Path

import cloudpickle
import numpy as np

from keraseq._checks import check_choice, nearest_names
from keraseq.models._spec import FAMILIES, ModelSpec, module_of
from keraseq.tasks import task_names

_registry: dict[str, ModelSpec] = {}


def add(spec):
    """Put a spec into the registry.

    Raises
    ------
    ValueError
        If the name belongs to another module. Registering again under its own module and name
        replaces, so that a notebook cell can be run twice; but not with what the same code makes
        of other values, as in a loop: what is held of the earlier one would become the later one.
    """
    held = _registry.get(spec.name)
    other = [] if held is None else _other_values(held.function, spec.function)
    if other:
        raise ValueError(
            f"{spec.name!r} was registered by the same code with another {', '.join(other)}, and a "
            "model is known by its name: make that a keyword parameter of the function, or give "
            "each function a __name__ of its own."
        )
    taken = None if held is None or held.identity == spec.identity else held.module
    if taken is None and spec.name in model_file_names() and not spec.is_ours:
        taken = f"{__package__}.{spec.name}"
    if taken is not None:
        raise ValueError(
            f"A model named {spec.name!r} is already registered by {taken}; give yours another "
            "name."
        )
    _registry[spec.name] = spec


def _other_values(one, other):
    """The names of what two functions of the same code differ in."""
    if one.__code__ is not other.__code__:
        # A cell run again is compiled again.
        return []
    values = _values(one), _values(other)
    return [name for name in values[0] if not _same(*(held.get(name) for held in values))]


def _values(function):
    """What a function was made with: the variables around it, and its defaults."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    # That one is the function itself.
    cells.pop(function.__name__, None)
    around = {name: _content(cell) for name, cell in cells.items()}
    return {**around, **(function.__kwdefaults__ or {})}


def _content(cell):
    try:
        return cell.cell_contents
    except ValueError:
        # Not yet assigned.
        return None


def _same(one, other):
    if one is other:
        return True
    if inspect.isfunction(one) and inspect.isfunction(other):
        if one.__name__ == "<lambda>":
            return one.__code__ == other.__code__
        # Such as what a decorator has in it, defined again.
        return _names(one) == _names(other) and not _other_values(one, other)
    if isinstance(one, type) and isinstance(other, type):
        return _names(one) == _names(other)
    return type(one) is type(other) and np.array_equal(one, other)


def restore(pickled):
    """Return an unpickled user's model; it is registered unless this process knows a later one.

    A worker process outlives the notebook cell that it got a function from: when the cell is run
    again, the worker must take the new function, and a process that reads an old pickle must not
    take the old one.
    """
    spec = ModelSpec(**cloudpickle.loads(pickled))
    held = _registry.get(spec.name)
    if held is None or (held.identity == spec.identity and held.registered < spec.registered):
        _registry[spec.name] = held = spec
    # What was fitted with an earlier function keeps that function.
    return held if (held.identity, held.registered) == (spec.identity, spec.registered) else spec


def users_models():
    """Return the specs of the models that are not of the zoo's own files."""
    return [spec for spec in _registry.values() if not spec.is_ours]


@functools.cache
def model_file_names():
    """Return the names of the zoo's files, without importing any of them."""
    folder = str(Path(__file__).parent)
    names = [module.name for module in pkgutil.iter_modules([folder]) if not module.ispkg]
    return tuple(sorted(name for name in names if not name.startswith("_")))


def known_names():
    """The names of all models, the zoo's and those registered since."""
    return sorted({*model_file_names(), *_registry})


def list_models(pattern=None, *, task=None, family=None, inputs=None):
    """Return the names of the architectures that keraseq can build.

    Parameters
    ----------
    pattern : str, optional
        A shell pattern such as ``"*lstm*"``.
    task : str, optional
        Keep the models that serve this task.
    family : {"recurrent", "convolutional", "attention", "linear", "other"}, optional
        Keep the models of this family.
    inputs : {"tokens", "numbers"}, optional
        Keep the models that read text and token ids, or series of numbers; most read both.

    Returns
    -------
    list of str
        Sorted names.

    Examples
    --------
    >>> import keraseq
    >>> keraseq.list_models("bi*", task="tagging")
    ['bigru', 'bilstm']
    """
    if task is not None:
        check_choice("task", task, task_names())
    if family is not None:
        check_choice("family", family, FAMILIES)
    if inputs is not None:
        check_choice("inputs", inputs, ("tokens", "numbers"))
    return [
        name
        for name in known_names()
        if (pattern is None or fnmatch.fnmatchcase(name, pattern))
        and (task is None or task in find_model(name).served_tasks)
        and (family is None or find_model(name).family == family)
        and (inputs is None or find_model(name).inputs in ("any", inputs))
    ]


def models_that_read(covariates):
    """The names of the models that read covariates of these kinds ("past", "future", "static")."""
    return [
        name
        for name in known_names()
        if all(find_model(name).reads(covariate) for covariate in covariates)
    ]


def is_registered(model):
    """Whether `model` is the name of a known architecture, or a function that was registered."""
    if isinstance(model, str):
        return model in _registry or model in model_file_names()
    return _spec_of(model) is not None


def find_model(name):
    """Return the ModelSpec of a name or of a registered function; errors propose the nearest."""
    if isinstance(name, str):
        if name not in _registry and name in model_file_names():
            importlib.import_module(f"{__package__}.{name}")
        spec = _registry.get(name)
    else:
        spec = _spec_of(name)
    if spec is None:
        raise ValueError(
            f"There is no model named {name!r}; the zoo has {', '.join(known_names())}."
            f"{nearest_names(name, known_names())}"
        )
    return spec


def _spec_of(function):
    """The spec of a function; a worker process holds a copy of it, which is another object."""
    if not callable(function):
        return None
    names = _names(function)
    if names[0] == __package__.partition(".")[0] and names[-1] in model_file_names():
        return find_model(names[-1])  # keraseq.lstm itself, which is "lstm"
    for spec in _registry.values():
        if not spec.settings and (function is spec.function or _names(spec.function) == names):
            return spec
    return None


def _names(function):
    """What a copy of a function has in common with it; a name may be set without the other."""
    names = (getattr(function, name, None) for name in ("__qualname__", "__name__"))
    return module_of(function), *names
