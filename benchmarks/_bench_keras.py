"""The models of `bench.py` as somebody writes them in Keras, without keraseq."""

import keras
from _bench_sizes import AVERAGE, CLIP, DECAY, HEADS, PROJECTION, RATE
from keras import layers


def make(name, features, outputs, units):
    """Dense stem, body, mean and maximum over time, dense head; compiled as keraseq compiles."""
    inputs = keras.Input((None, features))
    x = _BODIES[name](layers.Dense(PROJECTION)(inputs), units)
    pooled = [layers.GlobalAveragePooling1D()(x), layers.GlobalMaxPooling1D()(x)]
    model = keras.Model(inputs, layers.Dense(outputs)(layers.Concatenate()(pooled)))
    model.compile(
        optimizer=keras.optimizers.AdamW(
            RATE, weight_decay=DECAY, global_clipnorm=CLIP, use_ema=True, ema_momentum=AVERAGE
        ),
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
