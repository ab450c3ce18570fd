"""How stock Keras layers that carry time take one step."""

import math

import keras
from keras import layers, ops

from keraseq.models.layers.positioned_attention import PositionedAttention
from keraseq.stems.layers import Padding


class StepForm:
    """A layer one step at a time; `(batch, 1, channels)` in and out.

    Parameters
    ----------
    layer : keras.layers.Layer
    arguments : dict
        Of its call in the model, by name.
    """

    def __init__(self, layer, arguments):
        self.layer, self.arguments = layer, arguments

    @property
    def sequences(self):
        """The symbolic tensors whose steps it takes."""
        return [next(iter(self.arguments.values()))]

    def problem(self):
        """Why this layer cannot take one step, or None."""
        return

    def initial_step_state(self, batch, *inputs):
        """The state before the first step, for symbolic inputs."""
        return ()

    def step(self, state, *inputs):
        """Return the output and the next state."""
        raise TypeError(f"{type(self).__name__} defines no step.")


class OfOwnLayer(StepForm):
    """A layer that brings `initial_step_state` and `step` itself, as ours do."""

    @property
    def sequences(self):
        return keras.tree.flatten(list(self.arguments.values()))

    def initial_step_state(self, batch, *inputs):
        return self.layer.initial_step_state(batch, *inputs)

    def step(self, state, *inputs):
        return self.layer.step(state, *inputs)


class OfRecurrent(StepForm):
    """SimpleRNN, LSTM, GRU and any other RNN: its cell."""

    def problem(self):
        if self.layer.go_backwards:
            return "reads from the end"
        if self.arguments.get("initial_state") is not None:
            return "begins with the state of another layer"
        return None if self.layer.return_sequences else "gives its last step alone"

    def initial_step_state(self, batch, x):
        return [ops.cast(s, self.layer.compute_dtype) for s in self.layer.get_initial_state(batch)]

    def step(self, state, x):
        output, state = self.layer.cell(ops.squeeze(x, 1), state)
        return ops.expand_dims(output, 1), state


class OfBidirectional(StepForm):
    """Two directions, of which one begins where the sequence ends."""

    def problem(self):
        return "reads from the end"


class OfConvolution(StepForm):
    """A causal Conv1D, dilated or not: the inputs that it still sees."""

    @property
    def _reach(self):
        return (self.layer.kernel_size[0] - 1) * self.layer.dilation_rate[0]

    def problem(self):
        if self.layer.strides != (1,):
            return "skips steps"
        if self._reach and self.layer.padding != "causal":
            return f"looks ahead (padding={self.layer.padding!r})"
        return None

    def initial_step_state(self, batch, x):
        return ops.zeros((batch, self._reach, x.shape[-1]), dtype=self.layer.compute_dtype)

    def step(self, state, x):
        seen = ops.concatenate([state, ops.cast(x, state.dtype)], axis=1)
        # The layer pads at the front; what that gives at the last step is what it would give there.
        return self.layer(seen)[:, -1:], seen[:, 1:]


class OfAttention(StepForm):
    """Causal self-attention: the keys and values so far."""

    def problem(self):
        given = self.arguments
        if not given.get("use_causal_mask"):
            return "looks at every step (not causal)"
        same = {
            id(given[name]) for name in ("query", "value", "key") if given.get(name) is not None
        }
        return None if len(same) == 1 else "looks at another sequence"

    def initial_step_state(self, batch, x):
        layer = self.layer
        sizes = layer._key_dim, layer._value_dim or layer._key_dim
        return [
            ops.zeros((batch, 0, layer._num_heads, size), dtype=layer.compute_dtype)
            for size in sizes
        ]

    def step(self, state, x):
        layer = self.layer
        new = layer._key_dense(x), layer._value_dense(x)
        keys, values = (ops.concatenate(pair, axis=1) for pair in zip(state, new, strict=True))
        query = layer._query_dense(x) / math.sqrt(layer._key_dim)
        scores = ops.einsum("bqnd,bknd->bnqk", query, keys)
        # By hand: Keras warns of a softmax over one step, which the first one is.
        weights = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
        weights = weights / ops.sum(weights, axis=-1, keepdims=True)
        read = ops.einsum("bnqk,bknd->bqnd", weights, values)
        return layer._output_dense(read), [keys, values]


class OfPositionedAttention(OfAttention):
    """The same where the distance of two steps counts."""

    def step(self, state, x):
        layer, keys, values = self.layer, *state
        now = ops.reshape(ops.shape(keys)[1], (1,))
        query, key = (layer.placed(f(x), now) for f in (layer._query_dense, layer._key_dense))
        keys = ops.concatenate([keys, key], axis=1)
        values = ops.concatenate([values, layer._value_dense(x)], axis=1)
        weights = layer.weights_of(query, keys, now[:, None])
        read = ops.einsum("bnqk,bknd->bqnd", weights, values)
        return layer._output_dense(read), [keys, values]


class OfPadding(StepForm):
    """Every step that comes is real."""

    def step(self, state, x):
        values, _ = self.layer(x)
        return (values, ops.ones(ops.shape(x)[:2], dtype="bool")), state


_STEP_FORMS = {
    layers.RNN: OfRecurrent,
    layers.Bidirectional: OfBidirectional,
    layers.Conv1D: OfConvolution,
    layers.SeparableConv1D: OfConvolution,
    layers.DepthwiseConv1D: OfConvolution,
    # Before the layer of Keras that it is one of.
    PositionedAttention: OfPositionedAttention,
    layers.MultiHeadAttention: OfAttention,
    Padding: OfPadding,
}


def find_step_form(operation, arguments):
    """Return how an operation takes a step, or None where nobody says it carries time.

    Parameters
    ----------
    operation : keras.Operation
    arguments : dict
        Of its call, by name.
    """
    if hasattr(operation, "step") and hasattr(operation, "initial_step_state"):
        return OfOwnLayer(operation, arguments)
    for kind, form in _STEP_FORMS.items():
        if isinstance(operation, kind):
            return form(operation, arguments)
    return None
