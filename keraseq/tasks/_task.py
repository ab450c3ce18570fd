"""What every task brings."""

from keras import layers

from keraseq._checks import check_integer
from keraseq.models.layers import QuantileSteps


class Task:
    """A task: what the head gives, how wrong it is, and what its numbers mean.

    Attributes
    ----------
    name : str
    per_step : bool
        True when every step gets an answer, so that nothing is pooled.
    takes_quantiles : bool
    """

    name = None
    per_step = False
    takes_quantiles = False
    fewest_outputs = 1

    def check_outputs(self, outputs):
        """Return `outputs` as ints, or raise an error that names what is allowed."""
        return check_integer("outputs", outputs, self.fewest_outputs)

    def head(self, features, outputs, *, logits, quantiles=None):
        """Map pooled features `(batch, channels)` to the model's output."""
        x = layers.Dense(outputs, name="logits")(features)
        return x if logits else layers.Activation(self.link, name="probabilities")(x)

    def loss(self, *, logits, quantiles=None):
        raise NotImplementedError

    def metrics(self, *, logits, quantiles=None):
        raise NotImplementedError

    def decode(self, values):
        """Turn the model's output into probabilities, or leave predicted numbers as they are."""
        return values


def quantile_head(x, shape, quantiles):
    """Project to `shape`, with a last axis of rising quantiles where `quantiles` are asked for."""
    size = 1
    for length in shape:
        size *= length
    if quantiles is None:
        return layers.Reshape(shape)(layers.Dense(size, name="outputs")(x))
    x = layers.Dense(size * len(quantiles), name="outputs")(x)
    x = layers.Reshape((*shape, len(quantiles)))(x)
    return QuantileSteps(central_quantile(quantiles))(x)


def central_quantile(quantiles):
    """The place of the quantile nearest to the median."""
    return min(range(len(quantiles)), key=lambda i: abs(quantiles[i] - 0.5))
