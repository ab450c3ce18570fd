"""What every stem brings."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from keraseq._checks import check_fraction, check_integer
from keraseq._keras import layers


class Encoded(NamedTuple):
    """What a stem gives an architecture.

    Attributes
    ----------
    x : tensor `(batch, time, channels)`
    mask : bool tensor `(batch, time)`
    future : tensor `(batch, horizon, features)` or None
        Known of the steps to come.
    static : tensor `(batch, features)` or None
        Known of the series itself.
    phase : int tensor `(batch,)` or None
        Where in the season the first step to come lies.
    scale : tuple of two tensors or None
        Level and spread that a forecast is given back in.
    bag : tensor `(batch, features)` or None
        What the stem reads of the whole sequence itself.
    embedding : layer or None
        Whose vectors the answer is to be compared with.
    """

    x: object
    mask: object
    future: object = None
    static: object = None
    phase: object = None
    scale: tuple | None = None
    bag: object = None
    embedding: object = None


@dataclass(frozen=True)
class Stem:
    """Raw arrays to `(batch, time, channels)` and a mask; its fields are its settings.

    Attributes
    ----------
    time : int or None
        Steps of every row, where that is fixed.
    embedding_dim : int
        Width of what an architecture reads, the same for every one.
    embedding_dropout : float
    """

    time: int | None
    embedding_dim: int
    embedding_dropout: float

    name: ClassVar[str]
    kind: ClassVar[str]
    default_pooling: ClassVar[str]

    @classmethod
    def serves(cls, task):
        """Whether a task asks for this stem."""
        return not (task.reads_history or task.writes)

    def inputs(self):
        """Return the Keras inputs."""
        raise TypeError(f"{type(self).__name__} defines no inputs.")

    def encode(self, inputs):
        """Return what an architecture reads, an `Encoded`."""
        raise TypeError(f"{type(self).__name__} defines no encode.")

    def outputs(self, outputs):
        """The shape that a head answers in, for `outputs` as the user says them."""
        return outputs

    def decode(self, y, encoded):
        """Turn a head's answer into the model's output."""
        return y

    def join(self, features, encoded):
        """What a body's reading and the stem's own become together."""
        return features

    def pooling(self, causal):
        """The reading of a body where none is asked for."""
        return self.default_pooling

    def without_vocabulary(self):
        """The same stem for the smallest vocabulary, which no budget counts."""
        return self

    def _dropout(self, x):
        if not self.embedding_dropout:
            return x
        return layers.Dropout(self.embedding_dropout, name="embedding_dropout")(x)


def whole_reading(causal):
    """The pooling of the outputs that have read the whole sequence, and nothing else."""
    return "last" if causal else "ends"


def check_embedding(defaults, embedding_dim, embedding_dropout):
    """Return width and dropout of a stem, the defaults of its kind where they are None."""
    width, dropout = defaults
    width = width if embedding_dim is None else embedding_dim
    dropout = dropout if embedding_dropout is None else embedding_dropout
    return (
        check_integer("embedding_dim", width, 1),
        check_fraction("embedding_dropout", dropout),
    )


def check_time(time):
    """Return the number of steps, or None where it is left open."""
    return None if time is None else check_integer("input_shape[0] (time)", time, 1)
