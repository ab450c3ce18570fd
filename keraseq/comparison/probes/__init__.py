"""Probes: what an architecture can remember, what it costs, and what a model looks at."""

from keraseq.comparison.probes.attention_maps import attention_maps
from keraseq.comparison.probes.attribution import attribution
from keraseq.comparison.probes.gates import gates
from keraseq.comparison.probes.gradient_flow import gradient_flow
from keraseq.comparison.probes.memory_horizon import memory_horizon
from keraseq.comparison.probes.scaling import scaling

__all__ = [
    "attention_maps",
    "attribution",
    "gates",
    "gradient_flow",
    "memory_horizon",
    "scaling",
]
