"""Floating-point operations of a forward pass: counted from shapes, never timed."""

import math

import keras

from keraseq._checks import check_integer

_PRODUCTS = ("Matmul", "Einsum", "Dot", "Tensordot")


def count_flops(model, steps=None):
    """Return the floating-point operations of a forward pass over one sequence.

    Counted are matrix products, a multiplication and an addition each: of layers' weights at every
    step, of recurrent cells step by step, and of queries with keys and attention with values.
    Element-wise work, such as activations and normalisation, is left out, as is usual.

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
        If it is not functional, so that nobody knows what it does.

    Examples
    --------
    >>> import keraseq
    >>> model = keraseq.lstm((None, 8), 3, units=16, pooling="mean")
    >>> keraseq.count_flops(model, 1), keraseq.count_flops(model, 101)
    (11360, 1137760)
    """
    if not is_functional(model):
        raise TypeError(f"{model!r} is not functional: its operations cannot be counted.")
    if steps is not None:
        steps = check_integer("steps", steps, 1)
    return _count(_with_shapes(model, steps))


def is_functional(model):
    """Whether a model is a graph of layers (built), so that its operations are known."""
    return hasattr(_graph(model), "operations")


def _graph(model):
    return model._functional if isinstance(model, keras.Sequential) else model


def _with_shapes(model, steps):
    """A copy of the model for one sequence of that length, whose every shape is known."""
    inputs = keras.tree.map_structure(lambda tensor: _one(tensor, steps), model.input)
    return keras.models.clone_model(model, input_tensors=inputs)


def _one(tensor, steps):
    shape = [1, *tensor.shape[1:]]
    if len(shape) > 1 and shape[1] is None:
        if steps is None:
            raise ValueError(
                "steps is missing: the model takes sequences of any length, on which its "
                "operations depend. Give it, or build the model with a fixed input_shape[0]."
            )
        shape[1] = steps
    return keras.Input(batch_shape=shape, dtype=tensor.dtype, name=tensor.name)


def _count(model):
    model = _graph(model)
    own = {id(node) for nodes in model._nodes_by_depth.values() for node in nodes}
    total = 0
    for operation in model.operations:
        for node in operation._inbound_nodes:
            if id(node) in own and node.input_tensors:
                shapes = [tuple(t.shape) for t in node.input_tensors]
                outputs = [tuple(t.shape) for t in node.output_tensors]
                total += _of_operation(operation, shapes, outputs[0], node)
    return total


def _of_operation(operation, inputs, output, node):
    if isinstance(operation, keras.Model):
        known = [keras.Input(batch_shape=shape) for shape in inputs]
        return _count(keras.models.clone_model(operation, input_tensors=known))
    if not isinstance(operation, keras.layers.Layer):
        is_product = type(operation).__name__ in _PRODUCTS
        return _of_product(operation, inputs, output) if is_product else 0
    if isinstance(operation, keras.layers.Embedding):
        return 0
    if isinstance(operation, keras.layers.MultiHeadAttention):
        return _of_attention(operation, inputs)
    if isinstance(operation, keras.layers.RNN | keras.layers.Bidirectional):
        return 2 * math.prod(inputs[0][:2]) * _matrices(operation)
    return 2 * math.prod(output[:-1]) * _matrices(operation)


def _matrices(layer):
    """Sizes of the weights that a vector is multiplied by: not of biases and scales."""
    matrices = [w for w in layer.weights if len(w.shape) > 1 and w.name != "bias"]
    return sum(math.prod(w.shape) for w in matrices)


def _of_attention(layer, inputs):
    query = inputs[0]
    value = inputs[1] if len(inputs) > 1 else query
    read, written = math.prod(query[:2]), math.prod(value[:2])
    heads = layer._num_heads * (layer._key_dim + (layer._value_dim or layer._key_dim))
    weights = {
        dense.name: _matrices(dense) for dense in layer._flatten_layers() if dense is not layer
    }
    own = sum(size for name, size in weights.items() if name in ("query", "attention_output"))
    others = sum(size for name, size in weights.items() if name in ("key", "value"))
    return 2 * (read * own + written * others + read * value[1] * heads)


def _of_product(operation, inputs, output):
    if type(operation).__name__ != "Einsum":
        return 2 * math.prod(output) * inputs[0][-1]
    sizes = {}
    for letters, shape in zip(operation.subscripts.split("->")[0].split(","), inputs, strict=True):
        sizes.update(zip(letters.strip(), shape, strict=True))
    return 2 * math.prod(sizes.values())
