"""The temporal convolutional network."""

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq.models._register import register_model


@register_model(
    title="Temporal convolutional network",
    authors="Shaojie Bai, J. Zico Kolter and Vladlen Koltun",
    year=2018,
    paper="An empirical evaluation of generic convolutional and recurrent networks for sequence "
    "modeling. arXiv:1803.01271",
    family="convolutional",
    causal=True,
    parallel=True,
)
def tcn(x, mask, *, units=None, num_layers=6, dropout=None, kernel_size=3):
    """Causal convolutions whose gaps double from block to block: far back in few layers.

    Each of the ``num_layers`` residual blocks holds two convolutions, of dilation 1, 2, 4, ...
    from block to block, so a step sees ``1 + 2 (kernel_size - 1) (2 ** num_layers - 1)`` steps: 253
    at the defaults. The paper's weight normalisation is left out.

    Parameters
    ----------
    kernel_size : int, default=3
        Steps that a convolution multiplies, ``dilation`` apart.
    """
    check_integer("kernel_size", kernel_size, 1)
    real = ops.cast(mask, x.dtype)[..., None]
    for block in range(num_layers):
        y = x
        for _ in range(2):
            # Padding lies behind every real step, so a causal convolution never reads it.
            y = layers.Conv1D(
                units,
                kernel_size,
                dilation_rate=2**block,
                padding="causal",
                activation="relu",
                kernel_initializer="he_normal",
            )(y)
            y = layers.Dropout(dropout)(y)
        if x.shape[-1] != units:
            x = layers.Conv1D(units, 1)(x)
        x = layers.Activation("relu")(x + y)
    return x * real
