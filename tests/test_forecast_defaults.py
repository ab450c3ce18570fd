"""What a forecaster chooses where nobody says: history, patches, loss and shrinkage."""

import keras
import numpy as np
import pandas as pd
import pytest

import keraseq
from keraseq.baselines import find_season, mase_scale
from keraseq.models import register_model
from keraseq.stems.layers import Anchor, LinearSkip, WholeHistory
from keraseq.training import compiled_loop
from keraseq.wrappers.forecasting._shrinkage import Shrinkage, judge, repeat_season
from keraseq.wrappers.forecasting._windows import WindowBatches, cut_windows

rng = np.random.default_rng(0)


def forecaster(**changes):
    settings = {"horizon": 2, "units": 4, "epochs": 1, "random_state": 0}
    return keraseq.SequenceForecaster(**{"model": "gru", **settings, **changes})


def walks(*lengths):
    return [np.cumsum(rng.normal(size=length)) for length in lengths]


# Shrinkage


def judged(forecast, truth, naive=0.0, size=1.0, stride=3, horizon=3, n=80, confidence=0.9):
    """The share for windows so many rows after another; three rows are a block."""
    arrays = [np.broadcast_to(a, (n, horizon, 1)) for a in (naive, forecast, truth)]
    size = np.broadcast_to(size, (n, 1))
    return judge(*arrays, size, np.arange(n) * stride, confidence).share


def test_the_share_of_the_naive_forecast_is_what_the_windows_leave_no_doubt_of():
    truth = rng.normal(size=(80, 3, 1))
    assert judged(truth, truth) == 0
    assert judged(truth + 7, truth + 7, naive=7.0) == 0
    # Twice as far as it should go; a little of it is lost to doubt, of which there is none here.
    assert judged(2 * truth, truth) == pytest.approx(0.5)
    # Timid: it is not drawn further away from the naive forecast than it went.
    assert judged(truth / 2, truth) == 0
    assert judged(-truth, truth) == 1
    assert judged(np.zeros_like(truth), truth) == 0


def test_of_one_stretch_of_time_pieces_are_no_independent_witnesses():
    waves = np.sin(np.arange(12)).reshape(4, 3, 1)
    half = waves + np.cos(np.arange(12)).reshape(4, 3, 1) / 2
    assert judged(2 * waves, waves, n=4, stride=1) == pytest.approx(0.5)
    # Slope .788, and a doubt of t(.9; 5) * sqrt(left / 5 / square) = 1.476 * .1713 = .2529.
    share = 1 - 0.788 * (1 - (0.2529 / 0.788) ** 2)
    assert judged(half, waves, n=4, stride=1) == pytest.approx(share, abs=0.001)
    # More confidence, more doubt: t(.95; 5) = 2.015, 2.015 * .1713 = .3452.
    share = 1 - 0.788 * (1 - (0.3452 / 0.788) ** 2)
    found = judged(half, waves, n=4, stride=1, confidence=0.95)
    assert found == pytest.approx(share, abs=0.001)
    # Four horizons are ten values: t(.9; 10) = 1.372, and 1.372 * .1713 / sqrt(2) = .1662.
    many, truth = np.tile(half, (3, 1, 1)), np.tile(waves, (3, 1, 1))
    share = 1 - 0.788 * (1 - (0.1662 / 0.788) ** 2)
    assert judged(many, truth, n=12, stride=1) >= share - 0.001


def test_what_chance_may_have_done_is_not_left_to_the_model():
    shares = [judged(rng.normal(size=(80, 3, 1)), rng.normal(size=(80, 3, 1))) for _ in range(40)]
    assert np.mean(np.array(shares) == 1) > 0.75
    assert np.mean(shares) > 0.95


def test_series_and_targets_count_alike_and_unknown_truths_not_at_all():
    truth = np.concatenate([rng.normal(size=(40, 3, 1)), 1e3 * rng.normal(size=(40, 3, 1))])
    forecast = np.concatenate([truth[:40], 3 * truth[40:]])
    size = np.repeat([[1.0], [1e3]], 40, axis=0)
    # Sum of x*y over sum of x*x of both, each in units of its naive error: (1 + 3) / (1 + 9).
    assert judged(forecast, truth, size=size) == pytest.approx(1 - 0.4, abs=0.15)
    holes = truth.copy()
    holes[::3] = np.nan
    assert judged(np.where(np.isnan(holes), 1e9, holes), holes) == 0


def test_a_series_that_happened_to_stand_still_does_not_outweigh_all_others():
    panel = [np.sin(np.arange(90) * np.pi / 4 + phase) for phase in range(8)]
    panel[0][-8:] = panel[0][-9]
    settings = {"lookback": 16, "epochs": 20, "units": 16, "learning_rate": 0.01, "horizon": 4}
    settings |= {"validation_fraction": 0.1, "early_stopping": True}
    assert forecaster(**settings).fit(panel).shrinkage_ < 0.2


def test_the_naive_forecast_repeats_the_season_or_the_last_value():
    history = np.array([[1.0, 2, 3, 4, 5], [np.nan, np.nan, np.nan, 4, 6]])[..., None]
    assert repeat_season(history, 4, 3)[..., 0].tolist() == [[3, 4, 5, 3], [6, 4, 6, 6]]
    values = np.zeros((2, 4, 1))
    drawn = Shrinkage(0.25, 1).apply(values, history)
    np.testing.assert_allclose(drawn[..., 0], [[1.25] * 4, [1.5] * 4])


def test_quantiles_move_with_their_centre():
    values = np.array([1.0, 2, 4])[None, None, None]
    drawn = Shrinkage(0.5, 1).apply(values, np.full((1, 3, 1), 4.0), centre=1)
    assert drawn.ravel().tolist() == [2, 3, 5]


def test_a_share_of_one_is_the_naive_forecast():
    y = pd.Series(walks(60)[0], pd.date_range("2024-01-01", periods=60))
    naive = forecaster(shrinkage=1, lookback=8, horizon=5).fit(y)
    season = naive.params_["naive_season"]
    expected = y.to_numpy()[-season + np.arange(8) % season]
    # Three steps beyond the horizon go on from it.
    np.testing.assert_allclose(naive.predict(8), expected, rtol=1e-5)
    assert naive.shrinkage_ == 1
    half = forecaster(shrinkage=0.5, lookback=8, horizon=5).fit(y)
    alone = forecaster(shrinkage=0, lookback=8, horizon=5).fit(y)
    np.testing.assert_allclose(half.predict(), (alone.predict() + expected[:5]) / 2, rtol=1e-5)


@pytest.mark.parametrize("share", [-0.1, 1.5, "much", True])
def test_a_share_out_of_range_is_an_error(share):
    with pytest.raises(ValueError, match="share between 0"):
        forecaster(shrinkage=share).fit(walks(40)[0])


def test_nothing_is_learned_of_a_random_walk_and_much_of_a_wave():
    wave = np.sin(np.arange(300) * 2 * np.pi / 20)
    settings = {"lookback": 20, "epochs": 20, "units": 16, "horizon": 10, "learning_rate": 0.01}
    assert forecaster(**settings).fit(wave).shrinkage_ < 0.2
    assert forecaster(**{**settings, "epochs": 2}).fit(walks(300)[0]).shrinkage_ > 0.8


def test_early_stopping_by_auto_is_patient_with_few_windows():
    wave = np.sin(np.arange(300) * 2 * np.pi / 20)
    # Nothing gets better: it waits for 150 steps, of which an epoch of 279 windows has nine.
    settings = {"lookback": 20, "epochs": 30, "learning_rate": 1e-30, "shrinkage": 0}
    for early, patience in {"auto": 17, True: 5}.items():
        fitted = forecaster(**settings, early_stopping=early).fit(wave)
        assert fitted.params_["n_iter_no_change"] == patience
        assert fitted.n_iter_ == 1 + patience


def fits_counted(monkeypatch):
    """The epochs of every fit and how many of its windows were its own."""
    fits, fit = [], compiled_loop.run_epochs

    def counted(model, training, validation, first, epochs, *args, **kwargs):
        fits.append(epochs)
        return fit(model, training, validation, first, epochs, *args, **kwargs)

    monkeypatch.setattr(compiled_loop, "run_epochs", counted)
    return fits


def test_doubt_asks_earlier_windows_and_no_doubt_does_not(monkeypatch):
    fits = fits_counted(monkeypatch)
    wave = np.sin(np.arange(150) * 2 * np.pi / 20)
    settings = {"lookback": 20, "epochs": 30, "units": 16, "horizon": 5, "learning_rate": 0.01}
    forecaster(**settings).fit(wave)
    assert fits == [30, 30]  # the fit, and one that is judged by the last fifth
    fits.clear()
    held_back = forecaster(**settings, early_stopping=True).fit(wave)
    assert len(fits) == 1
    fits.clear()
    walk = walks(300)[0]
    held_back = forecaster(**{**settings, "epochs": 3}, early_stopping=True).fit(walk)
    best = 1 + int(np.argmin(held_back.history_["val_loss"]))
    assert fits == [3, best]  # by all behind the first two fifths, with the epochs that were best


def test_ctrl_c_while_a_fit_is_judged_leaves_it_fitted_and_alone(monkeypatch):
    fits, fit = [], compiled_loop.run_epochs

    def cut(*args, **kwargs):
        fits.append(fit(*args, **kwargs))
        if len(fits) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(compiled_loop, "run_epochs", cut)
    model = forecaster(lookback=8)
    with pytest.raises(KeyboardInterrupt):
        model.fit(np.sin(np.arange(60)))
    assert (len(fits), model.shrinkage_) == (2, 0)
    assert np.isfinite(model.predict()).all()


# Histories of unlike length


def test_a_short_history_is_padded_behind_its_last_step():
    parts = [np.arange(1.0, 9).astype(np.float32)[:, None] + 10 * i for i in range(2)]
    windows = cut_windows(parts, 4, 2, first=[2, 5], n_targets=1)
    nan = np.nan
    expected = [[1, 2, nan, nan], [1, 2, 3, nan], [1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6]]
    np.testing.assert_array_equal(windows.past()[:5, :, 0], expected)
    np.testing.assert_array_equal(windows.history()[0, :, 0], [nan, nan, 1, 2])
    # Not from the rows of the series before.
    np.testing.assert_array_equal(windows.past()[5:, :, 0], [[12, 13, 14, 15], [13, 14, 15, 16]])


def test_a_median_series_says_how_much_is_read_and_short_ones_are_forecast_too():
    panel = walks(300, 300, 40)
    fitted = forecaster(horizon=3).fit(panel)
    assert (fitted.lookback_, fitted.params_["shortest_history"]) == (96, 13)
    # 300 - 96 - 3 + 1 windows of the long ones, 40 - 13 - 3 + 1 of the short one.
    assert fitted.params_["n_windows"] == 2 * 202 + 25
    assert [len(values) for values in fitted.predict(7)] == [7, 7, 7]
    assert all(np.isfinite(values).all() for values in fitted.predict_interval(coverage=0.5))
    assert np.isfinite(fitted.score(panel))
    short = fitted.predict(y=[series[-13:] for series in panel])
    assert np.isfinite(np.concatenate(short)).all()
    with pytest.raises(ValueError, match=r"12 rows; it needs .*\['shortest_history'\] = 13"):
        fitted.predict(y=[series[-12:] for series in panel])


@pytest.mark.parametrize("model", ["gru", "nlinear"])
def test_a_padded_history_is_forecast_as_it_is_alone(model):
    """Steps of a forecast beyond the horizon too: what was forecast follows the last step."""
    panel = walks(200, 200, 30)
    sizes = {"units": "auto"} if model == "nlinear" else {}
    fitted = forecaster(model=model, shrinkage=0, **sizes).fit(panel)
    assert (fitted.lookback_, fitted.params_["shortest_history"]) == (64, 10)
    ahead = fitted.predict(2)[2]
    longer = [*panel[:2], np.concatenate([panel[2], ahead])]
    core = fitted._core
    data = core.read(longer, None, None, None)
    windows = core.windows_at_end(data, core.scalings(core.data), 2)
    second = core.predict_points(windows, 2)[2]
    on = core.scalings(core.data)[2].undo(second)
    np.testing.assert_allclose(fitted.predict(4)[2][2:], on[:, 0], rtol=1e-4)


def test_the_shortest_series_bounds_what_a_function_of_the_users_reads():
    def linear(input_shape, outputs):
        inputs = keras.Input(input_shape)
        return keras.Model(inputs, keras.layers.Dense(1)(inputs[:, -outputs[0] :]))

    fitted = forecaster(model=linear, units="auto").fit(walks(200, 60))
    assert fitted.lookback_ == fitted.params_["shortest_history"] == 20
    assert fitted.params_["patch_length"] is None


@pytest.mark.parametrize(
    ("n", "freq", "lookback", "patch_length"),
    [
        (17_000, "h", 720, 24),  # thirty days
        (960, "h", 312, 12),  # thirteen
        (700, "h", 216, 8),
        (3_650, "D", 714, 21),
        (144, "MS", 48, 1),
        (60, "h", 20, 1),  # less than two seasons: as many steps as there are
        (120, "YS", 40, 1),
        (118, "YS", 36, 1),  # eighths of an octave: 118 // 3 = 39
    ],
)
def test_histories_and_patches_are_whole_seasons(n, freq, lookback, patch_length):
    from keraseq.wrappers.forecasting._settings import resolve_settings

    one = forecaster(horizon=4)
    y = pd.Series(walks(n)[0], pd.date_range("1900-01-01", periods=n, freq=freq))
    _, data = one._read_training(y, None, None, None)
    params = resolve_settings(one, data)
    assert (params["lookback"], params["patch_length"]) == (lookback, patch_length)
    given = forecaster(horizon=4, patch_length=5)
    assert resolve_settings(given, data)["patch_length"] == 5


@pytest.mark.parametrize(("lookback", "n_patches"), [(40, 4), (14, 1)])
def test_a_preset_keeps_its_own_patches_and_their_stride(lookback, n_patches):
    settings = {"lookback": lookback, "units": 4, "num_layers": 1, "epochs": 1}
    fitted = keraseq.SequenceForecaster("patch_tst", **settings, shrinkage=0.0, random_state=0)
    fitted.fit(np.sin(np.arange(60.0)))
    assert fitted.model_.get_layer("patches").output[0].shape[1] == n_patches
    assert fitted.params_["patch_length"] == 16


def test_a_season_is_found_by_values():
    steps = np.arange(400)
    waves = np.stack([np.sin(steps * np.pi / 12), 5 + steps + 9 * (steps % 24)], axis=1)
    assert find_season(waves, 6) == 24
    waves[50:90] = np.nan
    assert find_season(waves, 6) == 24
    assert find_season(waves[:3], 2) == 1
    # Of steps that lie between no two known values nothing is known.
    every_other = np.tile([[1.0], [np.nan], [5.0], [np.nan]], (20, 1))
    assert find_season(every_other, 1) == 4
    # A frame's values by their place, and not by labels.
    for container in (pd.DataFrame, lambda values: pd.Series(values[:, 1]), np.ndarray.tolist):
        assert find_season(container(waves), 6) == 24
    with pytest.raises(ValueError, match="horizon=0"):
        find_season(waves, 0)


@pytest.mark.parametrize("seed", range(3))
def test_a_season_is_no_multiple_of_what_repeats_sooner(seed):
    """A week does after 24 weeks as well; hours of days that differ do not after a day."""
    rng = np.random.default_rng(seed)
    days = np.tile(2 * rng.normal(size=7), 115)[:800] + rng.normal(size=800)
    assert find_season(days[:, None], 14) == 7
    hours, week = np.tile(rng.normal(size=24), 70), np.repeat(rng.normal(size=7), 24)
    hours = hours + np.tile(week, 10) + rng.normal(size=1680) / 2
    assert find_season(hours[:, None], 24) == 168


def test_of_series_of_unlike_length_as_many_windows_are_drawn():
    parts = [np.arange(n, dtype=np.float32)[:, None] for n in (10, 400)]
    windows = cut_windows(parts, 2, 1, n_targets=1)
    batches = WindowBatches(windows, 64, most=300, seed=0)
    drawn = np.concatenate([past[:, 0, 0] for past, _ in batches.generate()])
    # All eight beginnings of the short one, near half of all; the long one shares them.
    assert len(drawn) == 300
    assert 150 <= (drawn < 8).sum() < 170
    alike = cut_windows([parts[1], parts[1]], 2, 1, n_targets=1)
    whole = WindowBatches(alike, 64, most=10_000, seed=0).generate()
    drawn = np.concatenate([past[:, 0, 0] for past, _ in whole])
    assert sorted(drawn) == sorted([*range(398)] * 2)


# What an error counts


def test_each_of_several_series_is_learned_in_units_of_its_naive_error():
    panel = [walks(80)[0], 1e4 * np.sin(np.arange(80))]
    fitted = forecaster(lookback=6, early_stopping=False, shrinkage=0).fit(panel)
    assert fitted.params_["loss"] == "mae"
    core = fitted._core
    model = fitted.model_
    loss, n = 0.0, 0
    for place, series in enumerate(panel):
        past, truth = keraseq.batching.sliding_windows(series[:, None], 6, 2)
        scaling = core.scalings(core.data)[place]
        ahead = scaling.undo(model.predict(scaling.apply(past), verbose=0))
        loss += np.abs(ahead - truth).sum() / mase_scale(series)
        n += truth.size
    from keraseq.wrappers.forecasting._training import _training_windows

    windows = _training_windows(core.reader, core.scaling, core.data, core.params, [80, 80])
    batches = WindowBatches(windows, 16, most=1_000)
    weighted = model.evaluate(batches.dataset, verbose=0)[0]
    units = [s.scale / mase_scale(y) for s, y in zip(core.scalings(core.data), panel, strict=True)]
    assert weighted == pytest.approx(loss / n / np.mean(units), rel=1e-3)


def test_one_series_keeps_the_squared_error_and_what_the_user_says_is_kept():
    assert forecaster(lookback=6).fit(walks(50)[0]).params_["loss"] == "mse"
    assert forecaster(lookback=6, loss="huber").fit(walks(50, 40)).params_["loss"] == "huber"
    quantiles = forecaster(lookback=6, quantiles=(0.2, 0.5)).fit(walks(50, 40))
    assert quantiles.params_["loss"] == "quantile"


def test_an_anchor_lies_between_level_and_last_value():
    anchor = Anchor(2)
    level, last = np.zeros((3, 1, 2), "float32"), np.full((3, 1, 2), 8.0, "float32")
    assert np.ptp(anchor(level, last)) == 0
    anchor.set_weights([np.array([[0.0], [5.0]])])
    np.testing.assert_allclose(np.array(anchor(level, last))[0], [[4, 4], [8, 8]], rtol=1e-6)


def test_a_whole_history_ends_with_the_last_real_step():
    x = np.arange(8.0).reshape(2, 4, 1)
    mask = np.array([[True, True, False, False], [True, True, True, True]])
    found = np.asarray(WholeHistory()(x, mask))[..., 0]
    np.testing.assert_array_equal(found, [[0, 0, 0, 1], [4, 5, 6, 7]])


def test_a_linear_skip_counts_steps_from_the_last_real_one():
    skip = LinearSkip(2, 3)
    x = np.arange(1.0, 9, dtype="float32").reshape(1, 4, 2)  # channels 1 3 5 7 and 2 4 6 8
    x = np.concatenate([x, x])
    mask = np.array([[True] * 4, [True, True, False, False]])
    assert np.abs(skip(x, mask)).max() == 0
    skip.set_weights([np.array([[100.0, 0], [10, 0], [1, -1]])])
    said = np.array(skip(x, mask))
    assert said[0].tolist() == [[357, 468], [-7, -8]]
    # Of two steps 0 stands before the first.
    assert said[1].tolist() == [[13, 24], [-3, -4]]


def test_a_linear_model_of_the_history_is_learned_beside_any_body():
    """An anchor and a body of one unit cannot say what 20 steps ago was."""
    panel = [np.tile(rng.normal(size=20), 15) + rng.normal(size=300) / 50 for _ in range(2)]
    one = forecaster(lookback=20, units=1, epochs=30, learning_rate=0.01, shrinkage=0)
    ahead = np.stack(one.fit([y[:-2] for y in panel]).predict())
    assert np.abs(ahead - [y[-2:] for y in panel]).mean() < 0.1
    assert one.params_["skip_steps"] == 20
    assert forecaster(lookback=20).fit(panel[0]).params_["skip_steps"] == 0


def test_a_plan_from_before_there_was_a_skip_is_built_as_it_was():
    from keraseq.builders.build import assemble, plan_model
    from keraseq.builders.plan import Plan

    asked = {"task": "forecasting", "skip_steps": 8}
    plan = plan_model("gru", (12, 1), (3, 1), units=2, **asked)
    assert plan.stem.skip_steps == 8
    former = plan.to_json()
    del former["stem"]["skip_steps"]
    model = assemble(Plan.from_json(former))
    assert len(model.weights) == len(assemble(plan).weights) - 1
    with pytest.raises(ValueError, match="skip_steps=20 reaches beyond the history of 12 steps"):
        plan_model("gru", (12, 1), (3, 1), **{**asked, "skip_steps": 20})
    with pytest.raises(ValueError, match="skip_steps=8 is for forecasting"):
        plan_model("gru", (12, 1), 3, skip_steps=8)
    with pytest.raises(ValueError, match="skip_steps: nlinear is a forecaster"):
        plan_model("nlinear", (12, 1), (3, 1), **asked)


def test_a_short_series_of_a_user_s_own_body_is_padded():
    @register_model(title="Mean so far", causal=True, family="other")
    def mean_so_far(x, mask, *, units=None, num_layers=None, dropout=None):
        from keras import layers

        return layers.Dense(units)(x)

    assert forecaster(model="mean_so_far").fit(walks(200, 200, 40)).lookback_ == 64
