"""LITE."""

from keras import layers, ops

from keraseq._checks import check_integer
from keraseq.models._hints import CONVOLUTIONAL
from keraseq.models._register import register_model
from keraseq.models.layers.hand_made_filters import HandMadeFilters
from keraseq.models.layers.masked_convolution import normalize_batch, real_steps


@register_model(
    title="LITE",
    authors="Ali Ismail-Fawaz et al.",
    year=2023,
    paper="LITE: light inception with boosting techniques for time series classification. DSAA, "
    "arXiv:2409.02869",
    family="convolutional",
    parallel=True,
    pooling="mean",
    hints=CONVOLUTIONAL,
    second_size="bottleneck_size",
)
def lite(x, mask, *, units=32, num_layers=3, dropout=None, kernel_size=40, bottleneck_size=2):
    """Hand-made filters beside few learned ones: Inception's accuracy at a fortieth of its weights.

    The first layer reads the series with ``units`` filters of each of three lengths (multiplexed:
    `kernel_size`, its half and its quarter) and with seventeen fixed ones that answer to rising,
    falling and peaks. The others are depthwise-separable and dilated by 2, 4, ..., their kernels
    halved from layer to layer. Where the paper reads the raw channels, this body reads
    `bottleneck_size` mixtures of what the shared stem makes of them, each by the fixed filters.

    Parameters
    ----------
    kernel_size : int, default=40
        Steps that the longest convolution multiplies.
    bottleneck_size : int, default=2
        Mixtures of channels that the first layer reads; a parameter budget may solve it.
    """
    check_integer("kernel_size", kernel_size, 1)
    check_integer("bottleneck_size", bottleneck_size, 1)
    x = real_steps(layers.Dense(bottleneck_size)(x), mask)
    x = layers.Dropout(dropout)(_first_layer(x, mask, units, kernel_size))
    for depth in range(1, num_layers):
        x = layers.SeparableConv1D(
            units,
            max(1, kernel_size // 2**depth),
            dilation_rate=2**depth,
            padding="same",
            use_bias=False,
        )(x)
        x = layers.Activation("relu")(normalize_batch(x, mask))
        x = layers.Dropout(dropout)(x)
    return x


def _first_layer(x, mask, units, kernel_size):
    learned = [
        layers.Conv1D(units, max(1, kernel_size // share), padding="same", use_bias=False)(x)
        for share in (1, 2, 4)
    ]
    fixed = layers.Activation("relu")(HandMadeFilters()(x))
    x = ops.concatenate([*learned, fixed], axis=-1)
    return layers.Activation("relu")(normalize_batch(x, mask))
