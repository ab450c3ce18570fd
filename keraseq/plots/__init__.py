"""Display classes: plots made from an estimator or a result, as scikit-learn's are."""

from keraseq.plots.attention_maps_display import AttentionMapsDisplay
from keraseq.plots.attribution_display import AttributionDisplay
from keraseq.plots.backtest_display import BacktestDisplay
from keraseq.plots.critical_difference_display import CriticalDifferenceDisplay
from keraseq.plots.forecast_display import ForecastDisplay
from keraseq.plots.gates_display import GatesDisplay
from keraseq.plots.gradient_flow_display import GradientFlowDisplay
from keraseq.plots.learning_curves_display import LearningCurvesDisplay
from keraseq.plots.memory_horizon_display import MemoryHorizonDisplay
from keraseq.plots.ranking_display import RankingDisplay
from keraseq.plots.scaling_display import ScalingDisplay
from keraseq.plots.score_cost_display import ScoreCostDisplay

__all__ = [
    "AttentionMapsDisplay",
    "AttributionDisplay",
    "BacktestDisplay",
    "CriticalDifferenceDisplay",
    "ForecastDisplay",
    "GatesDisplay",
    "GradientFlowDisplay",
    "LearningCurvesDisplay",
    "MemoryHorizonDisplay",
    "RankingDisplay",
    "ScalingDisplay",
    "ScoreCostDisplay",
]
