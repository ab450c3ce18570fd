"""A fit's optimiser, as the configuration from which a compiled model makes its own."""

import copy
import functools
import json

from keraseq._checks import check_choice
from keraseq._keras import keras, without_tensorflow

_AVERAGED_SHARE = 0.2
_LONGEST_AVERAGE = 500
# What Keras does not read, in the configuration of an optimiser whose average is ours.
_AVERAGE = "average"


def optimizer_config(optimizer, *, averaged):
    """Return the configuration of a fit's optimiser, which `make_optimizer` reads.

    Parameters
    ----------
    optimizer : "auto", str or keras.optimizers.Optimizer
        AdamW with weight decay and clipped gradients; one of Keras's by name; or an instance, of
        which only the configuration is read.
    averaged : bool
        Keep the weights' exponential moving average over about the last fifth of the steps so far
        (at most 500) beside them; it is what is validated and what the fit ends with.

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
    check_choice("optimizer", optimizer.lower(), ["auto", *_optimizer_names()])
    return copy.deepcopy(_config_by_name(optimizer.lower(), averaged))


@functools.cache
def _config_by_name(name, averaged):
    """The configuration of an optimiser with its defaults; made once, since each leaks memory."""
    settings = {"use_ema": True, "ema_momentum": 1 - 1 / _LONGEST_AVERAGE} if averaged else {}
    if name == "auto":
        made = keras.optimizers.AdamW(weight_decay=0.004, global_clipnorm=1.0, **settings)
    else:
        made = _optimizer_names()[name](**settings)
    return {**_written(made), _AVERAGE: "growing"} if averaged else _written(made)


def make_optimizer(written):
    """Return the optimiser of a configuration in JSON."""
    config = json.loads(written)
    average = config.pop(_AVERAGE, None)
    optimizer = deserialize(config)
    if average == "growing":
        # Of Keras's, which is as long from the first step on, half are the first weights at step
        # 350: until then nothing would be validated but these.
        optimizer._update_model_variables_moving_average = functools.partial(_average, optimizer)
        # Keras hands in those that learn, one less for each that a callback has frozen, and pairs
        # them with the averages of all.
        put = optimizer._overwrite_model_variables_with_average_value
        optimizer._overwrite_model_variables_with_average_value = functools.partial(
            _put_averages, optimizer, put
        )
    if isinstance(optimizer, keras.optimizers.Muon):
        # It asks for the shapes of gradients, which TensorFlow does not know of recurrent layers.
        update = optimizer._muon_update_step
        optimizer._muon_update_step = functools.partial(_of_known_shape, update)
    return optimizer


def deserialize(config):
    """Return the optimiser that Keras has written down so."""
    # Keras does not find all of its own by name: of Lamb it returns the name.
    found = _optimizer_names().get(config["class_name"].lower())
    is_ours = found is None or config.get("registered_name") is not None
    known = None if is_ours else {config["class_name"]: found}
    return keras.optimizers.deserialize(config, custom_objects=known)


def _of_known_shape(update, gradient, variable, *others):
    update(keras.ops.reshape(gradient, variable.shape), variable, *others)


def _average(optimizer, variables):
    ops = keras.ops
    window = 1 + _AVERAGED_SHARE * ops.cast(optimizer.iterations, "float32")
    share = ops.maximum(1 / window, 1 - optimizer.ema_momentum)
    for variable, average in zip(variables, optimizer._model_variables_moving_average, strict=True):
        if average is not None:
            average.assign(average + ops.cast(share, average.dtype) * (variable - average))


def _put_averages(optimizer, put, variables):
    put(optimizer._trainable_variables)


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
