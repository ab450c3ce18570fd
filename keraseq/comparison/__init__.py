"""Which architecture is really better here: comparisons, their statistics, and probes."""

from keraseq.comparison import probes
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
