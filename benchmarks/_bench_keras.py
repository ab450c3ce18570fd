"""The models of `bench.py` as somebody writes them in Keras, without keraseq."""

import keras
from _bench_sizes import AVERAGE, CLIP, DECAY, FCN, HEADS, PROJECTION, RATE
from keras import layers


def make(name, features, outputs, units):
    """Dense stem, body, mean and maximum over time, dense head; compiled as keraseq compiles."""
    inputs = keras.Input((None, features))
    x = _BODIES[name](layers.Dense(PROJECTION)(inputs), units)
    pooled = [layers.GlobalAveragePooling1D()(x), layers.GlobalMaxPooling1D()(x)]
    outputs = layers.Dense(outputs)(layers.Concatenate()(pooled))
    return _compiled(keras.Model(inputs, outputs), averages=True)


def make_text(name, n_tokens, outputs, units, *, masked=False, rate=RATE, dropout=0.0):
    """Embedding, body, maximum over time, dense head; `masked` for ids with padding."""
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(n_tokens, PROJECTION, mask_zero=masked)(inputs)
    x = _BODIES[name](layers.Dropout(dropout)(x) if dropout else x, units)
    if masked:
        # Keras's maximum has no mask; zeros that stand for padding would count.
        real = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(inputs, 0), x.dtype), -1)
        x = x * real - 1e4 * (1 - real)
    model = keras.Model(inputs, layers.Dense(outputs)(layers.GlobalMaxPooling1D()(x)))
    return _compiled(model, rate=rate)


def make_fcn(features, outputs, rate):
    """Dense stem, the three convolutions of Wang et al. (2017), mean over time, dense head."""
    inputs = keras.Input((None, features))
    x = layers.Dense(PROJECTION)(inputs)
    for filters, kernel in FCN:
        x = layers.Conv1D(filters, kernel, padding="same", use_bias=False)(x)
        x = layers.Activation("relu")(layers.BatchNormalization()(x))
    model = keras.Model(inputs, layers.Dense(outputs)(layers.GlobalAveragePooling1D()(x)))
    return _compiled(model, rate=rate)


def _compiled(model, *, averages=False, rate=RATE):
    average = {"use_ema": True, "ema_momentum": AVERAGE} if averages else {}
    model.compile(
        optimizer=keras.optimizers.AdamW(rate, weight_decay=DECAY, global_clipnorm=CLIP, **average),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def _recurrent(layer):
    return lambda x, units: layer(units, return_sequences=True)(x)


def _bilstm(x, units):
    return layers.Bidirectional(layers.LSTM(units, return_sequences=True))(x)


def _transformer(x, units):
    x = x if x.shape[-1] == units else layers.Dense(units)(x)
    h = layers.LayerNormalization()(x)
    x = x + layers.MultiHeadAttention(HEADS, units // HEADS, use_bias=False)(h, h)
    h = layers.Dense(4 * units, activation="gelu")(layers.LayerNormalization()(x))
    return layers.LayerNormalization()(x + layers.Dense(units)(h))


_BODIES = {
    "simple_rnn": _recurrent(layers.SimpleRNN),
    "lstm": _recurrent(layers.LSTM),
    "gru": _recurrent(layers.GRU),
    "bilstm": _bilstm,
    "transformer": _transformer,
}
