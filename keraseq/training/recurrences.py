"""Recurrent layers of Keras in a training step, by a backward pass written by hand.

TensorFlow's own keeps some twenty tensors of every step and adds up each step's gradient of the
weights. Here all steps share one product with the inputs before the loop, and one a weight after
the loop that goes back; and half of the rows go beside the other half.
"""

import contextlib
import threading

from keraseq._keras import keras
from keraseq.training.gpu import has_gpu
from keraseq.training.recurrent_steps import GRUStep, LSTMStep, SimpleRNNStep
from keraseq.training.replaced import replaced
from keraseq.training.threads import n_threads

# Products of matrices take rows in blocks of six, or of fewer: so cut, each row's digits stay.
_BLOCK = 6


class Counts:
    """What ran so far, for those who must know that it did.

    Attributes
    ----------
    n_traces : int
        Layers that were traced so.
    """

    def __init__(self):
        self.n_traces = 0


COUNTS = Counts()
_tracing = threading.RLock()


@contextlib.contextmanager
def by_hand(model):
    """Let a model's recurrent layers go back by hand in a block that traces its training step.

    What other threads compute with the model meanwhile is as ever.

    Parameters
    ----------
    model : keras.Model
        Of which those layers are taken that are SimpleRNN, LSTM or GRU, alone or in both
        directions, with the activations of their papers, in float32 and on a processor.
    """
    with _tracing:
        loops = {} if has_gpu() else dict(_loops_of(model, threading.get_ident()))
        with replaced("inner_loop", loops):
            yield


@contextlib.contextmanager
def steps_by_hand(model):
    """Let the steps that ``keras.Model.fit`` traces in a block go back by hand.

    Both loops then end with the same bits.

    Parameters
    ----------
    model : keras.Model
    """
    usual = model.train_step
    is_usual = type(model).train_step is keras.Model.train_step
    if keras.config.backend() != "tensorflow" or not is_usual or model.run_eagerly:
        yield
        return

    def train_step(data):
        with contextlib.nullcontext() if model.jit_compile else by_hand(model):
            return usual(data)

    with replaced("train_step", {model: train_step}):
        yield


def _loops_of(model, thread):
    """The layers that qualify, each with its loop."""
    for operation in set(getattr(model, "operations", ())):
        is_pair = isinstance(operation, keras.layers.Bidirectional)
        layers = (operation.forward_layer, operation.backward_layer) if is_pair else (operation,)
        if all(map(_is_plain, layers)) and not any(map(_is_begun, operation._inbound_nodes)):
            # Two directions are two loops, which fill two cores already.
            in_halves = not is_pair and n_threads() > 1
            yield from ((layer, _inner_loop(layer, thread, in_halves)) for layer in layers)


def _is_begun(node):
    """Whether a layer is called with a state to begin with."""
    return len(node.arguments.args) > 1 or node.arguments.kwargs.get("initial_state") is not None


def _is_plain(layer):
    """Whether a layer computes what is written in `recurrent_steps`, and nothing else."""
    if type(layer) not in _steps():
        return False
    cell = layer.cell
    gates = getattr(cell, "recurrent_activation", keras.activations.sigmoid)
    return (
        cell.activation is keras.activations.tanh
        and gates is keras.activations.sigmoid
        and getattr(cell, "reset_after", True)
        and cell.use_bias
        and not (cell.dropout or cell.recurrent_dropout)
        and not (layer.stateful or layer.unroll)
        and cell.compute_dtype == "float32"
    )


def _steps():
    layers = keras.layers
    return {layers.SimpleRNN: SimpleRNNStep, layers.LSTM: LSTMStep, layers.GRU: GRUStep}


def _inner_loop(layer, thread, in_halves):
    """What stands for the method of this name, by which Keras's layers walk through the steps."""
    usual, step = layer.inner_loop, _steps()[type(layer)]

    def inner_loop(sequences, initial_state, mask, training=False):
        if threading.get_ident() != thread:
            return usual(sequences, initial_state, mask, training=training)
        COUNTS.n_traces += 1
        mask = mask[0] if keras.tree.is_nested(mask) else mask
        mask = None if mask is None else keras.ops.cast(mask, "bool")
        if layer.go_backwards:
            sequences = keras.ops.flip(sequences, axis=1)
            mask = None if mask is None else keras.ops.flip(mask, axis=1)
        cell = layer.cell
        weights = map(keras.ops.convert_to_tensor, (cell.kernel, cell.recurrent_kernel, cell.bias))
        outputs, *states = recur(
            step, sequences, mask, initial_state, *weights, in_halves=in_halves
        )
        if layer.zero_output_for_mask and mask is not None:
            outputs *= keras.ops.cast(mask, outputs.dtype)[..., None]
        return outputs[:, -1], outputs, states

    return inner_loop


def recur(step, x, mask, states, kernel, recurrent_kernel, bias, *, in_halves):
    """Walk through the steps of sequences.

    Parameters
    ----------
    step : type
        Of `recurrent_steps`.
    x : tensor `(batch, time, features)`
    mask : bool tensor `(batch, time)` or None
        Where it is false, states stay as they are.
    states : list of tensor `(batch, units)`
        Before the first step.
    kernel, recurrent_kernel, bias : tensor
        As of Keras's cells.
    in_halves : bool
        Whether half of the rows has a loop of its own, beside the other half's. The order of sums
        is the same.

    Returns
    -------
    outputs : tensor `(batch, time, units)`
    *states : tensor `(batch, units)`
        After the last step.
    """
    import tensorflow as tf

    n, n_both = tf.shape(x)[0], 2 * _BLOCK
    n_first = tf.where(n < n_both, n, (n + _BLOCK) // n_both * _BLOCK)
    halves = [slice(None, n_first), slice(n_first, None)]
    parts = halves if in_halves else [slice(None)]

    @tf.custom_gradient
    def run(x, kernel, recurrent_kernel, bias, *states):
        walks = []
        for part in parts:
            own = x[part], None if mask is None else mask[part], [s[part] for s in states]
            walks.append(Walk(step, *own, kernel, recurrent_kernel, bias))

        def gradient(*gradients):
            for walk, part in zip(walks, parts, strict=True):
                walk.back(*(g[part] for g in gradients))
            d_x, *d_states = map(_join, zip(*(walk.d_begin for walk in walks), strict=True))
            if len(walks) == 1:
                products = [walks[0].products(half) for half in halves]
            else:
                products = [walk.products() for walk in walks]
            return d_x, *(a + b for a, b in zip(*products, strict=True)), *d_states

        return tuple(map(_join, zip(*(walk.found for walk in walks), strict=True))), gradient

    return run(x, kernel, recurrent_kernel, bias, *states)


def _join(parts):
    import tensorflow as tf

    return parts[0] if len(parts) == 1 else tf.concat(parts, axis=0)


class Walk:
    """Some rows' way through all steps, and back.

    Attributes
    ----------
    found : list of tensor
        Outputs `(batch, time, units)` and the states after the last step.
    d_begin : list of tensor
        The loss's gradients by inputs and first states, once it went back.
    """

    def __init__(self, step, x, mask, states, kernel, recurrent_kernel, bias):
        import tensorflow as tf

        self._step, self._states = step, states
        self._kernel, self._recurrent_kernel = kernel, recurrent_kernel
        self._n_biases = bias.shape.rank
        of_inputs, of_hidden = (bias, None) if self._n_biases == 1 else (bias[0], bias[1])
        units, self._x = recurrent_kernel.shape[0], _by_time(x)
        self._n = tf.shape(self._x)[0]
        self._masks = None if mask is None else self._array(_by_time(mask)[..., None])
        inputs = self._array(tf.nn.bias_add(_product(self._x, kernel), of_inputs))

        def body(t, states, hs, kept):
            hidden = tf.matmul(states[0], recurrent_kernel)
            if of_hidden is not None:
                hidden = tf.nn.bias_add(hidden, of_hidden)
            after, keep = step.forward(inputs.read(t), hidden, states)
            if mask is not None:
                real = self._masks.read(t)
                after = [tf.where(real, a, s) for a, s in zip(after, states, strict=True)]
            kept = [array.write(t, value) for array, value in zip(kept, keep, strict=True)]
            return t + 1, list(after), hs.write(t, after[0]), kept

        kept = [self._new_array(n * units) for n in step.kept]
        begin = 0, list(states), self._new_array(units), kept
        _, states, hs, self._kept = tf.while_loop(lambda t, *_: t < self._n, body, begin)
        self._hs = hs.stack()
        self.found = [_by_time(self._hs), *states]

    def back(self, d_outputs, *d_states):
        import tensorflow as tf

        d_outputs = self._array(_by_time(d_outputs))
        transposed = tf.transpose(self._recurrent_kernel)

        def body(i, d_states, d_inputs, d_hidden):
            t = self._n - 1 - i
            d_states[0] += d_outputs.read(t)
            kept = [array.read(t) for array in self._kept]
            of_inputs, of_hidden, direct = self._step.backward(kept, d_states)
            is_shared = of_hidden is of_inputs
            if self._masks is not None:
                real = self._masks.read(t)
                zero = tf.zeros_like(d_states[0])
                of_inputs = tf.where(real, of_inputs, 0.0)
                of_hidden = of_inputs if is_shared else tf.where(real, of_hidden, 0.0)
                direct = [
                    tf.where(real, zero if d is None else d, d_state)
                    for d, d_state in zip(direct, d_states, strict=True)
                ]
            through = tf.matmul(of_hidden, transposed)
            first = through if direct[0] is None else through + direct[0]
            d_inputs = d_inputs.write(t, of_inputs)
            d_hidden = d_hidden if is_shared else d_hidden.write(t, of_hidden)
            return i + 1, [first, *direct[1:]], d_inputs, d_hidden

        width = self._kernel.shape[-1]
        begin = 0, list(d_states), self._new_array(width), self._new_array(width)
        _, d_states, d_inputs, d_hidden = tf.while_loop(lambda i, *_: i < self._n, body, begin)
        self._d_inputs = d_inputs.stack()
        self._d_hidden = self._d_inputs if self._n_biases == 1 else d_hidden.stack()
        d_x = _product(self._d_inputs, self._kernel, transpose_b=True)
        self.d_begin = [_by_time(d_x), *d_states]

    def products(self, rows=slice(None)):
        """The loss's gradients by kernel, recurrent kernel and bias, of some rows."""
        import tensorflow as tf

        before = tf.concat([self._states[0][None], self._hs[:-1]], axis=0)
        x, before, d_inputs, d_hidden = (
            part[:, rows] for part in (self._x, before, self._d_inputs, self._d_hidden)
        )
        d_inputs, d_hidden = _flat(d_inputs), _flat(d_hidden)
        # Twice as fast as a sum, and in an order that knows nothing of threads.
        d_bias = [tf.raw_ops.BiasAddGrad(out_backprop=d) for d in (d_inputs, d_hidden)]
        return (
            tf.matmul(_flat(x), d_inputs, transpose_a=True),
            tf.matmul(_flat(before), d_hidden, transpose_a=True),
            d_bias[0] if self._n_biases == 1 else tf.stack(d_bias),
        )

    def _new_array(self, width):
        import tensorflow as tf

        return tf.TensorArray(tf.float32, self._n, element_shape=(None, width))

    def _array(self, values):
        """What is read a step at a time."""
        import tensorflow as tf

        return tf.TensorArray(values.dtype, self._n, element_shape=values.shape[1:]).unstack(values)


def _by_time(values):
    """Change `(batch, time, ...)` for `(time, batch, ...)`, or back."""
    import tensorflow as tf

    return tf.transpose(values, (1, 0, *range(2, values.shape.rank)))


def _flat(values):
    import tensorflow as tf

    return tf.reshape(values, (-1, values.shape[-1]))


def _product(values, weights, transpose_b=False):
    """Of the last axis of `(time, batch, features)`."""
    import tensorflow as tf

    found = tf.matmul(_flat(values), weights, transpose_b=transpose_b)
    return tf.reshape(found, (*tf.unstack(tf.shape(values)[:2]), found.shape[-1]))
