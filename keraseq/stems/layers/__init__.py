"""Layers of stems."""

from keraseq.stems.layers.anchor import Anchor
from keraseq.stems.layers.bag import BagOfSteps, JoinReadings
from keraseq.stems.layers.fold_channels import FoldChannels
from keraseq.stems.layers.instance_normalization import InstanceNormalization
from keraseq.stems.layers.padding import Padding
from keraseq.stems.layers.patches import Patches
from keraseq.stems.layers.token_dropout import TokenDropout
from keraseq.stems.layers.token_embedding import TokenEmbedding

__all__ = [
    "Anchor",
    "BagOfSteps",
    "FoldChannels",
    "InstanceNormalization",
    "JoinReadings",
    "Padding",
    "Patches",
    "TokenDropout",
    "TokenEmbedding",
]
