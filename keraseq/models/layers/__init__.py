"""Parts that several architectures share; importing this package registers all our layers.

A `.keras` file written from a keraseq model loads in plain Keras after
``import keraseq.models.layers``, which makes those of stems and heads known too.
"""

from keraseq.models.layers.block_diagonal import BlockDiagonal, Spread
from keraseq.models.layers.chrono_bias import ChronoBias
from keraseq.models.layers.exponential_cell import ExponentialCell
from keraseq.models.layers.hand_made_filters import HandMadeFilters
from keraseq.models.layers.head_normalization import HeadNormalization
from keraseq.models.layers.independent_cell import Bound, IndependentCell
from keraseq.models.layers.linear_interpolation import LinearInterpolation
from keraseq.models.layers.linear_recurrent_unit import LinearRecurrentUnit
from keraseq.models.layers.linear_scan import LinearScan
from keraseq.models.layers.matrix_memory import MatrixMemory
from keraseq.models.layers.positioned_attention import PositionedAttention
from keraseq.models.layers.positions import SinusoidalPositions
from keraseq.models.layers.recurrent_cycle import RecurrentCycle
from keraseq.models.layers.recurrent_stack import recurrent_stack
from keraseq.models.layers.reversed_steps import ReversedSteps
from keraseq.models.layers.segment_codes import SegmentCodes
from keraseq.models.layers.short_convolution import ShortConvolution
from keraseq.stems.layers import (
    Anchor,
    BagOfSteps,
    FoldChannels,
    InstanceNormalization,
    JoinReadings,
    LinearSkip,
    Padding,
    Patches,
    TiedEmbedding,
    TokenDropout,
    TokenEmbedding,
    WholeHistory,
)
from keraseq.tasks.layers import (
    LstmDecoder,
    NatsPerToken,
    NextTokenLoss,
    ObservedError,
    ObservedMeanAbsoluteError,
    PinballLoss,
    QuantileSteps,
    SequencePooling,
    TaggingAccuracy,
    TransformerDecoder,
)

__all__ = [
    "Anchor",
    "BagOfSteps",
    "BlockDiagonal",
    "Bound",
    "ChronoBias",
    "ExponentialCell",
    "FoldChannels",
    "HeadNormalization",
    "IndependentCell",
    "HandMadeFilters",
    "InstanceNormalization",
    "JoinReadings",
    "LinearInterpolation",
    "LinearRecurrentUnit",
    "LinearScan",
    "LinearSkip",
    "LstmDecoder",
    "MatrixMemory",
    "ObservedError",
    "ObservedMeanAbsoluteError",
    "Padding",
    "Patches",
    "PinballLoss",
    "PositionedAttention",
    "QuantileSteps",
    "RecurrentCycle",
    "ReversedSteps",
    "SegmentCodes",
    "SequencePooling",
    "ShortConvolution",
    "SinusoidalPositions",
    "Spread",
    "NatsPerToken",
    "NextTokenLoss",
    "TaggingAccuracy",
    "TiedEmbedding",
    "TokenDropout",
    "TokenEmbedding",
    "TransformerDecoder",
    "WholeHistory",
    "recurrent_stack",
]
