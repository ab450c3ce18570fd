"""Keras, imported when it is first used.

It takes seconds, which neither the refusal of bad input nor a clone should have to wait for. What
subclasses Keras at module level imports Keras itself, and is imported where it is used.
"""

import importlib
import sys


class _Late:
    """A module that stands in for another one until somebody asks for what is in it."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        if attribute.startswith("__") and attribute != "__version__":
            # Who looks a module over, such as doctest, is no user of Keras.
            raise AttributeError(attribute)
        return getattr(importlib.import_module(self._name), attribute)


keras, layers, ops = map(_Late, ("keras", "keras.layers", "keras.ops"))


def is_keras_model(value):
    """Whether it is a Keras model; without Keras there is none."""
    return "keras" in sys.modules and isinstance(value, keras.Model)
