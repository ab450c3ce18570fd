"""A fit's optimiser, as the configuration from which a compiled model makes its own."""

import copy
import functools
import math

from keraseq._checks import check_choice
from keraseq._keras import keras, without_tensorflow

_AVERAGED_SHARE = 0.2
_LONGEST_AVERAGE = 500


def optimizer_config(optimizer, *, steps, averaged):
    """Return the configuration of the optimiser for a fit of so many steps.

    Parameters
    ----------
    optimizer : "auto", str or keras.optimizers.Optimizer
        AdamW with weight decay and clipped gradients; one of Keras's by name; or an instance, of
        which only the configuration is read.
    steps : int
        Optimiser steps of the whole fit.
    averaged : bool
        Keep the weights' exponential moving average over about the last fifth of the steps (at
        most 500) beside them; it is what is validated and what the fit ends with.

    Raises
    ------
    ValueError, TypeError
        For an unknown name, or anything else.
    """
    if isinstance(optimizer, keras.optimizers.Optimizer):
        return _written(optimizer)
    if not isinstance(optimizer, str):
        raise TypeError(
            f"optimizer={optimizer!r} must be 'auto', a name such as 'adam', or an instance of "
            "keras.optimizers.Optimizer."
        )
    window = None
    if averaged:
        # A power of two, so that fits of nearly as many steps share a compiled model.
        window = 2 ** round(math.log2(max(2.0, min(_LONGEST_AVERAGE, _AVERAGED_SHARE * steps))))
    check_choice("optimizer", optimizer.lower(), ["auto", *_optimizer_names()])
    return copy.deepcopy(_config_by_name(optimizer.lower(), window))


@functools.cache
def _config_by_name(name, window):
    """The configuration of an optimiser with its defaults; made once, since each leaks memory."""
    average = {} if window is None else {"use_ema": True, "ema_momentum": 1 - 1 / window}
    if name == "auto":
        made = keras.optimizers.AdamW(weight_decay=0.004, global_clipnorm=1.0, **average)
    else:
        made = _optimizer_names()[name](**average)
    return _written(made)


def _written(optimizer):
    """The configuration of an optimiser, the same under every backend for equal ones."""
    with without_tensorflow():
        config = _public(keras.optimizers.serialize(optimizer))
    # Without the number that Keras gives each instance.
    config["config"]["name"] = config["class_name"].lower()
    return config


def _public(config):
    """Name Keras's optimisers as Keras does, not the classes that PyTorch has in their place."""
    if not isinstance(config, dict):
        return config
    config = {key: _public(value) for key, value in config.items()}
    if str(config.get("module")).startswith("keras.src.backend."):
        config |= {"module": "keras.optimizers", "registered_name": None}
    return config


def _optimizer_names():
    """Keras's optimisers by their names in lower case."""
    base, wrapper = keras.optimizers.Optimizer, keras.optimizers.LossScaleOptimizer
    found = {name.lower(): value for name, value in vars(keras.optimizers).items()}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, type) and issubclass(value, base) and value not in (base, wrapper)
    }
