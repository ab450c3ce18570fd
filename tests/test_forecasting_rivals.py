"""The rivals of forecasters: trees on lags, ETS and Theta."""

import pickle
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import keraseq
from keraseq.baselines import (
    ETS,
    Facts,
    LagTrees,
    NaiveForecaster,
    Theta,
    mase_scale,
    rivals_left_out,
    rivals_of,
)

draw = np.random.default_rng(0)
MONTHS = pd.date_range("2010-01-01", periods=120, freq="MS")
SEASON = np.tile([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8], 10)
NOISY = pd.Series(20 + SEASON + np.arange(120) / 10 + draw.normal(0, 0.3, 120), MONTHS, name="y")
EACH = [LagTrees, ETS, Theta]


def test_trees_are_exact_on_what_repeats_itself():
    trees = LagTrees(horizon=5).fit(SEASON)
    assert trees.season_ == 12 and trees.n_iter_ == 0
    np.testing.assert_array_equal(trees.predict(14), SEASON[:14])
    forecast, truth = trees.predict_windows(SEASON, 20)
    np.testing.assert_array_equal(forecast, truth)


def test_trees_go_on_along_a_trend_that_training_never_saw():
    line = 5.0 * np.arange(200) + np.tile(SEASON, 2)[:200]
    trees = LagTrees(horizon=3, season=12).fit(line[:150])
    forecast, truth = trees.predict_windows(line, 160)
    assert truth.min() > line[:150].max()
    np.testing.assert_allclose(forecast, truth, rtol=1e-6)


def test_trees_learn_what_no_naive_forecast_knows():
    """The value follows the one before by a rule that is neither a season nor a drift."""
    x = [0.3]
    for _ in range(600):
        x.append(3.7 * x[-1] * (1 - x[-1]))
    trees = LagTrees(season=1, random_state=0).fit(x[:500])
    forecast, truth = trees.predict_windows(x, 500)
    naive = NaiveForecaster(season=1).fit(x[:500]).predict_windows(x, 500)[0]
    assert np.abs(forecast - truth).mean() < 0.2 * np.abs(naive - truth).mean()
    again = clone(trees).fit(x[:500])
    np.testing.assert_array_equal(again.predict(3), trees.predict(3))


def test_trees_read_covariates_of_the_past_and_of_the_future():
    promo = draw.integers(0, 2, 303).astype(float)
    sold = 10 + 5 * promo[:300] + draw.normal(0, 0.1, 300)
    trees = LagTrees(horizon=3, season=1, random_state=0).fit(sold, future=promo[:300])
    for ahead in ([0.0, 1, 0], [1.0, 0, 1]):
        forecast = trees.predict(future=np.array(ahead))
        np.testing.assert_allclose(forecast, 10 + 5 * np.array(ahead), atol=1)
    leading = np.roll(sold, 1)  # says today what comes tomorrow
    late = LagTrees(season=1, random_state=0).fit(leading[1:], past=sold[1:])
    assert late.predict()[0] == pytest.approx(sold[-1], abs=1)
    with pytest.raises(ValueError, match="goes beyond horizon=1"):
        late.predict(2)
    with pytest.raises(ValueError, match="future is missing"):
        trees.predict(y=sold)


@pytest.mark.parametrize("rival", EACH)
def test_several_series_and_targets_keep_their_forms(rival):
    frame = pd.DataFrame({"a": NOISY, "b": 1000 - 10 * NOISY})
    forecaster = rival(horizon=4, season=12).fit(frame)
    ahead = forecaster.predict()
    assert list(ahead.columns) == ["a", "b"] and ahead.index[0] == pd.Timestamp("2020-01-01")
    assert np.abs(ahead["b"] - 1000 + 10 * ahead["a"]).max() < 20
    long = pd.DataFrame({"shop": np.repeat(["x", "y"], 120), "month": [*MONTHS, *MONTHS]})
    long["sold"] = [*NOISY, *(NOISY * 3)]
    panel = rival(horizon=2, season=12, series_col="shop", date_col="month").fit(long)
    found = panel.predict()
    assert found["shop"].tolist() == ["x", "x", "y", "y"]
    np.testing.assert_allclose(found["sold"][2:], 3 * found["sold"][:2], rtol=0.05)
    lists = rival(horizon=2, season=12).fit([NOISY, NOISY[20:]])
    assert [len(part) for part in lists.predict()] == [2, 2]
    assert -1.5 < lists.score([NOISY, NOISY[20:]]) < 0


@pytest.mark.parametrize("rival", EACH)
def test_only_rows_before_the_origin_are_read(rival):
    y = NOISY.copy()
    y.iloc[[3, 50, 70, 100]] = np.nan
    forecaster = rival(horizon=3, season=12, missing="interpolate").fit(y[:80])
    forecast, truth = forecaster.predict_windows(y, 80)
    assert np.isfinite(forecast).all() and np.isnan(truth).sum() == 3
    later = y.copy()
    later.iloc[95:] = 1e6
    changed = forecaster.predict_windows(later, 80)[0]
    np.testing.assert_array_equal(changed[:16], forecast[:16])  # up to the origin 95
    np.testing.assert_allclose(forecaster.predict(y=y[:90]), forecast[10][:, 0])
    with pytest.raises(ValueError, match="NaN"):
        rival(season=12).fit(y)


def test_a_rival_says_how_much_history_it_needs():
    rival = ETS(horizon=2, season=12).fit(NOISY[:40])
    with pytest.raises(ValueError, match="has 12 rows before the first forecast; ETS needs at"):
        rival.ahead(rival._data, 0, np.array([12]))


@pytest.mark.parametrize("rival", EACH)
def test_a_rival_is_frozen_cloned_and_pickled(rival):
    fitted = clone(rival(horizon=3, season=12)).fit(NOISY)
    before = fitted.predict()
    again = pickle.loads(pickle.dumps(fitted))
    fitted.set_params(horizon=9, season=1, missing="interpolate")
    pd.testing.assert_series_equal(fitted.predict(), before)
    pd.testing.assert_series_equal(again.predict(), before)
    assert fitted.score(NOISY) == again.score(NOISY)


@pytest.mark.parametrize(("rival", "most"), [(ETS, 1e-9), (Theta, 1e-9)])
def test_the_first_origin_has_statsmodels_own_forecast(rival, most):
    ets = pytest.importorskip("statsmodels.tsa.exponential_smoothing.ets", reason="extra 'recipes'")
    theta = pytest.importorskip("statsmodels.tsa.forecasting.theta", reason="extra 'recipes'")
    y = NOISY.to_numpy()
    ours = rival(horizon=12, season=12).fit(y[:96])
    forecast = ours.predict_windows(y, 96)[0]
    if rival is Theta:
        own = theta.ThetaModel(y[:96], period=12).fit().forecast(12)
    else:
        found = ours.parameters_[0][0]
        trend = {"trend": "add", "damped_trend": True} if "damping_trend" in found else {}
        scaled = (y[:96] - y[:96].mean()) / y[:96].std()
        model = ets.ETSModel(
            scaled, seasonal="add", seasonal_periods=12, initialization_method="heuristic", **trend
        )
        own = model.smooth(list(found.values())).forecast(12) * y[:96].std() + y[:96].mean()
    np.testing.assert_allclose(forecast[0, :, 0], np.asarray(own), rtol=most)
    np.testing.assert_allclose(ours.predict(), forecast[0, :, 0])


def test_smoothing_carried_forward_is_smoothing_by_hand():
    """Without a season or a trend ETS is a level that moves by a share of each error."""
    y = draw.normal(size=60).cumsum() + draw.normal(size=60)
    ours = ETS(season=1).fit(y[:40])
    assert list(ours.parameters_[0][0]) == ["smoothing_level"]
    alpha = ours.parameters_[0][0]["smoothing_level"]
    forecast = ours.predict_windows(y, 40)[0][:, 0, 0]
    for place, value in enumerate(y[40:-1]):
        step = forecast[place] + alpha * (value - forecast[place])
        assert forecast[place + 1] == pytest.approx(step)


def test_theta_knows_the_season_of_a_new_history_by_its_dates():
    fitted = Theta(horizon=12, season=12).fit(NOISY[:100])
    np.testing.assert_allclose(
        fitted.predict(y=NOISY[:107]), fitted.predict(y=NOISY[60:107]), rtol=1e-3
    )


@pytest.mark.parametrize("rival", EACH)
def test_series_with_little_in_them(rival):
    np.testing.assert_allclose(rival(horizon=2).fit([7.0] * 30).predict(), [7, 7])
    np.testing.assert_allclose(rival(horizon=2).fit([0.0] * 30).predict(), [0, 0])
    # Shorter than two seasons: what can be learned without one, beside series that have more.
    short = rival(horizon=2, season=12).fit([np.arange(14.0), NOISY.to_numpy()])
    assert np.isfinite(short.predict()).all()
    few = rival(horizon=2, season=4).fit(np.arange(12.0) + SEASON[:12])
    assert np.isfinite(few.predict()).all() and np.isfinite(few.predict(y=SEASON[:13])).all()
    weeks = [np.tile(SEASON[:7], 6), np.arange(42.0) % 5]
    assert rival(horizon=2, season=7).fit(weeks).score(weeks) <= 0
    with pytest.raises(ValueError, match="at least"):
        rival(season=12).fit([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="horizon=0"):
        rival(horizon=0).fit(NOISY)
    with pytest.raises(TypeError, match=r"season=1\.5"):
        rival(season=1.5).fit(NOISY)
    with pytest.raises(ValueError, match="infinity"):
        rival().fit([1.0, np.inf] * 20)


def test_smoothers_refuse_covariates_and_a_history_too_short():
    with pytest.raises(ValueError, match="ETS reads no covariates"):
        ETS().fit(NOISY, future=NOISY)
    with pytest.raises(ValueError, match="needs at least 24"):
        ETS(season=12).fit(NOISY).predict(y=NOISY[:20])
    with pytest.raises(ValueError, match="must have as many"):
        Theta(season=12).fit([NOISY, NOISY]).predict(y=[NOISY])
    with pytest.raises(ValueError, match="fewer than horizon=4"):
        LagTrees(horizon=4, season=1).fit(NOISY).predict_windows(NOISY, 118)


def test_the_score_is_minus_the_scaled_error():
    fitted = Theta(horizon=2, season=12).fit(NOISY)
    forecast, truth = fitted.predict_windows(NOISY, 1)
    expected = np.abs(forecast - truth).mean() / mase_scale(NOISY, 12)[()]
    assert fitted.score(NOISY) == pytest.approx(-expected)
    assert fitted.score(NOISY, season=1) == pytest.approx(
        -np.abs(forecast - truth).mean() / mase_scale(NOISY, 1)
    )
    # The rival's own season, as a forecaster's, where an array has no dates to tell it.
    undated = NOISY.to_numpy()
    trees = LagTrees(season=12).fit(undated)
    assert trees.score(undated) == trees.score(undated, season=12)


def test_a_score_begins_behind_the_first_known_value():
    """Else that value would be forecast by itself."""
    y = NOISY.mask(np.arange(120) < 60)
    trees = LagTrees(season=4, horizon=2, missing="interpolate").fit(y)
    forecast, truth = trees.predict_windows(y, 61)
    expected = np.abs(forecast - truth).mean() / mase_scale(y, 4)
    assert trees.score(y) == pytest.approx(-expected)
    with pytest.raises(ValueError, match=r"y has 5 rows; a score of LagTrees needs .* = 6 here"):
        LagTrees(season=4, horizon=2).fit(NOISY).score(NOISY[:5])


def test_a_list_of_series_is_no_series():
    for series in ([NOISY, NOISY], [NOISY.to_numpy()] * 2):
        with pytest.raises(TypeError, match="y is a list of 2 series, and one is read here"):
            NaiveForecaster().fit(series)
    numbers = [np.array(value) for value in NOISY]
    assert (
        NaiveForecaster().fit(numbers).predict() == NaiveForecaster().fit(NOISY).predict().iloc[0]
    )
    models = {"last": NaiveForecaster(), "mean": NaiveForecaster("mean")}
    with pytest.raises(TypeError, match="X is a list of 2 series"):
        keraseq.compare(models, [NOISY, NOISY], task="forecasting")


def test_smoothers_are_defaults_where_the_season_is_known_and_statsmodels_is_there(monkeypatch):
    dated = Facts("forecasting", "series", rows=100, dated_season=12)
    assert {"ETS", "Theta"} <= set(rivals_of(dated)) and rivals_left_out(dated) == {}
    plain = Facts("forecasting", "series", rows=100)
    assert not {"ETS", "Theta"} & set(rivals_of(plain)) and rivals_left_out(plain) == {}
    assert list(rivals_of(plain, ["theta", "ets"])) == ["ETS", "Theta"]
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    assert not {"ETS", "Theta"} & set(rivals_of(dated))
    assert "pip install 'keraseq[recipes]'" in rivals_left_out(dated)["Theta"]
    assert set(rivals_left_out(dated, ["default", "drift"])) == {"ETS", "Theta"}
    assert rivals_left_out(dated, ["drift"]) == rivals_left_out(dated, "all") == {}
    with pytest.raises(ImportError, match="pip install"):
        rivals_of(dated, ["Theta"])


def test_a_comparison_says_once_what_is_left_out(monkeypatch):
    models = {"last": NaiveForecaster(season=1, horizon=3)}
    asked = {"n_seeds": 2, "verbose": 0}
    named = keraseq.compare(models, NOISY, baselines=["ets", "lag trees"], **asked)
    assert named.baselines == ["ETS", "lag trees"] and "left out" not in named.summary()
    assert named.table.loc["ETS", "score"] > named.table.loc["last", "score"]
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    without = keraseq.compare(models, NOISY, **asked)
    assert without.summary().count("left out") == 1 and "ETS (needs" in without.summary()
    # A rival's seed does not depend on which others take part.
    np.testing.assert_array_equal(without.scores["lag trees"], named.scores["lag trees"])
