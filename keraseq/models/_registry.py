"""The registry: a decorator is the whole registration of an architecture."""

import fnmatch
import importlib
import inspect
import pkgutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path

import cloudpickle

from keraseq._checks import check_choice, nearest_names

BODY_TASKS = ("classification", "multilabel", "regression", "tagging", "forecasting")
_SHARED = ("units", "num_layers", "dropout")
_MOST_OWN_PARAMETERS = 4
_registry: dict[str, "ModelSpec"] = {}


@dataclass(frozen=True)
class ModelSpec:
    """What the rest of keraseq knows of an architecture."""

    name: str
    function: Callable
    kind: str
    title: str
    authors: str | None
    year: int | None
    paper: str | None
    causal: bool
    parallel: bool
    tasks: tuple[str, ...]
    second_size: str | None
    # When it was registered (ns): of two with one identity the later one counts.
    registered: int = field(default=0, compare=False)

    @property
    def own_parameters(self):
        """The keyword parameters beyond the shared three, as a dict name -> Parameter."""
        parameters = inspect.signature(self.function).parameters.values()
        keyword = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
        return {p.name: p for p in keyword if p.name not in _SHARED}

    @property
    def whole_reading(self):
        """The pooling of the outputs that have read the whole sequence, and nothing else."""
        return "last" if self.causal else "ends"

    @property
    def identity(self):
        return _identity(self.function)

    @property
    def is_ours(self):
        """Whether a file of the zoo defines it, so that every process knows it by its name."""
        return self.function.__module__ == f"{__package__}.{self.name}"

    def __reduce__(self):
        if self.is_ours:
            return find_model, (self.name,)
        # By value, so that a function of a notebook cell reaches worker processes too.
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        return _restore, (cloudpickle.dumps(values),)


def _identity(function):
    module = getattr(function, "__module__", None)
    # A process that multiprocessing spawns runs the user's script under another name.
    module = "__main__" if module == "__mp_main__" else module
    return module, getattr(function, "__qualname__", None)


def _restore(pickled):
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


def register_model(
    function=None,
    *,
    title=None,
    authors=None,
    year=None,
    paper=None,
    causal=False,
    parallel=False,
    tasks=BODY_TASKS,
    second_size=None,
):
    """Make a body known by its function's name to builders, estimators and comparisons.

    A body maps a tensor `(batch, time, channels)` and its boolean mask `(batch, time)` to a tensor
    `(batch, time, channels)`. Its keyword arguments are ``units``, ``num_layers``, ``dropout`` and
    at most four of its own; it holds no input, embedding, pooling, head or loss.

    Parameters
    ----------
    function : callable
        ``function(x, mask, *, units, num_layers, dropout, **own)``.
    title, authors, paper : str, optional
        The architecture's name in words, its authors and a reference.
    year : int, optional
        Year of the paper.
    causal : bool, default=False
        True when step t of the output depends on steps up to t alone; the pooling "last" asks
        for it.
    parallel : bool, default=False
        True when all steps are computed at once.
    tasks : tuple of str, default=all
        The tasks that it serves.
    second_size : str, optional
        One of its own parameters, a width, that a parameter budget may solve beside ``units``.

    Returns
    -------
    callable
        The function itself.

    Raises
    ------
    TypeError
        If the signature is not that of a body.
    ValueError
        If the name belongs to another function. Registering a function again under its own module
        and name replaces it, so that a notebook cell can be run twice.

    Examples
    --------
    >>> import keras, keraseq
    >>> @keraseq.register_model(title="Causal convolution", causal=True, parallel=True)
    ... def causal_conv(x, mask, *, units=64, num_layers=1, dropout=0.0):
    ...     for _ in range(num_layers):
    ...         x = keras.layers.Conv1D(units, 3, padding="causal", activation="relu")(x)
    ...         x = keras.layers.Dropout(dropout)(x * keras.ops.cast(mask, x.dtype)[..., None])
    ...     return x
    >>> keraseq.build("causal_conv", (None, 2), 3).output_shape
    (None, 3)
    """

    def register(body):
        _check_body(body)
        spec = ModelSpec(
            name=body.__name__,
            function=body,
            kind="body",
            title=title or body.__name__,
            authors=authors,
            year=year,
            paper=paper,
            causal=causal,
            parallel=parallel,
            tasks=tuple(check_choice("tasks", task, BODY_TASKS) for task in tasks),
            second_size=second_size,
            registered=time.time_ns(),
        )
        if second_size is not None and second_size not in spec.own_parameters:
            raise ValueError(
                f"second_size={second_size!r} is not a keyword parameter of {spec.name}; it must "
                f"be one of {sorted(spec.own_parameters)}."
            )
        held = _known_models().get(spec.name)
        if held is not None and held.identity != spec.identity:
            raise ValueError(
                f"A model named {spec.name!r} is already registered by {held.function.__module__}; "
                "give the function another name."
            )
        _registry[spec.name] = spec
        return body

    return register if function is None else register(function)


def _check_body(body):
    if not inspect.isfunction(body):
        raise TypeError(f"register_model takes a function; got {body!r}.")
    parameters = list(inspect.signature(body).parameters.values())
    keyword = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    missing = [name for name in _SHARED if name not in keyword]
    if len(positional) != 2 or missing or len(keyword) + 2 != len(parameters):
        raise TypeError(
            f"A body is called as {body.__name__}(x, mask, *, units, num_layers, dropout, ...) "
            f"with everything after mask by keyword; got {body.__name__}"
            f"{inspect.signature(body)}."
        )
    own = [name for name in keyword if name not in _SHARED]
    if len(own) > _MOST_OWN_PARAMETERS:
        raise TypeError(
            f"{body.__name__} has {len(own)} parameters of its own ({', '.join(own)}); a body "
            f"has at most {_MOST_OWN_PARAMETERS}."
        )


def model_file_names():
    """Return the names of the zoo's files, without importing any of them."""
    folder = str(Path(__file__).parent)
    return sorted(
        module.name
        for module in pkgutil.iter_modules([folder])
        if not module.ispkg and not module.name.startswith("_")
    )


def _known_models():
    """The registry, once every file of the zoo has been imported."""
    for name in model_file_names():
        importlib.import_module(f"{__package__}.{name}")
    return _registry


def list_models(pattern=None, *, task=None):
    """Return the names of the architectures that keraseq can build.

    Parameters
    ----------
    pattern : str, optional
        A shell pattern such as ``"*lstm*"``.
    task : str, optional
        Keep the models that serve this task.

    Returns
    -------
    list of str
        Sorted names.

    Examples
    --------
    >>> import keraseq
    >>> keraseq.list_models("*lstm", task="tagging")
    ['bilstm', 'lstm']
    """
    if task is not None:
        check_choice("task", task, BODY_TASKS)
    return sorted(
        name
        for name, spec in _known_models().items()
        if (pattern is None or fnmatch.fnmatchcase(name, pattern))
        and (task is None or task in spec.tasks)
    )


def is_registered(model):
    """Whether `model` is a name, or a function that was registered."""
    return isinstance(model, str) or any(
        _identity(model) == spec.identity for spec in _known_models().values()
    )


def find_model(name):
    """Return the ModelSpec of a name or of a registered function; errors propose the nearest."""
    known = _known_models()
    if isinstance(name, str) and name in known:
        return known[name]
    for spec in known.values():
        # A worker process holds a copy of a function, which is not the same object.
        if name is spec.function or (callable(name) and _identity(name) == spec.identity):
            return spec
    raise ValueError(
        f"There is no model named {name!r}; the zoo has {', '.join(sorted(known))}."
        f"{nearest_names(name, known)}"
    )
