"""Raw X and y to arrays, and back."""

from keraseq.encoding.sequences import Sequences, as_sequences
from keraseq.encoding.series_encoder import SeriesEncoder
from keraseq.encoding.targets import (
    ClassTarget,
    MultilabelTarget,
    RegressionTarget,
    TagTarget,
    check_lengths,
)
from keraseq.encoding.text_encoder import TextEncoder
from keraseq.encoding.token_encoder import TokenEncoder

__all__ = [
    "ClassTarget",
    "MultilabelTarget",
    "RegressionTarget",
    "Sequences",
    "SeriesEncoder",
    "TagTarget",
    "TextEncoder",
    "TokenEncoder",
    "as_sequences",
    "check_lengths",
]
