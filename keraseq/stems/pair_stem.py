"""A source, of tokens or numbers, and the target beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import ClassVar, NamedTuple

from keraseq._keras import keras, layers
from keraseq.stems._stem import Stem
from keraseq.stems.series_stem import SeriesStem
from keraseq.stems.token_stem import TokenStem

# Width and dropout of the source's vectors.
DEFAULTS = 128, 0.2


class Attended(NamedTuple):
    """What a decoder is given.

    Attributes
    ----------
    memory : tensor `(batch, time, channels)`
        What the body has made of the source, and beside it the vector of each of its steps.
    allowed : bool tensor `(batch, time)`
        False in the padding.
    target : int tensor `(batch, target_time)`
        The ids before each that is to be written.
    """

    memory: object
    allowed: object
    target: object


@dataclass(frozen=True)
class PairStem(Stem):
    """A source as another stem reads it, and the ids of the target so far.

    Attributes
    ----------
    time, embedding_dim, embedding_dropout : as of every stem, of the source
    vocabulary_size, token_dropout, embedding_spread : as of `TokenStem`
        None of a source of numbers.
    features, patch_length, patch_stride : as of `SeriesStem`
        None of a source of tokens.
    """

    vocabulary_size: int | None = None
    token_dropout: float | None = None
    features: int | None = None
    patch_length: int | None = None
    patch_stride: int | None = None
    embedding_spread: float | None = None

    name: ClassVar[str] = "pair"
    kind: ClassVar[str] = "pairs"
    default_pooling: ClassVar[str] = "ends"

    @classmethod
    def serves(cls, task):
        return task.writes

    @classmethod
    def make(cls, task, input_shape, vocabulary_size, **settings):
        """Check a builder's arguments and return the stem."""
        if isinstance(input_shape, Mapping):
            if "source" not in input_shape or set(input_shape) - {"source", "target"}:
                raise ValueError(
                    f"input_shape={input_shape!r} of a pair is the source's shape, or a dict with "
                    "'source' (and 'target', which is (None,))."
                )
            input_shape = input_shape["source"]
        width, dropout = DEFAULTS
        defaults = {"embedding_dim": width, "embedding_dropout": dropout}
        given = {name: value for name, value in settings.items() if value is not None}
        if vocabulary_size is None:
            source = SeriesStem.make(task, input_shape, **{**defaults, **given})
        else:
            given = {**defaults, "token_dropout": 0.0, **given}
            source = TokenStem.make(task, input_shape, vocabulary_size, **given)
        return cls(**{f.name: getattr(source, f.name, None) for f in fields(cls)})

    @property
    def source(self):
        """The stem of the source."""
        shared = self.time, self.embedding_dim, self.embedding_dropout
        if self.vocabulary_size is None:
            return SeriesStem(*shared, self.features, self.patch_length, self.patch_stride)
        spread = {"embedding_spread": self.embedding_spread}
        return TokenStem(*shared, self.vocabulary_size, self.token_dropout, **spread)

    def inputs(self):
        read = self.source.inputs()
        source = keras.Input(read.shape[1:], dtype=read.dtype, name="source")
        return {"source": source, "target": keras.Input((None,), dtype="int32", name="target")}

    def encode(self, inputs):
        return self.source.encode(inputs["source"])._replace(future=inputs["target"])

    def join(self, features, encoded):
        # A rare word is better known by its own vector than by what a body makes of it (Nguyen and
        # Chiang 2018).
        memory = layers.Concatenate(name="memory")([features, encoded.x])
        return Attended(memory, encoded.mask, encoded.future)

    def without_vocabulary(self):
        return self if self.vocabulary_size is None else replace(self, vocabulary_size=2)
