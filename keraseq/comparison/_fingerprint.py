"""What a fit depends on beside its data, as a hash: parameters, and the code of what is not ours.

The hash is equal in every process, and another one when a function of a notebook was changed:
functions and classes that no package brings are read down to their bytecode, with their constants,
defaults, closures and the globals that they name. What a package brings stands under its name and
version.
"""

import dis
import functools
import hashlib
import inspect
import os
import re
import sys
import sysconfig
from pathlib import Path
from types import CodeType, MethodType, ModuleType

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from keraseq._keras import is_keras_model
from keraseq.models import find_model, is_registered
from keraseq.wrappers.network_estimator import NetworkEstimator

# In the header of a journal, of the last three the one that runs; where one of them differs it is
# refused.
HEADER_PACKAGES = ("keraseq", "keras", "tensorflow", "jax", "torch")
# Parameters that may name files from which a fit starts.
_FILES = "pretrained", "embeddings"
_PLAIN = (type(None), bool, int, float, complex, str, bytes, type(...))
_SKIPPED = {
    *("__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__annotations__"),
    *("__firstlineno__", "__static_attributes__", "__abstractmethods__", "_abc_impl"),
}


def fingerprint(estimator):
    """Return a hash of an unfitted estimator; its seeds are left out, which each fit is given."""
    return hashlib.sha256(repr(_Reader().read(estimator)).encode()).hexdigest()[:32]


class _Reader:
    """Turns a value into nested tuples of plain values."""

    def __init__(self):
        self._known = {}  # functions, classes: id -> the object, which keeps its id taken
        self._open = []  # ids of what is being read, so that a circle ends

    def read(self, value):
        if isinstance(value, _PLAIN):
            return repr(value)
        if id(value) in self._open:
            return "circle"
        self._open.append(id(value))
        try:
            return self._read(value)
        finally:
            self._open.pop()

    def _read(self, value):
        if isinstance(value, np.ndarray | np.generic | pd.Series | pd.DataFrame | pd.Index):
            return "data", joblib.hash(value)
        if isinstance(value, dict):
            return "dict", *((self.read(k), self.read(value[k])) for k in sorted(value, key=repr))
        if isinstance(value, set | frozenset):
            return "set", *map(self.read, sorted(value, key=repr))
        if isinstance(value, list | tuple):
            return type(value).__name__, *map(self.read, value)
        if isinstance(value, CodeType):
            return self._code(value)
        if isinstance(value, ModuleType):
            return _package(value.__name__, "")
        if isinstance(value, MethodType):
            return "method", self.read(value.__func__), self.read(value.__self__)
        if isinstance(value, functools.partial):
            return "partial", *map(self.read, (value.func, value.args, value.keywords))
        if isinstance(value, staticmethod | classmethod):
            return type(value).__name__, self.read(value.__func__)
        if isinstance(value, property):
            return "property", *map(self.read, (value.fget, value.fset))
        if isinstance(value, functools.cached_property):
            return "property", self.read(value.func)
        if inspect.isclass(value) or inspect.isroutine(value) or hasattr(value, "__wrapped__"):
            return self._definition(value)
        return self._instance(value)

    def _definition(self, value):
        """A function or class: by name if a package brings it, else by its code."""
        module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
        if id(value) in self._known:
            return "again", name
        self._known[id(value)] = value
        if inspect.isclass(value):
            return _package(module, name) if _is_brought(module) else self._class(value)
        # What lru_cache, wraps and tf.function make of a function is that function too.
        inner = self.read(getattr(value, "__wrapped__", None))
        if not inspect.isfunction(value):
            return _package(module, name), inner
        # A wrapper calls itself what it wraps; its code tells who wrote it.
        module, name = value.__globals__.get("__name__"), value.__code__.co_qualname
        return _package(module, name) if _is_brought(module) else self._function(value), inner

    def _class(self, value):
        bases = [self.read(base) for base in value.__mro__[1:-1]]
        own = {k: v for k, v in vars(value).items() if k not in _SKIPPED}
        return "class", *bases, self.read(own)

    def _function(self, value):
        loaded, attributes, imported = _names(value.__code__)
        named = {name: value.__globals__[name] for name in loaded if name in value.__globals__}
        named.update({name: sys.modules[name] for name in imported if name in sys.modules})
        named = {name: _used(part, attributes) for name, part in named.items()}
        return (
            "function",
            self.read(value.__code__),
            self.read(value.__defaults__),
            self.read(value.__kwdefaults__),
            self.read([_content(cell) for cell in value.__closure__ or ()]),
            self.read(named),
            self.read({k: v for k, v in vars(value).items() if k != "__wrapped__"}),
        )

    def _code(self, code):
        names = code.co_names, code.co_varnames, code.co_freevars
        return "code", code.co_code.hex(), code.co_flags, names, self.read(code.co_consts)

    def _instance(self, value):
        kind = self._definition(type(value))
        if isinstance(value, BaseEstimator):
            return kind, self._parameters(value)
        if is_keras_model(value):
            layers = [type(layer).__name__ for layer in value.layers]
            return kind, self.read(layers), self.read(value.get_weights())
        if not _is_brought(type(value).__module__):
            return kind, self.read(value.__getstate__())
        # Of a package's object what it shows, what is plain in it, and what is the user's.
        state = getattr(value, "__dict__", {})
        if callable(getattr(value, "get_config", None)):
            shown = {k: v for k, v in value.get_config().items() if k != "name"}
            return kind, self.read([shown, {k: v for k, v in state.items() if _is_users(v)}])
        shown = re.sub(r" at 0x[0-9a-f]+", "", repr(value))
        return kind, shown, self.read({k: v for k, v in state.items() if _is_setting(v)})

    def _parameters(self, estimator):
        params = estimator.get_params(deep=False)
        # Each fit sets them.
        params.pop("random_state", None)
        if isinstance(estimator, NetworkEstimator) and is_registered(estimator.model):
            spec = find_model(estimator.model)
            params["model"] = spec.name if spec.is_ours else [spec.flags, spec.function]
        if isinstance(estimator, NetworkEstimator):
            params.update({name: _held(params[name]) for name in _FILES if name in params})
        if hasattr(estimator, "_network"):
            # Fitted, it is what another one starts from.
            params["weights"] = joblib.hash(estimator._network.weights)
        return self.read(params)


def _names(code):
    """The globals that code loads, the attributes that it takes, the modules that it imports."""
    loaded, attributes, imported = set(), set(), set()
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            loaded.add(step.argval)
        elif step.opname in ("LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM"):
            attributes.add(step.argval)
        elif step.opname == "IMPORT_NAME":
            imported.add(step.argval)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            for names, more in zip((loaded, attributes, imported), _names(inner), strict=True):
                names |= more
    return loaded, attributes, imported


def _held(value):
    """What files hold, by their bytes, wherever they lie."""
    if isinstance(value, list | tuple):
        return [_held(part) for part in value]
    if isinstance(value, str | os.PathLike) and os.path.isfile(value):
        with open(value, "rb") as file:
            return "file", hashlib.file_digest(file, "sha256").hexdigest()
    return value


def _content(cell):
    try:
        return cell.cell_contents
    except ValueError:  # Not filled yet.
        return None


def _used(value, attributes, depth=3):
    """Of a module that no package brings, what code takes from it; any other value itself."""
    if not isinstance(value, ModuleType) or _is_brought(value.__name__) or not depth:
        return value
    names = sorted(set(vars(value)) & attributes)
    return {name: _used(getattr(value, name), attributes, depth - 1) for name in names}


def _is_setting(value):
    if isinstance(value, list | tuple | set):
        return all(map(_is_setting, value))
    if isinstance(value, dict):
        return all(map(_is_setting, value.values()))
    return isinstance(value, (*_PLAIN, np.generic)) or _is_users(value)


def _is_users(value):
    named = inspect.isroutine(value) or inspect.isclass(value)
    return not _is_brought(getattr(value if named else type(value), "__module__", None))


def _package(module, name):
    package = str(module).partition(".")[0]
    version = getattr(sys.modules.get(package), "__version__", "")
    if package in HEADER_PACKAGES or not isinstance(version, str):
        version = ""
    return "package", f"{module}.{name}", version


@functools.cache
def _is_brought(module):
    """Whether Python, keraseq or an installed package brings the module."""
    if module is None:
        return True
    found = sys.modules.get(module)
    if module in ("__main__", "__mp_main__") or found is None:
        return False
    if module.partition(".")[0] == "keraseq" or module in sys.builtin_module_names:
        return True
    file = getattr(found, "__file__", None)
    if file is None:
        return getattr(getattr(found, "__spec__", None), "origin", None) in ("frozen", "built-in")
    path = Path(file)
    standard = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    return not {"site-packages", "dist-packages"}.isdisjoint(path.parts) or any(
        path.is_relative_to(folder) for folder in standard if folder
    )
