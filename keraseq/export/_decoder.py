"""From JSON and arrays to an estimator: what a file holds is data, and never called."""

import dataclasses
import functools
import inspect
import math

import numpy as np
import sklearn
from sklearn.base import BaseEstimator

from keraseq.export._arrays import numpy_dtype
from keraseq.export._classes import class_of
from keraseq.export._foreign import read_foreign
from keraseq.export._forms import OF_TAG
from keraseq.export._needs import check_optimizer

_MOST_TEXT = 2**28
_REQUESTED = ("fit", "partial_fit", "predict", "predict_proba", "predict_log_proba", "score")
_REQUESTED += ("decision_function", "transform", "inverse_transform")


class Decoder:
    """Reads what an `Encoder` has written.

    Parameters
    ----------
    arrays : dict of str to ndarray
    foreign : list of bytes
    brought : dict
        What the names of the file stand for.
    """

    def __init__(self, arrays, foreign, brought):
        self._arrays, self._foreign, self._brought = arrays, foreign, brought
        self.objects = []
        self._readers = {
            "ref": self._ref,
            "scalar": self._scalar,
            "dict": self._dict,
            "pairs": self._pairs,
            "array": self._array,
            "cells": self._cells,
            "texts": _texts,
            "dtype": _dtype,
            "task": _task,
            "architecture": self._architecture,
            "function": self._function,
            "optimizer": self._optimizer,
            "object": self._object,
            "sklearn": self._sklearn,
        }

    def decode(self, objects, root):
        """Return the value `root`, of the larger values `objects`."""
        for written in objects:
            # Each may refer to those before it alone, so that nothing holds itself.
            self.objects.append(self._value(written))
        return self._value(root)

    def _value(self, written):
        if written is None or isinstance(written, bool | int | float | str):
            return written
        if not isinstance(written, dict) or len(written) != 1:
            raise ValueError(f"{written!r:.60} is no value")
        ((tag, parts),) = written.items()
        if tag in self._readers:
            return self._readers[tag](parts)
        if tag not in OF_TAG or not isinstance(parts, list):
            raise ValueError(f"{tag!r:.60} is no kind of value")
        return OF_TAG[tag].value(*map(self._value, parts))

    def _ref(self, place):
        if type(place) is not int or not 0 <= place < len(self.objects):
            raise ValueError(f"nothing stands at {place!r:.60} yet")
        return self.objects[place]

    def _scalar(self, parts):
        name, value = parts
        dtype, value = _dtype(name), self._value(value)
        if dtype.kind in "mM":
            return np.array(value, "i8").view(dtype)[()]
        return np.array(value, dtype)[()]

    def _dict(self, parts):
        return {name: self._value(part) for name, part in parts.items()}

    def _pairs(self, parts):
        return {self._value(key): self._value(value) for key, value in parts}

    def _array(self, parts):
        name, dtype, order = parts
        stored = self._arrays[name]
        if order not in ("C", "F"):
            raise ValueError(f"{order!r:.60} is no order of an array")
        array = stored.T if order == "F" else stored
        wanted = numpy_dtype(dtype) if dtype == "bfloat16" else _dtype(dtype)
        if wanted.kind in "mM" and stored.dtype == np.int64:
            return array.view(wanted)
        if wanted.newbyteorder("=") != stored.dtype:
            raise ValueError(f"the array {name!r} is of {stored.dtype}, not of {wanted}")
        return array.astype(wanted, copy=False)

    def _cells(self, parts):
        shape, cells = parts
        array = np.empty(_count(shape, cells), object)
        for place, cell in enumerate(cells):
            array[place] = self._value(cell)
        return array.reshape(shape)

    def _architecture(self, name):
        from keraseq.models import find_model

        return self._brought[name] if name in self._brought else find_model(_ours(name))

    def _function(self, name):
        value = self._brought[name] if name in self._brought else self._architecture(name)
        # Of a registered architecture the function is what an estimator was given.
        return getattr(value, "function", value) if _is_spec(value) else value

    def _optimizer(self, config):
        from keraseq.training.optimizer import deserialize

        return deserialize(check_optimizer(self._value(config)))

    def _sklearn(self, place):
        return read_foreign(self._foreign[place])

    def _object(self, parts):
        name, state = parts
        kind, state = class_of(name), self._dict(state)
        if dataclasses.is_dataclass(kind):
            if "optimizer" in state:
                check_optimizer(state["optimizer"])
                _check_loss(state["loss"])
            return kind(**state)
        if issubclass(kind, dict):
            return kind(**state)
        made = kind.__new__(kind)
        if issubclass(kind, BaseEstimator):
            # What a later keraseq has given a parameter is its default for an older file.
            state = {**_defaults(kind), **state}
        requests = state.pop("_metadata_request", {})
        if hasattr(made, "__setstate__"):
            made.__setstate__(state)
        else:
            vars(made).update(state)
        _request(made, requests)
        return made


@functools.cache
def _defaults(kind):
    if kind.__init__ is object.__init__:
        return {}
    parameters = inspect.signature(kind.__init__).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def _request(estimator, requests):
    """Tell metadata routing again what it was told."""
    with sklearn.config_context(enable_metadata_routing=True):
        for method, told in requests.items():
            if not isinstance(estimator, BaseEstimator) or method not in _REQUESTED:
                raise ValueError(f"{method!r:.60} takes no requests")
            getattr(estimator, f"set_{method}_request")(**told)


def _check_loss(loss):
    if loss is not None and not isinstance(loss, str):
        raise ValueError(f"{loss!r:.60} is no loss")


def _count(shape, cells):
    if any(type(n) is not int or n < 0 for n in shape) or math.prod(shape) != len(cells):
        raise ValueError(f"{len(cells)} cells are none of the shape {shape!r:.60}")
    return len(cells)


def _texts(parts):
    name, shape, texts = parts
    dtype = np.dtype(name)
    if dtype.kind != "U" or not all(type(text) is str for text in texts):
        raise ValueError(f"{name!r:.60} is no dtype of text")
    if dtype.itemsize * _count(shape, texts) > _MOST_TEXT:
        raise ValueError(f"{len(texts)} texts of {dtype} are too many")
    return np.array(texts, dtype).reshape(shape)


def _dtype(name):
    dtype = np.dtype(name)
    if not isinstance(name, str) or dtype.kind not in "biufmMUS" or dtype.itemsize > 2**16:
        raise ValueError(f"{name!r:.60} is no dtype of an array")
    return dtype


def _task(name):
    from keraseq.tasks import get_task

    return get_task(name)


def _ours(name):
    from keraseq.models import model_file_names

    if name not in model_file_names():
        raise ValueError(f"{name!r:.60} is no architecture of the zoo")
    return name


def _is_spec(value):
    from keraseq.models import ModelSpec

    return isinstance(value, ModelSpec)
