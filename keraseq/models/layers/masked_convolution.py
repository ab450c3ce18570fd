"""What convolutional bodies share: nothing of the padding reaches a real step."""

from keras import layers, ops


def real_steps(x, mask):
    """Return the steps of `(batch, time, channels)` with zeros in place of padding."""
    return x * ops.cast(mask, x.dtype)[..., None]


def normalize_batch(x, mask):
    """Batch normalisation whose moments leave the padding out; zeros stand there afterwards."""
    return real_steps(layers.BatchNormalization()(x, mask=mask), mask)


def convolution_block(x, mask, filters, kernel_size, *, activation="relu"):
    """Convolution, batch normalisation, activation; `x` holds zeros in place of padding."""
    # The normalisation's offset is the bias.
    y = layers.Conv1D(filters, kernel_size, padding="same", use_bias=False)(x)
    y = normalize_batch(y, mask)
    return y if activation is None else layers.Activation(activation)(y)
