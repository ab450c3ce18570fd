"""Intervals, quantiles, backtests, and that none of them sees the future."""

import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV, KFold, TimeSeriesSplit, cross_val_score

import keraseq
from keraseq import _progress
from keraseq.baselines import LagTrees, Theta, seasonal_naive
from keraseq.training import compiled_loop
from keraseq.wrappers.forecasting._backtest_result import Backtest
from keraseq.wrappers.forecasting.intervals import Calibration, track

DAYS = pd.date_range("2022-01-03", periods=420, freq="D")


def forecaster(**changes):
    settings = {"horizon": 4, "lookback": 14, "units": 8, "epochs": 3, "random_state": 0}
    return keraseq.SequenceForecaster("gru", **{**settings, **changes})


def weeks(seed=0):
    noise = np.random.default_rng(seed).normal(size=len(DAYS)) / 3
    return pd.Series(10 + np.arange(len(DAYS)) % 7 + noise, DAYS, name="sold")


@pytest.fixture(scope="module")
def fitted():
    return forecaster(epochs=25, learning_rate=0.01).fit(weeks()[:340])


def test_intervals_hold_what_they_claim_and_widen_with_coverage(fitted):
    band = fitted.predict_interval(coverage=0.8)
    assert band.columns.tolist() == [("sold", "lower"), ("sold", "upper")]
    assert band.index[0] == DAYS[340]
    wide = fitted.predict_interval(coverage=0.95)
    assert (wide["sold", "upper"] > band["sold", "upper"]).all()
    middle = fitted.predict()
    assert ((band["sold", "lower"] < middle) & (middle < band["sold", "upper"])).all()
    with pytest.raises(ValueError, match="needs at least 999 windows"):
        fitted.predict_interval(coverage=0.999)
    with pytest.raises(ValueError, match=r"coverage=1\.5"):
        fitted.predict_interval(coverage=1.5)


def test_beyond_the_horizon_intervals_are_measured_there_too(fitted):
    before = {name: id(value) for name, value in vars(fitted).items()}
    assert fitted.predict_interval(9, coverage=0.7).shape == (9, 2)
    assert {name: id(value) for name, value in vars(fitted).items()} == before
    with pytest.raises(ValueError, match="no window held back"):
        fitted.predict_interval(60)


def test_quantiles_of_a_plain_forecaster_come_from_its_errors(fitted):
    table = fitted.predict_quantiles(quantiles=(0.05, 0.5, 0.6, 0.95))
    assert table.columns.tolist()[1] == ("sold", 0.5)
    assert (np.diff(table.to_numpy()) >= 0).all()
    with pytest.raises(ValueError, match="must be rising"):
        fitted.predict_quantiles(quantiles=(0.9, 0.1))


@pytest.mark.parametrize("channels", ["independent", "mixed"])
def test_learned_quantiles_do_not_cross(channels):
    y = np.stack([weeks(), 5 * weeks(1)], axis=1)
    model = forecaster(quantiles=(0.1, 0.5, 0.9), channels=channels).fit(y)
    values = model.predict_quantiles()
    assert values.shape == (4, 2, 3)
    assert (np.diff(values) > 0).all()
    np.testing.assert_array_equal(model.predict(), values[..., 1])
    np.testing.assert_array_equal(model.predict_quantiles(quantiles=(0.9,))[..., 0], values[..., 2])
    low, high = np.moveaxis(model.predict_interval(coverage=0.8), -1, 0)
    assert (low <= values[..., 1]).all()
    assert (values[..., 1] <= high).all()
    with pytest.raises(ValueError, match=r"\[0.3\] cannot be had"):
        model.predict_quantiles(quantiles=(0.3, 0.9))


def test_a_short_series_gets_intervals_from_a_model_that_has_not_seen_its_end():
    short = forecaster(epochs=2).fit(weeks()[:120])
    assert not short.params_["early_stopping"]
    assert short.predict_interval(coverage=0.8).shape == (4, 2)


def test_split_conformal_covers_exchangeable_errors():
    rng = np.random.default_rng(0)
    errors = rng.normal(size=(2, 4_000, 1, 1))
    zeros, ones = np.zeros((4_000, 1, 1)), np.ones((4_000, 1, 1))
    radius = Calibration(zeros, errors[0], ones, None).radius(0.9)
    assert abs((np.abs(errors[1]) <= radius).mean() - 0.9) < 0.02


def test_adaptive_intervals_follow_errors_that_grow_but_know_only_past_ones():
    rng = np.random.default_rng(0)
    scores = np.abs(rng.normal(size=(1_000, 5, 1)) * np.linspace(1, 4, 1_000)[:, None, None])
    origins = np.arange(1_000) + 50
    radius = np.full((5, 1), 1.6)
    radii = track(scores, origins, radius, 0.9)
    assert 0.82 < (scores <= radii)[200:].mean() < 0.94
    assert (scores <= radius)[200:].mean() < 0.6
    # Step 5 of the first origin is known from the sixth on.
    changed = scores.copy()
    changed[0, 4] = 1e6
    other = track(changed, origins, radius, 0.9)
    np.testing.assert_array_equal(other[:5], radii[:5])
    assert other[5, 4] > radii[5, 4]


def test_a_backtest_is_a_tidy_frame_beside_rivals(fitted):
    y = weeks()
    names = ["lag trees", "Theta"]
    result = fitted.backtest(y, start="2022-12-09", coverage=0.8, baselines=names)
    assert str(result).startswith("Backtest: gru beside Theta, lag trees, naive forecasts")
    table = result.forecasts
    own = table[table["model"] == "gru"]
    assert own["origin"].iloc[0] == pd.Timestamp("2022-12-08")
    np.testing.assert_allclose(own["truth"], y[own["date"]])
    assert (own.groupby("origin")["step"].max() == 4).all()
    assert own["date"].is_unique
    assert result.season == 7
    assert set(result.scores.index) == {"gru", "naive", "seasonal_naive", "drift", *names}
    # As a comparison has them: trees look for their season where nobody gives it.
    for name, rival in zip(names, (LagTrees(horizon=4), Theta(horizon=4, season=7)), strict=True):
        learned = rival.fit(y[:"2022-12-08"])
        ahead = learned.predict_windows(y, y.index.get_loc("2022-12-09"))[0][::4]
        np.testing.assert_allclose(table.loc[table["model"] == name, "forecast"], ahead.ravel())
    with pytest.raises(ValueError, match="'trees', which is no rival here"):
        fitted.backtest(y, baselines=["trees"])
    rival = table[table["model"] == "seasonal_naive"]
    expected = seasonal_naive(y[: rival["origin"].iloc[0]], 4, 7)
    np.testing.assert_allclose(rival["forecast"][:4], expected)
    scores = result.scores.loc["seasonal_naive"]
    error = rival["forecast"] - rival["truth"]
    assert scores["MAE"] == pytest.approx(error.abs().mean())
    assert scores["RMSE"] == pytest.approx(np.sqrt((error**2).mean()))
    scale = np.abs(y.diff(7)["2022-01-10":"2022-12-08"]).mean()
    assert scores["MASE"] == pytest.approx(error.abs().mean() / scale)
    assert 0 < result.scores.loc["gru", "coverage"] <= 1
    assert result.score_by("model", "step").index.nlevels == 2


def test_a_backtest_ends_in_no_future_and_clones(fitted):
    before = fitted.predict()
    y = weeks()
    one = fitted.backtest(y, start=360, coverage=None).forecasts
    tampered = y.copy()
    tampered[380:] += 1e3
    two = fitted.backtest(tampered, start=360, coverage=None).forecasts
    early = one["origin"] < DAYS[380]
    pd.testing.assert_series_equal(one["forecast"][early], two["forecast"][early])
    pd.testing.assert_series_equal(fitted.predict(), before)


# Noise has nothing to learn, and the fits without the column may say so.
@pytest.mark.filterwarnings("ignore:Nothing was learned")
def test_the_future_planted_in_a_column_improves_no_score():
    """A column of what comes next helps only who can read it before it happens."""
    y = pd.Series(np.random.default_rng(0).normal(size=len(DAYS)), DAYS, name="noise")
    planted = y.shift(-1).fillna(0.0).rename("tomorrow").to_frame()
    scores = {}
    for name, past in (
        ("without", None),
        ("late", planted.shift(1).fillna(0.0)),
        ("planted", planted),
    ):
        model = forecaster(horizon=1, epochs=12, learning_rate=0.01)
        result = model.backtest(y, past=past, stride=1, coverage=None)
        scores[name] = result.scores.loc["gru", "RMSE"]
    assert scores["late"] > 0.9 * scores["without"]
    # The column does hold it: the test would see a leak if there was one.
    assert scores["planted"] < 0.5 * scores["without"]


def test_a_backtest_by_time_series_split_and_by_refitting():
    y = weeks()
    model = forecaster(epochs=1)
    result = model.backtest(y, cv=TimeSeriesSplit(2, gap=5, test_size=20), coverage=None)
    origins = result.forecasts["origin"].unique()
    assert origins[0] == DAYS[len(DAYS) - 41]
    rows = np.arange(len(y))
    masks, lists = [(rows < 400, rows >= 400)], [(rows[:400].tolist(), rows[400:].tolist())]
    tables = [model.backtest(y, cv=cv, coverage=None).forecasts for cv in (masks, lists)]
    pd.testing.assert_frame_equal(*tables)
    again = model.backtest(y, start=412, refit=True, coverage=None)
    assert again.forecasts["origin"].nunique() == 2
    with pytest.raises(ValueError, match="after the first test row"):
        model.backtest(y, cv=KFold(3))
    with pytest.raises(ValueError, match="leave out start"):
        model.backtest(y, cv=TimeSeriesSplit(2), start=100)
    with pytest.raises(ValueError, match="fewer than horizon=4"):
        model.backtest(y, start=418)
    with pytest.raises(ValueError, match="inside y"):
        model.backtest(y, start="2030-01-01")
    for start in (1.0, -0.5, 2.5, True):
        with pytest.raises(TypeError, match="a row number, a share of the rows, or a date"):
            model.backtest(y, start=start)
    with pytest.raises(ValueError, match="start=NaT is no date"):
        model.backtest(y, start=pd.NaT)
    with pytest.raises(ValueError, match="do not rise"):
        model.backtest(y[::-1])


def test_scikit_learns_cross_validation_is_refused():
    with pytest.raises(TypeError, match="backtest"):
        cross_val_score(forecaster(), weeks(), cv=TimeSeriesSplit(3))
    with pytest.raises(TypeError, match="backtest"):
        GridSearchCV(forecaster(), {"units": [4, 8]}).fit(weeks())
    assert "SequenceForecaster" in repr(forecaster()._repr_html_())


def test_a_long_series_is_never_copied_into_windows():
    import tracemalloc

    y = np.sin(np.arange(200_000, dtype=float) / 50)
    model = forecaster(lookback=256, epochs=0, early_stopping=False)
    tracemalloc.start()
    model.fit(y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # All windows together would be 205 MB of float32.
    assert peak < 60e6


@pytest.fixture(scope="module")
def shops():
    frame = pd.DataFrame(
        {"shop": np.repeat(["north", "south"], 120), "sold": np.tile(np.arange(120.0) % 7, 2)}
    )
    frame["sold"] += np.random.default_rng(0).normal(0, 0.2, 240)
    return forecaster(epochs=1, series_col="shop").backtest(frame)


def test_scores_never_average_over_models(shops):
    table = shops.forecasts
    scores = shops.score_by("series")
    assert scores.index.names == ["model", "series"]
    for model, series in scores.index:
        rows = table[(table["model"] == model) & (table["series"] == series)]
        expected = (rows["forecast"] - rows["truth"]).abs().mean()
        assert scores.loc[(model, series), "MAE"] == pytest.approx(expected)
    assert shops.score_by("step", "model").index.names == ["step", "model"]
    pd.testing.assert_frame_equal(shops.score_by(), shops.scores)
    with pytest.raises(ValueError, match="'shop' is not known; it must be one of 'series'"):
        shops.score_by("shop")


def backtest_of(y, start=None, **settings):
    """A backtest of a linear map."""
    quick = {"lookback": 6, "horizon": 1, "epochs": 1, "random_state": 0, "shrinkage": 0.0}
    forecaster = keraseq.SequenceForecaster("nlinear", **{**quick, **settings})
    return forecaster.backtest(y, start=start, coverage=None, verbose=0)


def test_series_and_targets_that_are_written_alike_are_told_apart():
    y = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)), columns=[1, "1"])
    ids = pd.DataFrame({"shop": ["a, b", "a"], "item": ["c", "b, c"]})
    y = y.join(ids.loc[[0] * 20 + [1] * 20].set_axis(y.index))
    table = backtest_of(y, series_col=["shop", "item"]).forecasts
    assert table["target"].unique().tolist() == ["1", "'1'"]
    assert table["series"].unique().tolist() == ["('a, b', 'c')", "('a', 'b, c')"]


@pytest.mark.parametrize("kind", ["unit", "zone", "numbers"])
def test_a_share_is_of_the_dates_of_all_series_however_they_are_written(kind):
    """Else a date of one series would be learned from that is to be forecast of another."""
    values, days = np.random.default_rng(0).normal(size=60), DAYS[:80]
    first, second = pd.Series(values, days[:60]), pd.Series(values, days[20:])
    settings = {}
    if kind == "unit":
        y = [first, second.set_axis(second.index.as_unit("s"))]
    elif kind == "zone":
        y = [first.tz_localize("UTC"), second.tz_localize("UTC").tz_convert("Asia/Tokyo")]
    else:
        y = [pd.DataFrame({"shop": i, "day": np.arange(60) + 20 * i, "y": values}) for i in (0, 1)]
        y, settings = pd.concat(y), {"series_col": "shop", "date_col": "day"}
    table = backtest_of(y, start=0.7, **settings).forecasts
    begin = table.groupby("series")["date"].agg(lambda dates: dates.iloc[0])
    assert begin[0] == begin[1]


@pytest.mark.parametrize("order", [1, -1])
def test_the_season_is_that_of_the_longest_series(order):
    days = DAYS[DAYS.day_of_week.isin([6, 0, 1, 2, 3])][:100]
    values = np.random.default_rng(0).normal(size=100)
    parts = [pd.DataFrame({"shop": n, "day": days[:n], "y": values[:n]}) for n in (10, 100)]
    y = pd.concat(parts[::order])
    assert backtest_of(y, start=0.8, series_col="shop", date_col="day", lookback=4).season == 5


def test_a_truth_that_nobody_knows_counts_in_no_score(shops):
    table = shops.forecasts
    hole = table["date"] == table["date"].iloc[0]
    full = Backtest(table[~hole], shops.coverage, shops.season).scores
    found = Backtest(table.assign(truth=table["truth"].mask(hole)), 0.9, shops.season).scores
    pd.testing.assert_frame_equal(found, full)
    nothing = table.assign(truth=0.0, forecast=0.0)
    assert (Backtest(nothing, None, 1).scores["sMAPE"] == 0).all()


def test_a_backtest_is_printed_in_80_columns_and_shown_as_a_table(shops):
    lines = repr(shops).splitlines()
    assert lines[0].startswith("Backtest: gru beside naive forecasts; 2 series; 6 origins from")
    assert max(map(len, lines)) <= 80
    assert repr(shops) == str(shops)
    for name in ("gru", "naive", "drift", "MASE", "n_forecasts"):
        assert name in repr(shops)
        assert name in shops._repr_html_()
    long = shops.forecasts.replace({"model": {"gru": "f<" + 90 * "x"}})
    named = Backtest(long.assign(model=long["model"].astype(str)), 0.9, 1)
    assert max(map(len, repr(named).splitlines())) <= 80
    assert "f&lt;xx" in named._repr_html_()


def test_a_backtest_of_a_list_is_printed_and_drawn_whatever_dates_its_series_have():
    days, zoned = weeks()[:60], weeks()[:60].tz_localize("Asia/Tokyo")
    made = forecaster(epochs=1).backtest([days, zoned], coverage=None)
    assert "6 origins; horizon 4" in repr(made)
    assert made.plot(series=1).ax_.get_xlabel() == "Asia/Tokyo"


@pytest.mark.parametrize(("verbose", "terminal"), [(1, True), (1, False), (0, True)])
def test_a_backtest_shows_its_progress_where_somebody_looks(monkeypatch, capsys, verbose, terminal):
    monkeypatch.setattr(_progress, "_DELAY", 0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    # A test of notebooks before this one makes the process look like theirs.
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    y = np.arange(60.0) % 7
    forecaster(epochs=1).backtest(y, start=52, refit=True, coverage=None, verbose=verbose)
    shown = capsys.readouterr().err
    assert ("fit 2 of 2: 100%" in shown) == bool(verbose and terminal)
    with pytest.raises(ValueError, match="verbose=-1"):
        forecaster().backtest(y, verbose=-1)


def test_a_backtest_of_one_fit_shows_its_epochs(monkeypatch):
    shares = []
    monkeypatch.setattr(
        "keraseq.wrappers.forecasting._backtest._advance",
        lambda bar, done, share: shares.append(done + share),
    )
    forecaster(epochs=4).backtest(np.arange(60.0) % 7, start=52, coverage=None)
    assert shares == [0.25, 0.5, 0.75, 1, 1]


def test_ctrl_c_ends_a_backtest(monkeypatch):
    begun = []

    def interrupt(*arguments, **settings):
        begun.append(arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(compiled_loop, "run_epochs", interrupt)
    with pytest.raises(KeyboardInterrupt):
        forecaster(epochs=1).backtest(np.arange(60.0), start=40, refit=True)
    assert len(begun) == 1
