"""Which architecture is really better here: comparisons, their statistics, and probes."""

import importlib

from keraseq.comparison.compare import compare
from keraseq.comparison.comparison import Comparison
from keraseq.comparison.diebold_mariano import diebold_mariano
from keraseq.comparison.joined_comparison import JoinedComparison, join_comparisons

__all__ = [
    "Comparison",
    "JoinedComparison",
    "compare",
    "diebold_mariano",
    "join_comparisons",
    "probes",
]


def __getattr__(name):
    if name == "probes":
        # They need Keras, which the refusal of bad data does without.
        return importlib.import_module(f"{__name__}.probes")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
