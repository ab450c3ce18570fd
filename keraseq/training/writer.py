"""Write on and on with a model that says the next token."""

import keras
import numpy as np
from keras import ops

from keraseq.models import Stepper
from keraseq.training.only_tensorflow import has_fast_path

# Temperatures from the one that leaves but the likeliest token to that at which all are alike, and
# a share that the likeliest always has: what is beyond float32 would be infinite or zero.
_COLDEST, _HOTTEST, _LEAST_SHARE = 1e-6, 1e30, 1e-6


class Writer:
    """A causal model that is read and written with, step by step, its state kept.

    On TensorFlow all steps of a call are one loop, traced once for a number of texts; where a state
    grows (the keys of attention) each step is a call.

    Parameters
    ----------
    model : keras.Model
        It gives logits or probabilities of the next token at every step.
    gives_probabilities : bool, default=False
    """

    def __init__(self, model, gives_probabilities=False):
        self._stepper, self._gives_probabilities = Stepper(model), gives_probabilities
        self._compiled, self.n_traces = None, 0

    @classmethod
    def of(cls, model, gives_probabilities=False):
        """The writer of a model, the same for as long as it lives."""
        writer = getattr(model, "compiled_writer", None)
        if writer is None:
            writer = model.compiled_writer = cls(model, gives_probabilities)
        return writer

    def read(self, ids):
        """Read ids `(texts, steps)`, at least one step; return what :meth:`write` goes on from."""
        ids = np.asarray(ids, dtype=np.int32)
        state = self._stepper.initial_state(len(ids))
        logits, later = self._step(ids[:, 0], state)
        if self._keeps_shape(state, later):
            if ids.shape[1] > 1:
                logits, later = self._loops[0](ids[:, 1:].T, later)
        else:
            for step in ids[:, 1:].T:
                logits, later = self._step(step, later)
        return logits, later

    def write(self, position, numbers, *, temperature, top_k, top_p, barred):
        """Write as many tokens as there are rows of `numbers`.

        Parameters
        ----------
        position : tuple
            Of :meth:`read`, or of the call before.
        numbers : ndarray `(steps, texts)`
            Uniform in [0, 1): each chooses a token.
        temperature : float
            0 takes the likeliest token.
        top_k : int
        top_p : float
        barred : ndarray of bool `(outputs,)`
            What is never written.

        Returns
        -------
        ids : ndarray `(steps, texts)`
        position : tuple
        """
        if temperature < _COLDEST:
            temperature, top_k = 1.0, 1
        numbers = np.asarray(numbers, np.float32)
        settings = (
            np.float32(min(temperature, _HOTTEST)),
            np.int32(top_k),
            np.float32(max(top_p, _LEAST_SHARE)),
            np.where(barred, np.float32(-1e30), np.float32(0)),
        )
        logits, state = position
        if self._grows is False:
            ids, logits, state = self._loops[1](logits, state, numbers, *settings)
            return ops.convert_to_numpy(ids), (logits, state)
        written = []
        for row in numbers:
            written.append(choose_token(logits, row, *settings))
            logits, state = self._step(written[-1], state)
        return np.stack([ops.convert_to_numpy(ids) for ids in written]), (logits, state)

    _grows = None

    def _keeps_shape(self, state, later):
        """Whether the steps of a call can be one loop."""
        if self._grows is None:
            shapes = [
                [tuple(part.shape) for part in keras.tree.flatten(parts)]
                for parts in (state, later)
            ]
            self._grows = not (has_fast_path("generation") and shapes[0] == shapes[1])
        return not self._grows

    def _step(self, ids, state):
        logits, state = self._stepper(ids, state)
        logits = ops.cast(logits, "float32")
        if self._gives_probabilities:
            logits = ops.log(ops.maximum(logits, 1e-30))
        return logits, state

    @property
    def _loops(self):
        if self._compiled is None:
            self._compiled = self._make_loops()
        return self._compiled

    def _make_loops(self):
        import tensorflow as tf

        def next_state(ids, state):
            """The step, its state in the very structure of the one before."""
            logits, later = self._step(ids, state)
            return logits, tf.nest.pack_sequence_as(state, tf.nest.flatten(later))

        @tf.function(autograph=False, reduce_retracing=True)
        def read(ids, state):
            self.n_traces += 1
            logits, state = next_state(ids[0], state)
            n = tf.shape(ids)[0]

            def one(i, logits, state):
                return (i + 1, *next_state(ids[i], state))

            _, logits, state = tf.while_loop(
                lambda i, logits, state: i < n, one, (tf.constant(1), logits, state)
            )
            return logits, state

        @tf.function(autograph=False, reduce_retracing=True)
        def write(logits, state, numbers, *settings):
            self.n_traces += 1
            n = tf.shape(numbers)[0]
            written = tf.TensorArray(tf.int32, size=n, element_shape=numbers.shape[1:])

            def one(i, written, logits, state):
                ids = choose_token(logits, numbers[i], *settings)
                return (i + 1, written.write(i, ids), *next_state(ids, state))

            _, written, logits, state = tf.while_loop(
                lambda i, *others: i < n, one, (tf.constant(0), written, logits, state)
            )
            return written.stack(), logits, state

        # Any number of steps is one trace.
        def read_any(ids, state):
            shape = tf.TensorSpec((None, ids.shape[1]), tf.int32)
            return self._traced(read, "read", (shape, _specs(state)))(ids, state)

        def write_any(logits, state, numbers, *settings):
            shape = tf.TensorSpec((None, numbers.shape[1]), tf.float32)
            specs = (_specs(logits), _specs(state), shape, *map(_specs, settings))
            function = self._traced(write, "write", specs)
            return function(logits, state, numbers, *settings)

        self._functions = {}
        return read_any, write_any

    def _traced(self, function, name, specs):
        key = name, repr(specs)
        if key not in self._functions:
            self._functions[key] = function.get_concrete_function(*specs)
        concrete = self._functions[key]
        import tensorflow as tf

        def call(*arguments):
            flat = [tf.convert_to_tensor(part) for part in tf.nest.flatten(arguments)]
            return concrete(*tf.nest.pack_sequence_as(arguments, flat))

        return call


def _specs(values):
    import tensorflow as tf

    return tf.nest.map_structure(
        lambda part: tf.TensorSpec(np.shape(part), tf.convert_to_tensor(part).dtype), values
    )


def choose_token(logits, numbers, temperature, top_k, top_p, barred):
    """Choose a token for each row of logits by a number in [0, 1).

    The likeliest ones first, they divide [0, 1) by their probabilities; left out are those behind
    the `top_k` likeliest, and behind those that have `top_p` together.
    """
    # PyTorch does not compute with NumPy's arrays.
    barred, numbers = ops.convert_to_tensor(barred), ops.convert_to_tensor(numbers)
    logits = ops.cast(logits, "float32") / temperature + barred
    # Not argsort and takes along its axis, which are a dozen operations of a step's sixty.
    logits, order = ops.top_k(logits, logits.shape[-1])
    p, places = ops.softmax(logits, axis=-1), ops.arange(logits.shape[-1])
    before = ops.cumsum(p, axis=-1) - p
    kept = ops.logical_and(places < top_k, before < top_p)
    p = ops.where(kept, p, 0.0)
    ends = ops.cumsum(p, axis=-1)
    rank = ops.sum(ops.cast(ends <= numbers[:, None] * ends[:, -1:], "int32"), axis=-1)
    rank = ops.minimum(rank, ops.sum(ops.cast(kept, "int32"), axis=-1) - 1)
    return ops.sum(ops.where(places == rank[:, None], ops.cast(order, "int32"), 0), axis=-1)
