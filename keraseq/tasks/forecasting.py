"""The next values of a series."""

from keraseq._checks import check_integer
from keraseq.tasks._task import quantile_head
from keraseq.tasks.regression import Regression


class Forecasting(Regression):
    """The next `horizon` values of the first `targets` channels, all steps at once."""

    name = "forecasting"

    def check_outputs(self, outputs):
        if not isinstance(outputs, tuple | list) or len(outputs) != 2:
            raise ValueError(
                f"outputs={outputs!r} does not say what to forecast; give (horizon, targets), "
                "for instance (24, 1) for the next 24 steps of one series."
            )
        horizon, targets = outputs
        return check_integer("horizon", horizon, 1), check_integer("targets", targets, 1)

    def head(self, features, outputs, *, logits, quantiles=None):
        return quantile_head(features, outputs, quantiles)
