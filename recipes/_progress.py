"""A bar for work that lasts more than a few seconds, where somebody looks on."""

import os

from tqdm import tqdm

_PATIENCE = 3


def bar(*iterable, **settings):
    """tqdm's bar: in a terminal alone, after a few seconds, gone at the end."""
    return tqdm(*iterable, delay=_PATIENCE, disable=None, leave=False, **settings)


def start_tensorflow():
    """Import TensorFlow without its notices on this processor, which no setting silences.

    Called once the data are there, so that a mistake in the command line is told at once.
    """
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import tensorflow  # noqa: F401
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def training_bar():
    """Callbacks that show how far a training is; none where nobody looks on."""
    import keras

    class Bar(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.bar = bar(total=self.params["epochs"] * self.params["steps"], unit="batch")

        def on_epoch_begin(self, epoch, logs=None):
            self.bar.set_description_str(f"epoch {epoch + 1} of at most {self.params['epochs']}")

        def on_train_batch_end(self, batch, logs=None):
            self.bar.update()

        def on_train_end(self, logs=None):
            self.bar.close()

    return [Bar()] if os.isatty(2) else None
