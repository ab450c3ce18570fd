"""How a recipe fits a model: for how many epochs, seen how, and in how many seconds."""

import os
import time

from keraseq._progress import progress_bar


def epochs(options):
    """The number of --epochs; by default "auto", and with --quick 1."""
    default = 1 if options.quick else "auto"
    return default if options.epochs is None else options.epochs


def timed(call, *arguments, **named):
    """Call, and return the seconds that it took."""
    start = time.perf_counter()
    call(*arguments, **named)
    return time.perf_counter() - start


def training_bar():
    """Callbacks that show how far a training is; None where nobody looks on."""
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
