"""Recurrent layers walked step by step by hand, so that their states and gates can be seen."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops

from keraseq.comparison.probes._parts import inputs_of

HIDDEN, CELL = "hidden state", "cell state"


def _step_simple_rnn(cell, x, state):
    bias = cell.bias if cell.use_bias else 0.0
    z = ops.matmul(x, cell.kernel) + ops.matmul(state[HIDDEN], cell.recurrent_kernel) + bias
    return {HIDDEN: cell.activation(z)}


def _step_lstm(cell, x, state):
    bias = cell.bias if cell.use_bias else 0.0
    z = ops.matmul(x, cell.kernel) + ops.matmul(state[HIDDEN], cell.recurrent_kernel) + bias
    i, f, new, o = ops.split(z, 4, axis=-1)
    i, f, o = (cell.recurrent_activation(gate) for gate in (i, f, o))
    c = f * state[CELL] + i * cell.activation(new)
    return {HIDDEN: o * cell.activation(c), CELL: c, "input": i, "forget": f, "output": o}


def _step_gru(cell, x, state):
    h, kernel = state[HIDDEN], cell.recurrent_kernel
    bias = ops.reshape(cell.bias, (-1, 3 * cell.units)) if cell.use_bias else ops.zeros((1, 1))
    xz, xr, xh = ops.split(ops.matmul(x, cell.kernel) + bias[0], 3, axis=-1)
    # The second bias comes with the reset gate behind the product, the form that cuDNN computes.
    hz, hr, hh = ops.split(ops.matmul(h, kernel) + sum(bias[1:]), 3, axis=-1)
    z, r = cell.recurrent_activation(xz + hz), cell.recurrent_activation(xr + hr)
    hh = r * hh if cell.reset_after else ops.matmul(r * h, kernel[:, 2 * cell.units :])
    return {HIDDEN: z * h + (1 - z) * cell.activation(xh + hh), "update": z, "reset": r}


# A cell's step, its states (the first is the output) and its gates.
_CELLS = {
    layers.SimpleRNNCell: (_step_simple_rnn, (HIDDEN,), ()),
    layers.LSTMCell: (_step_lstm, (HIDDEN, CELL), ("input", "forget", "output")),
    layers.GRUCell: (_step_gru, (HIDDEN,), ("update", "reset")),
}


@dataclass(frozen=True)
class Recurrence:
    """A recurrent layer of a model, in one direction.

    Attributes
    ----------
    number : int
        Of the layer among the model's recurrent ones, from 1.
    direction : {"forward", "backward"}
    layer : keras.layers.Layer
        As it stands in the model.
    rnn : keras.layers.RNN
        Of this direction; `layer` itself unless that is bidirectional.
    """

    number: int
    direction: str
    layer: layers.Layer
    rnn: layers.Layer

    @property
    def states(self):
        return _CELLS[type(self.rnn.cell)][1]

    @property
    def gates(self):
        return _CELLS[type(self.rnn.cell)][2]

    def inputs(self, model, inputs):
        """Return the tensor `(batch, time, channels)` that reaches the layer, and its mask."""
        x, mask = inputs_of(self.layer)
        if mask is None:
            x = keras.Model(model.inputs[0], x)(inputs, training=False)
            return x, ops.ones(x.shape[:2], "bool")
        return keras.Model(model.inputs[0], [x, mask])(inputs, training=False)

    def walk(self, x, mask):
        """Step through `(batch, time, channels)`.

        Returns
        -------
        walked : dict of str to list
            For each state and gate a tensor `(batch, units)` a step.
        output : tensor
            What the layer gives, made from the hidden states; at padding they stay.

        Raises
        ------
        RuntimeError
            If the output is not that of the layer itself.
        """
        step = _CELLS[type(self.rnn.cell)][0]
        state = {name: ops.zeros((x.shape[0], self.rnn.units)) for name in self.states}
        walked = {name: [None] * x.shape[1] for name in (*self.states, *self.gates)}
        hidden = [None] * x.shape[1]
        places = range(x.shape[1])
        for t in places if self.direction == "forward" else reversed(places):
            new = step(self.rnn.cell, x[:, t], state)
            state = {name: ops.where(mask[:, t, None], new[name], state[name]) for name in state}
            hidden[t] = state[HIDDEN]
            for name, value in new.items():
                walked[name][t] = value
        output = ops.stack(hidden, axis=1) if self.rnn.return_sequences else hidden[t]
        self._check(x, mask, output)
        return walked, output

    def _check(self, x, mask, output):
        expected = np.array(self.rnn(x, mask=mask, training=False))
        if self.direction == "backward" and self.rnn.return_sequences:
            # Keras gives the steps of a reversed layer in the order in which it read them.
            expected = expected[:, ::-1]
        gap = np.abs(np.array(output) - expected)
        # What stands at padding is no output: a layer carries it on, or has zeros there.
        gap = (gap[np.array(mask)] if self.rnn.return_sequences else gap).max()
        if gap > (1e-4 if expected.dtype == np.float32 else 2e-2):
            raise RuntimeError(
                f"Stepping through {self.layer.name} by hand differs from the layer by {gap:.2g}; "
                "probes know SimpleRNN, LSTM and GRU with Keras's own cells, not stateful ones."
            )


def recurrences(model):
    """Return the recurrent layers of a model, those of a bidirectional one by direction."""
    found, number = [], 0
    for layer in model.layers:
        parts = {"forward": layer}
        if isinstance(layer, layers.Bidirectional):
            parts = {"forward": layer.forward_layer, "backward": layer.backward_layer}
        if type(getattr(parts["forward"], "cell", None)) not in _CELLS:
            continue
        number += 1
        found += [Recurrence(number, name, layer, rnn) for name, rnn in parts.items()]
    return found
