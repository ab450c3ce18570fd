"""What training does beside its steps, as Keras callbacks."""

import contextlib
import math
import sys
import threading

import keras
import numpy as np

_MOST_RATES = 200


class BestWeights(keras.callbacks.Callback):
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
            # The weights first: Ctrl-C between the two lines leaves the former best ones.
            self.best_weights = self.model.get_weights()
            self.best_loss, self.best_epoch = logs["loss"], -1

    def on_epoch_end(self, epoch, logs=None):
        if self.best_epoch == -1:
            self.best_epoch = epoch
        elif self.patience is not None and epoch - self.best_epoch >= self.patience:
            self.model.stop_training = True


class AveragedWeights(keras.callbacks.Callback):
    """Let the weights' moving average, where the optimiser keeps one, be what is validated.

    Keras's own takes ten times as long: it swaps by sums, whose rounding stays in the weights.
    """

    def on_test_begin(self, logs=None):
        # In half precision another optimiser, which scales the loss, is around the given one.
        optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
        self._learned = []
        if optimizer.use_ema:
            # Where Keras's own callback finds them.
            variables = optimizer._trainable_variables
            averages = optimizer._model_variables_moving_average
            for variable, average in zip(variables, averages, strict=True):
                self._learned.append((variable, np.array(variable.numpy())))
                # A copy: JAX would take the average's own array, and free it after the test.
                variable.assign(keras.ops.copy(average))

    def on_test_end(self, logs=None):
        for variable, value in self._learned:
            variable.assign(value)


class LearningRate(keras.callbacks.Callback):
    """Let the rate fall from `start` to zero along a cosine over `steps` steps, or stay.

    It is assigned, and so no part of the trace, as a schedule would be. A callback of the user's
    that sets one takes it over. To be called before these, whose rate it then finds at every step.
    """

    def __init__(self, start, steps):
        super().__init__()
        self.start, self.steps = start, steps
        self.step, self._last = 0, start
        # With JAX each assignment copies a fit's whole state.
        on_jax = keras.backend.backend() == "jax"
        self._every = max(1, steps // _MOST_RATES) if on_jax and steps else 1

    def on_train_begin(self, logs=None):
        # No rate that a callback would set, so that one that sets `start` is noticed too.
        beside = float(np.nextafter(np.float32(self.start), np.float32(np.inf)))
        self._assign(self.start if self.steps is None else beside)

    def on_epoch_begin(self, epoch, logs=None):
        self.step = epoch * self.params["steps"]

    @property
    def falls(self):
        """Whether nobody else has set the rate."""
        if self.steps is not None and not self._is_ours():
            self.steps = None
        return self.steps is not None

    def take(self, n):
        """The rates of the next n steps, for who assigns them."""
        rates = [self._next() for _ in range(n)]
        self._last = rates[-1]
        return rates

    def on_train_batch_begin(self, batch, logs=None):
        if self.steps is None:
            return
        is_due = self.step % self._every == 0
        rate = self._next()
        if is_due and self.falls:
            self._assign(rate)

    def _next(self):
        share = min(1.0, self.step / self.steps)
        self.step += 1
        # In the precision in which it will be read.
        return float(np.float32(self.start * 0.5 * (1 + math.cos(math.pi * share))))

    def _assign(self, rate):
        self.model.optimizer.learning_rate = self._last = rate

    def _is_ours(self):
        # On JAX a rate is read where the variables are; these are in the step's own state.
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()
        rate = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer).learning_rate
        if not isinstance(rate, keras.Variable):
            # A schedule or a function.
            return False
        assigned = keras.ops.convert_to_numpy(keras.ops.cast(self._last, rate.dtype))
        return float(rate.numpy()) == float(assigned)


class Epoch(keras.callbacks.Callback):
    """Tell the batches which epoch it is, since its number decides their order."""

    def __init__(self, batches):
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch, logs=None):
        self.batches.epoch = epoch


class Interrupts(keras.callbacks.Callback):
    """Raise a Ctrl-C that came while Python freed an object, where it drops every exception.

    To be entered around the training. One of some fifty came there where epochs are short.
    """

    def __init__(self):
        super().__init__()
        self._dropped = None

    def __enter__(self):
        self._former, self._installed = sys.unraisablehook, False
        # Only there does Python raise it; and only there blocks end in the order of their begin.
        if threading.current_thread() is threading.main_thread():
            sys.unraisablehook, self._installed = self._note, True
        return self

    def __exit__(self, *_):
        if self._installed:
            sys.unraisablehook = self._former

    def _note(self, unraisable):
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            self._dropped = unraisable.exc_type
        else:
            self._former(unraisable)

    def check(self):
        """Raise it now, if one came."""
        if self._dropped is not None:
            raise self._dropped

    def on_train_batch_begin(self, batch, logs=None):
        self.check()

    on_test_batch_begin = on_train_batch_begin


class Record(keras.callbacks.Callback):
    """Note what each whole epoch gave.

    Keras's own history is the model's, and after an interrupt still that of an earlier fit.
    """

    def __init__(self):
        super().__init__()
        self.history = {}

    def on_epoch_end(self, epoch, logs=None):
        for name, value in logs.items():
            # A user's callback may note there what is no number, such as a matrix.
            with contextlib.suppress(TypeError, ValueError):
                value = float(value)
                self.history.setdefault(name, []).append(value)


class SaveState(keras.callbacks.Callback):
    """Write all that the rest of a fit depends on after every epoch, and read it again."""

    def __init__(self, checkpoint, best, record):
        super().__init__()
        self.checkpoint, self.best, self.record = checkpoint, best, record

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
        self.record.history = facts["history"]
        return math.inf if facts["stopped"] else facts["epoch"] + 1

    def on_epoch_end(self, epoch, logs=None):
        arrays = {
            name: [v.numpy() for v in variables] for name, variables in _state(self.model).items()
        }
        facts = {
            "epoch": epoch,
            "history": self.record.history,
            "best_loss": self.best.best_loss,
            "best_epoch": self.best.best_epoch,
            "stopped": self.model.stop_training,
        }
        self.checkpoint.save(facts, {**arrays, "best": self.best.best_weights or []})


def _state(model):
    return {"model": model.variables, "optimizer": model.optimizer.variables}
