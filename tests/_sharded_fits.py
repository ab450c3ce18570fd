"""Fits that a strategy shares, in a process of its own: devices are made before TensorFlow starts.

python _sharded_fits.py STRATEGY FILE.npz
"""

import sys

import keras
import numpy as np

import keraseq

draw = np.random.default_rng(0)
# The last batch of five has 11 rows, which two replicas cannot share equally.
X = [3 * draw.normal(size=(draw.integers(3, 9), 2)) for _ in range(75)]
Y = np.array(["many" if row[:, 0].sum() > 0 else "few" for row in X])
SERIES = np.sin(np.arange(80) / 3) + draw.normal(size=80) / 10


def dense(input_shape, outputs):
    inputs = keras.Input(input_shape)
    x, mask = keraseq.Padding()(inputs)
    x = keras.layers.Dense(outputs)(x * keras.ops.cast(mask, x.dtype)[..., None])
    return keras.Model(inputs, keras.ops.mean(x, axis=1))


def batches():
    for start in range(0, 75, 15):
        yield X[start : start + 15], Y[start : start + 15]


SETTINGS = {"epochs": 2, "random_state": 0}
FITS = {
    "classifier": lambda strategy: keraseq.SequenceClassifier(
        "gru", units=6, batch_size=15, learning_rate=0.05, strategy=strategy, **SETTINGS
    ).fit(X, Y, validation_data=(X[:9], Y[:9])),
    "stream": lambda strategy: keraseq.SequenceClassifier(
        dense, learning_rate=0.05, strategy=strategy, **SETTINGS
    ).fit(batches),
    "forecaster": lambda strategy: keraseq.SequenceForecaster(
        "dlinear", lookback=8, horizon=2, batch_size=16, shrinkage=0, strategy=strategy, **SETTINGS
    ).fit(SERIES),
}


def weights(name, strategy=None):
    return FITS[name](strategy).model_.get_weights()


def main(strategy, path):
    if strategy == "mirrored":
        import tensorflow as tf

        two = [tf.config.LogicalDeviceConfiguration()] * 2
        tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
    from keraseq.training import compiled_loop, distributed

    names = FITS if strategy == "mirrored" else ["stream"]
    found = {
        f"{name}/{place}": value
        for name in names
        for place, value in enumerate(weights(name, strategy))
    }
    if strategy == "mirrored":
        generator = keraseq.SequenceGenerator(
            "gru", units=4, window=8, epochs=1, random_state=0, strategy=strategy
        ).fit("to be or not to be " * 20)
        found["written"] = generator.history_["loss"] + generator.history_["nats"]
    counted = distributed.COUNTS.n_fits, compiled_loop.COUNTS.n_fits
    np.savez(path, counted=counted, **found)


if __name__ == "__main__":
    main(*sys.argv[1:])
