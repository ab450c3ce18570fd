"""Recurrent layers without a mask, where no row has padding.

A mask costs them a choice and several copies a step, a fifth of a training step, and full rows make
it true everywhere: then the answer is the same without.
"""

import contextlib
import threading
import weakref

from keraseq._keras import keras
from keraseq.stems import layers as stem_layers
from keraseq.training.only_tensorflow import has_fast_path
from keraseq.training.replaced import replaced


class Counts:
    """What ran so far, for those who must know that it did.

    Attributes
    ----------
    n_traces : int
        Traces without masks.
    n_batches : int
        Batches answered by a graph of one.
    """

    def __init__(self):
        self.n_traces = self.n_batches = 0


COUNTS = Counts()
_tracing = threading.RLock()


def masked_layers(model):
    """The recurrent layers of a functional model whose mask tells padding alone.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    set of keras.Layer
        Empty for a model without a graph of its own.
    """
    kinds = keras.layers.RNN, keras.layers.Bidirectional
    found = {op for op in getattr(model, "operations", ()) if isinstance(op, kinds)}
    return {layer for layer in found if all(map(_tells_padding, layer._inbound_nodes))}


def _tells_padding(node):
    # Their masks are true everywhere where every step that comes in is real.
    kinds = stem_layers.Padding, stem_layers.Patches, stem_layers.FoldChannels
    history = getattr(node.arguments.kwargs.get("mask"), "_keras_history", None)
    return history is not None and isinstance(history.operation, kinds)


@contextlib.contextmanager
def without_masks(model):
    """Let a model's recurrent layers do without those masks in a block that traces it.

    What other threads compute with the model meanwhile has its masks.

    Parameters
    ----------
    model : keras.Model
    """
    layers, thread = masked_layers(model), threading.get_ident()
    with _tracing:
        COUNTS.n_traces += 1
        run = model._run_through_graph

        def run_unmasked(inputs, operation_fn, **kwargs):
            def function(operation):
                called = operation_fn(operation)
                if operation not in layers or threading.get_ident() != thread:
                    return called
                return lambda *args, **kwargs: called(*args, **{**kwargs, "mask": None})

            return run(inputs, operation_fn=function, **kwargs)

        with replaced("_run_through_graph", {model: run_unmasked}):
            yield


class Traced:
    """A model as it was when its answers were traced.

    Keras makes its own function anew once a user has compiled or quantised the model, whose former
    traces know nothing of weights that layers have since, such as those of LoRA.

    Parameters
    ----------
    model : keras.Model
    """

    def __init__(self, model):
        self._function = weakref.ref(_function_of(model))

    def holds(self, model):
        """Whether the model is as it was."""
        return self._function() is _function_of(model)


def _function_of(model):
    model.make_predict_function()
    return model.predict_function


class FullAnswers:
    """A model's answers to batches without padding, by a graph without masks."""

    _of_model = weakref.WeakKeyDictionary()
    _lock = threading.RLock()

    @classmethod
    def answer(cls, model, x):
        """Return the output for a batch of full rows, or None where masks cost nothing.

        Parameters
        ----------
        model : keras.Model
        x : ndarray `(rows, time)` or `(rows, time, channels)`
        """
        with cls._lock:
            traced, function = cls._of_model.get(model, (None, None))
            if traced is None or not traced.holds(model):
                function = cls._make(model) if _can_trace(model) else None
                cls._of_model[model] = Traced(model), function
        if function is None:
            return None
        COUNTS.n_batches += 1
        return function(x).numpy()

    @staticmethod
    def _make(model):
        import tensorflow as tf

        (inputs,), of = model.inputs, weakref.ref(model)

        def forward(x):
            with without_masks(of()):
                return of()(x, training=False)

        return tf.function(
            forward, autograph=False, input_signature=[tf.TensorSpec(inputs.shape, inputs.dtype)]
        )


def _can_trace(model):
    """Whether Keras's own answers come from a graph as ours would, and with masks."""
    return (
        has_fast_path("answers")
        and len(getattr(model, "inputs", None) or ()) == 1
        and len(model.outputs) == 1
        and type(model).predict_step is keras.Model.predict_step
        and not (model.run_eagerly or model.jit_compile)
        and bool(masked_layers(model))
    )
