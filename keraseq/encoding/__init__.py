"""Raw X and y to arrays, and back."""

from keraseq.encoding.check_lengths import check_lengths
from keraseq.encoding.class_target import ClassTarget
from keraseq.encoding.lossless_encoder import lossless_encoder
from keraseq.encoding.multilabel_target import MultilabelTarget
from keraseq.encoding.regression_target import RegressionTarget
from keraseq.encoding.sequences import Sequences, as_sequences
from keraseq.encoding.series_encoder import SeriesEncoder
from keraseq.encoding.tag_target import TagTarget
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
    "lossless_encoder",
]
