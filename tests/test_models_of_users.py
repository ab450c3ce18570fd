"""Models that users bring: functions that build one, and bodies that they register."""

import copy
import functools
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import keras
import numpy as np
import pytest
from _killed import Killed
from keras import layers, ops
from scipy.special import softmax
from sklearn.base import clone

import keraseq

draw = np.random.default_rng(0)
X = draw.normal(size=(24, 5))
y = (X.mean(axis=1) > 0).astype(int)
RAGGED = [row[: 3 + i % 3] for i, row in enumerate(X)]


pytestmark = pytest.mark.usefixtures("registry_as_before")


def classifier(model, **changes):
    settings = {"epochs": 1, "random_state": 0}
    return keraseq.SequenceClassifier(model, **{**settings, **changes})


def features(input_shape, units=3):
    """A user's own layers, with keraseq's padding."""
    inputs = keras.Input(input_shape)
    x, mask = keraseq.Padding()(inputs)
    return inputs, layers.GRU(units)(x, mask=mask)


def logits(input_shape, outputs, *, units=3):
    inputs, x = features(input_shape, units)
    return keras.Model(inputs, layers.Dense(outputs)(x))


def ends_in_softmax(input_shape, outputs):
    inputs, x = features(input_shape)
    return keras.Model(inputs, layers.Dense(outputs, activation="softmax")(x))


def ends_in_a_softmax_layer(input_shape, outputs):
    inputs, x = features(input_shape)
    return keras.Model(inputs, layers.Softmax()(layers.Dense(outputs)(x)))


def ends_in_an_operation(input_shape, outputs):
    inputs, x = features(input_shape)
    return keras.Model(inputs, ops.softmax(layers.Dense(outputs)(x)))


def ends_in_a_model(input_shape, outputs):
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, ends_in_softmax(input_shape, outputs)(inputs))


def not_built(input_shape, outputs):
    return keras.Sequential([layers.GRU(3), layers.Dense(outputs, activation="softmax")])


class Subclass(keras.Model):
    """Without a graph, a configuration or a known output shape."""

    def __init__(self, outputs):
        super().__init__()
        self.gru, self.head = layers.GRU(3), layers.Dense(outputs)

    def call(self, x):
        return self.head(self.gru(x))


def subclass(input_shape, outputs):
    return Subclass(outputs)


class Maker:
    """A callable that is no function."""

    def __call__(self, input_shape, outputs):
        return logits(input_shape, outputs)


FORMS = [
    (logits, False),
    (subclass, False),
    (Maker(), False),
    (functools.partial(logits, units=2), False),
    (ends_in_softmax, True),
    (ends_in_a_softmax_layer, True),
    (ends_in_an_operation, True),
    (ends_in_a_model, True),
    (not_built, True),
]


@pytest.mark.parametrize(
    ("model", "gives_probabilities"),
    FORMS,
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_every_form_of_model(model, gives_probabilities):
    clf = classifier(model, epochs=0).fit(X, y)
    proba = clf.predict_proba(X)
    assert clf.model_.loss.from_logits != gives_probabilities
    output = keras.ops.convert_to_numpy(clf.model_(clf.encode(X), training=False))
    expected = output if gives_probabilities else softmax(output, axis=1)
    np.testing.assert_allclose(proba, expected, atol=1e-6)
    np.testing.assert_array_equal(clf.predict(X), proba.argmax(axis=1))
    again = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(again.predict_proba(X), proba)


def test_equal_seeds_give_equal_models():
    def model(input_shape, outputs):
        inputs, x = features(input_shape)
        return keras.Model(inputs, layers.Dense(outputs)(layers.Dropout(0.5)(x)))

    first, second = (classifier(model).fit(X, y).predict_proba(X) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_sigmoid_gives_the_probability_of_each_label():
    def sigmoid(input_shape, outputs):
        inputs, x = features(input_shape)
        return keras.Model(inputs, layers.Dense(outputs, activation="sigmoid")(x))

    labels = np.column_stack([y, 1 - y, y])
    clf = classifier(sigmoid).fit(X, labels)
    output = keras.ops.convert_to_numpy(clf.model_(clf.encode(X), training=False))
    np.testing.assert_allclose(clf.predict_proba(X), output, atol=1e-6)
    np.testing.assert_array_equal(clf.predict(X), output > 0.5)


def test_padding_is_nan_steps_or_id_0_and_changes_nothing():
    clf = classifier(logits).fit(RAGGED, y)
    assert np.isnan(clf.encode(RAGGED)[0, 3:]).all()
    np.testing.assert_allclose(
        clf.predict_proba(RAGGED[:1]), clf.predict_proba(RAGGED)[:1], atol=1e-6
    )

    def of_tokens(input_shape, outputs, vocabulary_size):
        inputs = keras.Input(input_shape, dtype="int32")
        x, mask = keraseq.Padding()(inputs)
        x = layers.Embedding(vocabulary_size, 4)(x)
        return keras.Model(inputs, layers.Dense(outputs)(layers.GRU(3)(x, mask=mask)))

    texts = ["a good film", "bad"] * 12
    clf = classifier(of_tokens).fit(texts, y)
    assert clf.encode(texts)[1, 1:].tolist() == [0, 0]
    np.testing.assert_allclose(
        clf.predict_proba(texts[1:2]), clf.predict_proba(texts)[1:2], atol=1e-6
    )


def test_a_model_of_so_many_steps_refuses_others_in_words():
    clf = classifier(logits).fit(list(X[:, :, None]), y)
    for other, says in ((RAGGED, r"3 steps \(row 0\)"), (list(X[:, :4]), "4 steps")):
        with pytest.raises(ValueError, match=rf"{says}; .* an input of 5.*Input\(\(None"):
            clf.predict(other)
    open_ended = classifier(lambda shape, outputs: logits((None, *shape[1:]), outputs))
    assert open_ended.fit(list(X[:, :, None]), y).predict(RAGGED).shape == (24,)


def test_a_function_gets_what_its_signature_names():
    seen = {}

    def model(input_shape, outputs, *, task, vocabulary_size, seed, width=3):
        seen.update(locals())
        return logits(input_shape, outputs, units=width)

    classifier(model, epochs=0, model_params={"width": 2}).fit(X, y)
    assert (seen["input_shape"], seen["outputs"], seen["task"]) == ((5, 1), 2, "classification")
    assert seen["vocabulary_size"] is None and seen["width"] == 2 and isinstance(seen["seed"], int)
    keraseq.SequenceRegressor(model, epochs=0, random_state=0).fit(RAGGED, X[:, :3])
    assert (seen["input_shape"], seen["outputs"], seen["task"]) == ((None, 1), 3, "regression")
    with pytest.raises(TypeError, match="widths"):
        classifier(model, model_params={"widths": 2}).fit(X, y)


def compiled(rate):
    def model(input_shape, outputs):
        made = ends_in_softmax(input_shape, outputs)
        made.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy")
        return made

    return model


def test_a_compiled_model_keeps_its_loss_optimizer_and_learning_rate():
    clf = classifier(compiled(1e-9)).fit(X, y)
    assert isinstance(clf.model_.optimizer, keras.optimizers.SGD)
    assert float(clf.model_.optimizer.learning_rate) == pytest.approx(1e-9)
    untrained = classifier(compiled(1e-9), epochs=0).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(clf.predict_proba(X), untrained, atol=1e-6)
    schedule = keras.optimizers.schedules.CosineDecay(0.5, 10)
    trained = classifier(compiled(schedule)).fit(X, y).predict_proba(X)
    assert np.abs(trained - untrained).max() > 1e-3
    for changes in ({"learning_rate": 0.1}, {"optimizer": "adam"}):
        with pytest.raises(ValueError, match=rf"{next(iter(changes))}: .*compiled model"):
            classifier(compiled(0.1), **changes).fit(X, y)


def test_a_compiled_model_goes_on_with_its_optimizer(tmp_path):
    def model(input_shape, outputs):
        made = ends_in_softmax(input_shape, outputs)
        made.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
        return made

    clf = classifier(model)
    for calls in (1, 2):
        assert clf.partial_fit(X, y).n_iter_ == calls
    assert clf._network._optimizer_state[0] == 2
    whole = classifier(model, epochs=3).fit(X, y).predict_proba(X)
    clf = classifier(model, epochs=3, checkpoint=tmp_path, callbacks=Killed())
    with pytest.raises(MemoryError):
        clf.fit(X, y)
    again = clf.set_params(callbacks=None).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(X), whole)


class Several(keras.metrics.Metric):
    """A metric that has two names."""

    def update_state(self, truth, predicted, sample_weight=None):
        pass

    def result(self):
        return {"one": ops.ones(()), "two": ops.ones(2)}


class Part:
    """What a text knows by its address alone."""


def test_a_killed_fit_goes_on_with_equal_arguments_alone(tmp_path):
    def model(input_shape, outputs, part, vectors):
        return logits(input_shape, outputs)

    class Killed(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise MemoryError

    vectors = np.zeros((2, 2_000))
    vectors[1, 1_000] = 1
    first, other = ({"part": Part(), "vectors": values} for values in vectors)
    clf = classifier(model, epochs=2, checkpoint=tmp_path, model_params=first, callbacks=Killed())
    with pytest.raises(MemoryError):
        clf.fit(X, y)
    clf.set_params(callbacks=None)
    with pytest.raises(ValueError, match="of a fit with other data or settings"):
        clf.set_params(model_params=other).fit(X, y)
    assert clf.set_params(model_params={**first, "part": Part()}).fit(X, y).n_iter_ == 2


def test_a_metric_may_be_several_numbers():
    def model(input_shape, outputs):
        made = logits(input_shape, outputs)
        scores = [keras.metrics.F1Score(threshold=0.5), Several()]
        made.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=scores)
        return made

    told = []
    callback = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: told.append(logs))
    labels = np.column_stack([y, 1 - y])
    clf = classifier(model, callbacks=callback).fit(X, labels, validation_data=(X, labels))
    (logs,) = told
    assert np.shape(logs["f1_score"]) == np.shape(logs["val_two"]) == (2,)
    assert logs["one"] == logs["val_one"] == 1
    assert sorted(clf.history_) == ["loss", "one", "val_loss", "val_one"]


def test_a_thread_is_never_answered_by_first_weights(monkeypatch):
    clf = classifier(logits, epochs=2, learning_rate=0.1).fit(X, y)
    wanted, again = clf.predict_proba(X), pickle.loads(pickle.dumps(clf))
    put, answers = keras.Model.set_weights, []

    def slowly(model, weights):
        monkeypatch.setattr(keras.Model, "set_weights", put)
        other = threading.Thread(target=lambda: answers.append(again.predict_proba(X)))
        other.start()
        other.join()
        put(model, weights)

    monkeypatch.setattr(keras.Model, "set_weights", slowly)
    answers.append(again.predict_proba(X))
    assert len(answers) == 2
    for answer in answers:
        np.testing.assert_array_equal(answer, wanted)


def test_a_public_builder_is_its_name(tmp_path):
    named = classifier("lstm", units=2).fit(X, y)
    given = clone(classifier(keraseq.lstm, units=2)).fit(X, y)
    assert given.params_ == named.params_
    wanted = named.predict_proba(X)
    np.testing.assert_array_equal(given.predict_proba(X), wanted)
    given.save(tmp_path / "lstm.keraseq")
    again = keraseq.load(tmp_path / "lstm.keraseq")
    np.testing.assert_array_equal(again.predict_proba(X), wanted)
    assert keraseq.model_info(keraseq.lstm) == keraseq.model_info("lstm")


def test_a_preset_is_its_builder_too():
    settings = {"horizon": 2, "epochs": 1, "units": 4, "random_state": 0}
    by_name, by_builder = (
        keraseq.SequenceForecaster(model, **settings).fit(np.arange(90.0))
        for model in ("patch_tst", keraseq.patch_tst)
    )
    assert by_builder.params_ == by_name.params_
    np.testing.assert_array_equal(by_builder.predict(), by_name.predict())


def test_builders_are_compared_by_their_names():
    settings = {"estimator_params": {"epochs": 1, "units": 2}, "n_seeds": 2, "verbose": 0}
    found = keraseq.compare([keraseq.lstm, "gru"], X, y, **settings, baselines=False)
    assert set(found.table.index) >= {"lstm", "gru"}


def test_warm_start_goes_on_with_the_same_function_alone():
    clf = classifier(logits, warm_start=True, epochs=5, learning_rate=0.05).fit(X, y)
    assert clf.fit(X, y).history_["loss"][0] < clf.fit(X, y).history_["loss"][0] + 0.1
    with pytest.raises(ValueError, match="warm_start"):
        clf.set_params(model=subclass).fit(X, y)
    with pytest.raises(ValueError, match="warm_start"):
        clf.set_params(model="gru").fit(X, y)


ONE_MODEL = logits((5, 1), 2)


@pytest.mark.parametrize(
    ("model", "changes", "error", "says"),
    [
        (ONE_MODEL, {}, TypeError, "a function that returns a new keras.Model at every call"),
        (None, {}, TypeError, "keraseq.list_models"),
        (layers.LSTM, {}, TypeError, r"keraseq.list_models\(\) .*Did you mean 'lstm'"),
        (layers.GRU(2), {}, TypeError, r"keraseq.list_models\(\) .*Did you mean 'gru'"),
        (layers.Dense(2), {}, TypeError, "a function that returns a new keras.Model"),
        (lambda input_shape, outputs: 3, {}, TypeError, "returned int"),
        (
            lambda input_shape, outputs: logits(input_shape, 1),
            {},
            ValueError,
            r"output is \(None, 1\).*task='classification'.*\(batch, 2\)",
        ),
        (
            lambda input_shape, outputs: keras.Sequential([layers.GRU(2, return_sequences=True)]),
            {},
            ValueError,
            r"output is \(None, 5, 2\)",
        ),
        (logits, {"units": 8}, ValueError, "model_params={'units'"),
        (logits, {"dropout": 0.1, "num_layers": 2}, ValueError, "num_layers, dropout: for models"),
    ],
)
def test_what_is_no_model_is_refused(model, changes, error, says):
    with pytest.raises(error, match=says):
        classifier(model, **changes).fit(X, y)


def test_one_model_for_two_fits_is_refused():
    made = ends_in_softmax((5, 1), 2)
    clf = classifier(lambda input_shape, outputs: made).fit(X, y)
    assert clf.predict(X).shape == (24,)
    with pytest.raises(ValueError, match=r"the same model twice.*a new model at every call"):
        classifier(clf.model).fit(X, y)


CELL = """
@keraseq.register_model
def mine(x, mask, *, units=8, num_layers=1, dropout=0.0, width=3):
    for i in range({depth}):
        x = layers.Dense(width, activation="relu", name=f"mine_{{i}}")(x)
    return layers.Dense(units)(x)
"""


def body(depth):
    """What a notebook cell does: register a function of one name, with changing code."""
    scope = {"keraseq": keraseq, "layers": layers, "__name__": __name__}
    exec(CELL.format(depth=depth), scope)
    return scope["mine"]


def depth(clf):
    return sum(layer.name.startswith("mine_") for layer in clf.model_.layers)


def test_a_registered_body_is_known_by_name_and_as_a_function():
    mine = body(1)
    by_name = classifier("mine", units=2, model_params={"width": 4}).fit(X, y)
    by_function = classifier(mine, units=2, model_params={"width": 4}).fit(X, y)
    np.testing.assert_array_equal(by_name.predict_proba(X), by_function.predict_proba(X))
    assert by_name.model_.get_layer("mine_0").units == 4
    with pytest.raises(TypeError, match="Did you mean 'width'"):
        classifier("mine", model_params={"widths": 4}).fit(X, y)


def test_a_cell_run_twice_replaces_the_body_and_spares_what_is_fitted():
    first = body(1)
    fitted = classifier("mine", units=2).fit(X, y)
    scores, kept = fitted.predict_proba(X), pickle.dumps(fitted)
    body(2)
    for model in ("mine", first):
        assert depth(classifier(model, units=2).fit(X, y)) == 2
    for again in (fitted, pickle.loads(kept), copy.deepcopy(fitted)):
        np.testing.assert_array_equal(again.predict_proba(X), scores)
        assert depth(again) == 1
    # Reading an old pickle does not bring the old function back.
    assert depth(classifier("mine", units=2).fit(X, y)) == 2


def made(depth, name="mine"):
    def mine(x, mask, *, units=8, num_layers=1, dropout=0.0):
        for i in range(depth):
            x = layers.Dense(3, name=f"mine_{i}")(x)
        return layers.Dense(units)(x)

    mine.__name__ = name
    return keraseq.register_model(mine)


def test_a_loop_cannot_register_other_bodies_under_one_name():
    first = made(1)
    # Such as in a cell that is run again.
    made(1)
    with pytest.raises(ValueError, match=r"'mine' .*another depth, .*__name__ of its own"):
        made(2)
    assert depth(classifier(first, epochs=0, units=2).fit(X, y)) == 1


def test_bodies_of_a_loop_with_names_of_their_own_are_told_apart():
    for n, function in [(n, made(n, f"mine{n}")) for n in (1, 2)]:
        assert depth(classifier(function, epochs=0, units=2).fit(X, y)) == n


def test_an_unpickled_estimator_goes_on_training():
    body(1)
    clf = classifier("mine", units=2, warm_start=True).fit(X, y)
    again = pickle.loads(pickle.dumps(clf))
    assert again.fit(X, y).history_["loss"] != clf.history_["loss"]


SCRIPT = '''
import multiprocessing, pathlib, pickle, sys
import numpy as np, joblib, keras, keraseq
from sklearn.model_selection import GridSearchCV, ShuffleSplit

CELL = """
@keraseq.register_model
def mine(x, mask, *, units=8, num_layers=1, dropout=0.0):
    for i in range({depth}):
        x = keras.layers.Dense(3, name="mine_%d" % i)(x)
    return keras.layers.Dense(units)(x)

def built(input_shape, outputs):
    return keras.Sequential([keras.layers.GRU({depth}), keras.layers.Dense(outputs)])
"""
X = np.random.default_rng(0).normal(size=(24, 5))
y = (X.mean(axis=1) > 0).astype(int)
clf = keraseq.SequenceClassifier(epochs=1, random_state=0)

def layers_in_worker(clf, X, y):
    assert multiprocessing.current_process().name != "MainProcess"
    return sum(layer.name.startswith("mine_") for layer in clf.model_.layers)

def search(*models):
    found = GridSearchCV(
        clf, {"model": models}, cv=ShuffleSplit(1, random_state=0), n_jobs=2, refit=False,
        scoring=layers_in_worker, error_score="raise",
    )
    return found.fit(X, y).cv_results_["mean_test_score"].tolist()

exec(CELL.format(depth=1))
assert search("mine", "gru") == [1, 0]
exec(CELL.format(depth=2))
assert search("mine", mine, built) == [2, 2, 0]
[fitted] = joblib.Parallel(n_jobs=2)([joblib.delayed(clf.set_params(model="mine").fit)(X, y)])
pathlib.Path(sys.argv[1]).write_bytes(pickle.dumps(fitted))
print(fitted.predict(X).tolist())
'''


def test_a_body_of_a_script_or_notebook_works_in_worker_processes(tmp_path):
    script, pickled = tmp_path / "script.py", tmp_path / "fitted.pkl"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), str(pickled)],
        capture_output=True,
        text=True,
        check=False,
        # A script's own folder comes first on its path, not this one.
        env={**os.environ, "PYTHONPATH": str(Path(keraseq.__file__).parents[1])},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    # And in a process that has never seen the script.
    fitted = pickle.loads(pickled.read_bytes())
    assert str(fitted.predict(X).tolist()) == done.stdout.strip()
    assert keraseq.list_models("mine") == ["mine"]
    assert depth(fitted.fit(X, y)) == 2


def test_the_summary_is_printed(capsys):
    classifier("gru", units=3, epochs=0).fit(X, y).summary()
    printed = capsys.readouterr().out
    assert 'Model: "gru"' in printed and "Total params" in printed and "pooling" in printed
