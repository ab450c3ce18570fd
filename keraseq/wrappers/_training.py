"""One training loop for every estimator."""

import copy
import functools
import math
import warnings

import keras

from keraseq._checks import check_choice

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
        return _nameless(keras.optimizers.serialize(optimizer))
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
    return _nameless(keras.optimizers.serialize(made))


def _nameless(config):
    """Without the number that Keras gives each instance, so that equal optimisers are equal."""
    config["config"]["name"] = config["class_name"].lower()
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


class _BestWeights(keras.callbacks.Callback):
    """Keep the weights of the epoch with the lowest validation loss; stop when it stays away."""

    def __init__(self, patience):
        super().__init__()
        self.patience = patience
        self.best_loss = float("inf")
        self.best_epoch = -1
        self.best_weights = None

    def on_test_end(self, logs=None):
        # Here and not at the epoch's end, since averaged weights are swapped in for the test alone.
        if logs["loss"] < self.best_loss:
            self.best_loss = logs["loss"]
            self.best_weights = self.model.get_weights()
            self.best_epoch = -1

    def on_epoch_end(self, epoch, logs=None):
        if self.best_epoch == -1:
            self.best_epoch = epoch
        elif self.patience is not None and epoch - self.best_epoch >= self.patience:
            self.model.stop_training = True


class _LearningRate(keras.callbacks.Callback):
    """Let the rate fall from `start` to zero along a cosine over `steps` steps, or stay.

    It is assigned, and so no part of the trace, as a schedule would be.
    """

    def __init__(self, start, steps):
        super().__init__()
        self.start, self.steps = start, steps
        self.step = 0

    def on_train_begin(self, logs=None):
        self.model.optimizer.learning_rate = self.start

    def on_epoch_begin(self, epoch, logs=None):
        self.step = epoch * self.params["steps"]

    def on_train_batch_begin(self, batch, logs=None):
        if self.steps is None:
            return
        share = min(1.0, self.step / self.steps)
        self.model.optimizer.learning_rate = self.start * 0.5 * (1 + math.cos(math.pi * share))
        self.step += 1


class _Epoch(keras.callbacks.Callback):
    """Tell the batches which epoch it is, since its number decides their order."""

    def __init__(self, batches):
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch, logs=None):
        self.batches.epoch = epoch


class _SaveState(keras.callbacks.Callback):
    """Write all that the rest of a fit depends on after every epoch, and read it again."""

    def __init__(self, checkpoint, best):
        super().__init__()
        self.checkpoint, self.best = checkpoint, best
        self.history = {}

    def resume(self, model):
        """Put the saved state back; return the first epoch still to be run."""
        saved = self.checkpoint.load()
        if saved is None:
            return 0
        facts, arrays = saved
        for name, variables in _state(model).items():
            for variable, value in zip(variables, arrays[name], strict=True):
                variable.assign(value)
        self.best.best_loss, self.best.best_epoch = facts["best_loss"], facts["best_epoch"]
        self.best.best_weights = arrays["best"] or None
        self.history = facts["history"]
        return math.inf if facts["stopped"] else facts["epoch"] + 1

    def on_epoch_end(self, epoch, logs=None):
        arrays = {
            name: [v.numpy() for v in variables] for name, variables in _state(self.model).items()
        }
        # Not Keras's own history, which learns of this epoch only after this callback.
        self.history = _joined(self.history, {name: [value] for name, value in logs.items()})
        facts = {
            "epoch": epoch,
            "history": self.history,
            "best_loss": self.best.best_loss,
            "best_epoch": self.best.best_epoch,
            "stopped": self.model.stop_training,
        }
        self.checkpoint.save(facts, {**arrays, "best": self.best.best_weights or []})


def _state(model):
    return {"model": model.variables, "optimizer": model.optimizer.variables}


def _joined(earlier, later):
    names = [*earlier, *(name for name in later if name not in earlier)]
    return {n: [*earlier.get(n, []), *(float(v) for v in later.get(n, []))] for n in names}


def fit_model(
    model,
    training,
    validation=None,
    *,
    epochs,
    learning_rate=None,
    constant_rate=False,
    early_stopping=False,
    n_iter_no_change=5,
    callbacks=(),
    checkpoint=None,
    verbose=0,
):
    """Fit a compiled model, with the best weights kept where there is a validation part.

    Ctrl-C ends the training with a warning, and keeps the best weights so far.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    training, validation : Batches
        Inputs and targets (and weights).
    epochs : int
        At most so many passes.
    learning_rate : float, optional
        Falls to zero along a cosine. Without it the optimiser's own rate or schedule is used.
    constant_rate : bool, default=False
        The rate does not fall, which training bit by bit asks for: its end is unknown.
    early_stopping : bool, default=False
        Stop after `n_iter_no_change` epochs without a lower validation loss.
    callbacks : sequence of keras.callbacks.Callback
        Copied, so that no two fits share one.
    checkpoint : Checkpoint, optional
        Written after every epoch, gone on from if it is there, and removed at the end (after
        Ctrl-C it stays).
    verbose : int, default=0
        As of ``keras.Model.fit``: 0 silent, 1 a progress bar, 2 a line an epoch.

    Returns
    -------
    history : dict of list
        A value an epoch for each metric.
    n_iter : int
        Epochs run.
    """
    best = _BestWeights(n_iter_no_change if early_stopping else None)
    hooks = [_Epoch(training), *(copy.deepcopy(callback) for callback in callbacks)]
    if learning_rate is not None:
        steps = None if constant_rate else max(1, epochs * len(training))
        hooks.append(_LearningRate(learning_rate, steps))
    if validation is not None:
        hooks.append(best)
        if getattr(model.optimizer, "use_ema", False):
            hooks.append(keras.callbacks.SwapEMAWeights())
    state = None if checkpoint is None else _SaveState(checkpoint, best)
    first, history, interrupted = 0, {}, False
    if state is not None:
        hooks.append(state)
        first = state.resume(model)
        history = state.history
    if first < epochs:
        later, interrupted = _run_epochs(model, training, validation, first, epochs, hooks, verbose)
        history = _joined(history, later)
    if best.best_weights is not None:
        model.set_weights(best.best_weights)
    if checkpoint is not None and not interrupted:
        checkpoint.remove()
    return history, len(history.get("loss", ()))


def _run_epochs(model, training, validation, first, epochs, hooks, verbose):
    """Return the history, and whether Ctrl-C ended it."""
    interrupted = False
    try:
        model.fit(
            training.dataset,
            validation_data=None if validation is None else validation.dataset,
            initial_epoch=first,
            epochs=epochs,
            callbacks=hooks,
            verbose=verbose,
            shuffle=False,
        )
    except KeyboardInterrupt:
        interrupted = True
        warnings.warn(
            "Training was interrupted; the best weights so far are kept.", UserWarning, stacklevel=5
        )
    return model.history.history, interrupted
