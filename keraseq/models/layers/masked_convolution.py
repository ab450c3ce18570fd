"""What convolutional bodies share: nothing of the padding reaches a real step."""

from keras import layers, ops

# Of the three convolutions of a block, or of a network, of Wang et al. (2017).
KERNEL_SIZES = (8, 5, 3)
# PyTorch's. Keras's .99 remembers the first weights for some 300 steps: a fit that runs to its end
# does not mind, but early stopping ends before.
MOMENTUM = 0.9


def real_steps(x, mask):
    """Return the steps of `(batch, time, channels)` with zeros in place of padding."""
    return x * ops.cast(mask, x.dtype)[..., None]


def normalize_batch(x, mask):
    """Batch normalisation whose moments leave the padding out; zeros stand there afterwards."""
    return real_steps(layers.BatchNormalization(momentum=MOMENTUM)(x, mask=mask), mask)


def convolution_block(x, mask, filters, kernel_size, *, activation="relu"):
    """Convolution, batch normalisation, activation; `x` holds zeros in place of padding."""
    # The normalisation's offset is the bias.
    y = layers.Conv1D(filters, kernel_size, padding="same", use_bias=False)(x)
    y = normalize_batch(y, mask)
    return y if activation is None else layers.Activation(activation)(y)


def side_by_side(x, units, kernel_sizes, **settings):
    """Convolutions of several lengths, ``units`` filters in all, what is left over to the first."""
    n = len(kernel_sizes)
    shares = [(units + n - 1 - i) // n for i in range(n)]
    branches = [
        layers.Conv1D(filters, size, padding="same", **settings)(x)
        for filters, size in zip(shares, kernel_sizes, strict=True)
        if filters
    ]
    return ops.concatenate(branches, axis=-1)


def fcn_blocks(x, mask, units, num_blocks, dropout):
    """The convolutions of Wang et al. (2017), which LSTM-FCN has too."""
    for block in range(num_blocks):
        filters = 2 * units if 0 < block < num_blocks - 1 else units
        x = convolution_block(x, mask, filters, KERNEL_SIZES[min(block, 2)])
        x = layers.Dropout(dropout)(x) if dropout else x
    return x
