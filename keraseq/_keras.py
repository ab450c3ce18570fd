"""Keras, imported when it is first used.

It takes seconds, which neither the refusal of bad input nor a clone should have to wait for. What
subclasses Keras at module level imports Keras itself, and is imported where it is used.
"""

import contextlib
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


@contextlib.contextmanager
def without_tensorflow():
    """Keep Keras on another backend from importing TensorFlow in a block.

    Of whatever it serialises it asks whether that is TensorFlow's, which takes seconds and 300 MB;
    where nobody has imported TensorFlow, nothing is.
    """
    from keras.src.utils import module_utils

    lazy = getattr(module_utils, "tensorflow", None)
    if keras.config.backend() == "tensorflow" or "tensorflow" in sys.modules or lazy is None:
        yield
        return
    before = lazy._available
    lazy._available = False
    try:
        yield
    finally:
        lazy._available = before


def without_gradients():
    """A block in which PyTorch keeps nothing of what is computed, as other backends do not."""
    if keras.config.backend() != "torch":
        return contextlib.nullcontext()
    import torch

    return torch.no_grad()


def is_keras_model(value):
    """Whether it is a Keras model; without Keras there is none."""
    return "keras" in sys.modules and isinstance(value, keras.Model)


def is_keras_layer(value):
    """Whether it is a layer, or a class of them, that is no model."""
    if "keras" not in sys.modules:
        return False
    kind = value if isinstance(value, type) else type(value)
    return issubclass(kind, layers.Layer) and not issubclass(kind, keras.Model)
