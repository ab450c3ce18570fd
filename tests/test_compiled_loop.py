"""Many batches to a call of TensorFlow: traced once, it ends where Keras's own loop does."""

import keras
import numpy as np
import pytest
import sklearn

import keraseq
from keraseq.training import compiled_loop, full_rows
from keraseq.training.batches import Batches
from keraseq.training.blocks import Block, Pace
from keraseq.training.compiled_loop import COUNTS
from keraseq.training.pool import POOL

draw = np.random.default_rng(0)
RAGGED = [draw.normal(size=(draw.integers(3, 9), 2)) for _ in range(50)]
X = draw.normal(size=(50, 6))
y = (X[:, 0] > 0).astype(int)
SETTINGS = {"units": 4, "epochs": 2, "random_state": 0, "batch_size": 8}


class OfEpochs(keras.callbacks.Callback):
    """Tells the loop nothing that it would need batches for."""

    def __init__(self, stop_after=None):
        super().__init__()
        self.stop_after, self.logs, self.params_seen = stop_after, [], []

    def on_epoch_end(self, epoch, logs=None):
        self.logs.append(logs)
        self.params_seen.append(self.params)
        self.model.stop_training = epoch == self.stop_after


class OfBatches(keras.callbacks.Callback):
    n = 0

    def on_train_batch_end(self, batch, logs=None):
        OfBatches.n += 1


def weights(estimator):
    return estimator.model_.get_weights()


CASES = [
    (
        keraseq.SequenceClassifier("gru", dropout=0.3, early_stopping=True, **SETTINGS),
        (RAGGED, y, np.linspace(0.5, 2, 50)),
    ),
    (keraseq.SequenceTagger("transformer", **SETTINGS), (list(X[:, :, None]), [[0, 1] * 3] * 50)),
    (
        keraseq.SequenceForecaster("simple_rnn", lookback=8, shrinkage=0, **SETTINGS),
        (np.sin(np.arange(90) / 3),),
    ),
]


@pytest.mark.parametrize(("estimator", "data"), CASES)
def test_both_loops_end_in_equal_weights(monkeypatch, estimator, data):
    fits = COUNTS.n_fits
    ours = weights(estimator.fit(*data))
    history = estimator.history_
    assert COUNTS.n_fits == fits + 1
    monkeypatch.setattr(POOL, "_idle", [])
    monkeypatch.setattr(compiled_loop, "can_run", lambda *_: False)
    for found, expected in zip(ours, weights(estimator.fit(*data)), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5, rtol=0)
    assert COUNTS.n_fits == fits + 1
    assert history.keys() == estimator.history_.keys()
    for name, values in history.items():
        np.testing.assert_allclose(values, estimator.history_[name], atol=1e-5)


@pytest.mark.parametrize("event", ["on_train_begin", "on_epoch_begin"])
def test_who_stops_before_an_epoch_trains_on_one_batch_in_both_loops(event):
    class Stop(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            setattr(self, event, self.stop)

        def stop(self, epoch=None, logs=None):
            self.model.stop_training = event == "on_train_begin" or epoch == 1

    settings = {**SETTINGS, "epochs": 3, "early_stopping": False, "batch_size": 8}
    clf = keraseq.SequenceClassifier("simple_rnn", callbacks=[Stop()], **settings)
    fits = COUNTS.n_fits
    ours = weights(clf.fit(RAGGED, y))
    assert COUNTS.n_fits == fits + 1 and clf.n_iter_ == 1 + (event == "on_epoch_begin")
    keras_own = weights(clf.set_params(callbacks=[Stop(), OfBatches()]).fit(RAGGED, y))
    assert COUNTS.n_fits == fits + 1
    for found, expected in zip(ours, keras_own, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5, rtol=0)


def test_one_trace_serves_all_lengths_batches_and_fits(monkeypatch):
    monkeypatch.setattr(POOL, "_idle", [])
    traces, clf = COUNTS.n_traces, keraseq.SequenceClassifier("simple_rnn", **SETTINGS)
    clf.set_params(early_stopping=False).fit(RAGGED, y)
    clf.fit([row[:4] for row in RAGGED[:21]], y[:21])
    clf.set_params(learning_rate=0.1, batch_size=3).fit(RAGGED, y).partial_fit(RAGGED, y)
    assert COUNTS.n_traces == traces + 1
    # And one more to validate with.
    clf.fit(RAGGED, y, validation_data=(RAGGED, y))
    assert COUNTS.n_traces == traces + 3


FULL = np.stack([X, -X], axis=2)
UNMASKED = [
    (keraseq.SequenceClassifier("bilstm", num_layers=2, dropout=0.2, **SETTINGS), (list(FULL), y)),
    (keraseq.SequenceClassifier("gru", input="tokens", **SETTINGS), (1 + (FULL[:, :, 0] > 0), y)),
    CASES[2],
]


@pytest.mark.parametrize(("estimator", "data"), UNMASKED)
def test_rows_without_padding_train_without_masks_to_the_same_bits(monkeypatch, estimator, data):
    monkeypatch.setattr(POOL, "_idle", [])
    estimator = sklearn.base.clone(estimator)
    traces = full_rows.COUNTS.n_traces
    ours = estimator.fit(*data)._network.weights
    assert full_rows.COUNTS.n_traces > traces
    monkeypatch.setattr(POOL, "_idle", [])
    monkeypatch.setattr(compiled_loop, "masked_layers", lambda model: set())
    for found, expected in zip(ours, estimator.fit(*data)._network.weights, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("change", ["shorter", "empty", "validation"])
def test_a_padded_row_keeps_the_masks(monkeypatch, change):
    monkeypatch.setattr(POOL, "_idle", [])
    clf = keraseq.SequenceClassifier("gru", **{**SETTINGS, "early_stopping": False})
    traces, rows = full_rows.COUNTS.n_traces, list(FULL)
    padded = [rows[0][:0] if change == "empty" else rows[0][:3], *rows[1:]]
    if change == "validation":
        clf.fit(rows, y, validation_data=(padded, y))
        assert full_rows.COUNTS.n_traces == traces + 1
        with clf._network.borrow() as model:
            expected = model.evaluate(clf.encode(padded), y, verbose=0)[0]
        np.testing.assert_allclose(min(clf.history_["val_loss"]), expected, atol=1e-5)
    else:
        clf.fit(padded, y)
        assert full_rows.COUNTS.n_traces == traces


def test_many_rows_without_padding_are_answered_without_masks():
    clf = keraseq.SequenceClassifier("bigru", **SETTINGS).fit(RAGGED, y)
    batches = full_rows.COUNTS.n_batches
    masked = clf.decision_function([*FULL, FULL[0][:2]])[:-1]
    assert full_rows.COUNTS.n_batches == batches
    np.testing.assert_allclose(clf.decision_function(FULL), masked, atol=1e-6)
    assert full_rows.COUNTS.n_batches == batches + 1


def test_epochs_are_told_as_keras_tells_them():
    fits, clf = COUNTS.n_fits, keraseq.SequenceClassifier("simple_rnn", **SETTINGS)
    clf.set_params(epochs=5, callbacks=[OfEpochs(stop_after=1)], verbose=2)
    clf.fit(X, y, validation_data=(X, y))
    told = clf.callbacks_[0]
    assert (COUNTS.n_fits, clf.n_iter_, len(told.logs)) == (fits + 1, 2, 2)
    assert [logs["val_loss"] for logs in told.logs] == clf.history_["val_loss"]
    assert all(type(value) is float for logs in told.logs for value in logs.values())
    assert told.params_seen[0]["epochs"] == 5
    assert told.params_seen[0]["steps"] == 7


def test_a_rate_set_at_an_epochs_begin_holds_for_it():
    def make(input_shape, outputs):
        inputs = keras.Input(input_shape)
        values = keras.layers.Dense(outputs)(keras.layers.Flatten()(inputs))
        model = keras.Model(inputs, values)
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    fits = COUNTS.n_fits
    stops = keras.callbacks.LearningRateScheduler(lambda epoch: 0.5 if epoch == 0 else 0.0)
    clf = keraseq.SequenceClassifier(make, random_state=0, callbacks=[stops])
    kept = [weights(clf.set_params(epochs=n).fit(X, y)) for n in (0, 1, 3)]
    assert COUNTS.n_fits == fits + 2
    assert not np.array_equal(kept[0][0], kept[1][0])
    np.testing.assert_array_equal(kept[1][0], kept[2][0])


class OwnStep(keras.Model):
    def train_step(self, data):
        return super().train_step(data)


def own_step(input_shape, outputs):
    inputs = keras.Input(input_shape)
    x, mask = keraseq.Padding()(inputs)
    return OwnStep(inputs, keras.layers.Dense(outputs)(keras.layers.SimpleRNN(4)(x, mask=mask)))


@pytest.mark.parametrize(
    "changes",
    [{"callbacks": [OfBatches()]}, {"verbose": 1}, {"model": own_step, "units": "auto"}],
)
def test_what_needs_every_batch_is_left_to_keras(changes, capsys):
    fits, OfBatches.n = COUNTS.n_fits, 0
    clf = keraseq.SequenceClassifier(**{"model": "simple_rnn", **SETTINGS, **changes})
    clf.fit(X, y)
    assert COUNTS.n_fits == fits
    assert OfBatches.n == (14 if "callbacks" in changes else 0)
    assert ("7/7" in capsys.readouterr().out) == ("verbose" in changes)


# Blocks


def test_a_block_holds_batches_of_any_size():
    first, second = np.arange(6).reshape(2, 3), np.arange(4).reshape(1, 4)
    block = Block.of([[first, np.array([7, 8])], [second, np.array([9])]])
    assert len(block) == 2
    assert block.values[0].tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3]
    assert block.starts.tolist() == [[0, 0], [6, 2]]
    assert block.sizes.tolist() == [[[2, 3], [2, 1]], [[1, 4], [1, 1]]]


def test_a_block_takes_a_quarter_of_a_second():
    pace = Pace()
    assert [len(block) for block in pace.cut(Batches(X[..., None], 10))] == [1] * 5
    pace.note(1, 1e-4)
    assert [len(block) for block in pace.cut(Batches(X[..., None], 10))] == [4, 1]
    pace.note(4, 0.5)
    assert pace.n_batches == 2
    pace.note(1, 60)
    assert pace.n_batches == 1
