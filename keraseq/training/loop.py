"""One training loop for every estimator."""

import contextlib
import itertools
import warnings
from dataclasses import dataclass, replace
from functools import partial

import keras

from keraseq.training import compiled_loop, xla
from keraseq.training.callbacks import sets_rate
from keraseq.training.distributed import distribute, prepare
from keraseq.training.hooks import (
    AveragedWeights,
    BestWeights,
    Epoch,
    Interrupts,
    LearningRate,
    Record,
    SaveState,
)
from keraseq.training.layer_rates import Unfreezing
from keraseq.training.recurrences import steps_by_hand


@dataclass(frozen=True)
class Run:
    """What a training gave.

    Attributes
    ----------
    history : dict of list
        A value an epoch for each metric.
    n_iter : int
        Whole epochs run.
    interrupt : KeyboardInterrupt or None
        What ended it before its time.
    jit_compile : bool
        Whether XLA compiled its steps.
    loss_scale : float or None
        At the end, where float16 needs one.
    skipped : float
        Share of the steps that were left out because their gradients were not finite in float16.
    """

    history: dict
    n_iter: int
    interrupt: KeyboardInterrupt | None = None
    jit_compile: bool = False
    loss_scale: float | None = None
    skipped: float = 0.0

    def after(self, history, n_iter):
        """The same as the end of a training whose beginning gave these."""
        names = [*history, *(name for name in self.history if name not in history)]
        joined = {name: history.get(name, []) + self.history.get(name, []) for name in names}
        return replace(self, history=joined, n_iter=n_iter + self.n_iter)

    def raise_interrupt(self):
        """Let Ctrl-C reach the caller, once what was learned is kept."""
        if self.interrupt is not None:
            self.interrupt.add_note(
                "The estimator is fitted and holds its best weights so far, after "
                f"{self.n_iter} whole epochs."
            )
            raise self.interrupt


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
    on_epoch=None,
    strategy=None,
    gradual=True,
):
    """Fit a compiled model, with the best weights kept where there is a validation part.

    After Ctrl-C the model holds the best weights so far (without a validation part the last ones),
    and the run the interrupt, which the caller raises again.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    training, validation : Batches
        Inputs and targets (and weights).
    epochs : int
        At most so many passes.
    learning_rate : float, optional
        Falls to zero along a cosine, unless a callback of Keras's sets the rate from there on.
        Without it the optimiser's own rate or schedule is used.
    constant_rate : bool, default=False
        The rate does not fall, which training bit by bit asks for: its end is unknown.
    early_stopping : bool, default=False
        Stop after `n_iter_no_change` epochs without a lower validation loss.
    callbacks : sequence of keras.callbacks.Callback
        The user's, copied for this fit.
    checkpoint : Checkpoint, optional
        Written after every epoch, gone on from if it is there, and removed at the end (after
        Ctrl-C it stays).
    verbose : int, default=0
        As of ``keras.Model.fit``: 0 silent, 1 a progress bar, 2 a line an epoch.
    on_epoch : callable, optional
        Called after every epoch with the share of all epochs that have run.
    strategy : tf.distribute.Strategy, optional
        Under which the model was made.
    gradual : bool, default=True
        Free the layers of a model with rates by layer one after another.

    Returns
    -------
    Run

    Raises
    ------
    KeyboardInterrupt
        If it comes before the first step: then nothing has been learned.
    """
    best, record = BestWeights(n_iter_no_change if early_stopping else None), Record()
    hooks, rate = [Epoch(training)], None
    if learning_rate is not None:
        is_constant = constant_rate or sets_rate(callbacks)
        steps = None if is_constant else max(1, epochs * len(training))
        rate = LearningRate(learning_rate, steps)
        hooks.append(rate)
    hooks += callbacks
    layer_rates = getattr(model, "layer_rates", None)
    if layer_rates is not None:
        hooks.append(Unfreezing(layer_rates, epochs, gradual))
    if validation is not None:
        hooks += [best, AveragedWeights()]
    hooks.append(record)
    if on_epoch is not None:
        hooks.append(
            keras.callbacks.LambdaCallback(
                on_epoch_end=lambda epoch, logs: on_epoch((epoch + 1) / epochs)
            )
        )
    first, interrupt = 0, None
    if checkpoint is not None:
        state = SaveState(checkpoint, best, record)
        hooks.append(state)
        first = state.resume(model)
    steps_before = _n_steps(model)
    try:
        if first < epochs:
            compiled = strategy is None and compiled_loop.can_run(model, callbacks, verbose)
            run_epochs = _run_compiled if compiled else partial(_run_keras, strategy)
            arguments = (model, training, validation, first, epochs, hooks, verbose, rate)
            try:
                run_epochs(*arguments)
            except Exception as error:
                is_first = _n_steps(model) == steps_before
                if not (is_first and xla.failed(model, error)):
                    raise
                run_epochs(*arguments)
            xla.COUNTS.n_fits += bool(model.jit_compile)
    except KeyboardInterrupt as error:
        if first == 0 and _n_steps(model) == steps_before:
            raise
        interrupt = error
    if best.best_weights is not None:
        model.set_weights(best.best_weights)
    if checkpoint is not None and interrupt is None:
        checkpoint.remove()
    n_iter = len(record.history.get("loss", ()))
    steps = _n_steps(model) - steps_before
    scaling = _loss_scaling(model, steps, (n_iter - first) * len(training))
    return Run(record.history, n_iter, interrupt, bool(model.jit_compile), **scaling)


def _n_steps(model):
    # Not int(), which a variable of several devices does not know.
    with warnings.catch_warnings():
        # Keras reads a variable without NumPy 2's copy keyword.
        warnings.simplefilter("ignore", DeprecationWarning)
        return int(keras.ops.convert_to_numpy(model.optimizer.iterations))


def _loss_scaling(model, taken, steps):
    """The loss scale of float16, and the share of the steps that were not taken."""
    if not isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer):
        return {}
    # Of accumulated gradients the optimiser counts those that it has used.
    taken *= model.optimizer.inner_optimizer.gradient_accumulation_steps or 1
    skipped = max(0.0, 1 - taken / steps) if steps > 0 else 0.0
    return {"loss_scale": float(model.optimizer.dynamic_scale), "skipped": skipped}


def _run_compiled(model, training, validation, first, epochs, hooks, verbose, rate):
    with Interrupts() as interrupts:
        compiled_loop.run_epochs(
            model,
            training,
            validation,
            first,
            epochs,
            hooks,
            rate=rate,
            interrupts=interrupts,
            verbose=verbose,
        )


def _run_keras(strategy, model, training, validation, first, epochs, hooks, verbose, rate):
    # A strategy's devices have threads of their own.
    by_hand = steps_by_hand(model) if strategy is None else contextlib.nullcontext()
    try:
        with Interrupts() as interrupts, by_hand:
            model.fit(
                **_data(strategy, model, training, validation, range(first, epochs)),
                initial_epoch=first,
                epochs=epochs,
                callbacks=[interrupts, *hooks],
                verbose=verbose,
                shuffle=False,
            )
    except Exception:
        # TensorFlow tells of an error within a user's stream in words of its own.
        causes = (getattr(batches, "error", None) for batches in (training, validation))
        cause = next(filter(None, causes), None)
        if cause is None:
            raise
        raise cause from None


def _data(strategy, model, training, validation, epochs):
    """The arguments of ``keras.Model.fit`` that say what is read."""
    if strategy is None:
        held_back = None if validation is None else validation.dataset
        return {"x": training.dataset, "validation_data": held_back}
    # Told how many steps there are, Keras takes none more, which would count as one of Adam's.
    prepare(model, strategy, training)
    read = {"x": distribute(strategy, training, epochs), "steps_per_epoch": len(training)}
    if validation is not None:
        read["validation_data"] = distribute(strategy, validation, itertools.count())
        read["validation_steps"] = len(validation)
    return read
