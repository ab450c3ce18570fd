"""Architectures that map time to horizon, against their papers' arithmetic written out."""

import numpy as np
import pandas as pd
import pytest

import keraseq

draw = np.random.default_rng(0)


def history(time, channels=2, rows=3):
    return draw.normal(3, 1, size=(rows, time, channels)).astype("float32")


def build(name, time, horizon, channels=2, **settings):
    shape, outputs = (time, channels), (horizon, channels)
    model = keraseq.build(name, shape, outputs, task="forecasting", seed=0, **settings)
    # Weights that begin at zero would hide what they are for.
    model.set_weights([w + draw.normal(0, 0.3, w.shape) for w in model.get_weights()])
    return model


def test_sparse_tsf_maps_each_step_of_a_season_by_itself():
    season, horizon = 6, 9
    x = history(27)
    model = build("sparse_tsf", 27, horizon, season=season)
    kernel = model.get_layer("around").get_weights()[0][:, 0, 0]
    matrix = model.get_layer("seasons").get_weights()[0]
    for row, channel in np.ndindex(3, 2):
        values = x[row, :, channel]
        level = values.mean()
        kept = (values - level)[27 % season :]
        smooth = kept + np.convolve(kept, kernel[::-1], mode="same")
        ahead = np.zeros((2, season))
        for step in range(season):
            ahead[:, step] = smooth[step::season] @ matrix
        expected = level + ahead.ravel()[:horizon]
        np.testing.assert_allclose(model(x)[row, :, channel], expected, atol=1e-4)


@pytest.mark.parametrize("horizon", [96, 192, 336, 720])
def test_sparse_tsf_has_under_a_thousand_weights(horizon):
    model = keraseq.sparse_tsf((720, 7), (horizon, 7), task="forecasting")
    assert keraseq.count_parameters(model) == 25 + 30 * horizon // 24 < 1_000


def gru_step(gru, x, h):
    kernel, recurrent, (bias, recurrent_bias) = gru.get_weights()
    z, r, c = np.split(x @ kernel + bias, 3)
    hz, hr, hc = np.split(h @ recurrent + recurrent_bias, 3)
    z, r = 1 / (1 + np.exp(-z - hz)), 1 / (1 + np.exp(-r - hr))
    return z * h + (1 - z) * np.tanh(c + r * hc)


def test_segrnn_answers_every_segment_from_the_last_state_and_its_code():
    seg_len, horizon = 4, 6
    x = history(13)
    model = build("segrnn", 13, horizon, units=5, seg_len=seg_len)
    gru, codes = model.get_layer("gru"), model.get_layer("codes")
    (weights, bias), (answer, shift) = (
        model.get_layer(name).get_weights() for name in ("segment", "answer")
    )
    place, channel_code = codes.get_weights()
    for row, channel in np.ndindex(3, 2):
        values = x[row, 1:, channel] - x[row, -1, channel]
        h = np.zeros(5)
        for segment in values.reshape(-1, seg_len):
            h = gru_step(gru, np.maximum(segment @ weights + bias, 0), h)
        ahead = [
            gru_step(gru, np.concatenate([place[m], channel_code[channel]]), h) @ answer + shift
            for m in range(2)
        ]
        expected = x[row, -1, channel] + np.concatenate(ahead)[:horizon]
        np.testing.assert_allclose(model(x)[row, :, channel], expected, atol=1e-4)


def test_cycle_net_takes_its_season_off_and_puts_it_back():
    season, horizon, phase = 5, 4, np.array([0, 3, 4])
    x = history(7)
    model = build("cycle_net", 7, horizon, season=season)
    (cycle,), (matrix, bias) = (
        model.get_layer(name).get_weights() for name in ("cycle", "backbone")
    )
    level, spread = x.mean(axis=1, keepdims=True), np.sqrt(x.var(axis=1, keepdims=True) + 1e-6)
    scaled = (x - level) / spread
    expected = np.empty((3, horizon, 2))
    for row, p in enumerate(phase):
        rest = scaled[row] - cycle[(p - 7 + np.arange(7)) % season]
        expected[row] = (rest.T @ matrix + bias).T + cycle[(p + np.arange(horizon)) % season]
    got = model({"past": x, "phase": phase})
    np.testing.assert_allclose(got, level + expected * spread, atol=1e-4)


def test_values_are_interpolated_between_the_middles_of_their_steps():
    from keraseq.models.layers import LinearInterpolation

    values = draw.normal(size=3).astype("float32")
    middles = (np.arange(3) + 0.5) / 3
    expected = np.interp((np.arange(10) + 0.5) / 10, middles, values)
    np.testing.assert_allclose(LinearInterpolation(10)(values[None])[0], expected, atol=1e-6)
    same = LinearInterpolation(3)(values[None])[0]
    np.testing.assert_allclose(same, values, atol=1e-6)


def test_nhits_starts_from_the_last_value():
    x = history(8)
    model = build("nhits", 8, 4, units=3)
    model.set_weights([0 * w for w in model.get_weights()])
    np.testing.assert_allclose(model(x), np.repeat(x[:, -1:], 4, axis=1), atol=1e-4)


def test_itransformer_knows_channels_by_their_values_and_segrnn_by_their_place():
    x = history(12, channels=3)
    order = [2, 0, 1]
    for name, moves_along in (("itransformer", True), ("segrnn", False)):
        model = build(name, 12, 4, channels=3, units=8)
        told, swapped = np.asarray(model(x)), np.asarray(model(x[..., order]))
        assert np.allclose(swapped, told[..., order], atol=1e-4) == moves_along


def test_tide_reads_covariates_of_every_kind_and_itransformer_those_of_the_past():
    shapes = {"past": (6, 4), "future": (3, 1), "static": (2,)}
    given = {name: draw.normal(size=(2, *shape)) for name, shape in shapes.items()}
    tide = keraseq.tide(shapes, (3, 2), task="forecasting", units=8, channels="mixed", seed=0)
    base = np.asarray(tide(given))
    for name, values in given.items():
        changed = values.copy()
        # Behind the two targets of the past.
        changed[0, ..., -1] += 1
        moved = np.abs(np.asarray(tide({**given, name: changed})) - base)
        assert moved[0].min() > 1e-6
        assert moved[1].max() == 0
    folded = keraseq.tide(shapes, (3, 2), task="forecasting", units=8, seed=0)
    folded.set_weights(tide.get_weights())
    np.testing.assert_allclose(folded(given), base, atol=1e-5)
    past = {"past": (6, 3)}
    inverted = keraseq.itransformer(past, (3, 2), task="forecasting", units=8, seed=0)
    x = {"past": given["past"][..., :3]}
    other = {"past": x["past"] + np.array([0, 0, 1.0]) * draw.normal(size=(2, 6, 1))}
    assert np.abs(np.asarray(inverted(x)) - np.asarray(inverted(other))).min() > 1e-6


def test_covariates_that_are_not_read_are_refused_with_those_who_do():
    days = pd.date_range("2024-01-01", periods=60)
    y = pd.Series(np.arange(60.0), days, name="sold")
    promo = pd.DataFrame({"promo": np.arange(60) % 7 == 0}, days)
    for model in ("nhits", "itransformer", "cycle_net"):
        forecaster = keraseq.SequenceForecaster(model, horizon=2, lookback=14)
        with pytest.raises(ValueError, match=r"no covariates of 'future'.*tide"):
            forecaster.fit(y, future=promo)
    settings = {"horizon": 2, "lookback": 14, "epochs": 1, "units": 8}
    tide = keraseq.SequenceForecaster("tide", **settings).fit(y, future=promo)
    ahead = pd.DataFrame({"promo": [True, False]}, pd.date_range("2024-03-01", periods=2))
    assert tide.predict(future=ahead).index[0] == pd.Timestamp("2024-03-01")


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("sparse_tsf", {"parameter_budget": 900}, "no size of its own"),
        ("cycle_net", {"parameter_budget": 900}, "no size of its own"),
        ("nhits", {"n_pool_kernel_size": (9, 1, 1)}, r"pools 9 steps, more than the lookback of 6"),
        ("nhits", {"n_freq_downsample": (2, 1)}, "3 stacks and"),
        ("nhits", {"n_pool_kernel_size": (), "n_freq_downsample": ()}, "names no stack"),
        ("segrnn", {"seg_len": 0}, "seg_len=0"),
        ("itransformer", {"num_heads": 0}, "num_heads=0"),
        ("itransformer", {"num_heads": 9, "units": 8}, "num_heads=9 is more than units=8"),
        ("tsmixer", {"channels": "independent"}, "channels='mixed'"),
        ("sparse_tsf", {"season": 2.5}, "season=2.5"),
        ("sparse_tsf", {"patch_length": 2}, "patch_length"),
    ],
)
def test_what_does_not_fit_is_named(name, settings, message):
    with pytest.raises((ValueError, TypeError), match=message):
        keraseq.build(name, (6, 2), (4, 2), task="forecasting", **settings)


@pytest.mark.parametrize("name", ["sparse_tsf", "segrnn", "cycle_net", "nhits"])
def test_histories_shorter_than_a_season_or_segment_are_read(name):
    model = build(name, 3, 30)
    x = history(3)
    given = {"past": x, "phase": np.zeros(3, int)} if name == "cycle_net" else x
    answer = np.asarray(model(given))
    assert answer.shape == (3, 30, 2)
    assert np.isfinite(answer).all()


def test_hints_of_steps_and_loss_are_taken_unless_quantiles_are_asked_for():
    y = np.sin(np.arange(90) / 3) + draw.normal(0, 0.1, 90)
    settings = {"horizon": 4, "lookback": 24, "units": 2, "random_state": 0}
    forecaster = keraseq.SequenceForecaster("segrnn", epochs=1, **settings).fit(y)
    assert forecaster.params_["loss"] == "mae"
    assert "steps" not in forecaster.params_
    forecaster.set_params(quantiles=(0.1, 0.9)).fit(y)
    assert forecaster.params_["loss"] == "quantile"


@pytest.mark.parametrize("name", ["nlinear", "dlinear", "sparse_tsf"])
def test_a_padded_history_is_one_with_its_first_value_in_front(name):
    season = {"season": 3} if name == "sparse_tsf" else {}
    model = build(name, 12, 4, **season)
    whole = history(12)
    padded, filled = whole.copy(), whole.copy()
    padded[0] = np.concatenate([whole[0, 5:], np.full((5, 2), np.nan)])
    filled[0, :5] = whole[0, 5]
    np.testing.assert_allclose(model(padded), model(filled), rtol=1e-5, atol=1e-5)
