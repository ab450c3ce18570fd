"""What a forecaster reads: covariates, many series, long frames."""

import numpy as np
import pandas as pd
import pytest

import keraseq

DAYS = pd.date_range("2024-01-01", periods=80, freq="D")
SETTINGS = {"horizon": 4, "lookback": 12, "units": 4, "epochs": 1, "random_state": 0}


def forecaster(**changes):
    return keraseq.SequenceForecaster(**{"model": "gru", **SETTINGS, **changes})


def wave(n=80, phase=0.0):
    return 10 + np.sin(np.arange(n) / 2 + phase)


def long_frame(n=60):
    parts = [
        pd.DataFrame(
            {"shop": shop, "day": DAYS[:n], "sold": wave(n, place), "price": np.arange(n) % 3}
        )
        for place, shop in enumerate("ab")
    ]
    # Rows of the series lie mixed.
    return pd.concat(parts).sort_values("day", kind="stable", ignore_index=True)


LONG = {"series_col": "shop", "date_col": "day"}


@pytest.fixture(scope="module")
def shops():
    frame = long_frame()
    return forecaster(**LONG, value_cols=["sold"]).fit(
        frame[["shop", "day", "sold"]],
        past=frame[["shop", "day", "price"]],
        static=pd.DataFrame({"shop": ["b", "a"], "size": [3.0, 5.0], "town": ["York", "Bath"]}),
    )


def test_a_long_frame_is_answered_with_a_long_frame(shops):
    ahead = shops.predict()
    assert list(ahead.columns) == ["shop", "day", "sold"]
    assert ahead["shop"].tolist() == ["a"] * 4 + ["b"] * 4
    assert ahead["day"].min() == DAYS[60]
    band = shops.predict_interval(coverage=0.5)
    assert band.columns.tolist() == [
        ("shop", ""),
        ("day", ""),
        ("sold", "lower"),
        ("sold", "upper"),
    ]
    assert (band["sold", "lower"] < band["sold", "upper"]).all()


@pytest.mark.parametrize(
    "ids",
    [
        pd.Categorical(["b", "a"], ["c", "b", "a"], ordered=True),
        pd.Categorical(["007", "1"]),
        pd.Categorical([2, 1]),
        np.array([2, 1], np.int8),
        pd.Series(["007", "1"], dtype=object),
        # Intervals, which no file holds as categories, and tuples, which were spread over rows.
        pd.cut([0, 1], 2),
        pd.Series([("a", 1), ("a", 2), ("b", 1), ("b", 2)], dtype=object),
    ],
)
def test_ids_come_back_as_they_were_given(ids, tmp_path):
    ids = pd.Series(ids)
    frame = pd.DataFrame({"shop": ids.repeat(40).array, "day": [*DAYS[:40]] * len(ids)})
    frame["sold"] = np.sin(np.arange(len(frame)) / 2)
    model = forecaster(**LONG, shrinkage=1.0).fit(frame)
    ahead = model.predict()
    assert ahead["shop"].unique().tolist() == ids.tolist()
    if not isinstance(ids.dtype, pd.CategoricalDtype) or ids.dtype.categories.dtype != "interval":
        assert ahead["shop"].dtype == frame["shop"].dtype
    model.save(tmp_path / "model.keraseq")
    pd.testing.assert_frame_equal(keraseq.load(tmp_path / "model.keraseq").predict(), ahead)
    assert model.predict_interval(coverage=0.5)["shop", ""].tolist() == ahead["shop"].tolist()


def test_a_new_history_of_one_known_series(shops):
    frame = long_frame()
    one = frame[frame["shop"] == "b"]
    ahead = shops.predict(y=one[["shop", "day", "sold"]], past=one[["shop", "day", "price"]])
    pd.testing.assert_frame_equal(
        ahead, shops.predict().query("shop == 'b'").reset_index(drop=True), rtol=1e-4
    )


def test_series_and_covariates_that_are_missing_are_named(shops):
    frame = long_frame()
    y, price = frame[["shop", "day", "sold"]], frame[["shop", "day", "price"]]
    with pytest.raises(ValueError, match=r"training had not: \['c'\]"):
        shops.predict(y=y.replace("b", "c"), past=price)
    with pytest.raises(ValueError, match=r"past is missing: training had .*\['price'\]"):
        shops.predict(y=y)
    with pytest.raises(ValueError, match=r"past\['a'\] has no date 2024-02-29"):
        shops.predict(y=y, past=price[price["day"] != DAYS[59]])
    with pytest.raises(ValueError, match="future is given, but training had no"):
        shops.predict(future=price)
    with pytest.raises(ValueError, match="beyond horizon=4"):
        shops.predict(9)


def test_many_series_in_a_list():
    y = [wave(60), wave(50, 1)]
    fitted = forecaster().fit(y)
    assert [len(ahead) for ahead in fitted.predict(6)] == [6, 6]
    np.testing.assert_allclose(fitted.predict(y=y[1:])[0], fitted.predict()[1], rtol=1e-3)
    table = fitted.backtest(y, coverage=None).forecasts
    assert table["series"].unique().tolist() == [0, 1]
    with pytest.raises(ValueError, match=r"y\[1\] has 5 rows"):
        fitted.predict(y=[wave(), wave(5)])
    with pytest.raises(TypeError, match="a list of series; this is a single series"):
        fitted.predict(y=wave())


class Foreign:
    """A labelled array of another library, as xarray's."""

    def __init__(self, series):
        self._series = series

    def __array__(self, dtype=None, copy=None):
        return self._series.to_numpy(dtype)

    def __len__(self):
        return len(self._series)

    def to_pandas(self):
        return self._series


def test_labelled_arrays_of_other_libraries_keep_their_dates():
    dated = pd.Series(wave(60), DAYS[:60])
    expected = forecaster().fit(dated, past=dated).predict()
    fitted = forecaster().fit(Foreign(dated), past=Foreign(dated))
    pd.testing.assert_series_equal(fitted.predict(), expected)
    assert expected.index[0] == DAYS[60]
    found = forecaster().fit([Foreign(dated), Foreign(dated[:50])]).predict()
    assert [one.index[0] for one in found] == [DAYS[60], DAYS[50]]
    # Without dates it is an array as others.
    plain = forecaster().fit(Foreign(pd.Series(wave(60)))).predict()
    assert isinstance(plain, np.ndarray)


def test_what_is_known_of_the_future_is_used_and_must_reach_far_enough():
    rng = np.random.default_rng(0)
    promotion = pd.DataFrame({"promotion": rng.integers(0, 2, 400)}, _days(400))
    y = pd.Series(10.0 + 5 * promotion["promotion"][:396] + rng.normal(size=396) / 10, name="sold")
    fitted = forecaster(epochs=15, units=8, learning_rate=0.01).fit(y, future=promotion)
    error = np.abs(fitted.predict() - 10 - 5 * promotion["promotion"][396:])
    assert error.max() < 1.5
    with pytest.raises(ValueError, match=r"not known from 2025-02-04 .* to 2025-02-05"):
        fitted.predict(6)
    more = pd.DataFrame({"promotion": [0, 1] * 3}, index=pd.date_range("2025-01-31", periods=6))
    assert fitted.predict(6, future=more).index[-1] == pd.Timestamp("2025-02-05")
    with pytest.raises(ValueError, match=r"future has no date 2025-02-05"):
        fitted.predict(6, future=more[:-1])
    with pytest.raises(ValueError, match=r"columns \['sale'\]; training had \['promotion'\]"):
        fitted.predict(future=more.rename(columns={"promotion": "sale"}))


def _days(n):
    return pd.date_range("2024-01-01", periods=n, freq="D")


def test_arrays_have_covariates_row_by_row():
    known = np.arange(84.0)[:, None] % 7
    fitted = forecaster().fit(wave(), future=known[:80], past=np.arange(80.0))
    assert fitted.predict(future=known[80:]).shape == (4,)
    with pytest.raises(ValueError, match="future has no row 3"):
        fitted.predict(future=known[80:83])
    with pytest.raises(TypeError, match="both have dates"):
        fitted.predict(y=wave(), past=np.arange(80.0), future=pd.DataFrame(known, _days(84)))


def test_a_shorter_forecast_is_the_beginning_of_a_longer_one():
    """A forecaster of a whole horizon reads what is known ahead of all of it, where it can."""
    y = pd.Series(wave(), DAYS)
    y.iloc[[20, 76]] = np.nan
    settings = {"model": "tide", "missing": "interpolate", "shrinkage": 0}
    fitted = forecaster(calendar=True, **settings).fit(y)
    ahead = fitted.predict(8)
    for n in (1, 3, 4, 6):
        np.testing.assert_allclose(fitted.predict(n), ahead[:n], rtol=1e-6)
    plan = pd.DataFrame({"promo": np.arange(88) % 3}, _days(88))
    fitted = forecaster(**settings).fit(y, future=plan[:80])
    for history in ({"future": plan[80:]}, {"y": y, "future": plan}):
        ahead = fitted.predict(8, **history)
        for n in (1, 4, 6):
            np.testing.assert_allclose(fitted.predict(n, **history), ahead[:n], rtol=1e-6)
    assert len(fitted.predict(2, future=plan[80:82])) == 2
    plain = forecaster(**settings).fit(wave(), future=np.arange(80) % 3)
    later = np.arange(80, 88) % 3
    np.testing.assert_allclose(
        plain.predict(2, future=later), plain.predict(future=later)[:2], rtol=1e-6
    )


def test_the_calendar_is_a_covariate():
    hours = pd.date_range("2024-03-30", periods=100, freq="h", tz="Europe/Berlin")
    fitted = forecaster(calendar=True, channels="mixed").fit(pd.Series(wave(100), hours))
    ahead = fitted.predict(7)
    assert ahead.index[0] == hours[-1] + pd.Timedelta(hours=1)
    assert fitted.model_.input["future"].shape == (None, 4, 15)
    elsewhere = fitted.predict(7, y=pd.Series(wave(100), hours).tz_convert("UTC"))
    np.testing.assert_allclose(elsewhere, ahead, rtol=1e-5)
    assert elsewhere.index.equals(ahead.index.tz_convert("UTC"))
    months = pd.period_range("2000-01", periods=90, freq="M")
    assert (
        forecaster(calendar=True).fit(pd.Series(wave(90), months)).predict().index[0]
        == months[-1] + 1
    )
    with pytest.raises(TypeError, match="calendar=True needs dates"):
        forecaster(calendar=True).fit(wave())
    with pytest.raises(TypeError, match=r"y\[1\] has no dates, and calendar=True reads them"):
        forecaster(calendar=True).fit([pd.Series(wave(90), months), wave()])
    with pytest.raises(TypeError, match="y has no dates, and calendar=True reads them"):
        fitted.predict(y=wave())


@pytest.mark.parametrize(
    ("y", "settings", "error"),
    [
        (long_frame(), {"series_col": "store"}, r"no column 'store'; its columns are \['shop'"),
        (wave(), LONG, "name columns of a frame"),
        ([], {}, "empty list"),
        ([wave(40), np.stack([wave(40)] * 2, 1)], {}, r"y\[1\] has the columns"),
        (long_frame(14), {**LONG}, "too few for lookback"),
        (long_frame().assign(sold="much"), LONG, r"y\['a'\] holds values that are not numbers"),
        # Text that Python reads as numbers: a code that is no value, or what it reads otherwise.
        (long_frame().assign(code="0123"), LONG, "text in column 'code', such as '0123'.*leave it"),
        (pd.Series(["1_000", "12.5"] * 20, DAYS[:40], name="v"), {}, "text in column 'v', .*'1_0"),
        (pd.Series([*wave(39), "nan"], DAYS[:40], name="v"), {}, "text in column 'v', .*'nan'"),
        (pd.Series(["1", "2"] * 20, DAYS[:40], dtype="category"), {}, "such as '1'"),
        (np.array(["1", "2"] * 20), {}, "such as '1'"),
        ([b"1", b"2"] * 20, {}, "such as b'1'"),
        (
            {"a": wave(40)},
            {},
            r"is a dict; give .*DataFrame\(y\), or .*list\(y.values",
        ),
        (None, {}, "y=None is a NoneType; give a Series"),
        (pd.Series(10**400, DAYS[:40], dtype=object), {}, "not numbers"),
        (pd.Series(wave(40), [*range(39), 2**62]), {}, "would be"),
        (pd.Series(wave(40), DAYS[:39].insert(39, pd.Timestamp("9999-01-01"))), {}, "would be"),
        (pd.DataFrame(np.ones((40, 2)), columns=["a", "a"]), {}, "y has two columns named 'a'"),
        (wave(60), {"quantiles": (0.9, 0.1)}, "rising numbers"),
        (wave(60), {"quantiles": (0.1,), "loss": "mse"}, "loss='quantile'"),
        (wave(60), {"loss": "mape"}, "loss='mape'"),
        (wave(60), {"calendar": "yes"}, "calendar='yes'"),
        (wave(60), {"conformal": "none"}, "conformal='none'"),
    ],
)
def test_bad_input_is_named(y, settings, error):
    with pytest.raises((ValueError, TypeError), match=error):
        forecaster(**settings).fit(y)


def test_bad_covariates_are_named():
    y = pd.Series(wave(), DAYS, name="y")
    with pytest.raises(ValueError, match=r"past has no date 2024-03-20"):
        forecaster().fit(y, past=y[:-1])
    with pytest.raises(ValueError, match="past holds NaN"):
        forecaster().fit(y, past=y.where(y.index != DAYS[3]))
    words = pd.DataFrame({"price": y, "sky": "rain"})
    with pytest.raises(TypeError, match=r"convert the column 'sky', or leave it out\.$"):
        forecaster().fit(y, past=words)
    with pytest.raises(TypeError, match="time zone UTC"):
        forecaster().fit(y, past=y.tz_localize("UTC"))
    for static in ({"size": 1.0}, 3.0, np.zeros((1, 2, 2))):
        with pytest.raises(TypeError, match="is no frame with a row for each series"):
            forecaster().fit(y, static=static)
    numbered = y.set_axis(range(80))
    with pytest.raises(ValueError, match=r"past has no row 0, .* to be forecast too\.$"):
        forecaster().fit(numbered, past=numbered.set_axis(range(10, 90)))
    with pytest.raises(ValueError, match="static has 2 rows; y has 1 series"):
        forecaster().fit(y, static=pd.DataFrame({"size": [1.0, 2.0]}))


def test_polars_frames():
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = long_frame()[["shop", "day", "sold"]]
    given = polars.DataFrame({name: frame[name].to_numpy() for name in frame})
    fitted = forecaster(**LONG).fit(given)
    ahead = fitted.predict()
    assert isinstance(ahead, polars.DataFrame)
    expected = forecaster(**LONG).fit(frame).predict()
    np.testing.assert_allclose(ahead["sold"].to_numpy(), expected["sold"], rtol=1e-5)
    assert fitted.predict_interval(coverage=0.5).columns == [
        "shop",
        "day",
        "sold_lower",
        "sold_upper",
    ]
