"""Missing values of a series: filled by what was known then, and counted in nothing."""

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import TimeSeriesSplit

import keraseq
from keraseq.baselines import NaiveForecaster
from keraseq.cli.forecast_scores import errors, naive_forecasts
from keraseq.encoding.fill_gaps import FilledGaps, fill_gaps, known_before
from keraseq.models.layers import ObservedError, ObservedMeanAbsoluteError, PinballLoss
from keraseq.wrappers.forecasting._windows import cut_windows

NAN = np.nan
DAYS = pd.date_range("2024-01-01", periods=90, freq="D")
ORIGIN = 70


def forecaster(**changes):
    settings = {"horizon": 4, "lookback": 12, "units": 4, "epochs": 1, "random_state": 0}
    return keraseq.SequenceForecaster(
        "gru", **{**settings, "missing": "interpolate", "early_stopping": False, **changes}
    )


def gapped(after=0.0):
    """A series whose rows before the origin are missing, and that goes on with `after`."""
    y = pd.Series(10 + np.sin(np.arange(90) / 2), DAYS, name="sold")
    y.iloc[[5, 30, 31, ORIGIN - 2, ORIGIN - 1]] = NAN
    y.iloc[ORIGIN:] += after
    return y


def test_a_gap_is_a_line_once_its_end_is_known_and_goes_on_until_then():
    values = np.array([[NAN, 1.0], [2.0, NAN], [NAN, NAN], [6.0, 4.0], [NAN, NAN]])
    past = known_before(values)
    np.testing.assert_array_equal(past(3), [[2, 1], [2, 1], [2, 1]])
    np.testing.assert_array_equal(past(4), [[2, 1], [2, 2], [4, 3], [6, 4]])
    np.testing.assert_array_equal(fill_gaps(values), [[2, 1], [2, 2], [4, 3], [6, 4], [6, 4]])
    # Before its first value nobody knows anything of a column.
    assert np.isnan(past(1)[0, 0])
    gaps = FilledGaps.of([values, values])
    np.testing.assert_array_equal(gaps.at(np.arange(5, 8), 8), past(3))


def test_windows_read_what_was_known_at_their_origin_and_know_no_truth_of_a_gap():
    target = np.array([1.0, NAN, NAN, 4.0, 5.0, NAN, 7.0])
    ahead = np.array([0.0, 10.0, NAN, 30.0, NAN, 50.0, 60.0])
    rows = np.stack([target, ahead], axis=1)
    windows = cut_windows([rows, rows], 2, 1, n_targets=1, n_future=1, has_covariates=True)
    assert windows.origins.tolist() == [2, 3, 4, 5, 6, 9, 10, 11, 12, 13]
    past = windows.past()
    np.testing.assert_array_equal(past[:, 0, 0], [1, 1, 3, 4, 5] * 2)
    np.testing.assert_array_equal(past[:, 1, 0], [1, 1, 4, 5, 5] * 2)
    # Row 2 of what is known ahead closes with row 3, which an origin at 2 does not know yet.
    np.testing.assert_array_equal(windows.future(1, 1)[:, 0, 0], [10, 30, 30, 50, 60] * 2)
    np.testing.assert_array_equal(windows.take(np.arange(1)).future(2, 3)[0, :, 0], [20, 30, 30])
    np.testing.assert_array_equal(past[1, :, 1], [10, 20])
    np.testing.assert_array_equal(windows.truth()[:5, 0, 0], [NAN, 4, 5, NAN, 7])
    assert len(windows.with_truth()) == 6


def forecasts(y, **arguments):
    """Everything that a backtest forecasts with the rows before the origin alone."""
    table = forecaster().backtest(y, season=7, **{"coverage": None, **arguments}).forecasts
    early = table["origin"] < DAYS[ORIGIN]
    assert {"gru", "naive", "seasonal_naive", "drift"} <= set(table["model"][early])
    return table[early].drop(columns="truth")


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (lambda y: y, {"start": 60, "stride": 1}),
        (lambda y: y, {"start": ORIGIN, "refit": True}),
        (lambda y: y, {"cv": TimeSeriesSplit(2, test_size=10)}),
        # Intervals too, of several columns and of several series.
        (lambda y: [pd.DataFrame({"a": y, "b": -y})] * 2, {"start": 64, "coverage": 0.5}),
    ],
)
def test_no_forecast_changes_with_what_comes_after_its_origin(make, arguments):
    """The row before the origin is missing: drawn to the next value, it would tell of it."""
    one = forecasts(make(gapped()), **arguments)
    two = forecasts(make(gapped(1000.0)), **arguments)
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_nothing_is_learned_of_one_series_from_beyond_the_origin_of_another():
    """The last fifth of the rows of each begins at day 64 of one and at day 76 of the other."""
    early, late = gapped().interpolate()[:80], gapped().interpolate()[20:]
    tables = [
        forecaster().backtest([early, late.where(late.index < DAYS[72], other)], coverage=None)
        for other in (0.0, 1000.0)
    ]
    tables = [result.forecasts for result in tables]
    assert (tables[0].groupby("series", observed=True)["origin"].min() == DAYS[71]).all()
    one, two = (table[table["series"] == 0]["forecast"] for table in tables)
    np.testing.assert_array_equal(one, two)


@pytest.fixture(scope="module")
def fitted():
    return forecaster().fit(gapped()[:60])


def test_forecasts_of_windows_are_those_of_a_history_that_ends_there(fitted):
    y = gapped()
    forecast, truth = fitted.predict_windows(y, 62)
    other, _ = fitted.predict_windows(gapped(1000.0), 62)
    np.testing.assert_array_equal(forecast[: ORIGIN - 61], other[: ORIGIN - 61])
    for origin in (62, ORIGIN - 1, ORIGIN, ORIGIN + 3):
        alone = fitted.predict(y=y[:origin])
        np.testing.assert_allclose(forecast[origin - 62, :, 0], alone, rtol=1e-5)
    expected = np.lib.stride_tricks.sliding_window_view(y.to_numpy()[62:], 4)
    np.testing.assert_array_equal(truth[..., 0], expected)
    assert np.isnan(truth).sum() == 8


def test_the_naive_forecaster_knows_no_more():
    naive = NaiveForecaster(horizon=2, season=1, missing="interpolate").fit(gapped()[:60])
    one, truth = naive.predict_windows(gapped(), ORIGIN - 1)
    two, _ = naive.predict_windows(gapped(1000.0), ORIGIN - 1)
    np.testing.assert_array_equal(one[:2], two[:2])
    np.testing.assert_array_equal(one[:2, :, 0], gapped().iloc[ORIGIN - 3])
    assert np.isnan(truth[0]).sum() == 1
    assert naive.predict(y=gapped()[:ORIGIN]).iloc[0] == gapped().iloc[ORIGIN - 3]


@pytest.mark.parametrize("kind", ["past", "future"])
def test_covariates_are_filled_by_what_was_known_too(kind):
    y = gapped().interpolate()
    edge = ORIGIN if kind == "past" else ORIGIN + 4

    def covariate(after):
        x = pd.DataFrame({"price": np.arange(90.0) % 5}, DAYS)
        x.iloc[[20, edge - 2, edge - 1]] = NAN
        x.iloc[edge:] += after
        return x

    settings = {"channels": "mixed"}
    model = forecaster(**settings).fit(y[:60], **{kind: covariate(0.0)})
    one = model.predict_windows(y, 62, **{kind: covariate(0.0)})[0]
    two = model.predict_windows(y, 62, **{kind: covariate(1000.0)})[0]
    np.testing.assert_array_equal(one[: ORIGIN - 61], two[: ORIGIN - 61])
    assert not np.array_equal(one[ORIGIN - 61 :], two[ORIGIN - 61 :])


def test_a_column_that_begins_late():
    frame = pd.DataFrame({"a": gapped(), "b": 5 * gapped()})
    frame.iloc[:40, 1] = NAN
    model = forecaster().fit(frame)
    core = model._core
    # From origin 41 to 86, and not from 12.
    assert len(core.windows(core.data, core.scalings(core.data))) == 46
    assert np.isfinite(model.predict().to_numpy()).all()
    with pytest.raises(ValueError, match="y has no value of 'b' in the first 25 rows"):
        model.predict_windows(frame, 25)
    with pytest.raises(ValueError, match="y has no value of 'b' in the 20 rows to learn from"):
        model.backtest(frame, start=20, coverage=None)


def shops_of_which_one_begins_at(row):
    """Three shops with a row for each of 60 days."""
    parts = [
        pd.DataFrame({"shop": shop, "day": DAYS[:60], "sold": 10 + np.sin(np.arange(60) / 2 + i)})
        for i, shop in enumerate("abc")
    ]
    parts[1].loc[: row - 1, "sold"] = NAN
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_series_that_begins_late_is_judged_from_there_on(early_stopping):
    """Behind the place that judges the others."""
    y = shops_of_which_one_begins_at(50)
    model = forecaster(
        horizon=2, series_col="shop", date_col="day", early_stopping=early_stopping,
        validation_fraction=0.2,
    ).fit(y)  # fmt: skip
    assert -3 < model.score(y) < 0
    band = model.predict_interval(coverage=0.5)
    assert (band["sold", "lower"] < band["sold", "upper"]).all()
    table = model.backtest(y, coverage=None).forecasts
    begins = table.groupby("series")["origin"].min()
    assert begins["a"] == begins["c"] == DAYS[47]
    # The last fifth of its own ten rows.
    assert begins["b"] == DAYS[57]
    assert np.isfinite(table["forecast"]).all()


def test_a_series_that_begins_too_late_to_be_judged_is_named():
    y = shops_of_which_one_begins_at(59)
    model = forecaster(horizon=2, series_col="shop", date_col="day").fit(y)
    with pytest.warns(UserWarning, match=r"y\['b'\]: nothing is known .* horizon=2 rows are left"):
        score = model.score(y)
    assert score == model.score(y[y["shop"] != "b"])
    with pytest.raises(ValueError, match="so there is nothing to score"):
        model.score(y[y["shop"] == "b"])
    assert (model.predict_interval(coverage=0.5)["sold", "upper"] > 0).all()
    with pytest.raises(ValueError, match=r"y\['b'\] has 60 rows: .* no value, .* Leave it out"):
        model.backtest(y, coverage=None)
    with pytest.raises(
        ValueError, match=r"y\['b'\] has no value .* or leave that column or series"
    ):
        model.backtest(y, start=48, coverage=None)


def test_series_of_a_list_are_scaled_from_their_first_value_on():
    late = pd.Series(10 + np.sin(np.arange(60) / 2), DAYS[:60]).where(np.arange(60) >= 30)
    model = forecaster().fit([late])
    # Scaled by rows 30 to 41, and judged from row 31 on.
    assert model.score([late]) < 0


@pytest.mark.parametrize(("error", "expected"), [("mse", 5.0), ("mae", 2.0), ("huber", 1.5)])
def test_a_truth_that_is_missing_counts_in_no_loss(error, expected):
    truth = np.array([[[1.0, NAN], [NAN, NAN]], [[NAN, NAN], [3.0, NAN]]], np.float32)
    forecast = keras.Variable(np.array([[[0.0, 9.0]] * 2] * 2, np.float32))
    import tensorflow as tf

    with tf.GradientTape() as tape:
        value = ObservedError(error)(truth, forecast + 0.0)
    assert float(value) == pytest.approx(expected)
    slope = tape.gradient(value, forecast.value).numpy()
    assert ((slope != 0) == ~np.isnan(truth)).all()


def test_a_truth_that_is_missing_counts_in_no_quantile_and_no_metric():
    truth = np.array([[[1.0], [NAN]], [[NAN], [3.0]]], np.float32)
    forecast = np.zeros((2, 2, 1, 2), np.float32)
    # Of errors 1 and 3, the mean of 0.1 and 0.9 of each.
    assert float(PinballLoss((0.1, 0.9))(truth, forecast)) == pytest.approx(1.0)
    metric = ObservedMeanAbsoluteError()
    metric.update_state(truth, forecast[..., 0])
    assert float(metric.result()) == pytest.approx(2.0)


def test_validation_counts_what_was_observed_alone():
    y = gapped()
    y.iloc[80:84] = NAN
    settings = {"early_stopping": True, "validation_fraction": 0.2, "shrinkage": 0}
    model = forecaster(**settings).fit(y)
    border, scaling = model._core.borders[0], model._core.scalings(model._core.data)[0]
    forecast, truth = model.predict_windows(y, border)
    seen = ~np.isnan(truth).all(axis=(1, 2))
    error = ((forecast - truth)[seen] / scaling.scale) ** 2
    assert seen.sum() == len(seen) - 1
    assert model.history_["val_loss"][0] == pytest.approx(np.nanmean(error), rel=1e-4)


def test_nothing_to_learn_from_or_to_judge_by_is_named():
    y = gapped()
    y.iloc[60:] = NAN
    with pytest.raises(ValueError, match="held back for validation; set early_stopping=False"):
        forecaster(early_stopping=True, validation_fraction=0.2).fit(y)
    y.iloc[13:] = NAN
    with pytest.raises(ValueError, match="behind the histories to learn from"):
        forecaster(lookback=14).fit(y)


def test_a_compiled_model_of_the_users_is_told_before_training():
    def linear(input_shape, outputs):
        inputs = keras.Input(input_shape)
        dense = keras.layers.Dense(outputs[0])(keras.layers.Flatten()(inputs))
        model = keras.Model(inputs, keras.layers.Reshape(outputs)(dense))
        model.compile("sgd", "mse")
        return model

    model = keraseq.SequenceForecaster(linear, horizon=2, lookback=8, missing="interpolate")
    with pytest.raises(ValueError, match=r"missing: .* compiled model, which keeps its own loss"):
        model.fit(gapped())


def test_the_recipe_fills_from_the_past_and_scores_what_was_observed():
    found = naive_forecasts(np.array([[1.0], [3.0], [NAN], [9.0]]), [3, 4], 1, 2)
    assert found["last value repeated"].ravel().tolist() == [3.0, 9.0]
    assert found["last 2 steps repeated"].ravel().tolist() == [3.0, 6.0]
    truth = np.array([[[1.0]], [[NAN]], [[3.0]]])
    assert errors(np.zeros((3, 1, 1)), truth) == "MSE 5 ± 2.8, MAE 2"
