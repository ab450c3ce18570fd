"""The honest rivals: what a model has to beat before its score means anything."""

from keraseq.baselines._rivals import Facts, floor_of, rival_names, rivals_left_out, rivals_of
from keraseq.baselines._series_rival import SeriesRival
from keraseq.baselines.drift import drift
from keraseq.baselines.ets import ETS
from keraseq.baselines.find_season import find_season
from keraseq.baselines.kneser_ney import KneserNey
from keraseq.baselines.lag_trees import LagTrees
from keraseq.baselines.linear_baseline import linear_baseline
from keraseq.baselines.linear_tagger import LinearTagger
from keraseq.baselines.mase_scale import mase_scale
from keraseq.baselines.mini_rocket import MiniRocket, mini_rocket_baseline
from keraseq.baselines.most_frequent_tag import MostFrequentTag
from keraseq.baselines.naive_bayes_text import NaiveBayesWeights, naive_bayes_text
from keraseq.baselines.naive_forecaster import NaiveForecaster
from keraseq.baselines.nearest_neighbour import NearestNeighbour
from keraseq.baselines.ngram_language_model import NgramLanguageModel
from keraseq.baselines.seasonal_naive import seasonal_naive
from keraseq.baselines.stretched_series import StretchedSeries
from keraseq.baselines.text_baseline import text_baseline
from keraseq.baselines.theta import Theta

__all__ = [
    "ETS",
    "Facts",
    "KneserNey",
    "LagTrees",
    "LinearTagger",
    "MiniRocket",
    "MostFrequentTag",
    "NaiveBayesWeights",
    "NaiveForecaster",
    "NearestNeighbour",
    "NgramLanguageModel",
    "SeriesRival",
    "StretchedSeries",
    "Theta",
    "drift",
    "find_season",
    "floor_of",
    "linear_baseline",
    "mase_scale",
    "mini_rocket_baseline",
    "naive_bayes_text",
    "rival_names",
    "rivals_left_out",
    "rivals_of",
    "seasonal_naive",
    "text_baseline",
]
