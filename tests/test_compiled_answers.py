"""What is asked for often is answered by XLA: that it is, that answers are equal, and when not."""

import logging
import pickle
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers

import keraseq
from keraseq.training import full_rows, only_tensorflow
from keraseq.training.compiled_answers import CompiledAnswers

OFTEN = 24
LENGTHS = (1, 2, 7, 12, 16)


def fitted(kind=keraseq.SequenceClassifier, model="gru", **settings):
    draw = np.random.default_rng(0)
    rows = [draw.normal(size=(steps, 2)) for steps in (5, 16, 9, 12) * 2]
    y = [0, 1] * 4
    if kind is keraseq.SequenceTagger:
        y = [[step % 2 for step in range(len(row))] for row in rows]
    settings = {"epochs": 1, "random_state": 0, **settings}
    return kind(model, **settings).fit(rows, y)


def answers_of(estimator):
    with estimator._network.borrow() as model:
        return CompiledAnswers.of(model)


def rows_of(*lengths):
    draw = np.random.default_rng(1)
    return [draw.normal(size=(steps, 2)) for steps in lengths]


def ask_often(estimator, row, times=OFTEN):
    for _ in range(times):
        estimator.predict([row])


@pytest.fixture(scope="module")
def classifier():
    return fitted(units=5)


def test_what_is_asked_for_often_is_compiled_once_for_all_lengths(classifier):
    rows = rows_of(*LENGTHS)
    before, state = pickle.dumps(classifier), dict(vars(classifier))
    first = [classifier.decision_function([row]) for row in rows]
    assert answers_of(classifier).n_calls == 0
    for row in rows:
        ask_often(classifier, row, OFTEN // 4)
    calls = answers_of(classifier).n_calls
    again = [classifier.decision_function([row]) for row in rows]
    np.testing.assert_allclose(again, first, atol=1e-5)
    answers = answers_of(classifier)
    assert answers.n_calls == calls + len(rows) > len(rows)
    assert (answers.n_traces, answers.n_shapes) == (1, 1)
    assert pickle.dumps(classifier) == before
    assert vars(classifier) == state
    model = classifier.model_
    logits = [model.predict(classifier.encode([row]), verbose=0)[0] for row in rows]
    np.testing.assert_allclose(np.ravel(again), [b - a for a, b in logits], atol=1e-5)
    classifier._network._own = None  # the other tests go on with the lent one


def test_one_length_asked_for_often_is_not_padded(classifier):
    classifier = pickle.loads(pickle.dumps(classifier))
    (row,) = rows_of(10)
    first = classifier.decision_function([row])
    unmasked, answers = full_rows.COUNTS.n_traces, answers_of(classifier)
    ask_often(classifier, row)
    assert ((1, 10, 2), True) in answers._shapes
    np.testing.assert_allclose(classifier.decision_function([row]), first, atol=1e-6)
    assert full_rows.COUNTS.n_traces == unmasked + 1
    # Empty rows and two of unlike length have padding.
    for rows in (rows_of(0), rows_of(10, 4)):
        plain = [classifier.decision_function(rows) for _ in range(OFTEN)]
        np.testing.assert_allclose(classifier.decision_function(rows), plain[0], atol=1e-6)
    assert full_rows.COUNTS.n_traces == unmasked + 1


def test_threads_share_what_is_compiled(classifier):
    rows = rows_of(*range(1, 17)) * 4
    ask_often(classifier, rows[0])
    alone = [classifier.predict_proba([row]) for row in rows]
    traces = answers_of(classifier).n_traces
    before = answers_of(classifier).n_calls
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda row: classifier.predict_proba([row]), rows))
    np.testing.assert_array_equal(together, alone)
    assert answers_of(classifier).n_calls == before + len(rows)
    assert answers_of(classifier).n_traces == traces


def test_equal_calls_have_equal_answers_whatever_was_asked_before(classifier):
    """Another fit or a copy begins as the first did; rows beside their batch have its bits."""
    (row,) = rows_of(11)
    fresh = pickle.loads(pickle.dumps(classifier))
    first = fresh.decision_function([row])
    ask_often(fresh, row)
    assert fresh.fit(rows_of(5, 6) * 4, [0, 1] * 4) is fresh
    calls = answers_of(fresh).n_calls
    assert pickle.loads(pickle.dumps(classifier)).decision_function([row]) == first
    many = rows_of(*[16] * 40)
    whole = fresh.decision_function(many)
    alone = np.ravel([fresh.decision_function([row]) for row in many[: OFTEN - 1]])
    np.testing.assert_array_equal(alone, whole[: OFTEN - 1])
    fresh.decision_function(many)
    fresh.decision_function(many[:1])
    assert answers_of(fresh).n_calls == calls


def test_a_label_for_each_of_a_rows_own_steps():
    tagger = fitted(keraseq.SequenceTagger, units=3)
    (row,) = rows_of(6)
    plain = tagger.predict_proba([row])[0]
    ask_often(tagger, row)
    compiled = tagger.predict_proba([row])[0]
    assert answers_of(tagger).n_calls > 0
    assert compiled.shape == plain.shape == (6, 2)
    np.testing.assert_allclose(compiled, plain, atol=1e-5)


def test_many_rows_of_one_length_are_taken_by_all_cores_in_turn():
    draw = np.random.default_rng(0)
    X = draw.normal(size=(500, 3, 2)).astype("float32")
    classifier = keraseq.SequenceClassifier(
        "fcn", units=3, epochs=1, random_state=0, early_stopping=False
    ).fit(X[:20], [0, 1] * 10)
    plain = classifier.decision_function(X)
    for _ in range(OFTEN // 3 - 1):
        again = classifier.decision_function(X)
    assert answers_of(classifier).n_calls == 3
    np.testing.assert_allclose(again, plain, atol=1e-5)
    np.testing.assert_allclose(classifier.decision_function(X[:481]), plain[:481], atol=1e-5)
    assert (answers_of(classifier).n_traces, answers_of(classifier).n_shapes) == (1, 1)


class Unknown(layers.Layer):
    """Runs Python, of which XLA knows nothing."""

    def call(self, x):
        import tensorflow as tf

        summed = tf.numpy_function(lambda values: np.nansum(values, axis=1), [x], tf.float32)
        summed.set_shape((None, x.shape[-1]))
        return summed

    def compute_output_spec(self, x):
        return keras.KerasTensor((x.shape[0], x.shape[-1]))


def test_what_xla_cannot_compile_is_answered_as_before_and_told_once(caplog):
    def model(input_shape, outputs):
        inputs = keras.Input(input_shape)
        return keras.Model(inputs, layers.Dense(outputs)(Unknown()(inputs)))

    classifier = fitted(model=model, epochs=0)
    (row,) = rows_of(6)
    first = classifier.decision_function([row])
    with caplog.at_level(logging.WARNING, "keraseq"):
        ask_often(classifier, row, OFTEN + 5)
    (told,) = caplog.records
    assert "XLA cannot compile" in told.getMessage()
    assert answers_of(classifier).refusal in told.getMessage()
    assert answers_of(classifier).n_calls == 0
    np.testing.assert_array_equal(classifier.decision_function([row]), first)


def test_only_tensorflow_on_a_processor_compiles(classifier, monkeypatch):
    (row,) = rows_of(3)
    ask_often(classifier, row)
    calls = answers_of(classifier).n_calls
    classifier.predict([row])
    assert answers_of(classifier).n_calls == calls + 1
    jax = SimpleNamespace(config=SimpleNamespace(backend=lambda: "jax"))
    monkeypatch.setattr(only_tensorflow, "keras", jax)
    refused = only_tensorflow.COUNTS["answers"]
    classifier.predict([row])
    assert only_tensorflow.COUNTS["answers"] > refused
    assert answers_of(classifier).n_calls == calls + 1


def test_a_model_that_a_user_has_changed_and_compiled_answers_anew():
    rows = np.stack(rows_of(*[7] * 12))
    estimator = fitted(units=3)
    model = estimator.model_
    ask_often(estimator, rows[0], OFTEN + 1)
    estimator.predict(rows)
    model.get_layer("logits").enable_lora(1)
    model.compile(keras.optimizers.SGD(1.0), "mse")
    weights = model.get_weights()
    model.set_weights([w + 1 for w in weights])
    expected = keras.ops.convert_to_numpy(model(estimator.encode(rows)))
    expected = expected[:, 1] - expected[:, 0]
    np.testing.assert_allclose(estimator.decision_function(rows), expected, atol=1e-4)
    np.testing.assert_allclose(estimator.decision_function(rows[:1]), expected[:1], atol=1e-4)
