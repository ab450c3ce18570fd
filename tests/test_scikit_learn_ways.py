"""Every way in which scikit-learn uses an estimator, on tiny real fits."""

import copy
import datetime
import enum
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from scipy import sparse
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import SequentialFeatureSelector
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    GridSearchCV,
    HalvingRandomSearchCV,
    KFold,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
    validation_curve,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import _safe_indexing

import keraseq

draw = np.random.default_rng(0)
X = draw.normal(size=(24, 5))
MEAN = X.mean(axis=1)
Y = np.where(MEAN > 0, "up", "down")
THREE = np.digitize(MEAN, np.quantile(MEAN, [1 / 3, 2 / 3]))
INDICATOR = np.column_stack([MEAN > 0, MEAN < 0.2, MEAN > -0.2]).astype(int)
FRAME = pd.DataFrame(X, columns=list("abcde"), index=range(100, 124))
TEXTS = ["a good film", "a bad film"] * 12
OPINIONS = ["pos", "neg"] * 12
RAGGED = [row[: 3 + i % 3] for i, row in enumerate(X)]
SETTINGS = {"model": "simple_rnn", "units": 3, "epochs": 2, "random_state": 0}
FOLDS = StratifiedKFold(2)


def classifier(**changes):
    return keraseq.SequenceClassifier(**{**SETTINGS, **changes})


def regressor(**changes):
    return keraseq.SequenceRegressor(**{**SETTINGS, **changes})


def proba_by_fold(estimator, X, y):
    """What cross-validation must give, folds fitted by hand."""
    result = np.empty((len(y), len(np.unique(y))))
    for train, test in FOLDS.split(np.zeros(len(y)), y):
        fitted = clone(estimator).fit(_safe_indexing(X, train), _safe_indexing(y, train))
        result[test] = fitted.predict_proba(_safe_indexing(X, test))
    return result


WAYS = []


def way(function):
    WAYS.append(function)
    return function


@way
def pipeline():
    fitted = make_pipeline(StandardScaler(), classifier()).fit(X, Y)
    scaled = StandardScaler().fit_transform(X)
    alone = classifier().fit(scaled, Y)
    np.testing.assert_array_equal(fitted.predict_proba(X), alone.predict_proba(scaled))
    assert list(fitted.classes_) == ["down", "up"]


@way
def pipeline_of_frames():
    pipe = make_pipeline(StandardScaler(), classifier()).set_output(transform="pandas")
    assert pipe.fit(FRAME, Y)[-1].feature_names_in_.tolist() == list("abcde")
    with pytest.raises(ValueError, match="feature names"):
        pipe[-1].predict(FRAME[list("edcba")])


@way
def frames_for_all_transformers():
    expected = classifier().fit(X, Y).predict_proba(X)
    with sklearn.config_context(transform_output="pandas"):
        np.testing.assert_array_equal(classifier().fit(X, Y).predict_proba(X), expected)


@way
def column_of_text():
    frame = pd.DataFrame({"stars": range(24), "text": TEXTS})
    pipe = make_pipeline(make_column_transformer(("passthrough", ["text"])), classifier())
    expected = classifier().fit(TEXTS, OPINIONS).predict_proba(TEXTS)
    np.testing.assert_array_equal(pipe.fit(frame, OPINIONS).predict_proba(frame), expected)


@way
def columns_of_a_series():
    frame = FRAME.assign(name="x")
    pipe = make_pipeline(make_column_transformer((StandardScaler(), list("abcde"))), classifier())
    expected = make_pipeline(StandardScaler(), classifier()).fit(X, Y).predict_proba(X)
    np.testing.assert_allclose(pipe.fit(frame, Y).predict_proba(frame), expected, atol=1e-5)


@way
def grid_search():
    search = GridSearchCV(
        make_pipeline(StandardScaler(), classifier()),
        {"sequenceclassifier__learning_rate": [1e-6, 0.05], "sequenceclassifier__epochs": [5]},
        cv=2,
        scoring="neg_log_loss",
    ).fit(X, Y)
    assert search.best_params_["sequenceclassifier__learning_rate"] == 0.05
    assert search.best_estimator_[-1].n_iter_ == 5


@way
def halving_search_over_epochs():
    search = HalvingRandomSearchCV(
        classifier(),
        {"learning_rate": [0.01, 0.05]},
        resource="epochs",
        max_resources=3,
        min_resources=1,
        n_candidates=2,
        cv=2,
        random_state=0,
    ).fit(X, Y)
    assert search.best_estimator_.n_iter_ == search.best_params_["epochs"]


@way
def predictions_out_of_fold():
    for rows, y in ((X, Y), (RAGGED, Y), (X[:, :, None], Y), (TEXTS, OPINIONS)):
        found = cross_val_predict(classifier(), rows, y, cv=FOLDS, method="predict_proba")
        np.testing.assert_array_equal(found, proba_by_fold(classifier(), rows, y))
    assert cross_val_predict(classifier(), FRAME, Y, cv=2, method="decision_function").ndim == 1
    assert set(cross_val_predict(classifier(), pd.Series(TEXTS), Y, cv=2)) <= {"up", "down"}


@way
def learning_and_validation_curves():
    sizes, _, scores = learning_curve(classifier(), X, Y, cv=2, train_sizes=[0.5, 1.0])
    assert sizes.tolist() == [6, 12] and np.isfinite(scores).all()
    _, scores = validation_curve(
        classifier(), X, Y, param_name="learning_rate", param_range=[0.01, 0.1], cv=2
    )
    assert scores.shape == (2, 2) and np.isfinite(scores).all()


@way
def importance_of_steps():
    fitted = regressor(epochs=20).fit(X, MEAN)
    found = permutation_importance(fitted, X, MEAN, n_repeats=2, random_state=0)
    assert found.importances_mean.shape == (5,) and found.importances_mean.max() > 0


@way
def feature_selection():
    selector = SequentialFeatureSelector(classifier(epochs=1), n_features_to_select=1, cv=2)
    assert selector.fit(X[:, :2], Y).get_support().sum() == 1


@way
def calibration_of_probabilities():
    for rows, ensemble in ((X, True), (X[:, :, None], False), (TEXTS, False)):
        calibrated = CalibratedClassifierCV(classifier(), cv=2, ensemble=ensemble)
        proba = calibrated.fit(rows, Y).predict_proba(rows)
        np.testing.assert_allclose(proba.sum(axis=1), 1)
    frozen = CalibratedClassifierCV(FrozenEstimator(classifier().fit(X, Y)), method="isotonic")
    assert frozen.fit(X, Y).predict(X).shape == (24,)


@way
def threshold():
    tuned = TunedThresholdClassifierCV(classifier(), cv=2).fit(X, Y == "up")
    assert 0 <= tuned.best_threshold_ <= 1


@way
def stacking():
    others = [("ours", classifier()), ("linear", LogisticRegression())]
    assert StackingClassifier(others, cv=2).fit(X, Y).predict_proba(X).shape == (24, 2)
    two = [("one", classifier()), ("two", classifier(random_state=1))]
    stacked = StackingClassifier(two, cv=2).fit(TEXTS, OPINIONS)
    assert set(stacked.predict(TEXTS)) <= {"pos", "neg"}
    assert StackingRegressor([("ours", regressor())], cv=2).fit(X, MEAN).predict(X).shape == (24,)


@way
def voting():
    two = [("one", classifier()), ("two", classifier(random_state=1))]
    for rows, y in ((X, Y), (TEXTS, OPINIONS)):
        vote = VotingClassifier(two, voting="soft").fit(rows, y)
        mean = np.mean([fitted.predict_proba(rows) for fitted in vote.estimators_], axis=0)
        np.testing.assert_allclose(vote.predict_proba(rows), mean, rtol=1e-6)
    assert set(VotingClassifier(two).fit(X, Y).predict(X)) <= {"up", "down"}


@way
def ensembles_that_weigh_and_draw_rows():
    for ensemble in (AdaBoostClassifier, BaggingClassifier):
        fitted = ensemble(classifier(), n_estimators=2, random_state=0).fit(X, Y)
        assert set(fitted.predict(X)) <= {"up", "down"}


@way
def transformed_target():
    log = TransformedTargetRegressor(regressor(), func=np.log, inverse_func=np.exp)
    expected = np.exp(regressor().fit(X, MEAN).predict(X))
    np.testing.assert_allclose(log.fit(X, np.exp(MEAN)).predict(X), expected, rtol=1e-4)
    two = np.column_stack([MEAN, -MEAN])
    scaled = TransformedTargetRegressor(regressor(), transformer=StandardScaler())
    assert scaled.fit(X, two).predict(X).shape == (24, 2)


@way
def routed_sample_weight():
    weight = np.arange(1.0, 25.0)
    expected = [
        make_pipeline(StandardScaler(), classifier()).fit(
            X[train], Y[train], sequenceclassifier__sample_weight=weight[train]
        )
        for train, _ in FOLDS.split(X, Y)
    ]
    with sklearn.config_context(enable_metadata_routing=True):
        asking = classifier().set_fit_request(sample_weight=True)
        pipe = make_pipeline(
            StandardScaler().set_fit_request(sample_weight=False),
            asking.set_score_request(sample_weight=True),
        )
        found = cross_validate(
            pipe, X, Y, cv=FOLDS, params={"sample_weight": weight}, return_estimator=True
        )
    for i, (_, test) in enumerate(FOLDS.split(X, Y)):
        proba = expected[i].predict_proba(X)
        np.testing.assert_array_equal(found["estimator"][i].predict_proba(X), proba)
        right = expected[i].predict(X[test]) == Y[test]
        assert found["test_score"][i] == pytest.approx(np.average(right, weights=weight[test]))


@way
def routed_validation_data():
    with sklearn.config_context(enable_metadata_routing=True):
        pipe = make_pipeline(classifier().set_fit_request(validation_data=True))
        assert "val_loss" in pipe.fit(X, Y, validation_data=(X, Y))[-1].history_


@way
def class_weights():
    y = np.where(np.arange(24) < 6, "rare", "common")
    balanced = classifier(class_weight="balanced").fit(X, y).predict_proba(X)
    weights = {"rare": 24 / (2 * 6), "common": 24 / (2 * 18)}
    by_dict = classifier(class_weight=weights).fit(X, y)
    by_row = classifier().fit(X, y, sample_weight=[weights[label] for label in y])
    np.testing.assert_array_equal(by_dict.predict_proba(X), balanced)
    np.testing.assert_array_equal(by_row.predict_proba(X), balanced)
    assert not np.array_equal(classifier().fit(X, y).predict_proba(X), balanced)
    # Of a part, as scikit-learn's own.
    with pytest.raises(ValueError, match=r"'balanced' counts the rows .* a dict of weights"):
        classifier(class_weight="balanced").partial_fit(X, y)


@way
def scorers():
    y = (Y == "up").astype(int)
    names = ["roc_auc", "neg_log_loss", "average_precision", "f1", "neg_brier_score"]
    found = cross_validate(classifier(), X, y, cv=FOLDS, scoring=names, error_score="raise")
    for fold, (train, test) in enumerate(FOLDS.split(X, y)):
        alone = classifier().fit(X[train], y[train])
        for name in names:
            assert found[f"test_{name}"][fold] == get_scorer(name)(alone, X[test], y[test])
    for several, names in (
        (THREE, ["roc_auc_ovr", "neg_log_loss"]),
        (INDICATOR, ["roc_auc", "f1_macro", "accuracy"]),
    ):
        found = cross_validate(classifier(), X, several, cv=KFold(2), scoring=names)
        assert np.isfinite([found[f"test_{name}"] for name in names]).all()


@way
def several_outputs():
    y = np.column_stack([Y, np.array(["low", "middle", "high"])[THREE]])
    for rows in (X, TEXTS):
        several = MultiOutputClassifier(classifier()).fit(rows, y)
        for column, known in zip(several.predict(rows).T, y.T, strict=True):
            assert set(column) <= set(known)
        assert [proba.shape for proba in several.predict_proba(rows)] == [(24, 2), (24, 3)]
    chain = ClassifierChain(classifier()).fit(X, INDICATOR)
    assert chain.predict(X).shape == (24, 3)
    one_by_one = OneVsRestClassifier(classifier()).fit(X, THREE)
    np.testing.assert_allclose(one_by_one.predict_proba(X).sum(axis=1), 1, rtol=1e-6)


@way
def representations():
    clf = classifier(units=7)
    assert repr(clf) == "SequenceClassifier(epochs=2, model='simple_rnn', random_state=0, units=7)"
    page = make_pipeline(StandardScaler(), clf)._repr_html_()
    assert "SequenceClassifier" in page and "random_state" in page
    assert "fitted" in classifier().fit(X, Y)._repr_html_()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_of_scikit_learn(way):
    way()


@pytest.mark.parametrize(
    "y",
    [
        Y,
        Y.tolist(),
        pd.Series(Y, index=range(24, 0, -1), dtype="category"),
        (Y == "up").tolist(),
        THREE,
        THREE * 10.0,
        np.array(["a", "b", "c"], dtype=object)[THREE],
        INDICATOR,
        INDICATOR.tolist(),
        INDICATOR.astype(bool),
        sparse.csr_array(INDICATOR),
        pd.DataFrame(INDICATOR, columns=["x", "y", "z"]),
    ],
    ids=lambda y: f"{type(y).__name__}",
)
def test_labels_come_back_in_their_form(y):
    fitted = classifier().fit(X, y)
    answers, proba = fitted.predict(X), fitted.predict_proba(X)
    truth = y.toarray() if sparse.issparse(y) else np.asarray(y)
    assert answers.shape == truth.shape
    if truth.ndim == 1:
        assert fitted.classes_.tolist() == sorted(set(truth.tolist()))
        assert answers.dtype.kind == (truth.dtype.kind if truth.dtype != object else "U")
        np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
        np.testing.assert_array_equal(fitted.classes_[proba.argmax(axis=1)], answers)
    else:
        assert len(fitted.classes_) == 3
        np.testing.assert_array_equal(proba > 0.5, answers)
    right = (answers == truth).reshape(24, -1).all(axis=1)
    assert fitted.score(X, y) == pytest.approx(right.mean())


class Mood(enum.Enum):
    GOOD = "good"
    BAD = "bad"


@pytest.mark.parametrize(
    "labels",
    [[Mood.GOOD, Mood.BAD], [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)], [2**70, 1]],
    ids=["enum", "date", "huge"],
)
def test_labels_that_metrics_refuse_are_scored(labels):
    fitted = classifier().fit(X, labels * 12)
    pairs = zip(fitted.predict(X), labels * 12, strict=True)
    share = np.mean([one == other for one, other in pairs])
    assert fitted.score(X, labels * 12) == share
    assert np.isfinite(cross_val_score(classifier(), X, labels * 12, cv=KFold(2))).all()


def test_unseen_labels_count_as_wrong_and_labels_of_another_type_are_refused():
    fitted = classifier().fit(X, Y)
    assert fitted.score(X, ["sideways"] * 24) == 0
    with pytest.raises(ValueError, match="Mix of label input types"):
        fitted.score(X, [1, 2] * 12)


def test_several_numbers_come_back_in_their_form():
    two = np.column_stack([100 + MEAN, -MEAN])
    fitted = regressor(epochs=3).fit(X, two)
    assert fitted.predict(X).shape == (24, 2)
    np.testing.assert_allclose(fitted.predict(X).mean(axis=0), [100, 0], atol=1)
    assert regressor().fit(X, pd.DataFrame(two)).predict(X).shape == (24, 2)
    assert np.isfinite(cross_val_score(regressor(), X, two, cv=2, scoring="r2")).all()


@pytest.mark.parametrize(
    ("estimator", "rows", "y"),
    [(classifier(), TEXTS, OPINIONS), (classifier(), X, INDICATOR), (regressor(), RAGGED, MEAN)],
    ids=["text", "indicator", "numbers"],
)
def test_copies_predict_the_same(estimator, rows, y, tmp_path):
    fitted = clone(estimator).fit(rows, y)
    joblib.dump(fitted, tmp_path / "fitted.joblib")
    for again in (
        pickle.loads(pickle.dumps(fitted)),
        copy.deepcopy(fitted),
        joblib.load(tmp_path / "fitted.joblib"),
    ):
        np.testing.assert_array_equal(again.predict(rows), fitted.predict(rows))
        assert again.history_ == fitted.history_ and again.params_ == fitted.params_
        assert not hasattr(clone(again), "history_")


def logits(estimator, rows):
    return estimator.decision_function(rows)


def test_two_workers_give_the_numbers_of_one():
    """All that runs in other processes, together, since starting these takes long."""
    fitted = classifier().fit(X, Y)

    def run(n_jobs):
        grid = GridSearchCV(classifier(), {"learning_rate": [0.1, 0.01]}, cv=2, n_jobs=n_jobs).fit(
            X, Y
        )
        halving = HalvingRandomSearchCV(
            classifier(),
            {"learning_rate": [0.01, 0.05], "epochs": [1, 2]},
            n_candidates=2,
            min_resources=12,
            cv=2,
            random_state=0,
            n_jobs=n_jobs,
        ).fit(X, Y)
        scores = cross_validate(classifier(), X, Y, cv=2, n_jobs=n_jobs, return_estimator=True)
        return [
            grid.cv_results_["mean_test_score"],
            halving.cv_results_["mean_test_score"],
            halving.predict_proba(X),
            *(estimator.predict_proba(X) for estimator in scores["estimator"]),
            cross_val_predict(classifier(), X, Y, cv=2, n_jobs=n_jobs, method="predict_proba"),
            learning_curve(classifier(), X, Y, cv=2, train_sizes=[1.0], n_jobs=n_jobs)[2],
            permutation_importance(
                fitted, X, Y, n_repeats=1, random_state=0, n_jobs=n_jobs
            ).importances,
            joblib.Parallel(n_jobs)(joblib.delayed(logits)(fitted, X) for _ in range(2)),
        ]

    for one, two in zip(run(1), run(2), strict=True):
        # Workers have fewer threads, and so other last bits.
        np.testing.assert_allclose(one, two, atol=1e-5)
