"""Token ids."""

from dataclasses import dataclass, replace
from typing import ClassVar

import keras
from keras import layers

from keraseq._checks import check_fraction, check_integer
from keraseq.stems._stem import Encoded, Stem, check_embedding, check_time
from keraseq.stems.layers import Padding, TokenDropout

TOKEN_EMBEDDING = "token_embedding"
# Width, dropout behind it and word dropout. Chosen on short sentences kept apart from the official
# tests (parts of the training rows of SST-2, TREC and tweets): a dropout of .7 was .7 to .9 points
# above .4 with every tenth word hidden, and max pooling .2 above mean and max side by side.
DEFAULTS = 64, 0.7, 0.0


@dataclass(frozen=True)
class TokenStem(Stem):
    """Token ids `(batch, time)`, 0 being padding, to a learned vector each.

    Attributes
    ----------
    time, embedding_dim, embedding_dropout : as of every stem
    vocabulary_size : int
        Number of ids, padding included.
    token_dropout : float
        Share of tokens that are unknown ones while training.
    """

    vocabulary_size: int
    token_dropout: float

    name: ClassVar[str] = "token"
    kind: ClassVar[str] = "tokens"
    default_pooling: ClassVar[str] = "max"

    @classmethod
    def make(
        cls,
        task,
        input_shape,
        vocabulary_size,
        *,
        embedding_dim=None,
        embedding_dropout=None,
        token_dropout=None,
        patch_length=None,
        patch_stride=None,
    ):
        """Check a builder's arguments and return the stem."""
        size = check_integer("vocabulary_size", vocabulary_size, 2)
        if len(input_shape) != 1:
            raise ValueError(
                f"input_shape={input_shape!r} with vocabulary_size: token ids have the shape "
                "(time,), for instance (None,)."
            )
        for name, given in (("patch_length", patch_length), ("patch_stride", patch_stride)):
            if given is not None:
                raise ValueError(f"{name} is of steps of numbers; token ids have no patches.")
        token_dropout = DEFAULTS[2] if token_dropout is None else token_dropout
        return cls(
            check_time(input_shape[0]),
            *check_embedding(DEFAULTS[:2], embedding_dim, embedding_dropout),
            size,
            check_fraction("token_dropout", token_dropout),
        )

    def inputs(self):
        return keras.Input((self.time,), dtype="int32", name="sequence")

    def encode(self, inputs):
        ids, mask = Padding(name="padding")(inputs)
        if self.token_dropout:
            ids = TokenDropout(self.token_dropout, name="token_dropout")(ids)
        embed = layers.Embedding(self.vocabulary_size, self.embedding_dim, name=TOKEN_EMBEDDING)
        return Encoded(self._dropout(embed(ids)), mask)

    def without_vocabulary(self):
        return replace(self, vocabulary_size=2)
