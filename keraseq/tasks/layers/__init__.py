"""Layers, losses and metrics of heads and readings."""

from keraseq.tasks.layers.observed_error import ObservedError, ObservedMeanAbsoluteError
from keraseq.tasks.layers.pinball_loss import PinballLoss
from keraseq.tasks.layers.quantile_steps import QuantileSteps
from keraseq.tasks.layers.sequence_pooling import POOLINGS, SequencePooling
from keraseq.tasks.layers.tagging_accuracy import TaggingAccuracy

__all__ = [
    "POOLINGS",
    "ObservedError",
    "ObservedMeanAbsoluteError",
    "PinballLoss",
    "QuantileSteps",
    "SequencePooling",
    "TaggingAccuracy",
]
