"""Estimators of every kind, fitted small, and what to ask each.

Run as ``python tests/_artifact_cases.py folder`` it loads them in a process of its own and writes
what they answer; a test compares.
"""

import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifierCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import keraseq
from keraseq.baselines import LinearTagger, NaiveForecaster
from keraseq.baselines.mini_rocket import MiniRocket
from keraseq.baselines.naive_bayes_text import NaiveBayesWeights
from keraseq.baselines.stretched_series import StretchedSeries

TEXTS = ["a good film", "good fun", "a bad film", "bad, dull"] * 3
WORDS = [text.split() for text in TEXTS]
TAGS = [[word[0] for word in row] for row in WORDS]
LABELS = np.array(["pos", "pos", "neg", "neg"] * 3)
SERIES = np.random.default_rng(0).normal(size=(12, 5, 2)).cumsum(axis=1)
RAGGED = [row[: 2 + place % 4] for place, row in enumerate(SERIES)]
GAPS = np.where(np.random.default_rng(1).random(SERIES.shape) < 0.2, np.nan, SERIES)
TABLE = pd.DataFrame(SERIES[:, :, 0], columns=[f"t{step}" for step in range(5)])
DAYS = pd.date_range("2024-03-01", periods=90, freq="D", tz="Europe/Berlin")
SALES = pd.DataFrame(np.random.default_rng(2).normal(size=(90, 2)).cumsum(0), DAYS, ["a", "b"])
LONG = pd.concat(
    pd.DataFrame(
        {
            "shop": shop,
            "month": pd.period_range("2015-01", periods=70, freq="M"),
            "sold": np.arange(70.0) % 12 + place,
            "promo": np.arange(70) % 5 == 0,
            "size": place * 1.5,
            "kind": "large" if place else "small",
        }
    )
    for place, shop in enumerate(["north", "south", "west"])
)
DATES = pd.Series(pd.to_datetime(["2024-03-31", "2024-10-27"] * 6), dtype=object)
NORTH = LONG[LONG.shop == "north"]
EVERY_THIRD = pd.Series(np.arange(50) % 4.0, range(0, 150, 3), name=("x", 1))
WORKING_DAYS = SALES["b"].set_axis(pd.bdate_range("2024-01-01", periods=90))
# First weights answer as well as trained ones, and sooner.
SMALL = {"units": 3, "epochs": 0, "random_state": 0}
NUMBERS = np.arange(12) % 3 / 2 + 0.1


def cut(text):
    """A user's tokeniser."""
    return text.split("o")


def own_model(input_shape, outputs):
    """A user's model."""
    import keras

    x = keras.Input(input_shape)
    return keras.Model(x, keras.layers.Dense(outputs)(keras.layers.Flatten()(x)))


FUNCTIONS = {"cut": cut, "own_model": own_model}


def classifier(*args, **settings):
    return keraseq.SequenceClassifier(*args, **{**SMALL, **settings})


def regressor(*args, **settings):
    return keraseq.SequenceRegressor(*args, **{**SMALL, **settings})


def forecaster(*args, **settings):
    settings = {**SMALL, "horizon": 2, "lookback": 12, **settings}
    return keraseq.SequenceForecaster(*args, **settings)


def classes(X):
    return lambda est: [est.predict(X), est.predict_proba(X), est.classes_]


def numbers(X):
    return lambda est: [est.predict(X)]


def forecast_all(est):
    return [est.predict(), est.predict_quantiles(), est.predict_interval(coverage=0.5)]


def forecast(est):
    return [est.predict(), est.predict(1)]


# A name, how it is fitted, and what it is asked.
CASES = {
    "texts": (lambda: classifier("gru").fit(TEXTS, LABELS), classes(TEXTS)),
    "subwords, dates as labels": (
        lambda: classifier("gru", tokenizer="subwords", max_tokens=300).fit(TEXTS, DATES),
        classes(TEXTS),
    ),
    "own tokenizer": (lambda: classifier("gru", tokenizer=cut).fit(TEXTS, LABELS), classes(TEXTS)),
    "tokens": (
        lambda: classifier("gru", input="tokens").fit([[1, 2], [3]] * 6, [0, 1] * 6),
        classes([[1], [3, 2]]),
    ),
    "ragged series, class weights": (
        lambda: classifier("tcn", class_weight={"pos": 2.0}).fit(RAGGED, LABELS),
        classes(RAGGED),
    ),
    "several labels": (
        lambda: classifier("gru").fit(SERIES, pd.DataFrame({"u": [0, 1] * 6, "v": [1, 1, 0] * 4})),
        lambda est: [est.predict(SERIES), est.predict_proba(SERIES)],
    ),
    "own model": (
        lambda: keraseq.SequenceClassifier(own_model, epochs=0).fit(SERIES, LABELS),
        classes(SERIES),
    ),
    "partly fitted": (
        lambda: classifier("gru", epochs=1).partial_fit(SERIES, LABELS),
        lambda est: [
            est.predict_proba(SERIES),
            est.partial_fit(SERIES, LABELS).predict_proba(SERIES),
        ],
    ),
    "numbers": (
        lambda: keraseq.SequenceRegressor("transformer", missing="fill", **SMALL).fit(
            GAPS, NUMBERS
        ),
        numbers(GAPS),
    ),
    "several numbers": (
        lambda: regressor("lstm").fit(TABLE, np.c_[NUMBERS, -NUMBERS]),
        numbers(TABLE),
    ),
    "tags": (
        lambda: keraseq.SequenceTagger("bilstm", **SMALL).fit(WORDS, TAGS),
        classes(WORDS),
    ),
    "pairs": (
        lambda: keraseq.SequenceTransducer("gru", **SMALL).fit(TEXTS, [" ".join(t) for t in TAGS]),
        lambda est: est.predict(TEXTS, beam_size=2),
    ),
    "a long text": (
        lambda: keraseq.SequenceGenerator("gru", **SMALL).fit(" ".join(TEXTS)),
        lambda est: [
            est.generate("a", 20, n=2, random_state=0),
            est.log_likelihood(["good film"]),
        ],
    ),
    "texts that end, backward": (
        lambda: keraseq.SequenceGenerator("lstm", tokenizer="words", backward=True, **SMALL).fit(
            TEXTS
        ),
        lambda est: [est.generate("film", 5, random_state=0), est.score(TEXTS)],
    ),
    "forecasts": (lambda: measured(forecaster("gru", calendar=True).fit(SALES)), forecast_all),
    "forecasts of quantiles": (
        lambda: forecaster("dlinear", units="auto", quantiles=(0.1, 0.5, 0.9)).fit(SALES["a"]),
        lambda est: [est.predict(), est.predict_quantiles()],
    ),
    "forecasts of a panel": (
        lambda: forecaster("gru", series_col="shop", date_col="month").fit(
            LONG, future=["promo"], static=["size", "kind"]
        ),
        lambda est: [
            est.predict(future=ahead()),
            est.predict(y=LONG[LONG.shop != "west"], future=ahead()),
        ],
    ),
    "forecasts of arrays": (
        lambda: forecaster("gru", missing="interpolate").fit(
            [np.where(np.arange(60) == 7, np.nan, np.arange(60) % 7.0), np.arange(50) % 5.0]
        ),
        forecast,
    ),
    "forecasts of every third number": (
        lambda: forecaster("gru").fit(
            pd.Series(np.arange(50) % 4.0, range(0, 150, 3), name=("x", 1))
        ),
        forecast,
    ),
    "forecasts on working days": (
        lambda: forecaster("gru").fit(
            SALES["b"].set_axis(pd.bdate_range("2024-01-01", periods=90))
        ),
        forecast,
    ),
    "an ensemble of classifiers": (
        lambda: keraseq.ensemble(classifier("gru"), n=2).fit(TEXTS, LABELS),
        classes(TEXTS),
    ),
    "an ensemble of regressors": (
        lambda: keraseq.ensemble(regressor("gru"), n=2).fit(TABLE, NUMBERS),
        numbers(TABLE),
    ),
    "an ensemble of taggers": (
        lambda: keraseq.ensemble(keraseq.SequenceTagger("bilstm", **SMALL), n=2).fit(WORDS, TAGS),
        classes(WORDS),
    ),
    "an ensemble of forecasters": (
        lambda: keraseq.ensemble(forecaster("gru"), n=2).fit(SALES),
        forecast,
    ),
    "a rival of texts": (
        lambda: make_pipeline(
            CountVectorizer(ngram_range=(1, 2)), NaiveBayesWeights(), LogisticRegression()
        ).fit(TEXTS, LABELS),
        classes(TEXTS),
    ),
    "a rival of taggers": (
        lambda: LinearTagger().fit(WORDS, TAGS),
        lambda est: [est.predict(WORDS)],
    ),
    "a rival of series": (
        lambda: make_pipeline(
            StretchedSeries(), MiniRocket(84), StandardScaler(), RidgeClassifierCV()
        ).fit(TABLE, LABELS),
        lambda est: [est.predict(TABLE)],
    ),
    "a naive forecaster": (
        lambda: NaiveForecaster(horizon=3).fit(SALES["a"]),
        lambda e: [e.predict()],
    ),
    "a pipeline": (
        lambda: make_pipeline(
            StandardScaler(), FunctionTransformer(np.tanh), classifier("gru")
        ).fit(TABLE, LABELS),
        classes(TABLE),
    ),
    "several outputs": (
        lambda: MultiOutputClassifier(classifier("gru")).fit(TABLE, np.c_[LABELS, LABELS[::-1]]),
        lambda est: [est.predict(TABLE)],
    ),
    "a vote": (
        lambda: VotingRegressor([("net", regressor("gru")), ("line", Ridge())]).fit(TABLE, NUMBERS),
        numbers(TABLE),
    ),
    "calibrated": (
        lambda: CalibratedClassifierCV(classifier("gru"), cv=2, ensemble=False).fit(TABLE, LABELS),
        classes(TABLE),
    ),
    "frozen": (lambda: FrozenEstimator(classifier("gru").fit(TEXTS, LABELS)), classes(TEXTS)),
    "told of metadata": (
        lambda: routed(classifier("gru")),
        lambda est: [repr(est.get_metadata_routing()), repr(est)],
    ),
}


def ahead():
    """What is known of the two months that follow."""
    months = pd.period_range("2020-11", periods=2, freq="M")
    return pd.concat(
        pd.DataFrame({"shop": shop, "month": months, "promo": [True, False]})
        for shop in ("north", "south", "west")
    )


def measured(est):
    """With its errors measured, which a file keeps."""
    est.predict_interval(coverage=0.5)
    return est


def routed(est):
    with sklearn.config_context(enable_metadata_routing=True):
        return est.set_fit_request(sample_weight=True)


def main(folder):
    answers = {}
    for name, (_, ask) in CASES.items():
        answers[name] = ask(keraseq.load(Path(folder, f"{name}.keraseq"), functions=FUNCTIONS))
    joblib.dump(answers, Path(folder, "answers.joblib"))


if __name__ == "__main__":
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "__array__ implementation")
    main(sys.argv[1])
