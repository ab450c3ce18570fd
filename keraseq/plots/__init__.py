"""Display classes: plots made from an estimator or a result, as scikit-learn's are."""

from keraseq.plots.backtest_display import BacktestDisplay
from keraseq.plots.critical_difference_display import CriticalDifferenceDisplay
from keraseq.plots.forecast_display import ForecastDisplay
from keraseq.plots.learning_curves_display import LearningCurvesDisplay
from keraseq.plots.score_cost_display import ScoreCostDisplay

__all__ = [
    "BacktestDisplay",
    "CriticalDifferenceDisplay",
    "ForecastDisplay",
    "LearningCurvesDisplay",
    "ScoreCostDisplay",
]
