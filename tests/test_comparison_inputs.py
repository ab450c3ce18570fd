"""Whatever container rows come in, the comparison is the same."""

import datetime
import enum

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

import keraseq
from keraseq.baselines import (
    MostFrequentTag,
    NaiveForecaster,
    NgramLanguageModel,
    StretchedSeries,
    text_baseline,
)
from keraseq.comparison import compare
from keraseq.comparison._data import Data
from keraseq.comparison._inputs import forecast_settings, task_of
from keraseq.comparison._read_data import read_data

generator = np.random.default_rng(0)
X = generator.normal(size=(40, 6))
Y = np.array(["a", "b"])[(X[:, 0] > 0).astype(int)]
TEXTS = [f"{word} one or two" for word in Y]
WAVE = np.sin(np.arange(60.0) / 3) + generator.normal(0, 0.1, 60)
DATES = pd.date_range("2024-01-01", periods=60)
NAMES = list("abcdef")


Side = enum.Enum("Side", ["LEFT", "RIGHT"])


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
@pytest.mark.parametrize("task", ["regression", "multilabel"])
def test_targets_of_a_fixed_test_set_go_by_name(kind, task):
    values = X[:, :2] if task == "regression" else (X[:, :2] > 0).astype(int)
    y = pd.DataFrame(values, columns=["one", "two"])
    last = RidgeClassifier() if task == "multilabel" else LinearRegression()
    models = {"linear model": make_pipeline(StretchedSeries(), last)}
    found = [
        scores(models, X[:30], kind(y[:30]), test=(X[30:], kind(one[30:])), task=task)
        for one in (y, y[["two", "one"]])
    ]
    np.testing.assert_array_equal(*found)
    assert found[0][:, 0].min() > 0.5


def test_a_frame_has_a_label_for_every_step():
    tags = pd.DataFrame([["a", "b"], ["b", "a"]] * 20, columns=["first", "second"])
    models = {"tags": MostFrequentTag()}
    expected = scores(models, X[:, :2], tags.to_numpy().tolist(), task="tagging")
    for y in (tags, pl.DataFrame({name: tags[name].tolist() for name in tags})):
        np.testing.assert_array_equal(scores(models, X[:, :2], y, task="tagging"), expected)


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


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda y: y.to_period("D"), r"test has periods \(D\), and X .*zone, UTC"),
        (lambda y: y.tz_convert("Asia/Tokyo"), "test has dates with a time zone, Asia/Tokyo, and"),
        (lambda y: y.tz_localize(None), "test has dates without a time zone, and X"),
    ],
)
@pytest.mark.filterwarnings("ignore:Converting to PeriodArray:UserWarning")
def test_a_test_series_has_the_kind_of_dates_that_training_has(change, words):
    y = pd.Series(WAVE, pd.date_range("2024-01-01", periods=len(WAVE), tz="UTC"))
    with pytest.raises(TypeError, match=words):
        compare(drift(), y[:40], test=change(y[40:]), n_seeds=2, verbose=0)


def test_the_step_that_a_forecaster_is_given_is_its_rivals_too():
    holiday = "2024-01-16"
    days = pd.bdate_range("2024-01-01", periods=len(WAVE) + 1).drop(pd.Timestamp(holiday))
    freq = pd.offsets.CustomBusinessDay(holidays=[holiday])
    models = {"d": NaiveForecaster("drift", horizon=2, freq=freq)}
    found = compare(models, pd.Series(WAVE, days), n_seeds=2, verbose=0)
    assert found.runs["error"].isna().all()


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


def test_names_that_are_no_strings_become_some():
    given = {32: DummyClassifier(), ("a", 1): DummyClassifier(), None: DummyClassifier()}
    found = compare(given, X, Y, n_seeds=2, baselines=False, verbose=0)
    assert list(found.scores) == ["32", "('a', 1)", "None"]
    assert "32" in f"{found}{found.summary()}" and len(found.significance) == 3
    with pytest.raises(ValueError, match="two entries named '1'"):
        compare({1: DummyClassifier(), "1": DummyClassifier()}, X, Y, verbose=0)


def test_models_in_any_container_but_not_one_alone():
    model = DummyClassifier()
    settings = {"n_seeds": 1, "baselines": False, "verbose": 0}
    found = compare((one for one in [model, model]), X, Y, **settings)
    assert list(found.scores) == ["DummyClassifier", "DummyClassifier-2"]
    for one in (model, make_pipeline(StretchedSeries(), LogisticRegression())):
        with pytest.raises(TypeError, match=r"models is one .*; give a list"):
            compare(one, X, Y, **settings)


def test_a_baseline_has_a_name_of_its_own():
    taken = ["majority class", "majority class (baseline)"]
    settings = {"n_seeds": 1, "baselines": ["majority class"], "verbose": 0}
    found = compare(dict.fromkeys(taken, DummyClassifier()), X, Y, **settings)
    assert found.baselines == ["majority class (baseline) (baseline)"]


@pytest.mark.parametrize(
    ("task", "model", "rows"),
    [
        ("classification", text_baseline(), (TEXTS, Y)),
        ("forecasting", NaiveForecaster(horizon=2), (WAVE,)),
        ("language_model", NgramLanguageModel(order=2), (TEXTS,)),
    ],
)
def test_splits_in_any_form(task, model, rows):
    def found(cv):
        cut = compare([model], *rows, cv=cv, baselines=False, verbose=0, task=task)
        assert cut.runs["error"].isna().all()
        return cut.scores.to_numpy().tolist(), cut.runs["n_train"].tolist(), cut._ratio

    pairs = [(np.arange(n), np.arange(n, n + 8)) for n in (20, 30)]
    expected, places = found(pairs), np.arange(len(rows[0]))
    assert found([[np.isin(places, part) for part in pair] for pair in pairs]) == expected
    assert found([part.tolist() for part in pair] for pair in pairs) == expected
    with pytest.raises(ValueError, match="cv gives no split"):
        found([])


def test_labels_that_are_missing_or_mixed_are_refused_in_words():
    for strange, error, said in (
        (None, ValueError, "the label in row 0 is missing"),
        (1, TypeError, "Mix of label input types"),
    ):
        y = Y.astype(object)
        y[0] = strange
        with pytest.raises(error, match=said):
            compare([DummyClassifier()], X, y, task="classification", verbose=0)


@pytest.mark.parametrize("kind", ["true and false", "dates", "enum", "bytes"])
def test_labels_of_any_type_are_split_and_counted_as_others(kind):
    second = Y == "b"
    labels = {
        "true and false": second.astype(object),
        "dates": [datetime.date(2024, 1, 1 + int(one)) for one in second],
        "enum": [Side.RIGHT if one else Side.LEFT for one in second],
        "bytes": [b"right" if one else b"left" for one in second],
    }[kind]
    settings = {"task": "classification", "verbose": 0, "n_seeds": 2, "baselines": False}
    by_name = compare([NearestLabel()], X, Y, **settings)
    found = compare([NearestLabel()], X, labels, **settings)
    assert found.runs["error"].isna().all()
    # Labels without an order of their own are split in that of the rows.
    assert kind == "enum" or (found.scores == by_name.scores).all(axis=None)
    if kind == "true and false":
        assert scores(linear(), X, labels).tolist() == scores(linear(), X, Y).tolist()
    assert compare([NearestLabel()], X, labels, cv=3, **settings).n_runs == 3


def test_trials_are_judged_where_labels_are_as_many_as_held_back_rows():
    data = Data(X[:25], np.arange(25) % 5, "classification", None)
    (split,) = data.splits(None, 1, [0])
    gain, weight = data.judge(*data.training_part(split), seed=0)(DummyClassifier())
    assert len(gain) == len(weight) == 4


def test_indicators_may_be_sparse_and_lists_of_labels_are_refused_in_words():
    y = np.column_stack([X[:, 0] > 0, X[:, 1] > 0]).astype(int)
    model, settings = OneVsRestClassifier(LogisticRegression()), {"task": "multilabel"}
    assert np.array_equal(
        scores([model], X, sparse.csr_array(y), **settings), scores([model], X, y, **settings)
    )
    for task, said in (
        ("multilabel", "MultiLabelBinarizer"),
        ("classification", "rows of different lengths"),
        ("regression", r"y is no array"),
    ):
        with pytest.raises(ValueError, match=said):
            compare(["gru"], X, [["a"], ["a", "b"]] * 20, task=task, verbose=0)


def test_what_can_be_read_once_is_read_once():
    settings = {"n_seeds": 2, "verbose": 0, "task": None}
    found = compare([RidgeClassifier()], X, iter(Y), baselines=iter(["majority class"]), **settings)
    assert found.baselines == ["majority class"]
    assert read_data(["gru"], X, iter(Y), None, None, None, None).y == Y.tolist()


@pytest.mark.parametrize(
    ("rows", "asked", "error", "said"),
    [
        (40, {"baselines": None}, TypeError, "baselines=None must be True, False, 'all' or a list"),
        (
            40,
            {"estimator_params": [("epochs", 1)]},
            TypeError,
            "estimator_params=.* must be a dict",
        ),
        (1, {}, ValueError, "X holds one row, which leaves none to judge by"),
        (30, {"test": (X[30:], [*Y[31:], None])}, ValueError, "test.1. is no y of classification"),
    ],
)
def test_what_is_no_comparison_is_told_in_words(rows, asked, error, said):
    with pytest.raises(error, match=said):
        compare([DummyClassifier()], X[:rows], Y[:rows], verbose=0, **asked)


class NearestLabel(ClassifierMixin, BaseEstimator):
    """Gives the label of the nearest row, whatever it is."""

    def fit(self, X, y):
        self.X_, self.y_ = X, list(y)
        return self

    def predict(self, X):
        distances = ((X[:, None] - self.X_) ** 2).sum(axis=-1)
        return np.fromiter((self.y_[row] for row in distances.argmin(axis=1)), object, len(X))


class Strange(DummyRegressor):
    """Answers with some other number in the first row."""

    def __init__(self, first=np.nan):
        super().__init__()
        self.first = first

    def predict(self, X):
        answers = super().predict(X)
        answers[0] = self.first
        return answers


@pytest.mark.parametrize("first", [np.nan, np.inf])
def test_what_predicts_no_number_has_failed(first, tmp_path):
    models = {"strange": Strange(first), "mean": DummyRegressor()}
    with np.errstate(invalid="ignore"):
        found = compare(models, X, X.sum(axis=1), n_seeds=2, baselines=False, verbose=0)
    assert found.table.loc["strange", "failed"] == 2
    assert "strange failed in 2 of 2 runs: ValueError: R² is" in found.summary().replace(
        "\n  ", " "
    )
    found.report(tmp_path / "report.html")


class OneAhead(BaseEstimator):
    """All that a forecaster must have: no horizon is asked for."""

    def fit(self, y):
        return self

    def predict(self, n=None, *, y=None):
        return y[-1:]

    def predict_windows(self, y, start):
        values = np.reshape(y, (-1, 1, 1))
        return values[start - 1 : -1], values[start:]


def test_a_forecaster_of_ones_own_needs_no_horizon():
    expected = scores([NaiveForecaster(season=1)], WAVE, baselines=False)
    assert np.allclose(scores([OneAhead()], WAVE, baselines=False), expected)


PAST = pd.DataFrame({"a": WAVE[:50], "b": WAVE[:50] ** 2}, DATES[:50])


class Silent(NaiveForecaster):
    """Forecasts nothing where it is hard."""

    def predict_windows(self, y, start):
        forecast, truth = super().predict_windows(y, start)
        return np.where(np.abs(forecast - truth) > 0.1, np.nan, forecast), truth


def test_a_forecast_that_is_left_out_is_no_good_one():
    found = compare({"silent": Silent()}, WAVE, n_seeds=2, baselines=False, verbose=0)
    assert found.runs["error"].str.contains("The forecast is NaN in").all()


@pytest.mark.parametrize(
    ("test", "error", "said"),
    [
        (WAVE[50:], TypeError, "test is a ndarray and X a DataFrame"),
        (
            pd.DataFrame({"a": WAVE[50:], "c": 1.0}, DATES[50:]),
            ValueError,
            r"test has .*\['a', 'c'\]",
        ),
        (pd.Series(WAVE[50:], DATES[50:]), ValueError, "test has one column"),
        (PAST.iloc[:9], ValueError, "test begins at 2024-01-01 .*, and X ends at 2024-02-19"),
        (PAST.set_axis(DATES[:50] + pd.Timedelta("60D")), ValueError, "has no row for 2024-02-20"),
    ],
)
def test_a_test_series_that_does_not_follow_is_refused_before_any_fit(test, error, said):
    with pytest.raises(error, match=said):
        compare([NaiveForecaster()], PAST, test=test, task="forecasting", verbose=0)


def test_one_column_that_follows_may_have_any_name():
    past, future = pd.Series(WAVE[:50], DATES[:50], name="a"), pd.Series(WAVE[50:], DATES[50:])
    settings = {"task": "forecasting", "baselines": False, "season": 7}
    expected = scores([NaiveForecaster()], past, test=future, **settings)
    for one, other in (
        (past, future.to_frame("z")),
        (past.to_frame(), future),
        (past.to_numpy(), future.tolist()),
    ):
        assert np.allclose(scores([NaiveForecaster()], one, test=other, **settings), expected)


def test_a_file_of_other_splits_is_refused_in_words(tmp_path):
    given = {"resume": tmp_path / "runs", "baselines": False, "verbose": 0}
    compare([DummyClassifier()], X, Y, cv=3, **given)
    with pytest.raises(ValueError, match="another comparison: the first run's rows"):
        compare([DummyClassifier()], X, Y, cv=4, **given)


@pytest.mark.parametrize("content", [b"[1]\n", b"\xff\xfe\x00\n", b"1\n"])
def test_a_file_that_holds_no_runs_is_refused_in_words(tmp_path, content):
    path = tmp_path / "runs"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="holds no runs of a comparison"):
        compare([DummyClassifier()], X, Y, resume=path, verbose=0)
