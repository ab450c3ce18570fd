"""One step of Keras's recurrent cells and its gradient, by hand.

Each takes what the inputs and what the last hidden state give to a step, both `(batch, gates)`, and
the states before it; forward it returns the states after it and what its gradient needs, as few
tensors, since each is kept in a list of its own. Their widths are `kept`, in units. Backward it
returns the gradients of the two and, past the product with the hidden state, of the states.
"""


class SimpleRNNStep:
    """``h' = tanh(a + b)`` for inputs `a` and hidden state `b`."""

    kept = (1,)

    @staticmethod
    def forward(inputs, hidden, states):
        import tensorflow as tf

        h = tf.tanh(inputs + hidden)
        return (h,), (h,)

    @staticmethod
    def backward(kept, d_states):
        (h,), (d_h,) = kept, d_states
        d = d_h * (1 - h * h)
        return d, d, (None,)


class LSTMStep:
    """Gates in Keras's order: input, forget, candidate, output."""

    kept = 5, 1

    @staticmethod
    def forward(inputs, hidden, states):
        import tensorflow as tf

        c = states[1]
        i, f, g, o = tf.split(inputs + hidden, 4, axis=1)
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
        after = f * c + i * g
        shown = tf.tanh(after)
        gates = tf.concat([i, f, g, o, shown], axis=1)
        return (o * shown, after), (gates, c)

    @staticmethod
    def backward(kept, d_states):
        import tensorflow as tf

        (gates, c), (d_h, d_c) = kept, d_states
        i, f, g, o, shown = tf.split(gates, 5, axis=1)
        d_c += d_h * o * (1 - shown * shown)
        parts = [
            d_c * g * (i * (1 - i)),
            d_c * c * (f * (1 - f)),
            d_c * i * (1 - g * g),
            d_h * shown * (o * (1 - o)),
        ]
        d = tf.concat(parts, axis=1)
        return d, d, (None, d_c * f)


class GRUStep:
    """Gates in Keras's order: update, reset, candidate, the reset after the product."""

    kept = 4, 1

    @staticmethod
    def forward(inputs, hidden, states):
        import tensorflow as tf

        (h,) = states
        of_inputs, of_hidden = tf.split(inputs, 3, axis=1), tf.split(hidden, 3, axis=1)
        z, r = (tf.sigmoid(a + b) for a, b in zip(of_inputs[:2], of_hidden[:2], strict=True))
        candidate = tf.tanh(of_inputs[2] + r * of_hidden[2])
        gates = tf.concat([z, r, candidate, of_hidden[2]], axis=1)
        return (candidate + z * (h - candidate),), (gates, h)

    @staticmethod
    def backward(kept, d_states):
        import tensorflow as tf

        (gates, h), (d_h,) = kept, d_states
        z, r, candidate, remembered = tf.split(gates, 4, axis=1)
        d_candidate = d_h * (1 - z) * (1 - candidate * candidate)
        d_z = d_h * (h - candidate) * (z * (1 - z))
        d_r = d_candidate * remembered * (r * (1 - r))
        d_inputs = tf.concat([d_z, d_r, d_candidate], axis=1)
        d_hidden = tf.concat([d_z, d_r, d_candidate * r], axis=1)
        return d_inputs, d_hidden, (d_h * z,)
