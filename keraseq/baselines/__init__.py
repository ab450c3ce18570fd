"""The honest rivals: what a model has to beat before its score means anything."""

from keraseq.baselines.drift import drift
from keraseq.baselines.nearest_neighbour import NearestNeighbour
from keraseq.baselines.seasonal_naive import seasonal_naive
from keraseq.baselines.text_baseline import text_baseline

__all__ = ["NearestNeighbour", "drift", "seasonal_naive", "text_baseline"]
