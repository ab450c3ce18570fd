"""The convolutional network for sentences."""

from keras import layers

from keraseq._checks import check_integer
from keraseq.models._register import register_model
from keraseq.models.layers.masked_convolution import real_steps, side_by_side


@register_model(
    title="Convolutional network for sentences",
    authors="Yoon Kim",
    year=2014,
    paper="Convolutional neural networks for sentence classification. EMNLP, arXiv:1408.5882",
    family="convolutional",
    parallel=True,
    hints={"text": {"learning_rate": 0.005}},
    pooling="max",
)
def text_cnn(x, mask, *, units=300, num_layers=1, dropout=None, kernel_sizes=(3, 4, 5)):
    """Convolutions over three, four and five words side by side: which phrases occur at all.

    ``units`` filters in all, shared out among the lengths: 100 of each in the paper, which reads
    the highest answer of each filter and sets ``dropout=0.5`` behind it. Its limit on the norm of
    the output's weights is left out.

    Parameters
    ----------
    kernel_sizes : sequence of int, default=(3, 4, 5)
        Steps that the filters of each length multiply.
    """
    kernel_sizes = [kernel_sizes] if isinstance(kernel_sizes, int) else list(kernel_sizes)
    if not kernel_sizes:
        raise ValueError("kernel_sizes=() names no length; give one at least, such as (3, 4, 5).")
    kernel_sizes = [check_integer("kernel_sizes", size, 1) for size in kernel_sizes]
    for _ in range(num_layers):
        x = side_by_side(real_steps(x, mask), units, kernel_sizes, activation="relu")
        x = layers.Dropout(dropout)(x)
    return real_steps(x, mask)
