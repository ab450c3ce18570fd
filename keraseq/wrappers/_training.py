"""One training loop for every estimator."""

import copy

import keras

_AVERAGED_SHARE = 0.2
_LONGEST_AVERAGE = 500


def make_optimizer(*, steps, learning_rate, weight_decay=0.004, averaged=False):
    """Make AdamW that falls along a cosine from `learning_rate` to zero over `steps` steps.

    With `averaged` the weights' exponential moving average over about the last fifth of the steps
    (at most 500) is kept beside them; it is what is validated and what the fit ends with.
    """
    window = max(1.0, min(_LONGEST_AVERAGE, _AVERAGED_SHARE * steps))
    return keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(learning_rate, max(1, steps)),
        weight_decay=weight_decay,
        global_clipnorm=1.0,
        use_ema=averaged,
        ema_momentum=1 - 1 / window,
    )


def use_optimizer(model, optimizer):
    """Compile `model` anew with another optimiser; its loss and metrics stay."""
    config = dict(model.get_compile_config())
    config["optimizer"] = keras.optimizers.serialize(optimizer)
    model.compile_from_config(config)


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


def fit_model(
    model,
    training,
    validation=None,
    *,
    epochs,
    optimizer_settings=None,
    early_stopping=False,
    n_iter_no_change=5,
    callbacks=(),
    verbose=0,
):
    """Fit a compiled model, with the best weights kept where there is a validation part.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    training, validation : tf.data.Dataset
        Batches of inputs and targets (and weights), of known cardinality.
    epochs : int
        At most so many passes.
    optimizer_settings : dict, optional
        Of `make_optimizer`, ``steps`` aside. Without it the model's own optimiser is used.
    early_stopping : bool, default=False
        Stop after `n_iter_no_change` epochs without a lower validation loss.
    callbacks : sequence of keras.callbacks.Callback
        Copied, so that no two fits share one.
    verbose : int, default=0
        As of ``keras.Model.fit``: 0 silent, 1 a progress bar, 2 a line an epoch.

    Returns
    -------
    history : dict of list
        A value an epoch for each metric.
    n_iter : int
        Epochs run.
    """
    if epochs == 0:
        return {}, 0
    if optimizer_settings is not None:
        steps = epochs * int(training.cardinality())
        use_optimizer(model, make_optimizer(steps=steps, **optimizer_settings))
    hooks = [copy.deepcopy(callback) for callback in callbacks]
    best = _BestWeights(n_iter_no_change if early_stopping else None)
    if validation is not None:
        hooks.append(best)
        if getattr(model.optimizer, "use_ema", False):
            hooks.append(keras.callbacks.SwapEMAWeights())
    fitted = model.fit(
        training,
        validation_data=validation,
        epochs=epochs,
        callbacks=hooks,
        verbose=verbose,
        shuffle=False,
    )
    if best.best_weights is not None:
        model.set_weights(best.best_weights)
    history = {name: [float(v) for v in values] for name, values in fitted.history.items()}
    return history, len(fitted.epoch)
