"""The pictures of forecasts show the numbers of the forecaster, at the dates of the series."""

import matplotlib.dates
import numpy as np
import pandas as pd
import pytest

import keraseq
from keraseq.plots import BacktestDisplay, ForecastDisplay

DAYS = pd.date_range("2022-01-03", periods=150, freq="D")


def sales(shift=0.0):
    noise = np.random.default_rng(0).normal(size=len(DAYS)) / 3
    return pd.Series(10 + shift + np.arange(len(DAYS)) % 7 + noise, DAYS, name="sold")


def forecaster():
    return keraseq.SequenceForecaster(
        "gru", horizon=4, lookback=14, units=4, epochs=2, random_state=0
    )


@pytest.fixture(scope="module")
def fitted():
    return forecaster().fit(sales()[:140])


@pytest.fixture(scope="module")
def backtest():
    return forecaster().backtest(sales(), start=120)


def lines(display):
    """Label to x and y of the lines drawn."""
    return {line.get_label(): line.get_data() for line in display.ax_.lines}


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_a_forecast_stands_behind_its_history(fitted):
    display = ForecastDisplay.from_estimator(fitted, 4, truth=sales(), history=10)
    assert legend(display) == ["history", "90% interval", "50% interval", "forecast", "truth"]
    drawn = lines(display)
    # The line of the forecast begins at the last value of the history, so that there is no gap.
    np.testing.assert_allclose(drawn["forecast"][1][1:], fitted.predict(4), rtol=1e-6)
    assert drawn["forecast"][1][0] == sales().iloc[139]
    np.testing.assert_allclose(drawn["history"][1], sales()[130:140])
    np.testing.assert_allclose(drawn["truth"][1], sales()[140:144])
    assert isinstance(
        display.ax_.xaxis.get_major_formatter(), matplotlib.dates.ConciseDateFormatter
    )
    assert display.ax_.get_ylabel() == "sold"
    band = display.bands[0.9]
    expected = fitted.predict_interval(4, coverage=0.9).to_numpy()
    np.testing.assert_allclose(band.to_numpy(), expected, rtol=1e-6)


def test_a_history_of_no_rows_is_none(fitted):
    display = ForecastDisplay.from_estimator(fitted, 4, history=0)
    assert len(lines(display)["history"][1]) == 0 and len(lines(display)["forecast"][1]) == 4
    with pytest.raises(ValueError, match="history=-1"):
        ForecastDisplay.from_estimator(fitted, 4, history=-1)


def test_a_forecast_of_one_of_many_series():
    long = pd.concat({"a": sales(), "b": sales(50.0)}, names=["shop", "day"]).to_frame()
    model = forecaster().set_params(series_col="shop", date_col="day")
    with pytest.raises(TypeError, match=r"reset_index\(\), and name its columns by series_col="):
        forecaster().fit(long)
    model.fit(long.reset_index())
    display = ForecastDisplay.from_estimator(model, series="b", coverage=())
    assert display.history.min() > 50 and legend(display) == ["history", "forecast"]
    with pytest.raises(ValueError, match="series='c' is not there"):
        ForecastDisplay.from_estimator(model, series="c")
    with pytest.raises(ValueError, match="target='price' is not there"):
        ForecastDisplay.from_estimator(model, target="price")


def test_a_truth_of_few_rows_has_the_step_of_its_history():
    """Thursday, Sunday and Monday by themselves lie on no step."""
    days = DAYS[~DAYS.day_of_week.isin([4, 5])]
    y = pd.Series(sales().to_numpy()[: len(days)], days)
    model = forecaster().fit(y[:98])
    assert days[98:101].day_of_week.tolist() == [3, 6, 0]
    display = ForecastDisplay.from_estimator(model, 3, truth=y[98:101], coverage=())
    np.testing.assert_allclose(lines(display)["truth"][1], y[98:101])


def test_numbers_without_dates_are_drawn_by_row():
    values = sales().to_numpy()
    display = ForecastDisplay.from_estimator(
        forecaster().fit(values[:140]), truth=values[140:], coverage=0.5
    )
    assert display.ax_.get_xlabel() == "row"
    np.testing.assert_array_equal(lines(display)["truth"][0], np.arange(140, 144))


def test_a_backtest_over_the_truth(backtest):
    display = BacktestDisplay.from_backtest(backtest)
    assert legend(display)[0] == "truth"
    assert {"gru", "seasonal_naive", "90% interval"} <= set(legend(display))
    x, y = lines(display)["truth"]
    np.testing.assert_allclose(y, sales()[120:148])
    assert pd.DatetimeIndex(x)[0] == DAYS[120]


def test_a_backtest_by_step_ahead(backtest):
    display = BacktestDisplay.from_backtest(backtest, metric="coverage", models=["gru"])
    assert legend(display) == ["gru", "claimed"]
    x, y = lines(display)["gru"]
    assert list(x) == [1, 2, 3, 4] and ((y >= 0) & (y <= 1)).all()
    with pytest.raises(ValueError, match="metric"):
        BacktestDisplay.from_backtest(backtest, metric="R2")
    with pytest.raises(ValueError, match="models"):
        BacktestDisplay.from_backtest(backtest, models=["arima"])
