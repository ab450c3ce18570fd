"""A label for every step: words, characters, token ids and series."""

import copy
import datetime
import pickle
import sys

import joblib
import keras
import numpy as np
import pandas as pd
import pytest
import sklearn
from keras import layers
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    cross_val_score,
    cross_validate,
    learning_curve,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import (
    check_estimator_cloneable,
    check_estimator_repr,
    check_parameters_default_constructible,
)

import keraseq

WORDS = [["the", "cat", "sleeps"], ["dogs", "bark"], ["a", "dog", "sees", "the", "cat"]] * 4
TAGS = [["DET", "NOUN", "VERB"], ["NOUN", "VERB"], ["DET", "NOUN", "VERB", "DET", "NOUN"]] * 4
draw = np.random.default_rng(0)
SERIES = [draw.normal(size=(3 + i % 3, 2)) for i in range(12)]
SIGNS = [(row[:, 0] > 0).astype(int).tolist() for row in SERIES]


def tagger(**changes):
    settings = {"model": "simple_rnn", "units": 4, "epochs": 3, "random_state": 0}
    return keraseq.SequenceTagger(**{**settings, **changes})


@pytest.fixture(scope="module")
def fitted():
    return tagger(epochs=30, learning_rate=0.05).fit(WORDS, TAGS)


def test_words_in_labels_out(fitted):
    answers = fitted.predict([["the", "dogs", "sees"], ["cat"]])
    assert answers == [["DET", "NOUN", "VERB"], ["NOUN"]]
    assert {type(label) for row in answers for label in row} == {str}
    assert fitted.classes_.tolist() == ["DET", "NOUN", "VERB"]
    assert fitted.score(WORDS, TAGS) == 1
    proba = fitted.predict_proba(WORDS)
    assert [rows.shape for rows in proba] == [(len(words), 3) for words in WORDS]
    np.testing.assert_allclose(np.concatenate(proba).sum(axis=1), 1, rtol=1e-5)
    assert [fitted.classes_[rows.argmax(axis=1)].tolist() for rows in proba] == TAGS


def test_the_model_gives_logits_for_what_encode_returns(fitted):
    logits = keras.ops.convert_to_numpy(fitted.model_(fitted.encode(WORDS), training=False))
    assert logits.shape == (12, 5, 3)
    for row, rows in zip(logits, fitted.predict_proba(WORDS), strict=True):
        expected = np.exp(row - row.max(axis=1, keepdims=True))[: len(rows)]
        np.testing.assert_allclose(rows, expected / expected.sum(axis=1, keepdims=True), atol=1e-5)


def test_answers_do_not_depend_on_the_rows_beside(fitted):
    together = fitted.predict_proba(WORDS)
    for i in range(3):
        np.testing.assert_allclose(
            fitted.predict_proba(WORDS[i : i + 1])[0], together[i], atol=1e-5
        )


def test_score_is_token_accuracy(fitted):
    truth = [["DET", "NOUN", "VERB"], ["VERB", "VERB"]]
    assert fitted.score(WORDS[:2], truth) == pytest.approx(4 / 5)
    assert fitted.score(WORDS[:2], truth, sample_weight=[1, 3]) == pytest.approx(6 / 9)
    assert fitted.score(WORDS[:1], [["DET", "NOUN", "ADVERB"]]) == pytest.approx(2 / 3)
    for y in (pd.Series(truth), [np.array(row) for row in truth], [tuple(row) for row in truth]):
        assert fitted.score(WORDS[:2], y) == pytest.approx(4 / 5)
    with pytest.raises(ValueError, match="X has 3 steps and y has 2 labels in row 0"):
        fitted.score(WORDS[:1], [["DET", "NOUN"]])
    with pytest.raises(ValueError, match="X holds no step"):
        fitted.score([[]], [[]])


def test_empty_sequences_have_no_labels(fitted):
    assert fitted.predict([[], ["the"], []]) == [[], ["DET"], []]
    assert fitted.predict([[]]) == [[]]
    assert fitted.predict_proba([[]])[0].shape == (0, 3)
    with_empty = tagger().fit([*WORDS, []], [*TAGS, []])
    assert with_empty.predict([[]]) == [[]]


def test_an_emoji_a_capital_and_a_lone_surrogate_are_one_character_each():
    X = ["İa\ud83d\ude00", "bİ"] * 4
    y = [["u", "l", "s", "s"], ["l", "u"]] * 4
    characters = tagger(tokenizer="characters", epochs=40, learning_rate=0.05).fit(X, y)
    assert characters.predict(X[:2]) == y[:2]


@pytest.mark.parametrize(
    ("X", "y", "changes"),
    [
        (SERIES, SIGNS, {}),
        (np.array(WORDS[1::3]), np.array(TAGS[1::3]), {}),
        (draw.normal(size=(4, 3)), np.array([[0, 1, 1]] * 4), {}),
        (draw.normal(size=(4, 3, 2)), [[True, False, True]] * 4, {}),
        (pd.DataFrame(draw.normal(size=(4, 3))), pd.DataFrame([[0, 1, 1]] * 4), {}),
        (pd.Series(WORDS), pd.Series(TAGS), {}),
        ([[1, 2], [3]], [["a", "b"], ["a"]], {"input": "tokens"}),
        (np.array([[1, 2, 3], [3, 1, 0]]), [["a", "b", "a"], ["a", "a"]], {"input": "tokens"}),
        (["ab", "cde"], [list("xy"), list("xyx")], {"tokenizer": "characters"}),
        (WORDS[:3], [[datetime.date(2020, 1, len(w)) for w in row] for row in WORDS[:3]], {}),
    ],
    ids=[
        "series",
        "words",
        "table",
        "cube",
        "frame",
        "cells",
        "ids",
        "padded-ids",
        "characters",
        "dates",
    ],
)
def test_every_kind_of_sequence_and_label(X, y, changes):
    fitted = tagger(epochs=0, **changes).fit(X, y)
    rows = [list(row) for row in (y.to_numpy() if hasattr(y, "to_numpy") else y)]
    answers = fitted.predict(X)
    assert [len(row) for row in answers] == [len(row) for row in rows]
    assert {label for row in answers for label in row} <= {label for row in rows for label in row}
    right = np.concatenate([np.equal(a, b) for a, b in zip(rows, answers, strict=True)])
    assert fitted.score(X, y) == pytest.approx(right.mean())


def test_padding_at_the_end_of_a_series_is_left_out():
    padded = np.full((12, 6, 2), np.nan)
    for row, values in zip(padded, SERIES, strict=True):
        row[: len(values)] = values
    np.testing.assert_allclose(
        np.concatenate(tagger().fit(padded, SIGNS).predict_proba(padded)),
        np.concatenate(tagger().fit(SERIES, SIGNS).predict_proba(SERIES)),
        atol=1e-5,
    )


@pytest.mark.parametrize(
    ("X", "y", "says"),
    [
        (WORDS, TAGS[:-1], "X has 12 rows and y has 11"),
        (WORDS[:2], [["DET"] * 3, ["NOUN"]], "X has 2 steps and y has 1 labels in row 1"),
        (WORDS, None, "requires y to be passed"),
        (["the cat", "dogs bark"], TAGS[:2], "lists of words .*or tokenizer='characters'"),
        (WORDS[:2], [["A"] * 3, ["A"] * 2], "one class .'A'."),
        (WORDS[:2], [["A", "B", None], ["A", "B"]], "no label in row 0, step 2"),
        (WORDS[:2], ["DNV", "NV"], "a list of labels a row"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(X, y, says):
    with pytest.raises((ValueError, TypeError), match=says):
        tagger().fit(X, y)


def test_strings_do_not_judge_a_tagger_of_words():
    tagger = keraseq.SequenceTagger("gru", units=2, epochs=1)
    with pytest.raises(ValueError, match=r"In validation_data=.*X holds strings; a tagger needs"):
        tagger.fit([["a", "b"], ["c"]], [["X", "Y"], ["X"]], validation_data=(["ab"], [["X", "Y"]]))


def test_words_are_not_taken_for_numbers(fitted):
    with pytest.raises(ValueError, match=r"X holds series of numbers, but this .* lists of words"):
        fitted.predict(SERIES)


def test_scikit_learn_rules(fitted):
    assert not is_classifier(fitted) and not is_regressor(fitted)
    with pytest.raises(NotFittedError):
        tagger().predict(WORDS)
    assert not hasattr(tagger(), "classes_")
    before = {name: id(value) for name, value in vars(fitted).items()}
    fitted.predict(WORDS), fitted.predict_proba(WORDS), fitted.score(WORDS, TAGS)
    assert {name: id(value) for name, value in vars(fitted).items()} == before
    assert clone(fitted).get_params() == fitted.get_params()
    assert "SequenceTagger" in fitted._repr_html_()
    for check in (
        check_estimator_cloneable,
        check_estimator_repr,
        check_parameters_default_constructible,
    ):
        # The class itself; all other checks run on tests/test_scikit_learn_checks.py's RowTagger.
        check("SequenceTagger", keraseq.SequenceTagger())


def test_copies_predict_the_same(fitted, tmp_path):
    joblib.dump(fitted, tmp_path / "tagger.joblib")
    for again in (
        pickle.loads(pickle.dumps(fitted)),
        copy.deepcopy(fitted),
        joblib.load(tmp_path / "tagger.joblib"),
        clone(fitted).fit(WORDS, TAGS),
    ):
        assert again.predict(WORDS) == fitted.predict(WORDS)


def test_searches_curves_and_pipelines():
    assert cross_val_score(tagger(), WORDS, TAGS, cv=2, error_score="raise").shape == (2,)
    search = GridSearchCV(tagger(), {"learning_rate": [1e-6, 0.05]}, cv=2, error_score="raise")
    assert search.fit(WORDS, TAGS).best_params_ == {"learning_rate": 0.05}
    assert np.isfinite(learning_curve(tagger(), WORDS, TAGS, cv=2, train_sizes=[1.0])[2]).all()
    capitals = FunctionTransformer(lambda X: [[word.upper() for word in row] for row in X])
    pipe = make_pipeline(capitals, tagger()).fit(WORDS, TAGS)
    assert pipe.predict(WORDS) == tagger().fit(WORDS, TAGS).predict(WORDS)


def test_a_routed_sample_weight_counts():
    weight = np.repeat([1.0, 9.0], 6)
    folds = KFold(2)
    with sklearn.config_context(enable_metadata_routing=True):
        asking = tagger().set_fit_request(sample_weight=True)
        asking.set_score_request(sample_weight=True)
        found = cross_validate(
            asking,
            SERIES,
            SIGNS,
            cv=folds,
            params={"sample_weight": weight},
            return_estimator=True,
            error_score="raise",
        )
    for i, (train, _) in enumerate(folds.split(SERIES)):
        X, y = [SERIES[k] for k in train], [SIGNS[k] for k in train]
        alone = tagger().fit(X, y, sample_weight=weight[train])
        assert alone.predict(SERIES) == found["estimator"][i].predict(SERIES)
    # A sequence of weight two is the same sequence twice.
    twice = tagger().fit([*SERIES, SERIES[0]], [*SIGNS, SIGNS[0]])
    weighed = tagger().fit(SERIES, SIGNS, sample_weight=[2] + [1] * 11)
    for one, two in zip(twice.predict_proba(SERIES), weighed.predict_proba(SERIES), strict=True):
        np.testing.assert_array_equal(one, two)


def test_training_goes_on_batch_by_batch():
    bit_by_bit = tagger()
    for first in range(0, 12, 4):
        rows = slice(first, first + 4)
        bit_by_bit.partial_fit(SERIES[rows], SIGNS[rows], classes=[0, 1, 2])
    assert bit_by_bit.n_iter_ == 3 and bit_by_bit.classes_.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match=r"classes=\[0, 1\] are not those of the first call"):
        bit_by_bit.partial_fit(SERIES, SIGNS, classes=[0, 1])
    warm = tagger(warm_start=True).fit(SERIES, SIGNS)
    first = warm.history_["loss"][0]
    assert warm.fit(SERIES, SIGNS).history_["loss"][0] < first
    judged = tagger(early_stopping=True, validation_fraction=0.5).fit(SERIES, SIGNS)
    assert "val_loss" in judged.history_
    assert "val_loss" in tagger().fit(SERIES, SIGNS, validation_data=(SERIES, SIGNS)).history_


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_users_model_of_every_step(wrapped):
    def model(input_shape, outputs, vocabulary_size):
        inputs = keras.Input(input_shape, dtype="int32")
        x, mask = keraseq.Padding()(inputs)
        x = layers.GRU(4, return_sequences=True)(layers.Embedding(vocabulary_size, 4)(x), mask=mask)
        head = layers.Dense(outputs, activation="softmax")
        return keras.Model(inputs, (layers.TimeDistributed(head) if wrapped else head)(x))

    # Keras 3.15 itself cannot train on a softmax within TimeDistributed.
    epochs = 0 if wrapped else 1
    fitted = keraseq.SequenceTagger(model, epochs=epochs, random_state=0).fit(WORDS, TAGS)
    output = keras.ops.convert_to_numpy(fitted.model_(fitted.encode(WORDS), training=False))
    for rows, row in zip(fitted.predict_proba(WORDS), output, strict=True):
        np.testing.assert_allclose(rows, row[: len(rows)], atol=1e-5)


ENTITIES = [["B-PER", "I-PER", "O"], ["O", "B-LOC"]] * 4
SENTENCES = [["Ada", "Lovelace", "wrote"], ["in", "London"]] * 4


def test_entities_are_scored_whole():
    pytest.importorskip("seqeval", reason="entity_f1 needs the extra 'tagging'")
    fitted = tagger(epochs=40, learning_rate=0.05).fit(SENTENCES, ENTITIES)
    assert fitted.entity_f1(SENTENCES, ENTITIES) == 1
    truth = [["B-PER", "O", "O"], ["O", "B-LOC"]]
    assert fitted.score(SENTENCES[:2], truth) == pytest.approx(4 / 5)
    assert fitted.entity_f1(SENTENCES[:2], truth) == pytest.approx(1 / 2)


def test_entity_f1_names_the_extra_that_it_needs(fitted, monkeypatch):
    for name in ("seqeval", "seqeval.metrics"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"'keraseq\[tagging\]'"):
        fitted.entity_f1(WORDS, TAGS)


def test_metrics_refuse_what_is_no_label(fitted):
    for truth in ([["DET", None]], [[np.nan, "NOUN"]]):
        for metric in (fitted.score, fitted.card):
            with pytest.raises(ValueError, match="no label in row 0"):
                metric([["the", "cat"]], truth)
    # A frame, as `score` takes it too.
    assert "token accuracy 1 " in fitted.card([["the", "cat"]], pd.DataFrame([["DET", "NOUN"]]))


def test_entities_have_labels_that_are_strings(fitted):
    pytest.importorskip("seqeval", reason="entity_f1 needs the extra 'tagging'")
    with pytest.raises(ValueError, match="no label in row 0, step 1"):
        fitted.entity_f1([["the", "cat"]], [["DET", None]])
    numbered = tagger(epochs=1).fit([["the", "cat"], ["a"]] * 4, [[1, 2], [1]] * 4)
    with pytest.raises(TypeError, match=r"entity_f1 is for labels such as .* 1 is no string"):
        numbered.entity_f1([["the", "cat"]], [[1, 2]])
