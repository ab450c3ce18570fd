"""Numbers."""

from dataclasses import dataclass
from typing import ClassVar

from keraseq._checks import check_integer
from keraseq._keras import keras, layers
from keraseq._precision import full_precision
from keraseq.stems import layers as stem_layers
from keraseq.stems._stem import Encoded, Stem, check_embedding, check_time

DEFAULTS = 64, 0.0


@dataclass(frozen=True)
class SeriesStem(Stem):
    """Numbers `(batch, time, features)`, a step of NaN being padding, projected linearly.

    Attributes
    ----------
    time, embedding_dim, embedding_dropout : as of every stem
    features : int
    patch_length, patch_stride : int
        Steps joined to one, and steps between the starts of two of them.
    """

    features: int
    patch_length: int
    patch_stride: int

    name: ClassVar[str] = "series"
    kind: ClassVar[str] = "series"
    default_pooling: ClassVar[str] = "mean_max"

    @classmethod
    def make(
        cls,
        task,
        input_shape,
        *,
        embedding_dim=None,
        embedding_dropout=None,
        token_dropout=None,
        ngrams=None,
        patch_length=None,
        patch_stride=None,
    ):
        """Check a builder's arguments and return the stem."""
        refuse_token_settings(token_dropout=token_dropout, ngrams=ngrams)
        features = check_features(input_shape)
        patches = check_patches(patch_length, patch_stride, 1)
        if task.per_step and not task.writes and patches != (1, 1):
            raise ValueError(
                f"task={task.name!r} labels every step, so patch_length and patch_stride must be "
                "1 or None."
            )
        return cls(
            check_time(input_shape[0]),
            *check_embedding(DEFAULTS, embedding_dim, embedding_dropout),
            features,
            *patches,
        )

    def inputs(self):
        return keras.Input((self.time, self.features), name="sequence")

    def encode(self, inputs):
        x, mask = stem_layers.Padding(name="padding", dtype=full_precision())(inputs)
        return Encoded(*project(self, x, mask))


def project(stem, x, mask):
    """Patches, the linear projection and the dropout of a stem of numbers."""
    if stem.patch_length > 1:
        sizes = stem.patch_length, stem.patch_stride
        patches = stem_layers.Patches(*sizes, name="patches", dtype=full_precision())
        x, mask = patches(x, mask)
    return stem._dropout(layers.Dense(stem.embedding_dim, name="projection")(x)), mask


def check_features(input_shape):
    """Return the number of features of `(time, features)`."""
    if len(input_shape) != 2:
        raise ValueError(
            f"input_shape={input_shape!r} is not (time, features), for instance (None, 8). "
            "For token ids give (time,) and a vocabulary_size."
        )
    return check_integer("input_shape[1] (features)", input_shape[1], 1)


def check_patches(patch_length, patch_stride, default):
    """Return length and stride of patches; without overlap where no stride is given."""
    length = check_integer("patch_length", default if patch_length is None else patch_length, 1)
    stride = length if patch_stride is None else check_integer("patch_stride", patch_stride, 1)
    if stride > length:
        raise ValueError(
            f"patch_stride={stride} is longer than patch_length={length}, so that steps between "
            "two patches would never be read; it may be at most that."
        )
    return length, stride


def refuse_token_settings(**settings):
    for name, value in settings.items():
        if value:
            raise ValueError(
                f"{name}={value!r} is of words; it needs token ids and a vocabulary_size."
            )
