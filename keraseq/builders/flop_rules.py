"""What each layer of Keras and each of its operations multiplies."""

import inspect
import math

import keras
from keras import layers

from keraseq._checks import check_integer

# Packages of Keras's layers, and modules of its operations, that work element by element.
_FREE_LAYERS = (
    *("activations", "merging", "normalization", "pooling", "preprocessing"),
    *("regularization", "reshaping"),
)
_FREE_OPERATIONS = ("core", "einops", "math", "nn", "numpy")
# Their own, of which no shape tells what they take: functions run as often as they like, and more
# than a product.
_UNKNOWN = (
    *("AdditiveAttention", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GroupedQueryAttention"),
    *("MelSpectrogram", "ReversibleEmbedding", "STFTSpectrogram", "SpectralNormalization"),
    *("AssociativeScan", "Cond", "ForiLoop", "Map", "Scan", "Switch", "VectorizedMap", "WhileLoop"),
    *("CDist", "Corrcoef", "Correlate", "CTCDecode", "CTCLoss", "FFT", "FFT2", "IFFT2", "IRFFT"),
    *("ISTFT", "Logdet", "RFFT", "STFT", "Slogdet", "Vander"),
)


def count_operation(operation, args, kwargs, outputs):
    """Return the operations of one call of a layer, or of an operation of ``keras.ops``.

    Parameters
    ----------
    operation : keras.Operation
    args, kwargs
        What it is called with; tensors may be symbolic.
    outputs : tensors
        What it then gives.

    Raises
    ------
    TypeError
        If only its author knows what it multiplies, and it has no method ``count_flops``.
    """
    given = inspect.signature(operation.call).bind(*args, **kwargs).arguments
    shapes = {name: _shapes(value) for name, value in given.items()}
    output = _shapes(keras.tree.flatten(outputs)[0])
    if counts_itself(operation):
        counted = operation.count_flops(next(iter(shapes.values())))
        return check_integer(f"{type(operation).__name__}.count_flops(...)", counted, 0)
    name = type(operation).__name__
    if is_of_keras(operation) and name not in _UNKNOWN:
        if name in _OPERATIONS and not isinstance(operation, layers.Layer):
            return _OPERATIONS[name](operation, shapes, output)
        for kinds, rule in _LAYERS:
            if isinstance(operation, kinds):
                return rule(operation, shapes, output)
        if _is_free(operation):
            return 0
    raise TypeError(_refusal(operation))


def counts_itself(operation):
    return callable(getattr(operation, "count_flops", None))


def is_of_keras(operation):
    """Whether what it does when called is written in Keras, be its class a user's or not."""
    return _module_of_call(operation).startswith("keras.")


def _module_of_call(operation):
    return next(c for c in type(operation).__mro__ if "call" in vars(c)).__module__


def _is_free(operation):
    parts = _module_of_call(operation).split(".")
    if isinstance(operation, layers.Layer):
        return len(parts) > 3 and parts[3] in _FREE_LAYERS
    return parts[-1] in _FREE_OPERATIONS


def _refusal(operation):
    is_layer = isinstance(operation, layers.Layer)
    is_part = is_layer and not isinstance(operation, layers.Lambda | keras.Model)
    what = "layer" if is_layer else "operation"
    remedy = "Give its class a method" if is_part else "Put what it does in a layer with a method"
    return (
        f"the operations of the {what} {operation.name!r} ({type(operation).__name__}) cannot be "
        f"counted. {remedy} count_flops(self, input_shape) that returns those of a call; see "
        "keraseq.count_flops."
    )


def _shapes(value):
    """The shape of a tensor, those of a list of them, None for anything else."""
    return keras.tree.map_structure(
        lambda part: tuple(part.shape) if hasattr(part, "shape") else None, value
    )


def _first(shapes):
    return next(iter(shapes.values()))


def _nothing(operation, shapes, output):
    return 0


def _per_position(output, n_outputs, *kernels):
    """Each position of the output is a product with all the weights of the kernels."""
    return 2 * (math.prod(output) // n_outputs) * sum(math.prod(kernel) for kernel in kernels)


def _of_dense(layer, shapes, output):
    return 2 * math.prod(output) * _first(shapes)[-1]


def _of_convolution(layer, shapes, output):
    return _per_position(output, layer.filters, layer.kernel.shape)


def _of_transposed_convolution(layer, shapes, output):
    return _per_position(_first(shapes), layer.kernel.shape[-1], layer.kernel.shape)


def _of_depthwise_convolution(layer, shapes, output):
    return _per_position(output, math.prod(layer.kernel.shape[-2:]), layer.kernel.shape)


def _of_separable_convolution(layer, shapes, output):
    kernels = layer.depthwise_kernel.shape, layer.pointwise_kernel.shape
    return _per_position(output, layer.filters, *kernels)


def _of_einsum_dense(layer, shapes, output):
    return _of_letters(layer.equation, [_first(shapes), layer.kernel.shape])


def _of_bidirectional(layer, shapes, output):
    return sum(
        _of_inner(part, _first(shapes)) for part in (layer.forward_layer, layer.backward_layer)
    )


def _of_time_distributed(layer, shapes, output):
    batch, time, *rest = _first(shapes)
    return _of_inner(layer.layer, (batch * time, *rest))


def _of_inner(layer, shape):
    given = keras.KerasTensor(shape)
    return count_operation(layer, (given,), {}, layer.compute_output_spec(given))


def _of_recurrence(layer, shapes, output):
    batch, time, channels = _first(shapes)
    return time * _of_cell(layer.cell, (batch, channels))


def _of_cell(cell, shape):
    if counts_itself(cell):
        return check_integer(f"{type(cell).__name__}.count_flops(...)", cell.count_flops(shape), 0)
    if isinstance(cell, layers.StackedRNNCells):
        total = 0
        for part in cell.cells:
            total += _of_cell(part, shape)
            shape = (shape[0], part.output_size)
        return total
    known = isinstance(cell, layers.SimpleRNNCell | layers.LSTMCell | layers.GRUCell)
    if not known or not is_of_keras(cell):
        raise TypeError(_refusal(cell))
    return 2 * shape[0] * (math.prod(cell.kernel.shape) + math.prod(cell.recurrent_kernel.shape))


def _of_multi_head_attention(layer, shapes, output):
    query, value = shapes["query"], shapes["value"]
    read, written = math.prod(query[:2]), math.prod(value[:2])
    heads = layer._num_heads * (layer._key_dim + (layer._value_dim or layer._key_dim))
    weights = {
        dense.name: math.prod(dense.kernel.shape)
        for dense in layer._flatten_layers()
        if isinstance(dense, layers.EinsumDense)
    }
    own = weights["query"] + weights["attention_output"]
    others = weights["key"] + weights["value"]
    return 2 * (read * own + written * others + read * value[1] * heads)


def _of_attention(layer, shapes, output):
    query, value, *key = _first(shapes)
    key = key[0] if key else value
    return 2 * math.prod(query[:2]) * value[1] * (key[-1] + value[-1])


def _of_dot(layer, shapes, output):
    axes = layer.axes if isinstance(layer.axes, int) else layer.axes[0]
    return 2 * math.prod(output) * _first(shapes)[0][axes]


def _of_product(operation, shapes, output):
    first = shapes["x1"]
    # A scalar multiplies element by element.
    return 2 * math.prod(output) * first[-1] if first and shapes["x2"] else 0


def _of_vdot(operation, shapes, output):
    return 2 * math.prod(shapes["x1"])


def _of_tensordot(operation, shapes, output):
    axes, first = operation.axes, shapes["x1"]
    axes = range(len(first) - axes, len(first)) if isinstance(axes, int) else axes[0]
    return 2 * math.prod(output) * math.prod(first[axis] for axis in axes)


def _of_einsum(operation, shapes, output):
    return _of_letters(operation.subscripts, list(_first(shapes)))


def _of_letters(subscripts, shapes):
    """All combinations of an einsum's indices; nothing where one tensor is but rearranged."""
    if len(shapes) < 2:
        return 0
    sizes = {}
    for letters, shape in zip(subscripts.split("->")[0].split(","), shapes, strict=True):
        before, dots, after = letters.replace(" ", "").partition("...")
        # The axes that the dots stand for are counted from the last.
        between = [-i for i in range(len(shape) - len(before + after), 0, -1)] if dots else []
        for letter, size in zip([*before, *between, *after], shape, strict=True):
            sizes[letter] = max(size, sizes.get(letter, 1))
    return 2 * math.prod(sizes.values())


def _of_convolution_operation(operation, shapes, output):
    return _per_position(output, shapes["kernel"][-1], shapes["kernel"])


def _of_transposed_convolution_operation(operation, shapes, output):
    return _per_position(shapes["inputs"], shapes["kernel"][-1], shapes["kernel"])


def _of_depthwise_convolution_operation(operation, shapes, output):
    return _per_position(output, math.prod(shapes["kernel"][-2:]), shapes["kernel"])


def _of_separable_convolution_operation(operation, shapes, output):
    kernels = shapes["depthwise_kernel"], shapes["pointwise_kernel"]
    return _per_position(output, kernels[1][-1], *kernels)


def _of_attention_operation(operation, shapes, output):
    batch, time, heads, size = shapes["query"]
    return 2 * batch * time * heads * shapes["key"][1] * (size + shapes["value"][-1])


_LAYERS = (
    ((layers.Embedding, layers.Identity, layers.InputLayer, layers.Masking), _nothing),
    ((layers.Dense,), _of_dense),
    ((layers.Conv1D, layers.Conv2D, layers.Conv3D), _of_convolution),
    (
        (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose),
        _of_transposed_convolution,
    ),
    ((layers.DepthwiseConv1D, layers.DepthwiseConv2D), _of_depthwise_convolution),
    ((layers.SeparableConv1D, layers.SeparableConv2D), _of_separable_convolution),
    ((layers.EinsumDense,), _of_einsum_dense),
    ((layers.Bidirectional,), _of_bidirectional),
    ((layers.TimeDistributed,), _of_time_distributed),
    ((layers.RNN,), _of_recurrence),
    ((layers.MultiHeadAttention,), _of_multi_head_attention),
    ((layers.Attention,), _of_attention),
    ((layers.Dot,), _of_dot),
)
_OPERATIONS = {
    "Matmul": _of_product,
    "Dot": _of_product,
    "Inner": _of_product,
    "Vdot": _of_vdot,
    "Tensordot": _of_tensordot,
    "Einsum": _of_einsum,
    "Conv": _of_convolution_operation,
    "ConvTranspose": _of_transposed_convolution_operation,
    "DepthwiseConv": _of_depthwise_convolution_operation,
    "SeparableConv": _of_separable_convolution_operation,
    "DotProductAttention": _of_attention_operation,
}
