import pickle

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import keraseq

TEXTS = ["a good film", "good fun", "a bad film", "bad and dull"] * 8
LABELS = ["pos", "pos", "neg", "neg"] * 8


def classifier(**changes):
    settings = {"model": "gru", "units": 8, "epochs": 15, "random_state": 0}
    return keraseq.SequenceClassifier(**{**settings, **changes})


@pytest.fixture(scope="module")
def fitted():
    return classifier().fit(TEXTS, LABELS)


def test_text_in_labels_out(fitted):
    assert fitted.predict(["good", "bad"]).tolist() == ["pos", "neg"]
    assert list(fitted.classes_) == ["neg", "pos"]
    proba = fitted.predict_proba(["good", "bad", "never seen"])
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)
    assert (fitted.decision_function(["good", "bad"]) > 0).tolist() == [True, False]
    assert len(fitted.history_["loss"]) == fitted.n_iter_ == 15
    assert fitted.params_["batch_size"] == 32


@pytest.mark.parametrize("container", [np.array, pd.Series, lambda X: pd.DataFrame({"text": X})])
def test_every_container_of_texts_is_the_same(fitted, container):
    np.testing.assert_array_equal(
        fitted.predict_proba(container(TEXTS)), fitted.predict_proba(TEXTS)
    )


def test_the_model_gives_logits_for_what_encode_returns(fitted):
    logits = keras.ops.convert_to_numpy(fitted.model_(fitted.encode(TEXTS), training=False))
    np.testing.assert_allclose(
        logits[:, 1] - logits[:, 0], fitted.decision_function(TEXTS), atol=1e-5
    )


def test_predict_leaves_the_estimator_as_it_was(fitted):
    before = {name: id(value) for name, value in vars(fitted).items()}
    fitted.predict(TEXTS)
    assert {name: id(value) for name, value in vars(fitted).items()} == before


def test_parameters_survive_clone_and_equal_seeds_give_equal_numbers(fitted):
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    assert not hasattr(copy, "model_")
    copy.fit(TEXTS, LABELS)
    np.testing.assert_array_equal(copy.predict_proba(TEXTS), fitted.predict_proba(TEXTS))


def test_a_fitted_estimator_can_be_pickled(fitted):
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_allclose(again.predict_proba(TEXTS), fitted.predict_proba(TEXTS), atol=1e-6)


def test_in_pipelines_searches_and_cross_validation():
    assert is_classifier(classifier())
    pipeline = make_pipeline(
        FunctionTransformer(lambda X: [text.upper() for text in X]), classifier(epochs=2)
    )
    assert cross_val_score(pipeline, TEXTS, LABELS, cv=2).shape == (2,)
    search = GridSearchCV(
        classifier(epochs=1), {"model": ["gru", "simple_rnn"], "units": [2]}, cv=2
    )
    search.fit(TEXTS, LABELS)
    assert search.best_params_["units"] == 2


def test_series_of_unequal_length_and_early_stopping():
    draw = np.random.default_rng(0)
    X = [draw.normal(i % 2, 1, size=(draw.integers(3, 9), 2)) for i in range(240)]
    y = np.arange(240) % 2
    clf = classifier(epochs=4).fit(X, y)
    assert clf.params_["early_stopping"]
    assert "val_loss" in clf.history_
    assert clf.n_features_in_ == 2
    assert clf.score(X, y) > 0.8
    padded = [np.vstack([row, np.full((3, 2), np.nan)]) for row in X[:5]]
    np.testing.assert_allclose(clf.predict_proba(padded), clf.predict_proba(X[:5]), atol=1e-5)


def test_class_weight_and_sample_weight_count():
    X, y = ["same words"] * 30, [0] * 20 + [1] * 10
    clf = classifier(epochs=30, class_weight={0: 1, 1: 10})
    assert clf.fit(X, y).predict(X[:1]).tolist() == [1]
    weights = np.where(np.array(y) == 1, 10.0, 0.5)
    assert classifier(epochs=30).fit(X, y, sample_weight=weights).predict(X[:1]).tolist() == [1]


def test_regression_in_the_users_units():
    X = np.random.default_rng(0).normal(size=(128, 10))
    y = 1000 + 50 * X.mean(axis=1)
    reg = keraseq.SequenceRegressor("gru", units=16, epochs=30, random_state=0)
    assert reg.fit(X, y).score(X, y) > 0.7
    assert reg.fit(X, np.column_stack([y, -y])).predict(X[:4]).shape == (4, 2)
    with pytest.raises(ValueError, match="10 features"):
        reg.predict(X[:, :7])


@pytest.mark.parametrize(
    ("X", "y", "changes", "message"),
    [
        (TEXTS, LABELS[:-1], {}, "X has 32 .*31"),
        (TEXTS, ["one"] * 32, {}, "class"),
        ([], [], {}, "X"),
        ("text", ["a"], {}, "list"),
        ([*TEXTS[:2], 3.0], ["a", "b", "a"], {}, "X"),
        (TEXTS, LABELS, {"max_length": 0}, "max_length"),
        (["", " "], ["a", "b"], {}, "vocabulary"),
        (TEXTS, LABELS, {"model": "grru"}, "Did you mean 'gru'"),
        (TEXTS, LABELS, {"input": "series"}, "X"),
        (TEXTS, LABELS, {"learning_rate": -1}, "learning_rate"),
        ([[1.0, np.nan, 2.0], [1.0, 2.0, 3.0]], [0, 1], {}, "NaN"),
        ([[1.0, np.inf, 2.0], [1.0, 2.0, 3.0]], [0, 1], {}, "inf"),
    ],
)
def test_bad_input_is_an_error_that_names_it(X, y, changes, message):
    with pytest.raises((ValueError, TypeError), match=message):
        classifier(**changes).fit(X, y)


def test_labels_of_validation_data_unseen_in_training():
    with pytest.raises(ValueError, match="other"):
        classifier(epochs=1).fit(TEXTS, LABELS, validation_data=(["good"], ["other"]))


def test_numbers_for_a_model_of_text(fitted):
    with pytest.raises((ValueError, TypeError), match="X"):
        fitted.predict(np.zeros((2, 3)))


def test_padded_token_ids_are_a_table_of_so_many_columns():
    ids = np.array([[1, 2, 0], [3, 1, 2]] * 8)
    clf = classifier(input="tokens", epochs=1).fit(ids, [0, 1] * 8)
    assert clf.encode([[1, 2], [3, 1, 9]]).tolist() == [[4, 5, 0], [6, 4, 1]]
    assert clf.model_.get_layer("token_embedding").input_dim == clf.encoder_.vocabulary_size_ == 7
    assert clf.n_features_in_ == 3
    np.testing.assert_allclose(
        clf.predict_proba(ids[:2]), clf.predict_proba([[1, 2], [3, 1, 2]]), atol=1e-6
    )
    with pytest.raises(ValueError, match="X has 2 features"):
        clf.predict(ids[:, :2])


def test_nothing_but_empty_texts_can_be_classified(fitted):
    expected = fitted.predict_proba([""])
    for X in ([[]], [[], []], ["", ""]):
        np.testing.assert_allclose(fitted.predict_proba(X)[:1], expected, atol=1e-6)
    by_character = classifier(tokenizer="characters", epochs=0).fit(TEXTS, LABELS)
    assert by_character.predict([[]]).shape == (1,)


def test_an_error_names_the_users_row():
    X = np.random.default_rng(0).normal(size=(40, 4))
    X[[29, 33], 2] = np.nan
    for fit in (classifier().fit, classifier().partial_fit):
        with pytest.raises(ValueError, match="NaN: row 29, step 2"):
            fit(X, [0, 1] * 20)


def test_padding_of_an_array_does_not_change_training():
    rows = [np.random.default_rng(i).normal(size=2 + i % 3) for i in range(24)]
    padded = np.full((24, 7), np.nan)
    for row, values in zip(padded, rows, strict=True):
        row[: len(values)] = values
    as_array, as_list = (classifier(epochs=2).fit(X, [0, 1] * 12) for X in (padded, rows))
    np.testing.assert_allclose(
        as_array.predict_proba(padded), as_list.predict_proba(rows), atol=1e-5
    )


def test_columns_are_those_of_the_last_fit_anew():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(8, 3)), columns=list("abc"))
    y = [0, 1] * 4
    clf = classifier(epochs=1).fit(frame, y)
    assert clf.n_features_in_ == 3 and clf.feature_names_in_.tolist() == list("abc")
    with pytest.raises(ValueError, match=r"In validation_data=\(X, y\): X has the columns"):
        clf.fit(frame, y, validation_data=(frame[["c", "b", "a"]], y))
    clf.set_params(warm_start=True)
    for go_on in (clf.fit, clf.partial_fit):
        with pytest.raises(ValueError, match="feature names should match"):
            go_on(frame[["c", "b", "a"]], y)
        go_on(frame, y)
        go_on([[1.0], [1.0, 2.0]] * 4, y)
        assert clf.feature_names_in_.tolist() == list("abc")
    clf.set_params(warm_start=False).fit(TEXTS, LABELS)
    assert not hasattr(clf, "n_features_in_") and not hasattr(clf, "feature_names_in_")


def test_a_rate_set_between_bits_is_taken():
    X = np.random.default_rng(0).normal(size=(8, 4))
    clf = classifier().partial_fit(X, [0, 1] * 4)
    before = clf.predict_proba(X)
    clf.set_params(learning_rate=1e-12, batch_size=4).partial_fit(X, [0, 1] * 4)
    np.testing.assert_allclose(clf.predict_proba(X), before, atol=1e-6)
    assert (clf.params_["learning_rate"], clf.params_["batch_size"]) == (1e-12, 4)
    with pytest.raises(ValueError, match="learning_rate=-1"):
        clf.set_params(learning_rate=-1).partial_fit(X, [0, 1] * 4)


def test_indicators_can_be_learned_bit_by_bit():
    X = np.random.default_rng(0).normal(size=(8, 4))
    y = np.array([[1, 0, 1], [0, 1, 1]] * 4)
    clf = classifier().partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X, y)
    assert clf.n_iter_ == 2 and clf.predict(X).shape == (8, 3)
    with pytest.raises(ValueError, match="classes has 2 labels; y has 3 columns"):
        clf.partial_fit(X, y, classes=[0, 1])


def test_indicators_go_by_name_bit_by_bit():
    X = np.random.default_rng(0).normal(size=(8, 4))
    y = pd.DataFrame({"a": [1, 0] * 4, "b": [0, 1] * 4, "c": 1})
    orders = ([*"abc"], [*"cab"])
    one, other = (
        classifier().partial_fit(X, y, classes=[*"abc"]).partial_fit(X, y[order], classes=[*"abc"])
        for order in orders
    )
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))
    one.partial_fit(X, y.to_numpy(), classes=[*"abc"])
    assert one.classes_.tolist() == [*"abc"]


def test_a_part_too_small_for_every_class_is_held_back_anyhow():
    X, y = np.random.default_rng(0).normal(size=(20, 4)), np.arange(20) % 5
    clf = classifier(early_stopping=True, validation_fraction=0.9).fit(X, y)
    assert "val_loss" in clf.history_
    with pytest.raises(ValueError, match="of 2 different rows leaves none for validation"):
        classifier(early_stopping=True).fit(np.ones((20, 4)), y % 2)


def test_what_is_wrong_with_the_validation_part_is_said_of_it():
    X, y = np.random.default_rng(0).normal(size=(8, 4)), [0, 1] * 4
    with pytest.raises(ValueError, match=r"In the validation part: class_weight=.* leaves no row"):
        classifier(class_weight={0: 0, 1: 1}).fit(X, y, validation_data=(X[:4], [0] * 4))
