"""Accuracy against seconds of training, the scoring left out of the clock."""

import time

import keras
import numpy as np


class Epochs(keras.callbacks.Callback):
    """The seconds of each epoch."""

    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self._begin = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self._begin)


class Curve(keras.callbacks.Callback):
    """Seconds since `begin` and validation accuracy of each epoch, up to a goal or a limit."""

    def __init__(self, begin, goal, limit):
        super().__init__()
        self.begin, self.goal, self.limit = begin, goal, limit

    def on_train_begin(self, logs=None):
        self.points, self._scoring = [], 0.0

    def on_test_begin(self, logs=None):
        self._before = time.perf_counter()

    def on_test_end(self, logs=None):
        self._scoring += time.perf_counter() - self._before

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.begin - self._scoring
        self.points.append((seconds, logs["val_accuracy"]))
        self.model.stop_training = logs["val_accuracy"] >= self.goal or seconds >= self.limit


def keraseq_curve(estimator, X, y, X_test, y_test, goal):
    """Of a whole fit, its reading of X included; as many epochs as it takes by itself."""
    estimator.set_params(callbacks=[Curve(time.perf_counter(), goal, np.inf)])
    estimator.fit(X, y, validation_data=(X_test, y_test))
    return estimator.callbacks_[0].points


def keras_curve(model, part, judged, batch_size, goal, limit):
    """Of `fit`; lists of rows are padded to the longest of a batch in random order."""
    (X, y), shuffled = part, {}
    if isinstance(X, list):
        training, validation = Padded(X, y, batch_size), Padded(*judged, 256, shuffles=False)
        arguments = (training,)
    else:
        arguments, validation, shuffled = (X, y), judged, {"batch_size": batch_size}
    curve = Curve(time.perf_counter(), goal, limit)
    model.fit(
        *arguments,
        validation_data=validation,
        epochs=100_000,
        callbacks=[curve],
        verbose=0,
        **shuffled,
    )
    return curve.points


class Padded(keras.utils.PyDataset):
    """Batches of rows of ids, as somebody writes them for Keras."""

    def __init__(self, rows, y, batch_size, *, shuffles=True):
        super().__init__()
        self._rows, self._y, self._size, self._shuffles = rows, y, batch_size, shuffles
        self._draw = np.random.default_rng(0)
        self.on_epoch_end()

    def on_epoch_end(self):
        n = len(self._rows)
        self._order = self._draw.permutation(n) if self._shuffles else np.arange(n)

    def __len__(self):
        return -(-len(self._rows) // self._size)

    def __getitem__(self, i):
        index = self._order[i * self._size : (i + 1) * self._size]
        return keras.utils.pad_sequences([self._rows[j] for j in index], padding="post"), self._y[
            index
        ]


def torch_curve(train_an_epoch, score, goal, limit):
    """Of one epoch after another."""
    points, seconds = [], 0.0
    while seconds < limit and not (points and points[-1][1] >= goal):
        begin = time.perf_counter()
        train_an_epoch()
        seconds += time.perf_counter() - begin
        points.append((seconds, score()))
    return points
