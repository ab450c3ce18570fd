"""Floating-point operations of a forward pass: counted from shapes, never timed."""

import functools

from keraseq._checks import check_integer
from keraseq._keras import keras


def count_flops(model, steps=None):
    """Return the floating-point operations of a forward pass over one sequence.

    Counted are matrix products, a multiplication and an addition each: of layers' weights at every
    step, of recurrent cells step by step, and of queries with keys and attention with values.
    Element-wise work, such as activations and normalisation, is left out, as is usual.

    A layer (or a recurrent cell) of your own counts itself by a method
    ``count_flops(self, input_shape)``: the operations of one call on an input of that shape, such
    as `(batch, time, channels)`, or on a list of them where it is called with a list; 0 where it
    multiplies no matrices.

    Parameters
    ----------
    model : keras.Model
        Functional.
    steps : int, optional
        Length of the sequence; the model's own by default.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the model has no fixed length and `steps` is not given.
    TypeError
        If it is not functional, or holds a layer or an operation that nobody can count: the text
        names it.

    Examples
    --------
    >>> import keras, keraseq
    >>> model = keraseq.lstm((None, 8), 3, units=16, pooling="mean")
    >>> keraseq.count_flops(model, 1), keraseq.count_flops(model, 101)
    (11360, 1137760)
    >>> class Square(keras.layers.Layer):
    ...     def call(self, x):
    ...         return x @ keras.ops.swapaxes(x, 1, 2)
    ...
    ...     def count_flops(self, input_shape):
    ...         batch, time, channels = input_shape
    ...         return 2 * batch * time * time * channels
    >>> inputs = keras.Input((10, 4))
    >>> keraseq.count_flops(keras.Model(inputs, Square()(inputs)))
    800
    """
    if not is_graph(model):
        raise TypeError(
            f"the operations of {model!r} cannot be counted: it is not functional. Build it by "
            "keras.Model(inputs, outputs)."
        )
    if steps is not None:
        steps = check_integer("steps", steps, 1)
    counter = _Counter()
    counter.walk(model, [_one_sequence(tensor, steps) for tensor in model.inputs])
    return counter.total


def is_graph(model):
    """Whether a model is a graph of layers (built), so that its operations are known."""
    return isinstance(model, keras.Model) and hasattr(_graph(model), "operations")


def _graph(model):
    return model._functional if isinstance(model, keras.Sequential) else model


def _one_sequence(tensor, steps):
    shape = [1, *tensor.shape[1:]]
    if len(shape) > 1 and shape[1] is None:
        if steps is None:
            raise ValueError(
                "steps is missing: the model takes sequences of any length, on which its "
                "operations depend. Give it, or build the model with a fixed input_shape[0]."
            )
        shape[1] = steps
    return keras.KerasTensor(shape, dtype=tensor.dtype)


class _Counter:
    """Follows shapes through a graph, and adds up what each of its operations takes."""

    def __init__(self):
        self.total = 0

    def walk(self, model, inputs):
        return _graph(model)._run_through_graph(
            inputs, operation_fn=lambda operation: functools.partial(self._visit, operation)
        )

    def _visit(self, operation, *args, **kwargs):
        # Its tables name Keras's layers, which a plan does without.
        from keraseq.builders.flop_rules import count_operation, counts_itself, is_of_keras

        if is_graph(operation) and is_of_keras(operation) and not counts_itself(operation):
            return self.walk(operation, args)
        outputs = operation.compute_output_spec(*args, **kwargs)
        self.total += count_operation(operation, args, kwargs, outputs)
        return outputs
