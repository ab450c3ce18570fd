"""Columns by name: what is forecast, whose it is, what goes along; masked, complex values."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context

import keraseq
from keraseq.baselines import drift, mase_scale, seasonal_naive
from keraseq.batching import sliding_windows
from keraseq.encoding.dated_series import read_dated_series
from keraseq.encoding.polars_frames import to_polars
from keraseq.encoding.series_columns import Columns, are_names, part
from keraseq.encoding.series_covariates import StaticEncoder
from keraseq.encoding.series_panel import read_panel

N = 60
DAYS = pd.date_range("2024-01-01", periods=N + 4, freq="D")
LONG = {"series_col": "shop", "date_col": "day"}


def forecaster(**changes):
    settings = {"horizon": 4, "lookback": 12, "units": 4, "epochs": 1, "random_state": 0}
    return keraseq.SequenceForecaster("gru", **{**settings, "early_stopping": False, **changes})


def sales(n=N, shops="ab"):
    """A long frame: sold, a promotion known ahead, a price, and the town of each shop."""
    parts = []
    for place, shop in enumerate(shops):
        rows = {"shop": shop, "day": DAYS[:n], "town": ["Bath", "York"][place]}
        rows["promo"] = ((np.arange(n) + place) % 5 == 0).astype(float)
        rows["sold"] = 10 + np.sin(np.arange(n) / 2) + 5 * rows["promo"]
        rows["price"] = np.arange(n) % 3
        parts.append(pd.DataFrame(rows))
    return pd.concat(parts, ignore_index=True)


def keys(frame, *columns):
    return frame[["shop", "day", *columns]]


def ahead():
    """The days to come, as a planner has them: nothing is sold yet."""
    frame = sales(N + 4)
    return frame[frame["day"] >= DAYS[N]].assign(sold=np.nan)


NAMED = {"past": "price", "future": ["promo"], "static": ["town"]}


@pytest.fixture(scope="module")
def named():
    return forecaster(**LONG).fit(sales(), **NAMED)


def test_columns_that_the_long_frame_holds_are_named(named):
    """The same numbers as of frames of their own."""
    frame, later = sales(), sales(N + 4)
    apart = forecaster(**LONG).fit(
        keys(frame, "sold"),
        past=keys(frame, "price"),
        future=keys(later, "promo"),
        static=frame[["shop", "town"]].drop_duplicates(),
    )
    forecast = named.predict(future=ahead())
    pd.testing.assert_frame_equal(forecast, apart.predict())
    assert list(forecast.columns) == ["shop", "day", "sold"]
    assert forecast["day"].unique().tolist() == list(DAYS[N:])


def test_a_promotion_to_come_changes_the_forecast(named):
    quiet = named.predict(future=ahead().assign(promo=0.0))
    busy = named.predict(future=ahead().assign(promo=1.0))
    assert (quiet["sold"] != busy["sold"]).all()
    with pytest.raises(ValueError, match=r"future\['a'\] is not known from 2024-03-01"):
        named.predict()
    with pytest.raises(ValueError, match=r"future has no column 'promo'; its columns are .*prom0"):
        named.predict(future=ahead().rename(columns={"promo": "prom0"}))


def test_a_new_history_holds_its_own_covariates(named):
    expected = named.predict(future=ahead())
    found = named.predict(y=sales(), future=ahead())
    pd.testing.assert_frame_equal(found, expected, rtol=1e-4)
    # All days, those of the history once more, in the order of another table.
    later = sales(N + 4)[["price", "promo", "day", "sold", "town", "shop"]]
    pd.testing.assert_frame_equal(named.predict(y=sales(), future=later), found)
    assert named.score(sales()) < 0
    table = named.backtest(sales(), start=50, coverage=None).forecasts
    assert table["target"].unique().tolist() == ["sold"]
    with pytest.raises(ValueError, match=r"future=\['price'\]; training had \['promo'\]"):
        named.predict(y=sales(), future=["price"])


def test_columns_of_a_wide_frame_are_named():
    frame = sales(shops="a").set_index("day")[["sold", "promo", "price"]]
    model = forecaster().fit(frame, future="promo", past=["price"])
    later = sales(N + 4, "a").set_index("day")[N:]
    forecast = model.predict(future=later)
    assert forecast.columns.tolist() == ["sold"]
    assert forecast.index.tolist() == list(DAYS[N:])
    apart = forecaster().fit(frame[["sold"]], future=frame[["promo"]], past=frame[["price"]])
    pd.testing.assert_frame_equal(forecast, apart.predict(future=later[["promo"]]))
    found, _ = model.predict_windows(frame, 50)
    expected, _ = apart.predict_windows(
        frame[["sold"]], 50, future=frame[["promo"]], past=frame[["price"]]
    )
    np.testing.assert_array_equal(found, expected)


def test_columns_of_a_list_of_frames_are_named():
    frames = [one.set_index("day")[["sold", "promo", "town"]] for _, one in sales().groupby("shop")]
    y, found = part(frames, Columns(), {"future": ["promo"], "static": ["town"]})
    assert [list(one) for one in y] == [["sold"]] * 2
    assert [list(one) for one in found["future"]] == [["promo"]] * 2
    assert found["static"]["town"].tolist() == ["Bath", "York"]


@pytest.mark.parametrize(
    ("changes", "covariates", "error"),
    [
        ({}, {"future": ["promo", "holiday"]}, r"y has no column 'holiday'; its columns are"),
        ({}, {"future": ["promos"]}, "Did you mean 'promo'"),
        ({}, {"future": ["promo"], "past": "promo"}, "is something else already"),
        ({"value_cols": "sold"}, {"past": ["sold"]}, "is something else already"),
        ({}, {"future": ["promo", "promo"]}, "names 'promo' twice"),
        ({}, {"future": ["day"]}, "is something else already"),
        ({}, {"static": ["price"]}, r"'price', which changes in the series 'a'"),
        ({}, {}, "convert the column 'town', or leave it out: value_cols="),
        ({"value_cols": []}, {}, r"value_cols=\[\] names no column"),
        ({"date_col": ["day", "town"]}, {}, "must name one column"),
        ({"value_cols": ["shop"]}, {}, "name 'shop' twice"),
    ],
)
def test_names_that_do_not_fit_are_named(changes, covariates, error):
    with pytest.raises((ValueError, TypeError), match=error):
        forecaster(**{**LONG, **changes}).fit(sales(), **covariates)


def test_names_need_a_frame():
    with pytest.raises(TypeError, match="y is of type ndarray; 'promo' can be columns of a frame"):
        forecaster().fit(np.arange(60.0), future=["promo"])
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    table = arrow.table({"sold": np.arange(60.0), "promo": np.arange(60)})
    with pytest.raises(TypeError, match=r"y is a Table; give y.to_pandas\(\)"):
        forecaster().fit(table, past=["promo"])
    assert not are_names([1.0, 2.0])
    assert are_names(np.array(["promo", "price"])) and not are_names(np.array(7.0))
    assert not are_names(pd.DataFrame({"a": [1]}))


def test_columns_may_be_called_by_numbers():
    frame = pd.DataFrame({0: np.sin(np.arange(60.0)), 1: np.arange(60.0) % 5}, DAYS[:60])
    apart = forecaster().fit(frame[[0]], past=frame[[1]])
    for names in ([1], 1, pd.Index([1])):
        model = forecaster().fit(frame, past=names)
        pd.testing.assert_frame_equal(model.predict(), apart.predict())
        assert model.predict(y=frame, past=[1]).columns.tolist() == [0]
    with pytest.raises(TypeError, match="Give it y's index, or the labels of columns of y"):
        forecaster().fit(frame, past=[7])
    with pytest.raises(ValueError, match=r"past=\[1\] is 1 values, and y has 60 rows"):
        forecaster().fit(frame.to_numpy(), past=[1])
    # Nothing names nothing, also where a column is called so.
    named = forecaster().fit(frame.set_axis([None, "b"], axis=1))
    assert named._core.reader.named == {} and named.predict().shape == (4, 2)
    # Of series without ids a number is a value.
    assert forecaster().fit([frame, frame], static=[1, 0])._core.data.static.shape == (2, 1)


def test_value_cols_selects_from_a_wide_frame_and_a_string_is_one_column():
    frame = pd.DataFrame({"a": np.sin(np.arange(64.0)), "b": np.arange(64.0), "note": "x"}, DAYS)
    alone = forecaster().fit(frame[["a"]]).predict()
    for names in ("a", ["a"], ("a",), pd.Index(["a"])):
        panel = read_panel(frame, Columns.of(None, None, names))
        assert panel.targets == ["a"]
    chosen = forecaster(value_cols="a").fit(frame)
    pd.testing.assert_frame_equal(chosen.predict(), alone)
    # A new history is selected from as well.
    pd.testing.assert_frame_equal(chosen.predict(y=frame), alone)
    listed = read_panel([frame, frame], Columns.of(None, None, ["b", "a"]))
    assert listed.targets == ["b", "a"]
    assert read_panel(frame["a"], Columns.of(None, None, "a")).targets == ["a"]
    with pytest.raises(ValueError, match="y has no column 'c'"):
        read_panel(frame, Columns.of(None, None, "c"))
    with pytest.raises(TypeError, match="y is of type ndarray; 'a' can be columns of a frame only"):
        read_panel(np.arange(5.0), Columns.of(None, None, "a"))


def two_ids(make=pd.DataFrame):
    frame = sales().rename(columns={"town": "item"})
    frame = pd.concat([frame, frame.assign(item="Hull", sold=frame["sold"] * 3)])
    frame = frame[["item", "day", "sold", "shop"]].sort_values("day", kind="stable")
    return make({name: frame[name].to_numpy() for name in frame})


IDS = [("a", "Bath"), ("b", "York"), ("a", "Hull"), ("b", "Hull")]


def test_several_id_columns_make_one_id():
    frame = two_ids()
    model = forecaster(series_col=["shop", "item"], date_col="day").fit(
        frame, static=frame[["shop", "item"]].drop_duplicates().assign(size=[1.0, 2.0, 3.0, 4.0])
    )
    forecast = model.predict()
    assert forecast.columns.tolist() == ["shop", "item", "day", "sold"]
    assert list(forecast[["shop", "item"]].drop_duplicates().itertuples(index=False)) == IDS
    band = model.predict_interval(coverage=0.5)
    assert band.columns.tolist()[:3] == [("shop", ""), ("item", ""), ("day", "")]
    one = frame[(frame["shop"] == "b") & (frame["item"] == "Hull")]
    again = model.predict(y=one)
    np.testing.assert_allclose(again["sold"], forecast["sold"][12:], rtol=1e-4)
    table = model.backtest(frame, start=50, coverage=None, static=None).forecasts
    assert table["series"].unique().tolist() == ["a, Bath", "b, York", "a, Hull", "b, Hull"]
    with pytest.raises(ValueError, match=r"training had not: \[\('c', 'Hull'\)\]"):
        model.predict(y=one.assign(shop="c"))
    with pytest.raises(ValueError, match=r"column 'sold' holds nothing but NaN"):
        model.predict(y=frame.assign(sold=frame["sold"].where(frame["item"] != "Bath")))


def test_several_id_columns_in_polars():
    polars = pytest.importorskip("polars", reason="polars is not installed")
    model = forecaster(series_col=["shop", "item"], date_col="day").fit(two_ids(polars.DataFrame))
    forecast = model.predict()
    assert isinstance(forecast, polars.DataFrame)
    assert forecast.columns == ["shop", "item", "day", "sold"]
    assert forecast.select("shop", "item").unique(maintain_order=True).rows() == IDS


def test_columns_of_polars_that_would_be_named_alike_are_refused():
    polars = pytest.importorskip("polars", reason="polars is not installed")
    pairs = pd.MultiIndex.from_tuples([("sold_lower", ""), ("sold", "lower")])
    with pytest.raises(ValueError, match="Two columns of the answer would be named 'sold_lower'"):
        to_polars(pd.DataFrame([[1.0, 2.0]], columns=pairs), polars.DataFrame)


def test_polars_frames_hold_named_columns_and_wide_ones_come_back():
    polars = pytest.importorskip("polars", reason="polars is not installed")

    def make(frame):
        return polars.DataFrame({name: frame[name].to_numpy() for name in frame})

    model = forecaster(**LONG).fit(make(sales()), **NAMED)
    forecast = model.predict(future=make(ahead()))
    assert isinstance(forecast, polars.DataFrame)
    expected = forecaster(**LONG).fit(sales(), **NAMED).predict(future=ahead())
    np.testing.assert_allclose(forecast["sold"].to_numpy(), expected["sold"], rtol=1e-5)
    wide = make(sales(shops="a")[["sold", "promo", "price"]])
    for given, name in ((wide.lazy(), "future"), ([wide, wide.lazy()], r"future\[1\]")):
        with pytest.raises(TypeError, match=f"{name} is a Polars LazyFrame; give {name}.collect"):
            read_panel(given, name="future")
    for given, form in ((wide, lambda x: x), ([wide, wide], lambda x: x[1])):
        panel = read_panel(given, Columns.of(None, None, "sold"))
        out = form(panel.forecast([np.ones((2, 1))] * len(panel)))
        assert isinstance(out, polars.DataFrame)
        assert out.columns == ["sold"]
    with pytest.raises(TypeError, match=r"y\.collect\(\)"):
        forecaster(**LONG).fit(make(sales()).lazy(), future=["promo"])


def test_a_short_series_among_many_is_named():
    frame = sales()
    frame = frame[(frame["shop"] == "a") | (frame["day"] < DAYS[9])]
    with pytest.raises(ValueError, match=r"y\['b'\] has 9 rows to learn from, too few for"):
        forecaster(**LONG, value_cols="sold").fit(frame)
    with pytest.raises(ValueError, match=r"y\[1\] has 5 rows to learn from"):
        forecaster().fit([np.arange(60.0), np.arange(5.0)])


MASKED = np.ma.masked_equal([1.0, 2.0, -9999.0, 4.0], -9999.0)


@pytest.mark.parametrize(
    "y",
    [
        MASKED,
        MASKED.astype(int),
        MASKED[:, None],
        pd.Series(MASKED),
        pd.DataFrame({"a": MASKED}),
        pd.DataFrame({"a": MASKED.astype(int)}),
        pd.Series([1, 2, None, 4], dtype="Int64"),
        pd.Series([1, 2, None, 4], dtype=object),
        pd.Series([1, 2, pd.NA, 4]),
        [1.0, 2.0, None, 4.0],
        [1.0, 2.0, pd.NA, 4.0],
    ],
)
def test_what_is_masked_is_missing(y):
    found = read_dated_series(y, missing="interpolate").values[:, 0]
    np.testing.assert_array_equal(found, [1, 2, np.nan, 4])
    with pytest.raises(ValueError, match="y holds NaN"):
        read_dated_series(y)


def test_a_mask_counts_wherever_a_forecaster_reads():
    whole, masked = np.arange(60.0), np.ma.masked_equal(np.arange(60.0), 7.0)
    for arguments in ({"y": [whole, masked]}, {"y": whole, "past": masked}):
        with pytest.raises(ValueError, match="holds NaN"):
            forecaster().fit(**arguments)
    with pytest.raises(ValueError, match="static holds nothing in column"):
        forecaster().fit([whole, whole], static=np.ma.masked_equal([[1.0], [7.0]], 7.0))
    with pytest.raises(ValueError, match="history holds NaN"):
        drift(MASKED[:3], 1)
    with pytest.raises(ValueError, match="history holds NaN"):
        seasonal_naive(MASKED.astype(int), 1, 2)
    assert np.isnan(sliding_windows(MASKED, 2, 2)[1]).any()
    assert mase_scale(MASKED) == 1.0


@pytest.mark.parametrize(
    "make",
    [
        np.asarray,
        list,
        pd.Series,
        lambda values: pd.Series(values, dtype=object),
        lambda values: np.array(values, dtype=object),
        lambda values: pd.DataFrame({"a": np.arange(60.0), "b": values}),
        lambda values: [np.arange(60.0), np.asarray(values)],
    ],
)
def test_complex_numbers_are_refused(make):
    given = make([*np.arange(59.0), np.complex128(1 + 2j)])
    with pytest.raises(ValueError, match="Complex data not supported: y"):
        forecaster().fit(given)
    if not isinstance(given, list):
        with pytest.raises(ValueError, match="Complex data not supported: past"):
            forecaster().fit(
                np.arange(60.0) if isinstance(given, np.ndarray) else pd.Series(np.arange(60.0)),
                past=given,
            )


def test_numbers_among_objects_are_numbers_of_static_covariates():
    rows = [["x", 1.0, Decimal("2.5")], ["y", 4.0, Decimal(3)]]
    panel = read_panel([np.arange(60.0)] * 2)
    for given in (rows, np.array(rows, dtype=object)):
        found = StaticEncoder().fit(given, panel).transform(given, panel)
        assert found.tolist() == [[-1, -1, 1, 0], [1, 1, 0, 1]]


@pytest.mark.parametrize(
    ("static", "words"),
    [
        (pd.DataFrame([[1.0, 2], [3, 4]], columns=["0", 0]), "static has two columns named '0'"),
        ({"size": [1, "big"]}, "text beside what is none in column 'size'"),
        ({"age": pd.to_timedelta([1, 2], "D")}, "durations in column 'age'; make them numbers"),
        ({"size": [1e300, -1e300]}, "too large, or too far .* in column 'size'; divide"),
    ],
)
def test_static_covariates_that_are_neither_numbers_nor_text_are_named(static, words):
    panel = read_panel([np.arange(9.0)] * 2)
    with pytest.raises((TypeError, ValueError), match=words):
        StaticEncoder().fit(pd.DataFrame(static), panel).transform(pd.DataFrame(static), panel)


def test_a_static_covariate_stays_of_its_kind():
    panel = read_panel([np.arange(9.0)] * 2)
    for held, holds, words in ((["a", "b"], [1, 2], "text"), ([1, 2], ["a", "b"], "numbers")):
        encoder = StaticEncoder().fit(pd.DataFrame({"size": held}), panel)
        with pytest.raises(TypeError, match=f"static's column 'size' held {words} in training"):
            encoder.transform(pd.DataFrame({"size": holds}), panel)
    assert encoder.transform(pd.DataFrame({"size": [1.0, 2]}), panel).tolist() == [[-1], [1]]


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_static_covariates_are_arrays_whatever_scikit_learn_is_told_to_give(kind):
    pytest.importorskip(kind, reason=f"{kind} is not installed")
    panel, static = read_panel([np.arange(9.0)] * 2), pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    with config_context(transform_output=kind):
        values = StaticEncoder().fit(static, panel).transform(static, panel)
    assert isinstance(values, np.ndarray) and values.tolist() == [[-1, 1, 0], [1, 0, 1]]


def test_an_index_may_be_called_as_a_column_is():
    """As set_index(drop=False) leaves it."""
    for columns in (Columns("shop", "day", ("sold",)), Columns(("shop", "town"), "day", ("sold",))):
        for index in ("shop", "day"):
            panel = read_panel(sales().set_index(index, drop=False), columns)
            assert panel.ids == read_panel(sales(), columns).ids


def test_complex_static_covariates_are_refused():
    with pytest.raises(ValueError, match="Complex data not supported: static"):
        forecaster().fit(np.arange(60.0), static=pd.DataFrame({"size": [1j]}))
