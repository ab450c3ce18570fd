"""Recurrent layers walked by their step forms, so that their states and gates can be seen."""

import inspect
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops

from keraseq.models.layers import LinearScan
from keraseq.models.layers.step_forms import OfOwnLayer, OfRecurrent

HIDDEN, CELL = "hidden state", "cell state"


def _gates_of_lstm(cell, x, before):
    z = ops.matmul(x, cell.kernel) + ops.matmul(before, cell.recurrent_kernel)
    i, f, _, o = ops.split(z + cell.bias if cell.use_bias else z, 4, axis=-1)
    return {"input": i, "forget": f, "output": o}


def _gates_of_gru(cell, x, before):
    z = ops.matmul(x, cell.kernel) + ops.matmul(before, cell.recurrent_kernel)
    if cell.use_bias:
        # One for the input and, where the reset gate comes behind the product, one for the state.
        z = z + ops.sum(ops.reshape(cell.bias, (-1, z.shape[-1])), axis=0)
    update, reset, _ = ops.split(z, 3, axis=-1)
    return {"update": update, "reset": reset}


_GATES = {layers.LSTMCell: _gates_of_lstm, layers.GRUCell: _gates_of_gru}


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
    form : StepForm
        Of this direction.
    """

    number: int
    direction: str
    layer: layers.Layer
    form: object

    @property
    def rnn(self):
        """The layer of this direction; `layer` itself unless that is bidirectional."""
        return self.form.layer

    @property
    def has_gates(self):
        """Whether it is an LSTM, a GRU or a scan."""
        return isinstance(self.rnn, LinearScan) or type(self.rnn.cell) in _GATES

    def inputs(self, model, inputs):
        """Return the tensors `(batch, time, channels)` that reach the layer, and its mask."""
        mask = self.form.arguments.get("mask")
        tensors = [*self.form.sequences, *([] if mask is None else [mask])]
        found = keras.tree.flatten(keras.Model(model.inputs[0], tensors)(inputs, training=False))
        if mask is None:
            return found, ops.ones(found[0].shape[:2], "bool")
        return found[:-1], found[-1]

    def walk(self, xs, mask):
        """Step through tensors `(batch, time, channels)`.

        Returns
        -------
        states : dict of str to list
            For each state a tensor `(batch, units)` a step, as the step makes it.
        before : tensor `(batch, time, units)`
            The hidden state before each step; it stays at padding.
        output : tensor
            What the layer gives, made from these states.

        Raises
        ------
        RuntimeError
            If the output is not that of the layer itself.
        """
        batch, time = xs[0].shape[:2]
        state = self.form.initial_step_state(batch, *xs)
        output, walked, before, outputs = 0.0, *([None] * time for _ in range(3))
        for t in range(time) if self.direction == "forward" else reversed(range(time)):
            before[t] = _flat(keras.tree.flatten(state)[0])
            new_output, new = self.form.step(state, *(x[:, t : t + 1] for x in xs))
            real = mask[:, t, None]
            state = keras.tree.map_structure(lambda a, b, real=real: _where(real, a, b), new, state)
            output = ops.where(real[:, None], new_output, output)
            walked[t], outputs[t] = keras.tree.flatten(new), output
        if getattr(self.rnn, "return_sequences", True):
            output = ops.concatenate(outputs, axis=1)
        else:
            output = output[:, 0]
        self._check(xs, mask, output)
        names = _state_names(len(walked[0]))
        states = dict(zip(names, map(list, zip(*walked, strict=True)), strict=True))
        return states, ops.stack(before, axis=1), output

    def gates(self, xs, before):
        """Return the openings `(batch, time, units)` of each gate."""
        if isinstance(self.rnn, LinearScan):
            # How much of the state is kept, as a GRU's update gate says in Keras.
            return {"update": ops.convert_to_numpy(xs[0])}
        cell = self.rnn.cell
        found = _GATES[type(cell)](cell, xs[0], before)
        return {name: np.array(cell.recurrent_activation(z)) for name, z in found.items()}

    def _check(self, xs, mask, output):
        given = self.form.arguments
        asked = {} if given.get("mask") is None else {"mask": mask}
        # Of a layer that gives its states too, the output comes first.
        expected = keras.tree.flatten(self.rnn(*xs, **asked))[0]
        expected = np.array(ops.cast(expected, "float32"))
        sequences = getattr(self.rnn, "return_sequences", True)
        if self.direction == "backward" and sequences:
            # Keras gives the steps of a reversed layer in the order in which it read them.
            expected = expected[:, ::-1]
        gap = np.abs(np.array(ops.cast(output, "float32")) - expected)
        # What stands at padding is no output: a layer carries it on, or has zeros there.
        gap = (gap[np.array(mask)] if sequences else gap).max()
        if given.get("initial_state") is not None or gap > _tolerance(self.rnn):
            raise RuntimeError(
                f"Stepping through {self.layer.name} differs from the layer by {gap:.2g}; probes "
                "know layers that begin with zeros and keep nothing between batches, not stateful "
                "ones nor those that begin with another layer's state."
            )


def _where(real, new, old):
    return ops.where(real if len(new.shape) == 2 else real[:, None], new, ops.cast(old, new.dtype))


def _flat(state):
    return state if len(state.shape) == 2 else ops.squeeze(state, 1)


def _tolerance(layer):
    return 1e-4 if layer.compute_dtype == "float32" else 2e-2


def _state_names(n):
    return (HIDDEN, CELL, *(f"state {place}" for place in range(3, n + 1)))[:n]


def recurrences(model):
    """Return the recurrent layers of a model, those of a bidirectional one by direction."""
    found, number = [], 0
    for layer in model.layers:
        forms = _forms(layer)
        number += bool(forms)
        found += [Recurrence(number, direction, layer, form) for direction, form in forms.items()]
    return found


def _forms(layer):
    """The step forms of a recurrent layer by direction; none of any other."""
    if isinstance(layer, layers.Bidirectional):
        parts = (layer.forward_layer, layer.backward_layer)
    elif isinstance(layer, layers.RNN | LinearScan):
        parts = (layer,)
    else:
        return {}
    node = layer._inbound_nodes[0]
    bound = inspect.signature(layer.call).bind(*node.arguments.args, **node.arguments.kwargs)
    form = OfOwnLayer if isinstance(layer, LinearScan) else OfRecurrent
    return {
        "backward" if getattr(part, "go_backwards", False) else "forward": form(
            part, bound.arguments
        )
        for part in parts
    }
