"""Where in the season a forecast begins, as an architecture that asks for it is told."""

import pickle

import numpy as np
import pandas as pd
import pytest
from keras import layers, ops
from sklearn.base import clone

import keraseq

pytestmark = pytest.mark.usefixtures("registry_as_before")
draw = np.random.default_rng(0)
SETTINGS = {"horizon": 2, "lookback": 6, "epochs": 1, "shrinkage": 0, "random_state": 0}


@pytest.fixture
def tell_phase():
    """Fit a forecaster whose forecast is the phase, and return what reads it off a forecast."""

    @keraseq.register_forecaster(normalize=False)
    def tell_phase(x, *, horizon, targets, phase, season=24):
        nothing = 0 * layers.Dense(horizon * targets)(layers.Flatten()(x))
        return layers.Reshape((horizon, targets))(ops.cast(phase, x.dtype)[:, None] + nothing)

    def make(y, **settings):
        forecaster = keraseq.SequenceForecaster("tell_phase", **{**SETTINGS, **settings}).fit(y)
        first = np.asarray(y[0] if isinstance(y, list) else y)
        level, spread = np.nanmean(first), np.nanstd(first)

        def told(forecast):
            return np.round((np.asarray(forecast) - level) / spread, 3).tolist()

        return forecaster, told

    return make


def hours(n, start="2024-01-01"):
    values = np.random.default_rng(0).normal(size=n)
    return pd.Series(values, pd.date_range(start, periods=n, freq="h"), name="load")


def test_it_goes_on_from_training_and_from_the_forecast(tell_phase):
    forecaster, told = tell_phase(hours(52))
    assert forecaster.params_["season"] == 24
    assert told(forecaster.predict()) == [4, 4]
    assert told(forecaster.predict(5)) == [4, 4, 6, 6, 8]
    for copy in (pickle.loads(pickle.dumps(forecaster)), clone(forecaster).fit(hours(52))):
        assert told(copy.predict()) == [4, 4]
    forecast, _ = forecaster.predict_windows(hours(52), 45)
    assert told(forecast[:, 0, 0]) == [21, 22, 23, 0, 1, 2]


def test_a_dated_history_has_its_own_place(tell_phase):
    y = hours(90)
    forecaster, told = tell_phase(y[:60])
    assert told(forecaster.predict(y=y[41:50])) == [2, 2]
    assert told(forecaster.predict(y=y[70:80])) == [8, 8]
    before = hours(10, "2023-12-31 12:00")
    assert told(forecaster.predict(y=before)) == [22, 22]
    with pytest.raises(ValueError, match=r"time zone.*where training had"):
        forecaster.predict(y=y[:10].tz_localize("UTC"))
    with pytest.raises(ValueError, match="numbers as its index"):
        forecaster.predict(y=y[:10].reset_index(drop=True))


def test_gaps_count_as_steps_and_left_out_days_do_not(tell_phase):
    y = hours(52).drop(hours(52).index[[10, 11, 30]])
    forecaster, told = tell_phase(y, missing="interpolate")
    assert told(forecaster.predict()) == [4, 4]
    days = pd.date_range("2024-01-01", periods=40, freq="B").delete([3, 17])
    trades = pd.Series(np.arange(38.0), days, name="price")
    forecaster, told = tell_phase(trades, missing="ignore", season=5)
    assert told(forecaster.predict()) == [3, 3]
    assert told(forecaster.predict(y=trades[20:30])) == [0, 0]


def test_months_are_counted_and_not_measured(tell_phase):
    months = pd.date_range("1990-01-31", periods=420, freq="ME")
    y = pd.Series(np.random.default_rng(0).normal(size=420), months, name="sold")
    forecaster, told = tell_phase(y[:50])
    assert forecaster.params_["season"] == 12
    assert told(forecaster.predict(y=y[401:413])) == [5, 5]


def test_series_that_begin_later_share_a_season(tell_phase):
    many = [hours(52), hours(31, "2024-01-01 07:00")]
    forecaster, told = tell_phase(many)
    assert told(forecaster.predict()[0]) == [4, 4]
    windows = forecaster._core.windows_at_end(
        forecaster._core.data, forecaster._core.scalings(forecaster._core.data), 2
    )
    assert windows.phase().tolist() == [4, (31 + 7) % 24]


def test_without_dates_the_season_is_asked_for_and_histories_begin_it(tell_phase):
    y = np.random.default_rng(0).normal(size=45)
    with pytest.raises(ValueError, match=r"y has no dates to tell it; give its steps.*season=24"):
        keraseq.SequenceForecaster("tell_phase", **SETTINGS).fit(y)
    with pytest.raises(ValueError, match="season=0"):
        keraseq.SequenceForecaster("tell_phase", season=0, **SETTINGS).fit(y)
    forecaster, told = tell_phase(y, season=10)
    assert told(forecaster.predict()) == [5, 5]
    assert told(forecaster.predict(y=y[:8])) == [8, 8]
    years = pd.Series(y, pd.date_range("1970-12-31", periods=45, freq="YE"))
    with pytest.raises(ValueError, match="y's dates suggest none"):
        keraseq.SequenceForecaster("tell_phase", **SETTINGS).fit(years)


def test_backtests_and_quantiles_of_a_learned_season():
    t = np.arange(240)
    dates = pd.date_range("2024-01-01", periods=240, freq="h")
    y = pd.Series(np.sin(2 * np.pi * t / 24) + 5, dates, name="load")
    settings = {"horizon": 6, "lookback": 12, "epochs": 15, "learning_rate": 0.05}
    forecaster = keraseq.SequenceForecaster("cycle_net", random_state=0, **settings)
    scores = forecaster.backtest(y + 0.05 * np.random.default_rng(0).normal(size=240)).scores
    assert scores.loc["cycle_net", "MAE"] < 0.3 * scores.loc["naive", "MAE"]
    learned = clone(forecaster).set_params(quantiles=(0.1, 0.5, 0.9), epochs=1).fit(y)
    assert (np.diff(learned.predict_quantiles(), axis=1) >= 0).all()


def test_channels_are_mixed_where_the_architecture_asks_for_it():
    y = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), hours(60).index)
    for model, channels in (("cycle_net", "mixed"), ("nlinear", "independent")):
        forecaster = keraseq.SequenceForecaster(model, **SETTINGS).fit(y)
        assert forecaster.params_["channels"] == channels
    with pytest.raises(ValueError, match="give channels='mixed'"):
        keraseq.SequenceForecaster("cycle_net", channels="independent", **SETTINGS).fit(y)


def test_a_comparison_hands_its_season_on():
    y = np.sin(np.arange(160) * 2 * np.pi / 8)[:, None] + draw.normal(0, 0.1, (160, 1))
    settings = {"horizon": 4, "lookback": 16, "epochs": 1}
    result = keraseq.compare(
        ["sparse_tsf", "cycle_net"], y, season=8, n_seeds=2, estimator_params=settings, verbose=0
    )
    assert result.table.loc[["sparse_tsf", "cycle_net"], "score"].notna().all()
