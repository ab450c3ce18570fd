"""Ctrl-C ends everything at once, and what was learned so far is there."""

import json
import signal
import subprocess
import sys
import threading

import keras
import numpy as np
import psutil
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_score

import keraseq
from keraseq.training import compiled_loop
from keraseq.training.full_rows import FullAnswers
from keraseq.training.pool import POOL

draw = np.random.default_rng(0)
X = draw.normal(size=(48, 6))
y = (X[:, 0] > 0).astype(int)
SERIES = np.sin(np.arange(260) / 3)


def classifier(**changes):
    settings = {"model": "simple_rnn", "units": 4, "epochs": 6, "random_state": 0}
    return keraseq.SequenceClassifier(**{**settings, **changes})


class CtrlC(keras.callbacks.Callback):
    """Interrupt at a batch of an epoch, or at another event of Keras; count all begun epochs."""

    begun = 0

    def __init__(self, epoch, event="on_train_batch_end"):
        super().__init__()
        self.epoch, self.now, self.event = epoch, -1, event
        setattr(self, event, self.strike)

    def strike(self, *args, **kwargs):
        if self.now == self.epoch:
            raise KeyboardInterrupt

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch
        CtrlC.begun += 1


class Weights(keras.callbacks.Callback):
    """Keep the weights that each epoch is judged by."""

    def __init__(self):
        super().__init__()
        self.validated = []

    def on_test_end(self, logs=None):
        self.validated.append((logs["loss"], self.model.get_weights()))


def interrupted(call, *args, **kwargs):
    with pytest.raises(KeyboardInterrupt):
        call(*args, **kwargs)


@pytest.mark.parametrize("event", ["on_train_batch_end", "on_test_batch_end", "on_epoch_end"])
def test_the_best_weights_so_far_are_kept(event):
    weights = Weights()
    # High enough to make some epochs worse than earlier ones.
    clf = classifier(callbacks=[CtrlC(4, event), weights], learning_rate=0.5)
    interrupted(clf.fit, X, y, validation_data=(X, y))
    assert clf.n_iter_ == len(clf.history_["val_loss"]) == 4
    weights = clf.callbacks_[1]
    # Interrupted while the epoch's end was told, it had been validated.
    _, best = min(weights.validated, key=lambda pair: pair[0])
    assert [loss for loss, _ in weights.validated][:4] == clf.history_["val_loss"]
    for kept, expected in zip(clf.model_.get_weights(), best, strict=True):
        np.testing.assert_array_equal(kept, expected)
    assert clf.predict_proba(X).shape == (48, 2)


def test_before_the_first_step_nothing_changes():
    new = classifier(callbacks=CtrlC(-1, "on_train_begin"))
    interrupted(new.fit, X, y)
    assert not hasattr(new, "history_")
    with pytest.raises(Exception, match="not fitted"):
        new.predict(X)
    fitted = classifier().fit(X, y)
    before, history = fitted.predict_proba(X), fitted.history_
    fitted.set_params(callbacks=CtrlC(-1, "on_train_begin"))
    for call in (fitted.fit, fitted.partial_fit, fitted.set_params(warm_start=True).fit):
        interrupted(call, X, y)
    assert fitted.history_ is history
    np.testing.assert_array_equal(fitted.predict_proba(X), before)


def test_while_texts_are_encoded_nothing_changes():
    def interrupt(text):
        raise KeyboardInterrupt

    clf = classifier(tokenizer=interrupt)
    interrupted(clf.fit, ["good", "bad"] * 8, [1, 0] * 8)
    assert not hasattr(clf, "history_")
    fitted = classifier(epochs=1).fit(["good", "bad"] * 8, [1, 0] * 8)
    before = fitted.predict_proba(["good"])
    fitted.encoder_.transform, transform = interrupt, fitted.encoder_.transform
    interrupted(fitted.predict, ["good"])
    fitted.encoder_.transform = transform
    np.testing.assert_array_equal(fitted.predict_proba(["good"]), before)


def test_a_calibration_that_is_cut_short_is_none(monkeypatch):
    settings = {"units": 4, "epochs": 2, "lookback": 8, "random_state": 0}
    forecaster = keraseq.SequenceForecaster("simple_rnn", early_stopping=False, **settings)
    expected = forecaster.fit(SERIES).predict_interval(1)
    forecaster.fit(SERIES)
    train_on = compiled_loop.run_epochs

    def cut(*args, **kwargs):
        train_on(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(compiled_loop, "run_epochs", cut)
    interrupted(forecaster.predict_interval, 1)
    monkeypatch.undo()
    np.testing.assert_array_equal(forecaster.predict_interval(1), expected)


def test_in_the_first_epoch_there_are_weights_and_no_history():
    clf = classifier(callbacks=[CtrlC(0)])
    # An earlier fit on a lent model must leave no trace.
    classifier().fit(X, y)
    interrupted(clf.fit, X, y)
    assert (clf.n_iter_, clf.history_) == (0, {})
    assert clf.predict(X).shape == (48,)
    assert not np.array_equal(clf.predict_proba(X), classifier(epochs=0).fit(X, y).predict_proba(X))


@pytest.mark.parametrize(
    ("estimator", "data"),
    [
        (keraseq.SequenceRegressor, (X, X[:, 0])),
        (keraseq.SequenceTagger, (list(X[:, :, None]), [[0, 1, 0, 1, 0, 1]] * 48)),
        (keraseq.SequenceForecaster, (SERIES,)),
    ],
)
def test_every_estimator(estimator, data):
    settings = {"model": "simple_rnn", "units": 4, "epochs": 5, "random_state": 0}
    cut = estimator(**settings, callbacks=[CtrlC(2)])
    interrupted(cut.fit, *data)
    assert cut.n_iter_ == 2
    answer = cut.predict(3) if len(data) == 1 else cut.predict(data[0])
    assert np.isfinite(np.concatenate([np.ravel(part) for part in answer])).all()
    if len(data) == 1:
        assert np.isfinite(cut.predict_interval(1)).all()


def test_training_that_goes_on():
    clf = classifier(epochs=2, warm_start=True).fit(X, y)
    begun = clf.predict_proba(X)
    interrupted(clf.set_params(epochs=6, callbacks=[CtrlC(3)]).fit, X, y)
    assert clf.n_iter_ == 3
    assert not np.array_equal(clf.predict_proba(X), begun)
    bits = classifier().partial_fit(X, y)
    interrupted(bits.set_params(callbacks=[CtrlC(0)]).partial_fit, X, y)
    assert bits.n_iter_ == len(bits.history_["loss"]) == 1
    bits.set_params(callbacks=None).partial_fit(X, y)
    assert bits.n_iter_ == len(bits.history_["loss"]) == 2


def test_a_checkpointed_fit_goes_on_and_ends_with_the_same_numbers(tmp_path):
    settings = {"early_stopping": True, "dropout": 0.3, "validation_fraction": 0.25}
    whole = classifier(**settings).fit(X, y)
    cut = classifier(**settings, checkpoint=tmp_path, callbacks=[CtrlC(3)])
    interrupted(cut.fit, X, y)
    assert cut.n_iter_ == 3
    cut.set_params(callbacks=None).fit(X, y)
    np.testing.assert_array_equal(cut.predict_proba(X), whole.predict_proba(X))
    assert cut.history_ == whole.history_
    assert not list(tmp_path.iterdir())


def test_no_later_fit_notices(monkeypatch):
    monkeypatch.setattr(POOL, "_idle", [])
    expected = classifier(epochs=2).fit(X, y, validation_data=(X, y))
    for event, epoch in [("on_test_batch_end", 1), ("on_train_batch_end", 0)]:
        interrupted(
            classifier(callbacks=[CtrlC(epoch, event)]).fit, X, 1 - y, validation_data=(X, y)
        )
    # The same where no callback keeps the model from being lent again.
    batches = []

    def strike(model, *args, **kwargs):
        batches.append(model)
        if len(batches) == 3:
            raise KeyboardInterrupt
        return original(model, *args, **kwargs)

    original = FullAnswers.answer
    monkeypatch.setattr(FullAnswers, "answer", strike)
    for _ in range(3):
        try:
            expected.predict(X)
        except KeyboardInterrupt:
            break
    assert not any(lent.model is batches[-1] for lent in POOL._idle)
    again = classifier(epochs=2)
    # In another thread, for which a lock that is still held would be closed.
    thread = threading.Thread(target=lambda: again.fit(X, y, validation_data=(X, y)), daemon=True)
    thread.start()
    thread.join(60)
    assert again.history_ == expected.history_
    np.testing.assert_array_equal(again.predict_proba(X), expected.predict_proba(X))


class Dropped:
    """What is being freed when Ctrl-C comes: Python can only say that it ignored it."""

    def __del__(self):
        raise KeyboardInterrupt


def test_one_that_python_drops_is_not_lost():
    hook, freed = sys.unraisablehook, []

    class Free(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            freed.append(Dropped())
            freed.clear()

    clf = classifier(callbacks=[Free()])
    interrupted(clf.fit, X, y)
    assert not hasattr(clf, "history_")
    assert sys.unraisablehook is hook


def test_one_ends_a_cross_validation_and_a_search():
    clf = classifier(callbacks=[CtrlC(1)])
    for work in (
        lambda: cross_val_score(clf, X, y, cv=3),
        lambda: GridSearchCV(clf, {"units": [4, 5]}, cv=3).fit(X, y),
    ):
        CtrlC.begun = 0
        interrupted(work)
        assert CtrlC.begun == 2


def test_one_ends_a_backtest():
    forecaster = keraseq.SequenceForecaster(
        "simple_rnn", units=4, epochs=3, lookback=8, early_stopping=False, callbacks=[CtrlC(1)]
    )
    CtrlC.begun = 0
    interrupted(forecaster.backtest, SERIES[:60], start=50, refit=True, coverage=None)
    assert CtrlC.begun == 2


def test_one_ends_a_comparison_and_no_half_run_is_kept(tmp_path):
    journal = tmp_path / "runs.jsonl"
    arguments = {
        "models": {"whole": classifier(epochs=1), "cut": classifier(callbacks=[CtrlC(1)])},
        "X": X,
        "y": y,
        "n_seeds": 2,
        "baselines": False,
        "verbose": 0,
        "resume": journal,
    }
    CtrlC.begun = 0
    interrupted(keraseq.compare, **arguments)
    assert CtrlC.begun == 2
    _, *records = (json.loads(line) for line in journal.read_text().splitlines())
    assert [record["model"] for record in records] == ["whole"]
    interrupted(keraseq.compare, **{**arguments, "resume": None}, tune=2)
    arguments["models"]["cut"] = classifier(epochs=1)
    result = keraseq.compare(**arguments)
    assert len(result.runs) == 4


_SCRIPT = """
import os, sys, numpy as np, keraseq
from keraseq.comparison import _runner

_runner._WORKER_START = 0  # so that a few seconds of work go to workers
X = np.random.default_rng(0).normal(size=(200, 6))
y = (X[:, 0] > 0).astype(int)
epochs, work, journal = sys.argv[1:]


class Tell(keraseq.SequenceClassifier):
    def fit(self, X, y):
        print("fit", os.getpid(), flush=True)
        return super().fit(X, y)


clf = Tell("simple_rnn", units=4, early_stopping=False, random_state=0, epochs=int(epochs))
clf.set_params(verbose=2)  # a line an epoch
try:
    eval(work)
except KeyboardInterrupt:
    if hasattr(clf, "history_"):
        print(f"kept {clf.n_iter_} {len(clf.predict(X))}", flush=True)
    raise
"""


def _interrupt(epochs, work, journal, is_time):
    """Run the script and send SIGINT once it is time; return what it printed from then on."""
    command = [sys.executable, "-u", "-c", _SCRIPT, str(epochs), work, str(journal)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        told = []
        while not is_time(told, process.pid):
            told.append(process.stdout.readline())
            assert told[-1], process.stderr.read()
        workers = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        # Whole fits and runs to come would take minutes.
        out, error = process.communicate(timeout=120)
        assert process.returncode == -signal.SIGINT
        assert "KeyboardInterrupt" in error
        assert not psutil.wait_procs(workers, timeout=60)[1]
    return out


def _in_third_epoch(told, pid):
    return any(line.startswith("Epoch 3/") for line in told)


def _in_a_worker(told, pid):
    fits = [line.split()[1] for line in told if line.startswith("fit")]
    return any(int(fit) != pid for fit in fits) and told[-1].startswith("Epoch")


def test_a_real_one_ends_a_fit(tmp_path):
    out = _interrupt(100_000, "clf.fit(X, y)", tmp_path, _in_third_epoch)
    n_iter, n_rows = map(int, out.partition("kept ")[2].split())
    assert 2 <= n_iter < 100_000
    assert n_rows == 200


def test_a_real_one_ends_a_comparison_and_its_workers(tmp_path):
    journal = tmp_path / "runs.jsonl"
    more = "n_seeds=9, baselines=False, resume=journal, verbose=0, n_jobs=2"
    # So many that a fast processor too has work enough for workers.
    _interrupt(300, f"keraseq.compare([clf], X, y, {more})", journal, _in_a_worker)
    _, *records = map(json.loads, journal.read_text().splitlines())
    assert all(record["epochs"] == 300 for record in records)
    assert len(records) < 9
