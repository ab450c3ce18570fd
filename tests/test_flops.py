"""Operations are counted: by closed formulas, and by what TensorFlow itself counts."""

import keras
import numpy as np
import pytest

import keraseq

F, H, T = 64, 16, 20
STEM, HEAD = 2 * T * 8 * F, 2 * H * 3


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("simple_rnn", T * (F + H) * H),
        ("lstm", T * 4 * (F + H) * H),
        ("gru", T * 3 * (F + H) * H),
        ("bilstm", T * 2 * 4 * (F + H) * H + H * 3),
        (
            "transformer",
            # Into the width, four projections, scores and their use, feed-forward.
            T * F * H + 4 * T * H * H + 2 * T * T * H + 2 * T * H * 4 * H,
        ),
    ],
)
def test_closed_formulas(name, body):
    model = keraseq.build(name, (None, 8), 3, units=H, pooling="mean")
    assert keraseq.count_flops(model, T) == STEM + 2 * body + HEAD


def test_tokens_cost_nothing_to_look_up_and_channels_are_rows():
    tokens = keraseq.gru((T,), 3, vocabulary_size=500, units=H, pooling="mean")
    assert keraseq.count_flops(tokens) == 2 * T * 3 * (F + H) * H + HEAD
    one = keraseq.gru((T, 1), (4, 1), task="forecasting", units=H)
    seven = keraseq.gru((T, 7), (4, 7), task="forecasting", units=H)
    assert keraseq.count_flops(seven) == 7 * keraseq.count_flops(one)


def test_convolutions_products_and_models_within_models():
    inputs = keras.Input((T, 8))
    x = keras.layers.Conv1D(6, 3, strides=2)(inputs)
    inner = keras.Sequential([keras.Input((9, 6)), keras.layers.Dense(5)])
    y = inner(x)
    y = keras.ops.matmul(y, keras.ops.transpose(y, (0, 2, 1)))
    model = keras.Model(inputs, keras.ops.einsum("bij,bjk->bik", y, x))
    expected = 9 * 3 * 8 * 6 + 9 * 6 * 5 + 9 * 9 * 5 + 9 * 9 * 6
    assert keraseq.count_flops(model) == 2 * expected


def test_estimators_that_share_a_lent_model_count_their_own_lengths():
    y = [0, 1] * 4
    short, long = (
        keraseq.SequenceClassifier("gru", units=H, pooling="mean", epochs=0).fit(
            [np.zeros((steps, 8)) + i for i in range(8)], y
        )
        for steps in (T, 2 * T)
    )
    for estimator, steps in ((short, T), (long, 2 * T), (short, T)):
        assert estimator.n_flops_ == 2 * steps * (8 * F + 3 * (F + H) * H) + 2 * H * 2


@pytest.mark.parametrize("name", keraseq.list_models(task="classification"))
def test_budgets_are_met(name):
    model = keraseq.build(name, (T, 8), 2, flop_budget=5_000_000)
    assert abs(keraseq.count_flops(model) / 5_000_000 - 1) < 0.02


def test_what_cannot_be_counted_or_met_is_said():
    model = keraseq.gru((None, 8), 2)
    with pytest.raises(ValueError, match="steps is missing"):
        keraseq.count_flops(model)
    with pytest.raises(ValueError, match=r"flop_budget=9000000: .* \(100, 8\)"):
        keraseq.gru((None, 8), 2, flop_budget=9_000_000)
    with pytest.raises(ValueError, match=r"units=1 has [\d,]+ operations"):
        keraseq.gru((T, 8), 2, flop_budget=100)
    with pytest.raises(ValueError, match="units=3 and flop_budget=9000000 both"):
        keraseq.gru((T, 8), 2, flop_budget=9_000_000, units=3)

    class Mine(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(TypeError, match="not functional"):
        keraseq.count_flops(Mine())
