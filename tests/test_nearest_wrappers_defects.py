"""What keras.wrappers and scikeras are known to get wrong, and keraseq must not."""

import copy

import numpy as np
import pytest
import sklearn
from sklearn.base import clone, is_classifier
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
    check_cv,
    cross_val_score,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags

import keraseq

draw = np.random.default_rng(0)
X = draw.normal(size=(24, 5))
y = (X.mean(axis=1) > 0).astype(int)


def classifier(**changes):
    settings = {"model": "simple_rnn", "units": 3, "epochs": 2, "random_state": 0}
    return keraseq.SequenceClassifier(**{**settings, **changes})


def test_keras_wrappers_1_loses_fit_settings_on_clone():
    clf = classifier(epochs=7, batch_size=5, model_params={"embedding_dim": 8})
    assert clone(clf).get_params() == clf.get_params()
    assert len(clone(clf).fit(X, y).history_["loss"]) == 7
    search = GridSearchCV(classifier(), {"epochs": [1, 5]}, cv=2, scoring=epochs_run)
    assert search.fit(X, y).cv_results_["mean_test_score"].tolist() == [1, 5]


def epochs_run(estimator, X, y):
    return len(estimator.history_["loss"])


def test_keras_wrappers_2_shares_one_models_weights_between_folds():
    clf = classifier(epochs=3)
    folds = StratifiedKFold(3)
    result = cross_validate(clf, X, y, cv=folds, return_estimator=True)["estimator"]
    for fitted, (train, _) in zip(result, folds.split(X, y), strict=True):
        alone = classifier(epochs=3).fit(X[train], y[train])
        np.testing.assert_array_equal(fitted.predict_proba(X), alone.predict_proba(X))
    assert not np.array_equal(result[0].predict_proba(X), result[1].predict_proba(X))


def test_keras_wrappers_3_mutates_the_users_dict_in_fit():
    model_params, class_weight = {"embedding_dim": 8}, {0: 1.0, 1: 2.0}
    clf = classifier(model_params=model_params, class_weight=class_weight, callbacks=[])
    given = copy.deepcopy(clf.get_params())
    clf.fit(X, y, sample_weight=np.ones(24), validation_data=(X, y)).predict(X)
    assert clf.get_params() == given
    assert clf.model_params is model_params and clf.class_weight is class_weight


def test_keras_wrappers_4_has_no_predict_proba():
    proba = classifier().fit(X, y).predict_proba(X)
    assert proba.shape == (24, 2)
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
    assert np.isfinite(cross_val_score(classifier(), X, y, cv=2, scoring="neg_log_loss")).all()


def test_keras_wrappers_5_refuses_three_dimensional_input():
    series = draw.normal(size=(24, 6, 2))
    clf = classifier().fit(series, y)
    assert clf.predict(series).shape == (24,) and clf.n_features_in_ == 2
    assert np.isfinite(cross_val_score(classifier(), series, y, cv=2)).all()


def test_keras_wrappers_6_refuses_text():
    texts = ["a good film", "a bad film"] * 12
    clf = classifier().fit(texts, ["pos", "neg"] * 12)
    assert set(clf.predict(texts)) <= {"pos", "neg"}
    assert np.isfinite(cross_val_score(classifier(), texts, y, cv=2)).all()


def test_keras_wrappers_7_cannot_be_told_to_accept_nan():
    gaps = X.copy()
    gaps[::3, 1] = np.nan
    with pytest.raises(ValueError, match=r"NaN: row 0, step 1.*missing='fill'"):
        classifier().fit(gaps, y)
    clf = classifier(missing="fill")
    assert get_tags(clf).input_tags.allow_nan and not get_tags(classifier()).input_tags.allow_nan
    assert clf.fit(gaps, y).predict(gaps).shape == (24,)
    assert np.isfinite(cross_val_score(clf, gaps, y, cv=2)).all()


def test_keras_wrappers_8_never_passes_a_routed_sample_weight_to_fit():
    weight = np.where(y == 1, 5.0, 1.0)
    folds = StratifiedKFold(2)
    with sklearn.config_context(enable_metadata_routing=True):
        clf = classifier().set_fit_request(sample_weight=True)
        clf.set_score_request(sample_weight=False)
        result = cross_validate(
            clf, X, y, cv=folds, params={"sample_weight": weight}, return_estimator=True
        )
    for fitted, (train, _) in zip(result["estimator"], folds.split(X, y), strict=True):
        alone = classifier().fit(X[train], y[train], sample_weight=weight[train])
        np.testing.assert_array_equal(fitted.predict_proba(X), alone.predict_proba(X))
        without = classifier().fit(X[train], y[train])
        assert not np.array_equal(fitted.predict_proba(X), without.predict_proba(X))


def test_scikeras_9_classifier_is_no_classifier_so_that_folds_are_not_stratified():
    assert is_classifier(classifier()) and is_classifier(make_pipeline(classifier()))
    assert isinstance(check_cv(2, y, classifier=is_classifier(classifier())), StratifiedKFold)
    # Unshuffled folds of sorted labels would hold one class alone, which is refused.
    order = np.argsort(y)
    assert np.isfinite(cross_val_score(classifier(), X[order], y[order], cv=2)).all()
    assert not is_classifier(keraseq.SequenceRegressor())
