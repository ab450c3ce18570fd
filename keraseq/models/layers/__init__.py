"""Parts that several architectures share; importing this package registers them with Keras.

A `.keras` file written from a keraseq model loads in plain Keras after
``import keraseq.models.layers``.
"""

from keraseq.models.layers.fold_channels import FoldChannels
from keraseq.models.layers.instance_normalization import InstanceNormalization
from keraseq.models.layers.observed_error import ObservedError, ObservedMeanAbsoluteError
from keraseq.models.layers.padding import Padding
from keraseq.models.layers.patches import Patches
from keraseq.models.layers.pinball_loss import PinballLoss
from keraseq.models.layers.positions import SinusoidalPositions
from keraseq.models.layers.quantile_steps import QuantileSteps
from keraseq.models.layers.recurrent_stack import recurrent_stack
from keraseq.models.layers.sequence_pooling import SequencePooling
from keraseq.models.layers.tagging_accuracy import TaggingAccuracy
from keraseq.models.layers.token_dropout import TokenDropout

__all__ = [
    "FoldChannels",
    "InstanceNormalization",
    "ObservedError",
    "ObservedMeanAbsoluteError",
    "Padding",
    "Patches",
    "PinballLoss",
    "QuantileSteps",
    "SequencePooling",
    "SinusoidalPositions",
    "TaggingAccuracy",
    "TokenDropout",
    "recurrent_stack",
]
