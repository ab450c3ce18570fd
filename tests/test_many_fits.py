"""Compiled models are lent from fit to fit, and nobody notices but by the clock."""

import contextlib
import copy
import json
import pickle
import random
import subprocess
import sys
import threading

import keras
import numpy as np
import pytest
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score

import keraseq
from keraseq.training.batches import Batches
from keraseq.training.pool import POOL

draw = np.random.default_rng(0)
X = draw.normal(size=(48, 6))
y = (X[:, 0] > 0).astype(int)


def classifier(**changes):
    settings = {"model": "gru", "units": 4, "epochs": 3, "random_state": 0}
    return keraseq.SequenceClassifier(**{**settings, **changes})


@pytest.fixture
def built(monkeypatch):
    """Models built anew, as a list that grows."""
    made = []
    lend = POOL.lend

    def counted(key, make, holder=None):
        return lend(key, lambda: made.append(key) or make(), holder)

    monkeypatch.setattr(POOL, "lend", counted)
    monkeypatch.setattr(POOL, "_idle", [])
    return made


@pytest.mark.parametrize("model", ["gru", "transformer"])
def test_a_repeated_fit_compiles_nothing_and_gives_equal_bits(built, model):
    first = classifier(model=model, dropout=0.2).fit(X, y)
    scores = first.predict_proba(X)
    other = classifier(model=model, dropout=0.2, random_state=1, learning_rate=0.1).fit(X, 1 - y)
    again = classifier(model=model, dropout=0.2).fit(X, y)
    assert len(built) == 1
    np.testing.assert_array_equal(again.predict_proba(X), scores)
    np.testing.assert_array_equal(first.predict_proba(X), scores)
    assert not np.array_equal(other.predict_proba(X), scores)
    assert again.history_ == first.history_


def test_what_a_trace_holds_is_never_taken_from_another_model(built):
    held = [
        {"dropout": 0.5},
        {"units": 5},
        {"optimizer": keras.optimizers.Adam(0.01, clipnorm=1e-4)},
        {"optimizer": keras.optimizers.Adam(0.01, clipnorm=1.0)},
    ]

    def answer(changes):
        return classifier(model="simple_rnn", **changes).fit(X, y).predict_proba(X)

    alone = []
    for changes in held:
        POOL._idle.clear()
        alone.append(answer(changes))
    POOL._idle.clear()
    built.clear()
    near = [{}, {"optimizer": keras.optimizers.Adam(0.01)}]
    for changes in near:
        answer(changes)
    for changes, expected in zip(held, alone, strict=True):
        np.testing.assert_array_equal(answer(changes), expected)
    assert len(built) == len(near) + len(held)


class Poison(keras.callbacks.Callback):
    """Change the model in a way that no description of it tells."""

    def __init__(self, name):
        super().__init__()
        self.name = name

    def on_train_begin(self, logs=None):
        # Where it is held on to, it may be changed at any time.
        Poison.held = model = self.model
        if self.name == "clipnorm":
            model.optimizer.global_clipnorm = 1e-9
        elif self.name == "eager":
            model.run_eagerly = True
        elif self.name == "frozen":
            model.get_layer("projection").trainable = False
        elif self.name == "call":
            layer = model.get_layer("projection")
            call = layer.call
            layer.call = lambda x: 0.5 * call(x)
        else:
            model.compile("sgd", "mse")


@pytest.mark.parametrize("name", ["clipnorm", "eager", "frozen", "call", "compile"])
def test_a_callback_that_changes_the_model_spoils_no_later_fit(built, name):
    expected = classifier().fit(X, y).predict_proba(X)
    poisoned = classifier(callbacks=[Poison(name)])
    # What fails through it is its own affair.
    with contextlib.suppress(Exception):
        poisoned.fit(X, y)
    assert Poison.held not in [lent.model for lent in POOL._idle]
    Poison.held.set_weights([np.full_like(w, np.nan) for w in Poison.held.get_weights()])
    np.testing.assert_array_equal(classifier().fit(X, y).predict_proba(X), expected)


def test_the_model_that_a_user_is_given_is_lent_to_nobody(built):
    clf = classifier().fit(X, y)
    expected = clf.predict_proba(X)
    clf.model_.optimizer.global_clipnorm = 1e-9
    clf.model_.get_layer("projection").trainable = False
    assert clf.model_ not in [lent.model for lent in POOL._idle]
    np.testing.assert_array_equal(classifier().fit(X, y).predict_proba(X), expected)


class Losses(keras.callbacks.Callback):
    """Keep each epoch's loss; a copy begins with none."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(logs["loss"])


@pytest.mark.parametrize(
    ("estimator", "data"),
    [
        (keraseq.SequenceClassifier, (X, y)),
        (keraseq.SequenceRegressor, (X, X[:, 0])),
        (keraseq.SequenceTagger, (list(X[:, :, None]), [[0, 1, 0, 1, 0, 1]] * 48)),
        (keraseq.SequenceForecaster, (np.sin(np.arange(60) / 3),)),
    ],
)
@pytest.mark.parametrize("as_list", [True, False])
def test_the_callbacks_that_ran_can_be_read(estimator, data, as_list):
    given = Losses()
    est = estimator("simple_rnn", units=4, epochs=2, callbacks=[given] if as_list else given)
    est.fit(*data)
    (ran,) = est.callbacks_
    assert ran.seen == est.history_["loss"]
    assert given.seen == []
    est.set_params(callbacks=None).fit(*data)
    assert est.callbacks_ == []
    assert not hasattr(pickle.loads(pickle.dumps(est)), "callbacks_")


def test_callbacks_that_cannot_run_are_refused_before_training(tmp_path, built):
    keras_callbacks = keras.callbacks
    checkpoint = str(tmp_path / "{val_loss:.2f}.keras")
    for callback, name in (
        (keras_callbacks.EarlyStopping(), "val_loss"),
        (keras_callbacks.ReduceLROnPlateau("val_accuracy"), "val_accuracy"),
        (
            keras_callbacks.ModelCheckpoint(str(tmp_path / "x.keras"), save_best_only=True),
            "val_loss",
        ),
        (keras_callbacks.ModelCheckpoint(checkpoint), "val_loss"),
    ):
        clf = classifier(callbacks=[callback])
        with pytest.raises(ValueError, match=f"{name}.*early_stopping=True.*validation_data"):
            clf.fit(X, y)
        with pytest.raises(ValueError, match=f"{name}.*partial_fit"):
            clf.partial_fit(X, y)
    forecaster = keraseq.SequenceForecaster(callbacks=keras_callbacks.EarlyStopping())
    with pytest.raises(ValueError, match=r"callbacks\[0\], EarlyStopping, reads 'val_loss'"):
        forecaster.fit(np.sin(np.arange(60)))
    for wrong in ("early", [keras_callbacks.EarlyStopping], [None], 3):
        with pytest.raises(TypeError, match="callbacks"):
            classifier(callbacks=wrong).fit(X, y)
    with open(tmp_path / "log", "w") as file:
        held = Losses()
        held.file = file
        with pytest.raises(TypeError, match=r"callbacks\[0\].* cannot be copied"):
            classifier(callbacks=[held]).fit(X, y)
    assert built == []


def constant(hook, rate):
    class Constant(keras.callbacks.Callback):
        pass

    def assign(self, *_, **__):
        self.model.optimizer.learning_rate = rate

    setattr(Constant, hook, assign)
    return Constant()


class Halved(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.1 if epoch == 0 else 0.05


class Batchwise(Halved):
    """The same where Keras's own loop runs."""

    def on_train_batch_end(self, batch, logs=None):
        pass


def test_what_a_callback_notes_beside_numbers_is_no_history():
    class Notes(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs.update(f1=0.5, confusion=np.eye(2), note="x")

    assert set(classifier(callbacks=Notes()).fit(X, y).history_) == {"accuracy", "loss", "f1"}


@pytest.mark.parametrize("optimizer", ["lamb", keras.optimizers.Lamb(0.001)])
def test_an_optimizer_that_keras_does_not_find_by_name(optimizer):
    clf = classifier(optimizer=optimizer, epochs=1).fit(X, y)
    assert isinstance(clf.model_.optimizer, keras.optimizers.Lamb)


def test_muon_trains_recurrent_layers():
    clf = classifier(optimizer="muon", learning_rate=0.02).fit(X, y)
    assert isinstance(clf.model_.optimizer, keras.optimizers.Muon)
    assert clf.history_["loss"][-1] < clf.history_["loss"][0]


@pytest.mark.parametrize(
    ("callback", "expected"),
    [
        (keras.callbacks.ReduceLROnPlateau("loss", 0.5, patience=1, min_delta=99), [8, 8, 4, 2]),
        (keras.callbacks.LearningRateScheduler(lambda epoch: 0.8 * (epoch < 2)), [80, 80, 0, 0]),
        (Halved(), [None, 10, 5, 5]),
        (Batchwise(), [None, 10, 5, 5]),
        *((constant(hook, 0.05), [5] * 4) for hook in ("on_train_begin", "on_epoch_begin")),
        # The very rate that the cosine begins with.
        *((constant(hook, 0.08), [8] * 4) for hook in ("on_train_begin", "on_epoch_begin")),
        (constant("on_train_batch_begin", 0.05), [5] * 4),
    ],
)
def test_a_rate_that_a_callback_sets_holds(callback, expected):
    rates = []

    class Rates(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            rates.append(float(self.model.optimizer.learning_rate))

    clf = classifier(epochs=4, learning_rate=0.08, callbacks=[Rates(), callback])
    clf.fit(X, y)
    for rate, percent in zip(rates, expected, strict=True):
        if percent is not None:
            assert rate == pytest.approx(percent / 100)
    # Without it the cosine ends near zero.
    rates.clear()
    clf.set_params(callbacks=Rates()).fit(X, y)
    assert rates[0] > rates[1] > rates[2] > 5 * rates[3] > 0


def test_callbacks_that_have_what_they_read_run(tmp_path):
    every_epoch = keras.callbacks.ModelCheckpoint(str(tmp_path / "{epoch}.keras"))
    classifier(epochs=1, callbacks=every_epoch).fit(X, y)
    assert [path.name for path in tmp_path.iterdir()] == ["1.keras"]
    stop = keras.callbacks.EarlyStopping(patience=0, min_delta=10.0)
    clf = classifier(callbacks=stop, early_stopping=True).fit(X, y)
    assert clf.n_iter_ < 3
    assert clf.callbacks_[0].stopped_epoch == clf.n_iter_ - 1
    assert classifier(callbacks=stop).fit(X, y, validation_data=(X, y)).n_iter_ < 3


class Meanwhile(keras.callbacks.Callback):
    """Call a function after every epoch."""

    def __init__(self, call):
        super().__init__()
        self.call = call

    def __deepcopy__(self, memo):
        return self

    def on_epoch_end(self, epoch, logs=None):
        self.call()


def test_a_callback_may_predict_and_fit_with_other_estimators():
    other = classifier(random_state=1).fit(X, y)
    expected = classifier().fit(X, y).predict_proba(X)
    before = other.predict_proba(X)

    def predict():
        np.testing.assert_array_equal(other.predict_proba(X), before)

    def fit():
        np.testing.assert_array_equal(classifier().fit(X, y).predict_proba(X), expected)

    # The second fit within takes the model that has only predicted within the first.
    for callback in (Meanwhile(predict), Meanwhile(fit)):
        changed = classifier(callbacks=[callback]).fit(X, y).predict_proba(X)
        np.testing.assert_array_equal(changed, expected)


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        ("dropout", [0.0, 0.8]),
        ("units", [4, 5]),
        ("optimizer", [keras.optimizers.Adam(0.1, clipnorm=norm) for norm in (1e-4, 1.0)]),
    ],
    ids=["dropout", "units", "clipnorm"],
)
def test_a_search_compares_what_it_says(parameter, values):
    clf, settings = classifier(model="simple_rnn"), {"cv": 2, "scoring": "neg_log_loss"}
    search = GridSearchCV(clf, {parameter: values}, refit=False, **settings)
    found = search.fit(X, y).cv_results_["mean_test_score"]
    for value, score in zip(values, found, strict=True):
        POOL._idle.clear()
        alone = clone(clf).set_params(**{parameter: value})
        assert cross_val_score(alone, X, y, **settings).mean() == score
    assert abs(found[0] - found[1]) > 1e-4


def test_many_fits_do_not_fill_the_memory():
    code = """
import gc, numpy as np, psutil, keraseq
X = np.random.default_rng(0).normal(size=(48, 6))
y = (X[:, 0] > 0).astype(int)
def megabytes():
    gc.collect()
    return psutil.Process().memory_info().rss / 2**20
for seed in range(110):
    if seed == 10:
        before = megabytes()
    clf = keraseq.SequenceClassifier("gru", units=4, epochs=1, random_state=seed)
    clf.fit(X, y).predict(X)
print(megabytes() - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 50


def test_no_two_live_batches_share_a_dataset():
    def batches(value):
        return Batches(np.full((5, 2, 1), value, "float32"), 2, targets=np.arange(5))

    one, two = batches(1), batches(2)
    first = one.dataset
    pairs = zip(one.dataset.as_numpy_iterator(), two.dataset.as_numpy_iterator(), strict=True)
    seen = [(x.max(), other.max(), y.tolist()) for (x, y), (other, _) in pairs]
    assert [row[:2] for row in seen] == [(1, 2)] * 3
    assert sorted(label for row in seen for label in row[2]) == list(range(5))
    del one, pairs
    assert batches(3).dataset is first
    assert Batches(np.zeros((7, 2, 1), "float32"), 2).dataset.cardinality() == 4


def test_batches_come_in_the_same_order_on_every_backend(monkeypatch):
    rows = [np.arange(1, n + 1, dtype="int32") for n in (3, 1, 4, 2, 5)]

    def batches():
        return Batches(rows, 2, targets=np.arange(5), seed=0)

    ours = batches()
    expected = list(ours.dataset.as_numpy_iterator())
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    other = batches()
    assert len(other.dataset) == len(expected) == 3
    found = [other.dataset[place] for place in range(3)]
    for (x, y), (padded, targets) in zip(expected, found, strict=True):
        # One length for all, as XLA compiles anew for every other.
        assert padded.shape == (len(y), 16)
        np.testing.assert_array_equal(padded[:, : x.shape[1]], x)
        assert not padded[:, x.shape[1] :].any()
        np.testing.assert_array_equal(targets, y)


def test_two_threads_fit_at_once():
    expected = [classifier(random_state=seed).fit(X, y).predict_proba(X) for seed in (0, 1)]
    found = [None, None]

    def work(seed):
        found[seed] = classifier(random_state=seed).fit(X, y).predict_proba(X)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(found, expected)


def global_states():
    return random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002


def test_global_seeds_are_as_they_were():
    states = global_states()
    keras_draw = keras.random.normal((3,), seed=keras.random.SeedGenerator(3))
    classifier(model="transformer", dropout=0.1).fit(X, y).predict(X)
    assert global_states() == states
    again = keras.random.normal((3,), seed=keras.random.SeedGenerator(3))
    np.testing.assert_array_equal(keras_draw, again)


def test_equal_numbers_in_other_processes():
    code = (
        "import numpy as np, keraseq, json; X = np.random.default_rng(0).normal(size=(48, 6));"
        "clf = keraseq.SequenceClassifier('gru', units=4, epochs=3, random_state=0);"
        "print(json.dumps(clf.fit(X, (X[:, 0] > 0).astype(int)).predict_proba(X).tolist()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    expected = classifier().fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(np.float32(json.loads(done.stdout)), expected)
    workers = Parallel(n_jobs=2)(
        delayed(lambda clf: clf.fit(X, y).predict_proba(X))(classifier()) for _ in range(2)
    )
    np.testing.assert_array_equal(workers, [expected, expected])


def test_the_model_in_the_users_hands_is_what_predicts():
    clf = classifier().fit(X, y)
    before = clf.predict_proba(X)
    model = clf.model_
    logits = keras.ops.convert_to_numpy(model(clf.encode(X), training=False))
    np.testing.assert_allclose(logits[:, 1] - logits[:, 0], clf.decision_function(X), atol=1e-5)
    np.testing.assert_array_equal(clf.predict_proba(X), before)
    model.fit(clf.encode(X), 1 - y, epochs=100, verbose=0, shuffle=False)
    changed = clf.predict_proba(X)
    assert (changed.argmax(axis=1) == 1 - y).mean() > 0.7
    for copied in (pickle.loads(pickle.dumps(clf)), copy.deepcopy(clf)):
        np.testing.assert_array_equal(copied.predict_proba(X), changed)


def test_warm_start_goes_on_and_partial_fit_learns():
    clf = classifier(warm_start=True, epochs=5).fit(X, y)
    loss = clf.history_["loss"][-1]
    assert clf.fit(X, y).history_["loss"][0] < 1.1 * loss
    with pytest.raises(ValueError, match="warm_start"):
        clf.set_params(units=9).fit(X, y)
    bit_by_bit = classifier()
    for _ in range(25):
        bit_by_bit.partial_fit(X, y, classes=[0, 1])
    assert bit_by_bit.n_iter_ == len(bit_by_bit.history_["loss"]) == 25
    assert bit_by_bit.score(X, y) > 0.85
    with pytest.raises(ValueError, match="classes"):
        bit_by_bit.partial_fit(X, y, classes=[0, 1, 2])


def flattened(input_shape, outputs, *, size=None):
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, keras.layers.Dense(outputs)(inputs[:, 0]))


@pytest.mark.parametrize("model", [flattened, "sized"])
def test_training_that_goes_on_compares_parameters_and_their_types(model, registry_as_before):
    @keraseq.register_model
    def sized(x, mask, *, units=None, num_layers=None, dropout=None, size=None):
        return keras.layers.Dense(units)(x)

    clf = keraseq.SequenceClassifier(model, warm_start=True, epochs=1, random_state=0)
    for same in ([1, 2], np.array([1, 2]), {"a": 1}, 4):
        mine = {"size": copy.copy(same)}
        other = clone(clf).set_params(model_params=mine).fit(X, y)
        if isinstance(same, list):
            mine["size"].append(3)
        other.set_params(model_params={"size": same}).fit(X, y)
    with pytest.raises(ValueError, match="warm_start"):
        other.set_params(model_params={"size": 4.0}).fit(X, y)


def test_a_users_optimizer_is_never_pooled(built):
    @keras.saving.register_keras_serializable("tests")
    class Mine(keras.optimizers.SGD):
        pass

    classifier(optimizer=Mine(0.1)).fit(X, y)
    classifier(optimizer=keras.optimizers.SGD(0.1)).fit(X, y)
    assert [key is None for key in built] == [True, False]


def test_no_epochs_are_legal():
    clf = classifier(epochs=0).fit(X, y)
    assert (clf.n_iter_, clf.history_) == (0, {})
    assert clf.predict(X).shape == (48,)


class Stop(keras.callbacks.Callback):
    """Raise an exception in the middle of an epoch."""

    def __init__(self, epoch, error):
        super().__init__()
        self.epoch, self.error = epoch, error
        self.reached = -1

    def on_epoch_begin(self, epoch, logs=None):
        self.reached = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.reached == self.epoch:
            raise self.error


def test_a_killed_fit_goes_on_from_its_last_whole_epoch(tmp_path):
    settings = {"epochs": 6, "early_stopping": True, "dropout": 0.3, "validation_fraction": 0.25}
    whole = classifier(**settings).fit(X, y)
    killed = classifier(**settings, checkpoint=tmp_path)
    with pytest.raises(RuntimeError, match="power"):
        killed.set_params(callbacks=[Stop(3, RuntimeError("power"))]).fit(X, y)
    with pytest.raises(ValueError, match="other data or settings"):
        classifier(**settings, checkpoint=tmp_path).fit(X, 1 - y)
    killed.set_params(callbacks=None).fit(X, y)
    np.testing.assert_array_equal(killed.predict_proba(X), whole.predict_proba(X))
    assert killed.history_ == whole.history_
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("rows", "settings", "others"),
    [
        (X, {}, {"class_weight": {0: 5.0}}),
        (X, {"early_stopping": True}, {"validation_fraction": 0.3}),
        (["good film", "bad film"] * 24, {}, {"tokenizer": lambda text: [text[:2], "x"]}),
        (X, {"validation_data": (X, y)}, {"validation_data": (X, 1 - y)}),
    ],
    ids=["class_weight", "validation_fraction", "tokenizer", "validation_data"],
)
def test_a_killed_fit_does_not_go_on_as_another_one(tmp_path, rows, settings, others):
    def fit(callbacks=None, validation_data=None, **settings):
        clf = classifier(checkpoint=tmp_path, callbacks=callbacks, **settings)
        return clf.fit(rows, y, validation_data=validation_data)

    with pytest.raises(RuntimeError, match="power"):
        fit(Stop(1, RuntimeError("power")), **settings)
    with pytest.raises(ValueError, match="other data or settings"):
        fit(**{**settings, **others})
    assert fit(**settings).n_iter_ <= 3


def test_a_damaged_checkpoint_is_said_to_be_so(tmp_path):
    (tmp_path / "keraseq-fit.npz").write_bytes(b"PK not an archive")
    with pytest.raises(ValueError, match="cannot be read"):
        classifier(checkpoint=tmp_path).fit(X, y)


def test_a_fit_that_diverged_leaves_nothing_to_the_next():
    X, y = [[1.0], [2.0], [3.0], [4.0]] * 4, [0.0, 1.0, 2.0, 3.0] * 4
    wild = keraseq.SequenceRegressor(
        "simple_rnn", units=2, epochs=3, learning_rate=1e30, random_state=0
    )
    calm = keraseq.SequenceRegressor("simple_rnn", units=2, epochs=3, random_state=0)
    expected = calm.fit(X, y).predict(X)
    with pytest.warns(ConvergenceWarning, match="diverged"):
        wild.fit(X, y)
    assert not np.isfinite(wild.model_.get_weights()[0]).all()
    np.testing.assert_array_equal(calm.fit(X, y).predict(X), expected)
