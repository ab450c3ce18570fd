"""A fit that has learned nothing says so, and one that has does not."""

import math

import keras
import numpy as np
import pytest
from scipy.stats import entropy
from sklearn.exceptions import ConvergenceWarning

import keraseq

draw = np.random.default_rng(0)
N = 128
X = draw.normal(size=(N, 6))
Y = np.where(X[:, 0] > 0.5, "rare", "common")
RARE = np.mean(Y == "rare")
WALK = np.cumsum(draw.normal(size=300))


def wrong(input_shape, outputs, task):
    """A model that answers wildly, whatever it reads, until it learns better."""
    x, _ = keraseq.Padding()(inputs := keras.Input(input_shape))
    settings = {"kernel_initializer": "zeros"}
    if task == "forecasting":
        x = keras.layers.Dense(math.prod(outputs), bias_initializer="ones", **settings)(x[:, 0])
        return keras.Model(inputs, keras.layers.Reshape(outputs)(x))
    if task != "tagging":
        x = keras.layers.GlobalAveragePooling1D()(x)
    bias = keras.initializers.RandomUniform(2.0, 5.0, seed=0)
    return keras.Model(inputs, keras.layers.Dense(outputs, bias_initializer=bias, **settings)(x))


def stuck(kind=keraseq.SequenceClassifier, **changes):
    """An estimator that stays wrong."""
    settings = {"model": wrong, "epochs": 15, "early_stopping": False, "random_state": 0}
    return kind(**{**settings, "learning_rate": 1e-9, **changes})


def constant_loss(estimator, *arguments, **named):
    """Fit, and return what the warning says that a constant answer's loss is."""
    with pytest.warns(ConvergenceWarning, match="Nothing was learned: after 15 epochs") as caught:
        estimator.fit(*arguments, **named)
    (said,) = (str(w.message) for w in caught)
    assert "a higher learning_rate (it was 1e-09), more epochs or another model" in said
    return float(said.partition(" has ")[2].partition(". Try")[0])


def of_shares(*shares):
    return pytest.approx(entropy(shares), rel=1e-3)


def test_classes_are_held_to_their_shares():
    assert constant_loss(stuck(), X, Y) == of_shares(RARE, 1 - RARE)
    assert constant_loss(stuck(class_weight="balanced"), X, Y) == of_shares(0.5, 0.5)
    weight = np.where(Y == "rare", 3.0, 1.0)
    share = 3 * RARE / (3 * RARE + 1 - RARE)
    found = constant_loss(stuck(), X, Y, sample_weight=weight)
    assert found == of_shares(share, 1 - share)


def test_labels_numbers_and_tags_are_held_to_theirs():
    labels = np.column_stack([X[:, 0] > 0.5, X[:, 1] > 0])
    entropies = [entropy([p, 1 - p]) for p in labels.mean(axis=0)]
    found = constant_loss(stuck(), X, labels.astype(int))
    assert found == pytest.approx(np.mean(entropies), rel=1e-3)
    # In variances of the target.
    assert constant_loss(stuck(keraseq.SequenceRegressor), X, 50 + X[:, 0]) == pytest.approx(1)
    rows = [row[: 2 + i % 5] for i, row in enumerate(X)]
    tags = [(row > 0.5).tolist() for row in rows]
    share = np.mean(np.concatenate(tags))
    assert constant_loss(stuck(keraseq.SequenceTagger), rows, tags) == of_shares(share, 1 - share)


def test_a_writer_is_held_to_the_shares_of_the_tokens():
    texts = ["".join(draw.choice(list("abcd"), 60)) for _ in range(30)]
    settings = {"learning_rate": 5.0, "early_stopping": True, "n_iter_no_change": 1}
    writer = keraseq.SequenceGenerator("gru", units=4, epochs=20, random_state=0, **settings)
    with pytest.warns(ConvergenceWarning, match="answer with the shares of the tokens has 1"):
        writer.fit(texts)


def test_forecasts_are_held_to_each_historys_mean():
    settings = {"horizon": 2, "lookback": 10, "batch_size": 32}
    found = constant_loss(stuck(keraseq.SequenceForecaster, **settings), WALK)
    scaled = (WALK - WALK.mean()) / WALK.std()
    windows = np.lib.stride_tricks.sliding_window_view(scaled, 12)
    distance = windows[:, 10:] - windows[:, :10].mean(axis=1, keepdims=True)
    # The best constant beside the mean of the history is the mean distance from it.
    assert found == pytest.approx(distance.var(), rel=1e-3)


def test_a_loss_that_turns_nan_is_told_once():
    for epochs in (1, 15):
        clf = stuck(model="simple_rnn", units=3, epochs=epochs, learning_rate=1e38)
        with pytest.warns(ConvergenceWarning, match="turned nan in epoch 1 of") as caught:
            clf.fit(X, Y)
        assert len(caught) == 1
        assert "a lower learning_rate (it was 1e+38)" in str(caught[0].message)


def test_a_compiled_model_of_the_users_is_judged_by_nan_alone():
    def compiled(input_shape, outputs, task, rate):
        model = wrong(input_shape, outputs, task)
        model.compile(keras.optimizers.SGD(rate), lambda truth, output: output**2)
        return model

    settings = {"model": compiled, "learning_rate": "auto"}
    stuck(**settings, model_params={"rate": 1e-9}).fit(X, Y)
    with pytest.warns(ConvergenceWarning, match="Training diverged"):
        stuck(**settings, model_params={"rate": 1e30}).fit(X, Y)


def test_fits_that_end_early_or_learn_are_silent():
    """Warnings are errors here."""
    for epochs in (0, 1, 2):
        stuck(epochs=epochs, batch_size=1).fit(X, Y)
    stuck().fit(X[:20], Y[:20])
    stuck(model="simple_rnn", units=3, learning_rate=0.02).fit(X, Y)
    # A loss that was good in between, and whose best weights are kept.
    clf = stuck(model="simple_rnn", units=3, learning_rate=0.02, callbacks=[Spoil()])
    clf.fit(X, Y, validation_data=(X, Y))
    assert clf.history_["loss"][-1] > 1 and clf.score(X, Y) > RARE


class Spoil(keras.callbacks.Callback):
    """Turn the weights upside down before the last epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.params["epochs"] - 1:
            self.model.set_weights([-9 * w for w in self.model.get_weights()])
            self.model.optimizer.learning_rate = 0.0


def test_weights_kept_from_before_anything_was_learned_are_told_of():
    """Training goes well, and validation takes none of it."""
    easy = np.sign(X[:, :1]) + 0.1 * X
    opposite = np.where(X[:, 0] < 0, "up", "down")
    settings = {"epochs": 40, "early_stopping": True, "n_iter_no_change": 4, "random_state": 0}
    clf = keraseq.SequenceClassifier("fcn", units=8, learning_rate=1e-3, **settings)
    said = (
        r"Nothing was learned: .*Try early_stopping=False, a higher n_iter_no_change \(it was 4\)"
    )
    with pytest.warns(ConvergenceWarning, match=said):
        clf.fit(easy, np.where(X[:, 0] > 0, "up", "down"), validation_data=(easy, opposite))
    assert clf.history_["loss"][-1] < clf.history_["loss"][0] and clf.n_iter_ < 40


def test_long_series_are_advised_patches():
    steps = draw.normal(size=(64, 120))
    clf = stuck(model="simple_rnn", units=2, learning_rate=7.0, batch_size=8, epochs=8)
    with pytest.warns(ConvergenceWarning, match=r"model_params=\{'patch_length': 8\}"):
        clf.fit(steps, draw.integers(0, 2, 64))
    # A convolution sees no more of it in patches.
    with pytest.warns(ConvergenceWarning, match=r"\(it was 1e-09\), more epochs or another model"):
        stuck(model="fcn", units=2, batch_size=8, epochs=8).fit(steps, draw.integers(0, 2, 64))


def test_an_ensemble_says_it_once():
    with pytest.warns(ConvergenceWarning, match="In 2 of 2 members of the ensemble: No") as caught:
        keraseq.ensemble(stuck(), n=2).fit(X, Y)
    assert len(caught) == 1


def test_a_comparison_notes_it_and_warns_of_nothing(tmp_path):
    result = keraseq.compare(
        {"stuck": stuck(), "fine": stuck(model="simple_rnn", units=3, learning_rate=0.02)},
        X, Y, n_seeds=2, baselines=False, verbose=0,
    )  # fmt: skip
    assert result.table.loc["stuck", "note"] == "nothing was learned in 2 of 2 runs"
    assert result.table.loc["fine", "note"] == ""
    said = " ".join(result.summary().split())
    assert "stuck: nothing was learned in 2 of 2 runs" in said
    first = result.runs.query("model == 'stuck'")["convergence"].iloc[0]
    assert "more epochs" in first
    result.report(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "nothing was learned in 2 of 2 runs" in page


def test_of_several_series_the_loss_is_weighed_as_training_weighs_it():
    panel = [WALK[:150], 40 * draw.normal(size=150)]
    settings = {"horizon": 2, "lookback": 10, "batch_size": 32}
    assert constant_loss(stuck(keraseq.SequenceForecaster, **settings), panel) > 0
