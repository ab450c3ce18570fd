"""Whatever container rows come in, the comparison is the same."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import keraseq
from keraseq.baselines import MostFrequentTag, NaiveForecaster, StretchedSeries
from keraseq.comparison import compare
from keraseq.comparison._inputs import forecast_settings, task_of

generator = np.random.default_rng(0)
X = generator.normal(size=(40, 6))
Y = np.array(["a", "b"])[(X[:, 0] > 0).astype(int)]
TEXTS = [f"{word} one or two" for word in Y]
WAVE = np.sin(np.arange(60.0) / 3) + generator.normal(0, 0.1, 60)
DATES = pd.date_range("2024-01-01", periods=60)
NAMES = list("abcdef")


def scores(models, *data, **settings):
    found = compare(models, *data, n_seeds=2, verbose=0, **settings)
    assert found.runs["error"].isna().all(), found.runs["error"].dropna().tolist()
    return found.scores.to_numpy()


def linear():
    return {"linear model": make_pipeline(StretchedSeries(), LogisticRegression())}


ROWS = {
    "frame": (pd.DataFrame(X, columns=NAMES, index=range(7, 47)), pd.Series(Y, range(90, 130))),
    "polars": (pl.DataFrame(X, schema=NAMES), pl.Series(Y)),
    "lists": (X.tolist(), Y.tolist()),
    "tuple": (tuple(X), tuple(Y)),
    "masked": (np.ma.masked_array(X, mask=np.zeros_like(X, bool)), Y),
    "categories": (X, pd.Series(Y, dtype="category")),
}


@pytest.mark.parametrize(("rows", "y"), ROWS.values(), ids=ROWS)
def test_rows_in_any_container(rows, y):
    np.testing.assert_allclose(scores(linear(), rows, y), scores(linear(), X, Y))


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_one_column_is_one_target(kind):
    with pytest.warns(DataConversionWarning):
        found = scores(linear(), X, kind({"label": Y}))
    np.testing.assert_allclose(found, scores(linear(), X, Y))
    number = X.sum(axis=1)
    with pytest.warns(DataConversionWarning):
        found = scores([DummyRegressor()], X, kind({"sum": number}))
    np.testing.assert_allclose(found, scores([DummyRegressor()], X, number))


@pytest.mark.parametrize(
    "texts",
    [pd.Series(TEXTS, range(3, 43)), pd.DataFrame({"t": TEXTS}), pl.Series(TEXTS),
     pl.DataFrame({"t": TEXTS}), np.array(TEXTS)],
)  # fmt: skip
def test_texts_in_any_container(texts):
    dummy = [DummyClassifier()]
    np.testing.assert_allclose(scores(dummy, texts, Y), scores(dummy, TEXTS, Y))


@pytest.mark.parametrize("kind", [list, tuple, pd.Series, pl.Series])
def test_tags_in_any_container(kind):
    words = [["the", "cat"], ["a", "dog", "barks"]] * 10
    tags = [["D", "N"], ["D", "N", "V"]] * 10
    assert (scores([MostFrequentTag()], kind(words), kind(tags))[:, 0] == 1).all()


def drift():
    return {"d": NaiveForecaster("drift", horizon=2)}


@pytest.mark.parametrize(
    "series",
    [WAVE.tolist(), tuple(WAVE), pl.Series(WAVE), pl.DataFrame({"a": WAVE}), WAVE[:, None]],
)
def test_a_series_in_any_container(series):
    np.testing.assert_allclose(scores(drift(), series), scores(drift(), WAVE))


def test_what_a_forecaster_fills_is_compared():
    whole = pd.Series(WAVE, DATES)
    filled = {"d": NaiveForecaster("drift", horizon=2, missing="interpolate")}
    hole = whole.copy()
    hole.iloc[[5, 50]] = np.nan
    with_nan = compare(filled, hole, n_seeds=2, verbose=0)
    assert with_nan.runs["error"].isna().all()
    # A date without a row is the same as a row without a value: rows are cut as they are read.
    without_rows = compare(filled, hole.dropna(), n_seeds=2, verbose=0)
    pd.testing.assert_frame_equal(without_rows.scores, with_nan.scores)
    for fixed in (hole.iloc[40:], hole.iloc[40:].dropna()):
        found = compare(filled, hole.iloc[:40], test=fixed, n_seeds=2, verbose=0)
        assert found.runs["error"].isna().all()
    with pytest.raises(ValueError, match="X holds NaN"):
        compare(drift(), hole, verbose=0)


def test_what_an_estimator_fills_is_compared():
    holes = X.copy()
    holes[3, 2] = np.nan
    masked = np.ma.masked_array(np.where(np.isnan(holes), -9999, holes), np.isnan(holes))
    settings = {"units": 4, "epochs": 1, "missing": "fill"}
    found = [
        scores(["gru"], rows, Y, estimator_params=settings, test=(X + 1, Y))
        for rows in (holes, masked)
    ]
    np.testing.assert_allclose(*found)


def test_forecasters_that_count_steps_differently_are_refused():
    two = [NaiveForecaster(missing=kind) for kind in ("interpolate", "ignore")]
    with pytest.raises(ValueError, match="different steps"):
        forecast_settings(two, None)
    assert forecast_settings(two[:1], {"freq": "D"}) == {"missing": "interpolate", "freq": "D"}
    with pytest.raises(ValueError, match=r"series_col='shop'.*X\.pivot"):
        compare(["gru"], pd.DataFrame({"shop": [1.0]}), estimator_params={"series_col": "shop"})


def test_an_estimators_class_says_which_task_it_is_for():
    class MyTagger(keraseq.SequenceTagger):
        pass

    class MyForecaster(keraseq.SequenceForecaster):
        pass

    assert task_of([MyTagger()]) == "tagging"
    assert task_of({"mine": MyForecaster()}) == task_of([NaiveForecaster()]) == "forecasting"
    assert task_of([make_pipeline(StretchedSeries(), DummyRegressor())]) == "regression"
    assert task_of([keraseq.SequenceClassifier()]) == "classification"
    assert task_of(["gru"]) is None
    with pytest.raises(
        ValueError, match="MyTagger is for tagging, DummyRegressor is for regression"
    ):
        task_of([MyTagger(), DummyRegressor()])
