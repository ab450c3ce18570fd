"""Several fits of one estimator as one estimator of the same kind."""

from keraseq.wrappers.ensembles.ensemble import Ensemble

__all__ = ["Ensemble"]
