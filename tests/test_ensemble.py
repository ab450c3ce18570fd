"""Several fits of one estimator as one estimator of the same kind."""

import pickle

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils import get_tags

import keraseq
from keraseq.plots._display import name_of

draw = np.random.default_rng(0)
X = draw.normal(size=(24, 5))
MEAN = X.mean(axis=1)
Y = np.where(MEAN > 0, "up", "down")
INDICATOR = np.column_stack([MEAN > 0, MEAN < 0.2, MEAN > -0.2]).astype(int)
WORDS = [["the", "cat"], ["a", "dog", "barks"]] * 6
TAGS = [["DET", "NOUN"], ["DET", "NOUN", "VERB"]] * 6
SERIES = np.sin(np.arange(200) / 3)
SETTINGS = {"model": "simple_rnn", "units": 3, "epochs": 2, "random_state": 0}
AHEAD = {**SETTINGS, "lookback": 12, "horizon": 3}


def classifier(**changes):
    return keraseq.SequenceClassifier(**{**SETTINGS, **changes})


def forecaster(**changes):
    return keraseq.SequenceForecaster(**{**AHEAD, **changes})


def mean_of(several, method, *arguments, **named):
    """What the members answer, averaged here."""
    answers = [getattr(member, method)(*arguments, **named) for member in several.estimators_]
    return sum(answers[1:], start=answers[0]) / len(answers)


def test_probabilities_are_the_mean_of_members_that_differ_in_their_seed():
    several = keraseq.ensemble(classifier(), n=3).fit(X, Y)
    assert is_classifier(several) and several.classes_.tolist() == ["down", "up"]
    proba = several.predict_proba(X)
    np.testing.assert_allclose(proba, mean_of(several, "predict_proba", X), rtol=1e-6)
    assert several.predict(X).tolist() == several.classes_[proba.argmax(axis=1)].tolist()
    assert several.score(X, Y) == np.mean(several.predict(X) == Y)
    assert ((several.decision_function(X) > 0) == (proba[:, 1] > 0.5)).all()
    seeds = [member.random_state for member in several.estimators_]
    assert len(set(seeds)) == 3
    # Each is what its own parameters say, and a smaller ensemble has the first of them.
    alone = clone(several.estimators_[1]).fit(X, Y)
    np.testing.assert_array_equal(alone.predict_proba(X), several.estimators_[1].predict_proba(X))
    two = clone(several).set_params(n=2).fit(X, Y)
    assert [member.random_state for member in two.estimators_] == seeds[:2]
    again = pickle.loads(pickle.dumps(several))
    np.testing.assert_array_equal(again.predict_proba(X), proba)
    assert several.n_features_in_ == 5 and not hasattr(clone(several), "n_features_in_")
    assert several.n_parameters_ == 3 * several.estimators_[0].n_parameters_


def test_without_a_random_state_every_fit_has_other_members():
    fits = [keraseq.ensemble(classifier(random_state=None), n=2).fit(X, Y) for _ in range(2)]
    assert len({member.random_state for fit in fits for member in fit.estimators_}) == 4


def test_many_labels_and_frames():
    frame = pd.DataFrame(X, columns=list("abcde"))
    several = keraseq.ensemble(classifier(), n=2).fit(frame, INDICATOR)
    proba = several.predict_proba(frame)
    np.testing.assert_array_equal(several.predict(frame), proba > 0.5)
    right = ((proba > 0.5) == INDICATOR).all(axis=1)
    assert several.score(frame, INDICATOR) == pytest.approx(right.mean())
    assert several.feature_names_in_.tolist() == list("abcde")


def test_numbers_are_averaged():
    two = np.column_stack([MEAN, 100 - MEAN])
    for y in (MEAN, two):
        several = keraseq.ensemble(keraseq.SequenceRegressor(**SETTINGS), n=2).fit(X, y)
        assert is_regressor(several) and several.predict(X).shape == y.shape
        np.testing.assert_allclose(several.predict(X), mean_of(several, "predict", X))
        assert np.isfinite(several.score(X, y))


def test_tags_are_the_most_probable_of_every_step():
    several = keraseq.ensemble(keraseq.SequenceTagger(**SETTINGS), n=2).fit(WORDS, TAGS)
    one, other = (member.predict_proba(WORDS) for member in several.estimators_)
    for row, (a, b) in enumerate(zip(one, other, strict=True)):
        np.testing.assert_allclose(several.predict_proba(WORDS)[row], (a + b) / 2, rtol=1e-6)
        tags = several.classes_[(a + b).argmax(axis=1)].tolist()
        assert several.predict(WORDS)[row] == tags
    assert 0 <= several.score(WORDS, TAGS) <= 1


@pytest.mark.parametrize("quantiles", [None, (0.1, 0.5, 0.9)])
def test_forecasts_and_learned_quantiles_are_averaged(quantiles):
    y = pd.Series(SERIES, pd.date_range("2024-01-01", periods=200), name="wave")
    several = keraseq.ensemble(forecaster(quantiles=quantiles), n=2).fit(y)
    for n in (3, 5) if quantiles is None else (3,):
        pd.testing.assert_series_equal(several.predict(n), mean_of(several, "predict", n))
    if quantiles is not None:
        pd.testing.assert_frame_equal(
            several.predict_quantiles(), mean_of(several, "predict_quantiles")
        )
    forecast, _ = several.predict_windows(y, 100)
    singly = [member.predict_windows(y, 100)[0] for member in several.estimators_]
    np.testing.assert_allclose(forecast, np.mean(singly, axis=0), rtol=1e-5)
    assert several.score(y) < 0
    interval = several.predict_interval(coverage=0.8)["wave"]
    assert (interval["lower"] <= several.predict()).all()
    again = pickle.loads(pickle.dumps(several))
    pd.testing.assert_series_equal(again.predict(), several.predict())


def test_intervals_hold_what_they_claim_of_the_mean_forecast():
    """Split conformal: the k-th smallest of the mean forecast's errors where none was trained."""
    several = keraseq.ensemble(forecaster(early_stopping=True, conformal="split"), n=2).fit(SERIES)
    border = several._core.borders[0]
    forecast, truth = several.predict_windows(SERIES, border)
    errors = np.sort(np.abs(truth - forecast)[..., 0], axis=0)
    k = int(np.ceil((len(errors) + 1) * 0.8))
    interval = several.predict_interval(coverage=0.8)
    np.testing.assert_allclose(np.ptp(interval, axis=-1) / 2, errors[k - 1], rtol=1e-4)


def test_a_backtest_forecasts_with_the_ensemble():
    several = keraseq.ensemble(forecaster(epochs=1), n=2)
    rounds = {"cv": TimeSeriesSplit(2, test_size=20), "baselines": ["lag trees"]}
    result = several.backtest(SERIES, **rounds, coverage=None, verbose=0)
    assert {"2 x simple_rnn", "lag trees"} <= set(result.scores.index)
    assert not hasattr(several, "estimators_")


def test_searches_pipelines_and_weights_by_label():
    weights = {"up": 3.0, "down": 1.0}
    several = keraseq.ensemble(classifier(epochs=1, class_weight=weights), n=2)
    pipe = make_pipeline(StandardScaler(), several)
    search = GridSearchCV(pipe, {"classifierensemble__estimator__units": [2, 3]}, cv=2).fit(X, Y)
    found = search.best_estimator_[-1]
    assert {member.units for member in found.estimators_} == {search.best_params_.popitem()[1]}
    assert np.isfinite(cross_val_score(several, X, Y, cv=2, scoring="neg_log_loss")).all()
    weighted = keraseq.ensemble(classifier(epochs=1), n=2).fit(
        X, Y, sample_weight=[weights[label] for label in Y]
    )
    np.testing.assert_allclose(
        several.fit(X, Y).predict_proba(X), weighted.predict_proba(X), rtol=1e-6
    )
    validated = keraseq.ensemble(classifier(), n=2).fit(X, Y, validation_data=(X, Y))
    assert "val_loss" in validated.estimators_[1].history_


def test_of_pipelines_and_of_scikit_learns_own():
    several = keraseq.ensemble(make_pipeline(StandardScaler(), classifier()), n=2).fit(X, Y)
    np.testing.assert_allclose(
        several.predict_proba(X), mean_of(several, "predict_proba", X), rtol=1e-6
    )
    trees = keraseq.ensemble(RandomForestClassifier(3, random_state=0), n=2).fit(X, Y)
    assert trees.estimators_[0].random_state != trees.estimators_[1].random_state
    assert set(trees.predict(X)) <= {"up", "down"}


@pytest.mark.parametrize(
    ("estimator", "n", "error", "words"),
    [
        (classifier(), 0, ValueError, "n=0 is too small; it must be at least 1"),
        (classifier(), 2.5, TypeError, "n=2.5 is a float; it must be an integer"),
        (keraseq.SequenceClassifier, 5, TypeError, r"is a class; give an instance: Sequ.*\(\)"),
        ("gru", 5, TypeError, r"a str, which has no fit\(\).*SequenceClassifier\('gru'\)"),
        (3, 5, TypeError, r"estimator=3 is a int, which has no fit\(\)"),
        (KNeighborsClassifier(), 5, ValueError, "KNeighborsClassifier has no random_state, so"),
        (RidgeClassifier(), 5, TypeError, r"RidgeClassifier has no predict_proba\(\)"),
        (keraseq.ensemble(classifier(), 4), 3, TypeError, r"more members: .*, n=3 \* 4\)"),
        (classifier(checkpoint="here"), 5, ValueError, "checkpoint='here' is not for an ensemble"),
        (classifier(warm_start=True), 5, ValueError, "warm_start=True is not for an ensemble"),
    ],
)
def test_what_cannot_be_an_ensemble_is_told_before_training(estimator, n, error, words):
    with pytest.raises(error, match=words):
        keraseq.ensemble(estimator, n)


def test_parameters_set_later_are_checked_at_the_next_fit():
    several = keraseq.ensemble(classifier(epochs=0), n=2)
    with pytest.raises(ValueError, match="n=-1 is too small"):
        several.set_params(n=-1).fit(X, Y)
    with pytest.raises(ValueError, match="KNeighborsClassifier has no random_state"):
        several.set_params(n=2, estimator=KNeighborsClassifier()).fit(X, Y)
    with pytest.raises(TypeError, match="SequenceRegressor, of which a ClassifierEnsemble is not"):
        several.set_params(estimator=keraseq.SequenceRegressor(epochs=0)).fit(X, Y)
    assert not hasattr(several, "estimators_")
    with pytest.raises(Exception, match="not fitted"):
        several.predict(X)


class CtrlC(keras.callbacks.Callback):
    """Interrupt the k-th fit in its second epoch."""

    fits = 0

    def __init__(self, strike_in):
        super().__init__()
        self.strike_in = strike_in

    def on_train_begin(self, logs=None):
        CtrlC.fits += 1

    def on_epoch_begin(self, epoch, logs=None):
        if CtrlC.fits == self.strike_in and epoch == 1:
            raise KeyboardInterrupt


@pytest.mark.parametrize(("strike_in", "kept"), [(1, 1), (3, 2)])
def test_ctrl_c_keeps_the_members_that_were_whole(strike_in, kept):
    CtrlC.fits = 0
    several = keraseq.ensemble(classifier(callbacks=[CtrlC(strike_in)]), n=4)
    with pytest.raises(KeyboardInterrupt):
        several.fit(X, Y)
    assert CtrlC.fits == strike_in
    assert len(several.estimators_) == kept
    assert several.predict_proba(X).shape == (24, 2)


def test_workers_learn_the_same_of_a_users_model_too():
    @keraseq.register_model
    def mine_in_an_ensemble(x, mask, *, units=3, num_layers=1, dropout=0.0):
        return keras.layers.Dense(units)(x)

    several = keraseq.ensemble(classifier(model="mine_in_an_ensemble"), n=2)
    expected = several.fit(X, Y).predict_proba(X)
    found = clone(several).set_params(n_jobs=2).fit(X, Y)
    np.testing.assert_allclose(found.predict_proba(X), expected, atol=1e-5)
    # A list has no names, and what is held back of it is no part of what scales it.
    series = [SERIES, np.arange(150.0)]
    ahead = keraseq.ensemble(forecaster(early_stopping=True), n=2, n_jobs=2).fit(series)
    one, other = ahead.estimators_
    assert one._core.data is other._core.data
    alone = keraseq.ensemble(forecaster(early_stopping=True), n=2).fit(series)
    np.testing.assert_allclose(ahead.predict(), alone.predict(), rtol=1e-4)
    cores = [several._core for several in (ahead, one, alone)]
    scales = [[scaling.scale for scaling in core.scalings(core.data)] for core in cores]
    np.testing.assert_array_equal(scales[0], scales[2])
    np.testing.assert_array_equal(scales[1], scales[2])


def test_an_ensemble_takes_part_in_a_comparison():
    several = keraseq.ensemble(classifier(epochs=1), n=2)
    rows, labels = np.tile(X, (2, 1)), np.tile(Y, 2)
    result = keraseq.compare(
        ["simple_rnn", several], rows, labels, n_seeds=2, baselines=False, verbose=0,
        parameter_budget=3_000, estimator_params={"epochs": 1},
    )  # fmt: skip
    weights = result.table["parameters"]
    assert weights["2 x simple_rnn"] == 2 * weights["simple_rnn"]
    assert result.ensembles == ["2 x simple_rnn"]
    said = " ".join(result.summary().split())
    assert "2 x simple_rnn (5,944 weights) stands outside parameter_budget, which each" in said
    seeds = result.runs["seed"]
    assert seeds.nunique() == 4


def test_weights_reach_the_last_step_of_a_pipeline():
    alone = keraseq.ensemble(classifier(), n=2).fit(X, Y, sample_weight=np.arange(24))
    pipe = make_pipeline(FunctionTransformer(), classifier())
    several = keraseq.ensemble(pipe, n=2).fit(X, Y, sample_weight=np.arange(24))
    np.testing.assert_array_equal(several.predict_proba(X), alone.predict_proba(X))


def test_a_class_without_weight_is_no_class_of_the_ensemble():
    y = np.array(["a", "b", "c"])[np.arange(len(X)) % 3]
    several = keraseq.ensemble(classifier(), n=2).fit(X, y, sample_weight=y != "a")
    assert several.classes_.tolist() == ["b", "c"]
    proba = several.predict_proba(X)
    assert several.predict(X).tolist() == several.classes_[proba.argmax(axis=1)].tolist()


def test_an_array_a_label_is_the_probability_of_each():
    always = np.column_stack([INDICATOR[:, :2], np.ones(len(X), int), np.zeros(len(X), int)])
    trees = keraseq.ensemble(RandomForestClassifier(20, random_state=0), n=2).fit(X, always)
    proba = trees.predict_proba(X)
    assert proba.shape == (24, 4) and set(proba[:, 2]) == {1.0} and set(proba[:, 3]) == {0.0}
    assert trees.score(X, always) > 0.9


@pytest.mark.parametrize(
    "member",
    [
        classifier(),
        classifier(missing="fill"),
        keraseq.SequenceRegressor(),
        RandomForestClassifier(),
        make_pipeline(StandardScaler(), classifier()),
    ],
)
def test_tags_are_the_members(member):
    assert get_tags(keraseq.ensemble(member)) == get_tags(member)


def test_a_fitted_ensemble_is_called_what_was_fitted():
    several = keraseq.ensemble(classifier(), n=2).fit(X, Y)
    several.set_params(n=5, estimator__model="gru")
    assert name_of(several) == name_of(pickle.loads(pickle.dumps(several))) == "2 x simple_rnn"
    assert name_of(several.fit(X, Y)) == "5 x gru"


def test_numbers_of_a_frame_are_scored_by_name():
    y = pd.DataFrame({"mean": MEAN, "first": 100 * X[:, 0]})
    several = keraseq.ensemble(keraseq.SequenceRegressor(**SETTINGS), n=2).fit(X, y)
    for fitted in (several, several.estimators_[0]):
        assert fitted.score(X, y[["first", "mean"]]) == fitted.score(X, y)
