"""From a fitted estimator to JSON and arrays."""

import dataclasses
import inspect
import math
import sys

import numpy as np
from sklearn.base import BaseEstimator

from keraseq._checks import shown
from keraseq.export._arrays import is_storable
from keraseq.export._classes import name_of
from keraseq.export._foreign import is_foreign, write_foreign
from keraseq.export._forms import form_of
from keraseq.export._needs import Needs
from keraseq.export.artifact_error import ArtifactError

# Parameters that say something of this machine, or of this run of the program.
_OF_THE_MACHINE = ("callbacks", "checkpoint", "memory", "strategy")

MISSING = inspect.Parameter.empty


class Encoder:
    """Writes values down as JSON; a larger one once, and a reference wherever it is met again.

    Attributes
    ----------
    objects : list
        The larger values, each after all that it is made of.
    arrays : dict of str to ndarray
        By where they were found.
    foreign : list of bytes
        scikit-learn's, as skops writes them.
    needs : Needs
        What a reader must bring.
    left_out : list of str
        Parameters without a form.
    """

    def __init__(self):
        self.objects, self.arrays, self.foreign = [], {}, []
        self.needs, self.left_out = Needs(), []
        # What is referred to by its id must not be given up meanwhile, so it is held on to.
        self._places, self._held = {}, []
        self._tasks = _task_types()

    def encode(self, value, path):
        """Return a value as JSON; `path` says where it was found, for errors and for arrays."""
        kind = type(value)
        if value is None or kind in (bool, str, int) or (kind is float and math.isfinite(value)):
            return value
        if id(value) in self._places:
            if self._places[id(value)] is None:
                raise ArtifactError(f"{path} holds itself, which an artifact cannot.")
            return {"ref": self._places[id(value)]}
        if isinstance(value, np.generic):
            return {"scalar": [value.dtype.str, self.encode(*_plain(value, path))]}
        form = form_of(value)
        if form is not None and not form.is_shared:
            return {form.tag: self._each(form.parts(value), path)}
        named = self._named(value, path)
        if named is not None:
            return named
        self._places[id(value)] = None
        self._held.append(value)
        if form is not None:
            written = {form.tag: self._each(form.parts(value), path)}
        else:
            written = self._larger(value, path)
        self.objects.append(written)
        self._places[id(value)] = len(self.objects) - 1
        return {"ref": self._places[id(value)]}

    def _each(self, parts, path):
        if len(parts) == 2 and isinstance(parts[0], str) and hasattr(parts[1], "get_params"):
            # A step of a pipeline is known by its name.
            return [parts[0], self.encode(parts[1], f"{path}[{parts[0]!r}]")]
        return [self.encode(part, f"{path}[{place}]") for place, part in enumerate(parts)]

    def _named(self, value, path):
        """What the reader finds by a name: tasks, architectures, functions; else None."""
        if type(value) in self._tasks:
            return {"task": value.name}
        if _is_architecture(value):
            return {"architecture": self.needs.add_architecture(value)}
        # A class of keraseq's or an estimator may well be callable, but is no function.
        if callable(value) and name_of(type(value)) is None and not is_foreign(value):
            return {"function": self.needs.add_function(value, path)}
        return None

    def _larger(self, value, path):
        if isinstance(value, dict) and type(value) is dict:
            return self._dict(value, path)
        if type(value) is np.ndarray or isinstance(value, np.memmap):
            return self._array(np.asarray(value), path)
        if isinstance(value, np.dtype) and value.hasobject is False:
            return {"dtype": value.str}
        if "keras" in type(value).__module__ and hasattr(value, "apply_gradients"):
            return {"optimizer": self._optimizer(value, path)}
        name = name_of(type(value))
        if name is not None:
            return {"object": [name, self._state(value, path)]}
        if is_foreign(value):
            self.foreign.append(write_foreign(value, path))
            return {"sklearn": len(self.foreign) - 1}
        raise ArtifactError(_no_form(value, path))

    def _dict(self, value, path):
        if all(type(key) is str for key in value):
            return {"dict": {key: self.encode(v, f"{path}[{key!r}]") for key, v in value.items()}}
        return {
            "pairs": [
                [self.encode(key, path), self.encode(v, f"{path}[{shown(key)}]")]
                for key, v in value.items()
            ]
        }

    def _array(self, array, path):
        shape = list(array.shape)
        if array.dtype.kind == "O":
            return {"cells": [shape, self._each(array.reshape(-1).tolist(), path)]}
        if array.dtype.kind == "U":
            return {"texts": [array.dtype.str, shape, array.reshape(-1).tolist()]}
        # Which way the cells lie decides the last bit of a product.
        is_turned = array.flags.f_contiguous and not array.flags.c_contiguous
        stored = np.asarray(array.T if is_turned else array, order="C")
        stored = stored.view("i8") if array.dtype.kind in "mM" else stored
        stored = stored.astype(stored.dtype.newbyteorder("="), copy=False)
        if not is_storable(stored.dtype):
            raise ArtifactError(
                f"{path} is an array of {array.dtype}, which an artifact cannot hold."
            )
        while path in self.arrays:
            # Of two keys of a dict that look alike where they are cut.
            path += "'"
        self.arrays[path] = stored
        name = array.dtype.name if array.dtype.kind == "V" else array.dtype.str
        return {"array": [path, name, "F" if is_turned else "C"]}

    def _optimizer(self, value, path):
        from keraseq.training.optimizer import optimizer_config

        config = optimizer_config(value, averaged=False)
        self.needs.add_optimizer(config)
        return self.encode(config, path)

    def _state(self, value, path):
        """The attributes of an object of a known class."""
        if dataclasses.is_dataclass(value):
            state = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.init}
        elif isinstance(value, dict):
            state = dict(value)
        else:
            state = dict(value.__getstate__() or {})
        if "optimizer" in state and dataclasses.is_dataclass(value):
            self.needs.add_optimizer(state["optimizer"])
        # That all models that somebody has registered go along is for pickles between processes.
        state.pop("_users_models", None)
        if "_metadata_request" in state:
            state["_metadata_request"] = _requests(state["_metadata_request"])
        params = value.get_params(deep=False) if isinstance(value, BaseEstimator) else ()
        return {
            name: self._parameter(value, name, v, f"{path}.{name}")
            if name in params
            else self.encode(v, f"{path}.{name}")
            for name, v in state.items()
        }

    def _parameter(self, owner, name, value, path):
        """A constructor's parameter: what has no form is left out where there is a default."""
        default = default_of(type(owner), name)
        if name in _OF_THE_MACHINE and value is not None:
            self.left_out.append(f"{path} ({_described(value)})")
            return self.encode(default, path)
        stores = (self.objects, self.left_out, self.foreign, self.arrays)
        before, needs = [len(store) for store in stores], dict(self.needs.entries)
        try:
            return self.encode(value, path)
        except ArtifactError:
            if default is MISSING or not type(owner).__module__.startswith("keraseq."):
                raise
        self._forget(*before)
        self.needs.entries = needs
        self.left_out.append(f"{path} ({_described(value)})")
        return self.encode(default, path)

    def _forget(self, n_objects, n_left_out, n_foreign, n_arrays):
        """Go back to where the writing of a parameter began."""
        for known, place in list(self._places.items()):
            if place is None or place >= n_objects:
                del self._places[known]
        for name in list(self.arrays)[n_arrays:]:
            del self.arrays[name]
        del self.objects[n_objects:], self.left_out[n_left_out:], self.foreign[n_foreign:]


def _task_types():
    # What nobody has imported is held by nobody: a file without a network needs no Keras.
    tasks = sys.modules.get("keraseq.tasks")
    names = () if tasks is None else tasks.task_names()
    return {type(tasks.get_task(name)) for name in names}


def _is_architecture(value):
    models = sys.modules.get("keraseq.models")
    return models is not None and isinstance(value, models.ModelSpec)


def default_of(kind, name):
    """What a constructor's parameter is where nobody gives it."""
    parameter = inspect.signature(kind.__init__).parameters.get(name)
    return MISSING if parameter is None else parameter.default


def _described(value):
    """What was left out; not by its repr, in which an address may stand."""
    if isinstance(value, list | tuple):
        return ", ".join(type(part).__name__ for part in value)
    return shown(value) if isinstance(value, str) else type(value).__name__


def _requests(request):
    """What metadata routing was told, as dicts; the object itself holds its estimator."""
    methods = {name: getattr(part, "requests", None) for name, part in vars(request).items()}
    return {name: dict(told) for name, told in methods.items() if told}


def _plain(scalar, path):
    """A NumPy scalar as Python's, and where it was found."""
    if scalar.dtype.kind in "mM":
        return scalar.view("i8").item(), path
    is_long = scalar.dtype.kind == "f" and scalar.dtype.itemsize > 8
    if scalar.dtype.kind not in "biufUS" or is_long:
        raise ArtifactError(f"{path} is a {type(scalar).__name__}, which an artifact cannot hold.")
    return scalar.item(), path


def _no_form(value, path):
    kind = type(value)
    return (
        f"{path} is a {kind.__module__}.{kind.__qualname__}, which an artifact cannot hold: it "
        "holds what is keraseq's, scikit-learn's, NumPy's or pandas's, and plain values. Leave it "
        "out, or use joblib.dump, which only whoever trusts the file may load."
    )
