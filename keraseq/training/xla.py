"""Training steps that XLA compiles, where it can."""

import logging

import numpy as np

from keraseq._keras import keras

_logger = logging.getLogger(__name__)
_HAVE_XLA = ("tensorflow", "jax")


class Counts:
    """What was compiled so far, for those who must know that it was.

    Attributes
    ----------
    n_fits : int
        Trainings whose step XLA compiled.
    n_refused : int
        Models that it could not compile, and which then trained without.
    """

    def __init__(self):
        self.n_fits = self.n_refused = 0


COUNTS = Counts()
_told = set()


def resolve_jit(jit_compile):
    """Return whether a fit's step is compiled by XLA; None is the way of the backend that runs.

    On TensorFlow that is without: XLA compiles anew for every batch shape, and was measured slower
    on a CPU (LSTM) or level (GRU, Transformer). JAX compiles in no other way.

    Raises
    ------
    ValueError, TypeError
        For what is neither a truth value nor "auto", or a backend that has no XLA.
    """
    backend = keras.config.backend()
    if isinstance(jit_compile, str) and jit_compile == "auto":
        # Not yet said, since what is saved may be loaded under another backend.
        return None
    if not isinstance(jit_compile, bool | np.bool_):
        raise TypeError(f"jit_compile={jit_compile!r} must be True, False or 'auto'.")
    if jit_compile and backend not in _HAVE_XLA:
        raise ValueError(
            f"jit_compile=True: Keras runs on {backend}, which has no XLA; "
            f"{' and '.join(_HAVE_XLA)} have it (environment variable KERAS_BACKEND). Leave "
            "jit_compile='auto'."
        )
    return bool(jit_compile)


def use(model):
    """Let XLA compile the training step of a compiled model, unless a layer says it cannot."""
    backend = keras.config.backend()
    unfit = [layer.name for layer in model._flatten_layers() if not layer.supports_jit]
    if backend not in _HAVE_XLA:
        # Of a model that was saved under another one.
        refuse(model, f"Keras runs on {backend}, which has none")
    elif unfit:
        # Such as Keras's LSTM and GRU on a graphics card, whose cuDNN kernels XLA does not have.
        refuse(model, f"the layers {', '.join(unfit)} run without it")
    else:
        model.jit_compile = True


def failed(model, error):
    """Whether an error of a training's first step is XLA's, which the model then does without."""
    if keras.config.backend() != "tensorflow" or not model.jit_compile:
        return False
    import tensorflow as tf

    if not isinstance(error, tf.errors.OpError):
        return False
    refuse(model, f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")
    return True


def refuse(model, reason):
    """Train a model without XLA, and say so once for each reason."""
    model.jit_compile, model.train_function = False, None
    model.test_function = None
    COUNTS.n_refused += 1
    if (model.name, reason) not in _told:
        _told.add((model.name, reason))
        _logger.warning(
            "XLA cannot compile the training step of %r, which runs without (jit_compile=False): "
            "%s",
            model.name,
            reason,
        )
