"""An LSTM that writes while it looks at what was read."""

import keras
from keras import layers, ops

from keraseq.tasks.layers.attention_weights import attention_weights, hidden_steps


@keras.saving.register_keras_serializable("keraseq")
class AttentiveCell(layers.Layer):
    """An LSTM cell whose state asks, before each step, which steps of the memory it needs.

    The score of a step of the memory is ``v . tanh(W state + U memory)``, as in Bahdanau et al.
    (2015), with what the last token adds to it: of that their state does not know yet. What is
    looked at stands in `attended` while a loop runs: keys `(batch, time, units)`,
    memory `(batch, time, channels)`, and `(batch, time)` of zeros with the padding far below.

    Parameters
    ----------
    units : int
    channels : int
        Of the memory.
    """

    def __init__(self, units, channels, **kwargs):
        super().__init__(**kwargs)
        self.units, self.channels = units, channels
        self.state_size, self.output_size = [units, units], units + channels
        self.query = layers.Dense(units, use_bias=False)
        self.worth = layers.Dense(1, use_bias=False)
        self.recurrent = layers.Dense(4 * units, use_bias=False)
        self.attended = None

    def build(self, input_shape):
        self.query.build((None, self.units))
        self.worth.build((None, None, self.units))
        self.recurrent.build((None, self.units + self.channels))
        super().build(input_shape)

    def call(self, inputs, states):
        output, states, _ = self.take_step(inputs, states, self.attended)
        return output, states

    def take_step(self, inputs, states, attended):
        """One step of `(batch, 5 * units)`; returns state and context joined, states, weights.

        The last `units` are what the token adds to the question, the others to the gates.
        """
        (hidden, carry), (keys, memory, padding) = states, attended
        asked = self.query(hidden) + inputs[:, 4 * self.units :]
        scores = self.worth(ops.tanh(asked[:, None] + keys))[..., 0] + padding
        weights = attention_weights(scores)
        context = ops.einsum("bs,bsc->bc", weights, memory)
        found = self.recurrent(ops.concatenate([context, hidden], axis=-1))
        gates = inputs[:, : 4 * self.units] + found
        enter, forget, new, leave = ops.split(gates, 4, axis=-1)
        # Remembers before it has learned anything else (Jozefowicz et al. 2015).
        carry = ops.sigmoid(forget + 1.0) * carry + ops.sigmoid(enter) * ops.tanh(new)
        hidden = ops.sigmoid(leave) * ops.tanh(carry)
        return ops.concatenate([hidden, context], axis=-1), [hidden, carry], weights

    def get_config(self):
        return {**super().get_config(), "units": self.units, "channels": self.channels}


@keras.saving.register_keras_serializable("keraseq")
class LstmDecoder(layers.Layer):
    """LSTMs over the target, the lowest of which attends to the source (Bahdanau et al. 2015).

    Parameters
    ----------
    units, num_layers : int
    dropout : float

    References
    ----------
    Bahdanau, Cho, Bengio (2015). Neural machine translation by jointly learning to align and
    translate. ICLR, arXiv:1409.0473.
    """

    def __init__(self, units, num_layers=1, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.units, self.num_layers, self.dropout = units, num_layers, dropout

    def build(self, x_shape, memory_shape, allowed_shape):
        units, width = self.units, self.units + memory_shape[-1]
        self.keys, self.first = layers.Dense(units), layers.Dense(units, activation="tanh")
        self.inputs = layers.Dense(5 * units)
        self.cell = AttentiveCell(units, memory_shape[-1])
        self.loop = layers.RNN(self.cell, return_sequences=True)
        self.upper = [layers.LSTM(units, return_sequences=True) for _ in range(1, self.num_layers)]
        self.readout = layers.Dense(units, activation="tanh")
        self.drop = layers.Dropout(self.dropout)
        for layer in (self.keys, self.first):
            layer.build(memory_shape)
        self.inputs.build(x_shape)
        self.loop.build((*x_shape[:-1], 5 * units))
        for layer in self.upper:
            layer.build((*x_shape[:-1], width))
        self.readout.build((*x_shape[:-1], width + x_shape[-1]))
        super().build(x_shape)

    def call(self, x, memory, allowed, training=None):
        """Features `(batch, time, units)` of the target's embedded tokens, all at once.

        Parameters
        ----------
        x : tensor `(batch, time, embedding_dim)`
        memory : tensor `(batch, source_time, channels)`
        allowed : bool tensor `(batch, source_time)`
        """
        attended = self.read(memory, allowed)
        self.cell.attended = attended
        hidden, carry, *_ = self.begin(attended)
        y = self.loop(self.inputs(x), initial_state=[hidden, carry], training=training)
        self.cell.attended = None
        for layer in self.upper:
            context = y[..., self.units :]
            y = layer(self.drop(y, training=training), training=training)
            y = ops.concatenate([y, context], axis=-1)
        return self.drop(self.readout(ops.concatenate([y, x], axis=-1)), training=training)

    def compute_output_spec(self, x, memory, allowed, training=None):
        return keras.KerasTensor((*x.shape[:-1], self.units), dtype=self.compute_dtype)

    def read(self, memory, allowed):
        """What all steps look at."""
        return self.keys(memory), memory, hidden_steps(allowed, self.compute_dtype)

    def begin(self, attended, most_steps=None):
        """The state before the first step, each part `(batch, ...)`."""
        _, memory, padding = attended
        shown = ops.cast(padding > -1, memory.dtype)[..., None]
        mean = ops.sum(memory * shown, axis=1) / ops.maximum(ops.sum(shown, axis=1), 1)
        hidden = self.first(mean)
        return [hidden, *(ops.zeros_like(hidden) for _ in range(2 * self.num_layers - 1))]

    def step(self, x, t, state, attended):
        """One step of `(batch, embedding_dim)`.

        Returns
        -------
        features : tensor `(batch, units)`
        state : list
        weights : tensor `(batch, source_time)`
        """
        y, lower, weights = self.cell.take_step(self.inputs(x), state[:2], attended)
        later = [*lower]
        for place, layer in enumerate(self.upper, start=1):
            context = y[..., self.units :]
            y, own = layer.cell(y, state[2 * place : 2 * place + 2])
            later += own
            y = ops.concatenate([y, context], axis=-1)
        return self.readout(ops.concatenate([y, x], axis=-1)), later, weights

    def get_config(self):
        own = {name: getattr(self, name) for name in ("units", "num_layers", "dropout")}
        return {**super().get_config(), **own}
