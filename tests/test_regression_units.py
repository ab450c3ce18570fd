"""A regressor learns s and 1e9 + s alike, and answers in the user's units."""

import numpy as np
import pytest
from sklearn.metrics import r2_score

import keraseq
from keraseq.baselines import linear_baseline, text_baseline

draw = np.random.default_rng(0)
X = draw.normal(size=(240, 8))
S = X.mean(axis=1) * 3
TRAIN, TEST = slice(0, 180), slice(180, 240)


def regressor(**changes):
    settings = {"model": "simple_rnn", "units": 8, "epochs": 12, "early_stopping": False}
    return keraseq.SequenceRegressor(**{**settings, "random_state": 0, **changes})


@pytest.fixture(scope="module")
def alone():
    return regressor().fit(X[TRAIN], S[TRAIN])


@pytest.mark.parametrize(("level", "unit"), [(1e8, 1.0), (1e9, 1.0), (-1e9, 1.0), (0.0, 1e-9)])
def test_another_unit_or_zero_point_changes_no_score(alone, level, unit):
    y = level + unit * S
    fitted = regressor().fit(X[TRAIN], y[TRAIN])
    answers = fitted.predict(X[TEST])
    assert answers.dtype == np.float64 and len(np.unique(answers)) == 60
    assert alone.score(X[TEST], S[TEST]) > 0.7
    assert fitted.score(X[TEST], y[TEST]) == pytest.approx(alone.score(X[TEST], S[TEST]), abs=1e-3)
    np.testing.assert_allclose((answers - level) / unit, alone.predict(X[TEST]), atol=0.02)
    np.testing.assert_allclose(fitted.history_["loss"], alone.history_["loss"], rtol=0.02)


def test_several_targets_of_which_some_are_large_or_constant():
    y = np.column_stack([S, 1e9 + S, np.full(240, 1e-9), np.full(240, -3e9)])
    fitted = regressor(epochs=30).fit(X[TRAIN], y[TRAIN])
    answers = fitted.predict(X[TEST])
    assert r2_score(y[TEST, 0], answers[:, 0]) > 0.7
    assert r2_score(y[TEST, 1], answers[:, 1]) == pytest.approx(
        r2_score(y[TEST, 0], answers[:, 0]), abs=0.1
    )
    # A network of several answers is wrong about a constant by a share of its level.
    assert np.abs(answers[:, 2:] / y[TEST, 2:] - 1).mean() < 0.1
    # The first epoch's loss is about that of the mean: 1 for two columns, 0 for two constants.
    assert 0.2 < fitted.history_["loss"][0] < 1.5


def test_a_constant_is_predicted_as_itself():
    fitted = regressor(epochs=30).fit(X[TRAIN], np.full(180, 1e-9))
    np.testing.assert_allclose(fitted.predict(X[TEST]), 1e-9, rtol=0.05)


def test_level_and_spread_are_those_of_training_rows_alone():
    y = np.where(np.arange(240) < 180, S, 1e6 + S)
    judged = regressor(epochs=1).fit(X[TRAIN], y[TRAIN], validation_data=(X[TEST], y[TEST]))
    assert judged.target_.centre_ == pytest.approx(S[TRAIN].mean())
    assert judged.target_.scale_ == pytest.approx(S[TRAIN].std())
    # The loss of what is held back is in the same unit: (1e6 / spread)².
    assert judged.history_["val_loss"][0] == pytest.approx((1e6 / S[TRAIN].std()) ** 2, rel=0.01)
    # Of 239 rows of 0 and one of 1, a mean over 120 rows is 0 or 1/120, and never 1/240.
    one = (np.arange(240) == 7).astype(float)
    held = regressor(epochs=1, early_stopping=True, validation_fraction=0.5).fit(X, one)
    assert held.target_.centre_[0] in (0, pytest.approx(1 / 120))


def test_weights_count_in_level_and_spread_and_a_weight_of_two_is_the_row_twice():
    weight = np.where(np.arange(240) < 10, 2.0, 1.0)
    weighed = regressor(epochs=2).fit(X, 1e9 + S, sample_weight=weight)
    twice = regressor(epochs=2).fit(np.r_[X, X[:10]], 1e9 + np.r_[S, S[:10]])
    assert weighed.target_.centre_ == pytest.approx(1e9 + np.average(S, weights=weight), abs=1e-6)
    np.testing.assert_array_equal(weighed.predict(X[:9]), twice.predict(X[:9]))
    assert weighed.score(X, 1e9 + S, sample_weight=weight) == pytest.approx(
        r2_score(1e9 + S, weighed.predict(X), sample_weight=weight)
    )


def test_rows_that_differ_in_the_last_digits_of_y_are_different_rows():
    rows = np.zeros((4, 3)) + np.arange(2)[:, None].repeat(2, axis=0)
    fitted = regressor(epochs=0).fit(rows, [1e9, 1e9 + 1, 1e9 + 2, 1e9 + 3])
    assert fitted.target_.scale_ == pytest.approx(np.sqrt(15 / 12))


@pytest.mark.parametrize("level", [0.0, 1e9])
def test_the_linear_rivals_keep_the_digits_too(level):
    y = level + S
    line = linear_baseline(regression=True).fit(X[TRAIN], y[TRAIN])
    assert r2_score(y[TEST], line.predict(X[TEST])) > 0.99
    several = linear_baseline(regression=True).fit(X[TRAIN], np.c_[S, y][TRAIN])
    assert r2_score(y[TEST], several.predict(X[TEST])[:, 1]) > 0.99
    texts = [f"{'good ' * int(s > 0)} day" for s in S]
    words = text_baseline(regression=True).fit(texts, y)
    without = text_baseline(regression=True).fit(texts, S).score(texts, S)
    assert words.score(texts, y) == pytest.approx(without, abs=1e-4)


def test_a_row_alone_is_answered_as_within_a_batch(alone):
    together = alone.predict(X[TEST])
    one_by_one = [alone.predict(X[row : row + 1])[0] for row in range(180, 200)]
    np.testing.assert_allclose(one_by_one, together[:20], rtol=1e-7, atol=1e-7)
