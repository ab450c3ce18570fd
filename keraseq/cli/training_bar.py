"""What is seen, and what is not, while a recipe works."""

import logging
import os

from keraseq._progress import progress_bar


def start_tensorflow():
    """Import TensorFlow without its notices: on this processor, and on each model traced anew.

    Called once the data are there, so that a mistake in the command line is told at once.
    """
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
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
            total = self.params["epochs"] * self.params["steps"]
            self.bar = progress_bar(total, unit="batch", leave=False)

        def on_epoch_begin(self, epoch, logs=None):
            of = f"of at most {self.params['epochs']}"
            self.bar.set_description_str(f"epoch {epoch + 1} {of}", refresh=False)

        def on_train_batch_end(self, batch, logs=None):
            self.bar.update()

        def on_train_end(self, logs=None):
            self.bar.close()

    return [Bar()] if os.isatty(2) else None
