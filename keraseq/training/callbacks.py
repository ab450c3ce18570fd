"""The user's Keras callbacks: checked before a fit begins, and copied for it."""

import copy
import re

from keraseq._checks import shown
from keraseq._keras import keras

_MONITORS = ("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau")
_OF_RATES = ("LearningRateScheduler", "ReduceLROnPlateau")


def copy_callbacks(callbacks, *, is_validated, remedy):
    """Return copies of an estimator's `callbacks`, so that no two fits share one.

    Parameters
    ----------
    callbacks : None, keras.callbacks.Callback, or list of them
        One alone is a list of one.
    is_validated : bool
        Whether a validation loss will be there to be monitored.
    remedy : str
        What brings one, for the error.

    Raises
    ------
    TypeError
        For anything that is no callback or cannot be copied.
    ValueError
        For a callback of Keras's that monitors a validation metric where there is none.
    """
    if callbacks is None:
        return []
    if isinstance(callbacks, keras.callbacks.Callback):
        callbacks = [callbacks]
    if not isinstance(callbacks, list | tuple):
        raise TypeError(
            f"callbacks={shown(callbacks)} must be a list of keras.callbacks.Callback, or one."
        )
    copies = []
    for place, callback in enumerate(callbacks):
        said = f"callbacks[{place}]={shown(callback)}"
        if not isinstance(callback, keras.callbacks.Callback):
            hint = f": {callback.__name__}(...)" if isinstance(callback, type) else ""
            raise TypeError(f"{said} is no callback; give an instance{hint}.")
        metric = None if is_validated else _validation_metric(callback)
        if metric is not None:
            raise ValueError(
                f"callbacks[{place}], {type(callback).__name__}, reads {metric!r}, and nothing is "
                f"held back to compute it from: {remedy}; or let it read 'loss'."
            )
        try:
            copies.append(copy.deepcopy(callback))
        except Exception as error:
            raise TypeError(
                f"{said} cannot be copied ({error}), and each fit works with copies of its own; "
                "open files and locks in its on_train_begin, not before."
            ) from error
    return copies


def sets_rate(callbacks):
    """Whether one of Keras's callbacks sets the learning rate, which nothing else may then do."""
    return any(_is_one_of(callback, _OF_RATES) for callback in callbacks)


def _is_one_of(callback, names):
    return isinstance(callback, tuple(getattr(keras.callbacks, name) for name in names))


def _validation_metric(callback):
    """The metric of validation rows that one of Keras's callbacks cannot do without, or None."""
    if not _is_one_of(callback, _MONITORS):
        return None
    # A checkpoint of every epoch names what it monitors too, and does not look at it.
    read = [callback.monitor] if getattr(callback, "save_best_only", True) else []
    read += re.findall(r"{(\w+)", str(getattr(callback, "filepath", "")))
    return next((name for name in read if name.startswith("val_")), None)
