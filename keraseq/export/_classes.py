"""The classes that an artifact may hold: nothing else is looked up because of a file."""

import importlib
import sys

# A name in a file, and the module that has the class now: files outlive a module's name. A new
# class of keraseq's that a fitted estimator holds is one line here.
_OURS = {
    "CalendarFeatures": "keraseq.encoding.calendar_features",
    "Calibration": "keraseq.wrappers.forecasting.intervals",
    "Calibrator": "keraseq.wrappers.forecasting._calibration",
    "ClassTarget": "keraseq.encoding.class_target",
    "ClassifierEnsemble": "keraseq.wrappers.ensembles.classifier_ensemble",
    "ColumnScaling": "keraseq.wrappers.forecasting.column_scaling",
    "Columns": "keraseq.encoding.series_columns",
    "CountStep": "keraseq.encoding.date_steps",
    "DateStep": "keraseq.encoding.date_steps",
    "DatedSeries": "keraseq.encoding.dated_series",
    "ForecastCore": "keraseq.wrappers.forecasting._core",
    "ForecastData": "keraseq.encoding.forecast_data",
    "ForecastEvaluation": "keraseq.wrappers.forecasting._evaluation",
    "ForecastReader": "keraseq.encoding.forecast_reader",
    "ForecastScaling": "keraseq.wrappers.forecasting._scaling",
    "ForecastStem": "keraseq.stems.forecast_stem",
    "ForecasterEnsemble": "keraseq.wrappers.ensembles.forecaster_ensemble",
    "FunctionBlueprint": "keraseq.training.blueprint",
    "Head": "keraseq.builders.head",
    "KneserNey": "keraseq.baselines.kneser_ney",
    "LinearTagger": "keraseq.baselines.linear_tagger",
    "MiniRocket": "keraseq.baselines.mini_rocket",
    "MostFrequentTag": "keraseq.baselines.most_frequent_tag",
    "MultilabelTarget": "keraseq.encoding.multilabel_target",
    "NaiveBayesWeights": "keraseq.baselines.naive_bayes_text",
    "NaiveForecaster": "keraseq.baselines.naive_forecaster",
    "NamedCovariates": "keraseq.encoding.named_covariates",
    "NearestNeighbour": "keraseq.baselines.nearest_neighbour",
    "Network": "keraseq.training.network",
    "NgramLanguageModel": "keraseq.baselines.ngram_language_model",
    "PairStem": "keraseq.stems.pair_stem",
    "Plan": "keraseq.builders.plan",
    "ProbabilisticForecasts": "keraseq.wrappers.forecasting._probabilities",
    "RegressionTarget": "keraseq.encoding.regression_target",
    "RegressorEnsemble": "keraseq.wrappers.ensembles.regressor_ensemble",
    "SequenceClassifier": "keraseq.wrappers.sequence_classifier",
    "SequenceForecaster": "keraseq.wrappers.sequence_forecaster",
    "SequenceGenerator": "keraseq.wrappers.sequence_generator",
    "SequenceRegressor": "keraseq.wrappers.sequence_regressor",
    "SequenceTagger": "keraseq.wrappers.sequence_tagger",
    "SequenceTransducer": "keraseq.wrappers.sequence_transducer",
    "SeriesEncoder": "keraseq.encoding.series_encoder",
    "SeriesPanel": "keraseq.encoding.series_panel",
    "SeriesStem": "keraseq.stems.series_stem",
    "Shrinkage": "keraseq.wrappers.forecasting._shrinkage",
    "StaticEncoder": "keraseq.encoding.series_covariates",
    "StretchedSeries": "keraseq.baselines.stretched_series",
    "TagTarget": "keraseq.encoding.tag_target",
    "TaggerEnsemble": "keraseq.wrappers.ensembles.tagger_ensemble",
    "TextEncoder": "keraseq.encoding.text_encoder",
    "TokenEncoder": "keraseq.encoding.token_encoder",
    "TokenStem": "keraseq.stems.token_stem",
    "ZooBlueprint": "keraseq.training.blueprint",
}
# scikit-learn's that hold other estimators, which may be ours. All its others are skops's.
_OF_SKLEARN = {
    f"{module}.{name}": module
    for module, names in {
        "sklearn.pipeline": "Pipeline FeatureUnion",
        "sklearn.compose": "ColumnTransformer TransformedTargetRegressor",
        "sklearn.preprocessing": "FunctionTransformer",
        "sklearn.frozen": "FrozenEstimator",
        "sklearn.multioutput": "MultiOutputClassifier MultiOutputRegressor ClassifierChain "
        "RegressorChain",
        "sklearn.multiclass": "OneVsRestClassifier OneVsOneClassifier OutputCodeClassifier",
        "sklearn.ensemble": "VotingClassifier VotingRegressor StackingClassifier "
        "StackingRegressor BaggingClassifier BaggingRegressor",
        "sklearn.model_selection": "FixedThresholdClassifier TunedThresholdClassifierCV",
        "sklearn.calibration": "CalibratedClassifierCV _CalibratedClassifier _SigmoidCalibration",
        "sklearn.utils": "Bunch",
    }.items()
    for name in names.split()
}


def name_of(kind):
    """What a file calls a class; None for one that no file may hold."""
    home, name = kind.__module__, kind.__name__
    if _OURS.get(name) == home:
        return name
    if home.partition(".")[0] != "sklearn":
        return None
    # The module that scikit-learn documents, of which the defining one is a part.
    for public, module in _OF_SKLEARN.items():
        known = getattr(sys.modules.get(module), name, None)
        if public.rpartition(".")[2] == name and known is kind:
            return public
    return None


def class_of(name):
    """The class that a file names.

    Raises
    ------
    ValueError
        For one that is not in the tables.
    """
    module = _OURS.get(name) or _OF_SKLEARN.get(name)
    if module is None:
        raise ValueError(f"{name!r:.60} is no class that an artifact may hold")
    return getattr(importlib.import_module(module), name.rpartition(".")[2])
