import keras


class Killed(keras.callbacks.Callback):
    """A process that ends in its second epoch, for want of memory."""

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            raise MemoryError
