"""Which dates follow: patterns of weekdays, ends of months, time zones, periods, numbers."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest

import keraseq
from keraseq.baselines import LagTrees, NaiveForecaster
from keraseq.encoding.calendar_features import CalendarFeatures
from keraseq.encoding.dated_series import read_dated_series
from keraseq.encoding.row_of_date import row_of_date
from keraseq.encoding.season import season_of
from keraseq.encoding.series_panel import Columns, read_panel

SUN_TO_THU = "Sun Mon Tue Wed Thu"
WEEK = pd.Timedelta(days=7)


def numbers(index, name="sales"):
    return pd.Series(10 + np.sin(np.arange(len(index)) / 2), index, name=name)


def ahead(index, n=3, **settings):
    """What follows, as a frame without a freq of pandas has it."""
    if isinstance(index, pd.DatetimeIndex):
        index = pd.DatetimeIndex(index, freq=None, name=index.name)
    return read_dated_series(numbers(index), **settings).index_ahead(n)


def written(index):
    return [str(label).removesuffix(" 00:00:00") for label in index]


def working_days(weekmask, start="2024-01-01", periods=40):
    return pd.bdate_range(start, periods=periods, freq="C", weekmask=weekmask)


@pytest.mark.parametrize(
    ("weekmask", "expected"),
    [
        # 1 January 2024 was a Monday. Forty working days of five are eight weeks of 56 days.
        ("Mon Tue Wed Thu Fri", ["2024-02-26", "2024-02-27", "2024-02-28"]),
        # The last row is a Sunday, 25 February.
        (SUN_TO_THU, ["2024-02-26", "2024-02-27", "2024-02-28"]),
        # Six weeks of six end on Saturday, 10 February; four more days on Thursday.
        ("Mon Tue Wed Thu Fri Sat", ["2024-02-16", "2024-02-17", "2024-02-19"]),
        # Twenty weeks of two: Thursday, 16 May.
        ("Tue Thu", ["2024-05-21", "2024-05-23", "2024-05-28"]),
        # Thirteen weeks of three and Monday, 1 April.
        ("Mon Wed Fri", ["2024-04-03", "2024-04-05", "2024-04-08"]),
    ],
)
@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_a_pattern_of_weekdays_goes_on(weekmask, expected, zone):
    index = working_days(weekmask)
    assert written(ahead(index)) == expected
    at_close = index.tz_localize(zone) + pd.Timedelta(hours=16)
    assert written(ahead(at_close).strftime("%F %H")) == [f"{day} 16" for day in expected]
    days = index.to_period("D")
    assert written(read_dated_series(numbers(days)).index_ahead(3)) == expected


@pytest.mark.parametrize("weekmask", ["Mon Tue Wed Thu Fri", SUN_TO_THU])
def test_holidays_are_gaps_in_a_pattern_of_weekdays_or_named_by_freq(weekmask):
    every = working_days(weekmask, periods=60)
    index, following = every.delete([10, 30, 31]), working_days(weekmask, periods=63)[60:]
    with pytest.raises(ValueError, match=r"no row for 2024-01-1\d.* 2 more dates.*freq=") as caught:
        read_dated_series(numbers(index))
    assert "pandas.offsets.CustomBusinessDay(" in str(caught.value)
    for missing, n_rows in (("ignore", 57), ("interpolate", 60)):
        series = read_dated_series(numbers(index), missing=missing)
        assert len(series.values) == n_rows
        assert written(series.index_ahead(3)) == written(following)
    closed = pd.offsets.CustomBusinessDay(
        weekmask=weekmask, holidays=[*every[[10, 30, 31]], following[0]]
    )
    series = read_dated_series(numbers(index), freq=closed)
    assert len(series.values) == 57
    assert written(series.index_ahead(2)) == written(following[1:])


def test_chance_gaps_are_no_pattern_of_weekdays():
    week = pd.date_range("2024-01-01", periods=7)
    # One week-end without rows, in a week and a half from Wednesday on, is a gap.
    with pytest.raises(ValueError, match="no row for 2024-01-05"):
        read_dated_series(numbers(week.append(week + pd.Timedelta(days=7))[2:].delete([2, 3])))
    # Half of the days, none of them a Sunday by chance.
    places = [0, 1, 4, 5, 8, 9, 11, 14, 18, 19, 21, 24, 25, 26]
    kept = pd.date_range("2024-01-01", periods=28)[places]
    assert set(kept.day_of_week) == set(range(6))
    assert str(read_dated_series(numbers(kept), missing="ignore").step) == "2 days"


@pytest.mark.parametrize(
    ("trained", "given", "steps"),
    [
        ("h", "D", "steps of a day; training had steps of h"),
        ("h", "30min", "steps of 30min; training had steps of h"),
        ("B", "D", "steps of a day; training had steps of B"),
        ("ME", "28D", "steps of 28 days; training had steps of ME"),
        ("ME", "QS", "steps of QS-JAN; training had steps of ME"),
    ],
)
def test_a_history_with_other_steps_than_trainings_is_refused(trained, given, steps):
    y = numbers(pd.date_range("2020-01-31", periods=40, freq=trained))
    other = numbers(pd.date_range("2022-01-03", periods=40, freq=given))
    fitted = LagTrees(horizon=2).fit(y)
    with pytest.raises(ValueError, match=f"y has {steps}"):
        fitted.predict(y=other)
    with pytest.raises(ValueError, match=steps):
        fitted.score(other)
    with pytest.raises(ValueError, match=steps):
        NaiveForecaster(horizon=2).fit(y).predict(y=other)
    # Trading days are steps whatever lies between.
    assert len(LagTrees(horizon=2, missing="ignore").fit(y).predict(y=other)) == 2


def test_a_step_is_the_same_however_it_is_written():
    months = pd.date_range("2020-01-31", periods=40, freq="ME")
    hours = pd.date_range("2024-03-30", periods=40, freq="h", tz="Europe/Berlin")
    same = [
        (months, pd.date_range("2020-01-01", periods=40, freq="MS")),
        (months, pd.date_range("2020-01-31", periods=40, freq="BME").as_unit("s")),
        (months, pd.period_range("2020-01", periods=40, freq="M")),
        (pd.period_range("2020-01", periods=40, freq="M"), months + pd.Timedelta(hours=6)),
        (hours, hours.tz_convert("UTC")),
        (hours, pd.date_range("2024-05-01", periods=40, freq="h")),
        (hours.tz_convert(None), pd.period_range("2024-03-30", periods=40, freq="60min")),
        (working_days(SUN_TO_THU), pd.bdate_range("2024-05-06", periods=40)),
        (pd.date_range("2024-01-07", periods=40, freq="W"), DATES[0] + np.arange(40) * WEEK),
        (pd.Index(range(0, 400, 10)), pd.Index(range(5, 405, 10), dtype="int32")),
    ]
    for trained, given in same:
        fitted = NaiveForecaster(horizon=2).fit(numbers(trained))
        assert len(fitted.predict(y=numbers(given))) == 2
    periods = pd.period_range("2020-01", periods=40, freq="Q")
    with pytest.raises(ValueError, match="steps of Q-DEC; training had steps of ME"):
        NaiveForecaster(horizon=2).fit(numbers(months)).predict(y=numbers(periods))
    with pytest.raises(ValueError, match="steps of 10; training had steps of 1,"):
        NaiveForecaster(horizon=2).fit(numbers(pd.RangeIndex(40))).predict(y=numbers(same[-1][0]))


def test_each_series_has_the_steps_of_its_own():
    days, hours = (pd.date_range("2024-01-01", periods=40, freq=freq) for freq in ("D", "h"))
    fitted = LagTrees(horizon=2).fit([numbers(days), numbers(hours)])
    # Those of a list have no names.
    assert len(fitted.predict(y=[numbers(hours), numbers(days)])) == 2
    long = [pd.DataFrame({"id": n, "at": i, "v": 1.0}) for n, i in (("d", days), ("h", hours))]
    fitted = LagTrees(horizon=2, series_col="id", date_col="at").fit(pd.concat(long))
    assert len(fitted.predict(y=long[1])) == 2
    with pytest.raises(ValueError, match=r"y\['h'\] has steps of a day; training had steps of h"):
        fitted.predict(y=long[0].assign(id="h"))


def test_a_short_history_goes_on_in_the_step_of_training_or_of_its_panel():
    index = working_days(SUN_TO_THU, "2024-03-03")
    # 5 May 2024 is a Sunday; a history of three days shows no week.
    part = numbers(pd.date_range("2024-05-07", "2024-05-09"))
    fitted = NaiveForecaster("drift", horizon=2).fit(numbers(index))
    assert written(fitted.predict(y=part).index) == ["2024-05-12", "2024-05-13"]
    panel = read_panel([part, numbers(index)])
    assert written(panel.series[0].index_ahead(1)) == ["2024-05-12"]
    known = read_panel(numbers(index))
    assert written(read_panel(part[:1], known=known).series[0].index_ahead(3)) == [
        "2024-05-08",
        "2024-05-09",
        "2024-05-12",
    ]
    # What is no part of it has a step of its own.
    days = pd.date_range("2024-05-07", periods=20)
    assert written(read_panel(numbers(days), known=known).series[0].index_ahead(1)) == [
        "2024-05-27"
    ]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (
            "2022-03-30 2022-04-30 2022-05-30 2022-06-30 2022-07-30 2022-08-30 2022-09-30 "
            "2022-10-30 2022-11-30 2022-12-30 2023-01-30",
            "2023-02-28 2023-03-30 2023-04-30",
        ),
        ("2023-01-30 2023-02-28", "2023-03-30 2023-04-30 2023-05-30"),
        ("2023-02-28 2023-03-30", "2023-04-30 2023-05-30 2023-06-30"),
        ("2023-11-29 2023-12-29 2024-01-29 2024-02-29", "2024-03-29 2024-04-29 2024-05-29"),
        ("2022-12-29 2023-01-29 2023-02-28", "2023-03-29 2023-04-29 2023-05-29"),
        ("2023-01-31 2023-02-28", "2023-03-31 2023-04-30 2023-05-31"),
        ("2023-04-30 2023-05-31", "2023-06-30 2023-07-31 2023-08-31"),
        ("2023-02-28 2023-03-28", "2023-04-28 2023-05-28 2023-06-28"),
        # Quarters: ends of months, and the 30th.
        ("2023-06-30 2023-09-30", "2023-12-31 2024-03-31 2024-06-30"),
        ("2022-11-30 2023-02-28 2023-05-30", "2023-08-30 2023-11-30 2024-02-29"),
        ("2023-11-29 2024-02-29 2024-05-29", "2024-08-29 2024-11-29 2025-02-28"),
        # Years: a leap day, the end of February, and the 28th.
        ("2020-02-29 2021-02-28 2022-02-28 2023-02-28", "2024-02-29 2025-02-28 2026-02-28"),
        ("2023-02-28 2024-02-28", "2025-02-28 2026-02-28 2027-02-28"),
        ("2022-12-31 2023-12-31", "2024-12-31 2025-12-31 2026-12-31"),
        # Last working days and third Fridays of months.
        ("2024-01-31 2024-02-29 2024-03-29 2024-04-30", "2024-05-31 2024-06-28 2024-07-31"),
        ("2024-01-19 2024-02-16 2024-03-15 2024-04-19", "2024-05-17 2024-06-21 2024-07-19"),
    ],
)
@pytest.mark.parametrize("hour", [0, 18])
def test_months_keep_their_day(dates, expected, hour):
    index = pd.DatetimeIndex(dates.split()) + pd.Timedelta(hours=hour)
    assert list(ahead(index).strftime("%F %H")) == [f"{day} {hour:02}" for day in expected.split()]


def test_months_on_the_30th_keep_their_day_across_a_gap():
    index = pd.date_range("2022-03-30", periods=11, freq=pd.DateOffset(months=1, day=30)).delete(4)
    with pytest.raises(ValueError, match="no row for 2022-07-30"):
        read_dated_series(numbers(index))
    assert written(ahead(index, missing="interpolate")) == [
        "2023-02-28",
        "2023-03-30",
        "2023-04-30",
    ]
    assert written(ahead(index, missing="ignore")) == ["2023-02-28", "2023-03-30", "2023-04-30"]


@pytest.mark.parametrize(
    ("zone", "start", "periods", "freq", "expected"),
    [
        # No midnight on 26 April 2024.
        (
            "Africa/Cairo",
            "2024-02-01",
            84,
            "D",
            ["2024-04-25 00:00+0200", "2024-04-26 01:00+0300", "2024-04-27 00:00+0300"],
        ),
        # No midnight on 4 November 2018.
        (
            "America/Sao_Paulo",
            "2018-09-01",
            63,
            "D",
            ["2018-11-03 00:00-0300", "2018-11-04 01:00-0200", "2018-11-05 00:00-0200"],
        ),
        # No 01:30 on 31 March 2024, two of them on 27 October: the first is meant.
        (
            "Europe/London",
            "2024-01-07 01:30",
            11,
            "7D",
            ["2024-03-24 01:30+0000", "2024-03-31 02:00+0100", "2024-04-07 01:30+0100"],
        ),
        (
            "Europe/London",
            "2024-07-07 01:30",
            15,
            "7D",
            ["2024-10-20 01:30+0100", "2024-10-27 01:30+0100", "2024-11-03 01:30+0000"],
        ),
        # The hour before midnight is left out, so that the day's row is the next day's.
        (
            "America/Nuuk",
            "2024-03-01 23:30",
            28,
            "D",
            ["2024-03-29 23:30-0200", "2024-03-31 00:00-0100", "2024-03-31 23:30-0100"],
        ),
        # Ends of months at a time that one of them has not: Easter Sunday, 31 March 2024.
        (
            "Europe/Berlin",
            "2023-08-31 02:30",
            6,
            "ME",
            ["2024-02-29 02:30+0100", "2024-03-31 03:00+0200", "2024-04-30 02:30+0200"],
        ),
        # A fixed offset leaves nothing out.
        (
            timezone(timedelta(hours=2)),
            "2024-02-01",
            84,
            "D",
            ["2024-04-25 00:00+0200", "2024-04-26 00:00+0200", "2024-04-27 00:00+0200"],
        ),
    ],
)
def test_local_dates_shift_by_the_rule_of_their_zone(zone, start, periods, freq, expected):
    index = pd.date_range(start, periods=periods, freq=freq).tz_localize(zone)
    for given in (index, index.as_unit("ns"), index.tz_localize(None).tz_localize(zone)):
        following = ahead(given)
        assert list(following.strftime("%F %H:%M%z")) == expected
        assert following.dtype == given.dtype
    # A history that has crossed the change, or ends on a shifted date, goes on from it.
    following = ahead(index, 5)
    for end in (1, 2, 3):
        assert ahead(index.append(following[:end]), 5 - end).equals(following[end:])


def test_a_history_may_have_shifted_its_dates_by_another_rule():
    naive = pd.date_range("2024-01-07 01:30", periods=60, freq="7D")
    london = ZoneInfo("Europe/London")
    # Python's clock arithmetic: 01:30 that does not exist is 02:30, of two the first is meant.
    python = pd.DatetimeIndex([when.to_pydatetime().replace(tzinfo=london) for when in naive])
    assert str(python[12]) == "2024-03-31 02:30:00+01:00"
    assert python.equals(python[:40].append(ahead(python[:40], 20)))
    # The second of two.
    second = naive.tz_localize("Europe/London", ambiguous=False, nonexistent="shift_forward")
    series = read_dated_series(numbers(second))
    assert len(series.values) == 60
    # Of 26 October 2025, 35 weeks later, the second is meant too.
    assert str(series.index_ahead(35)[-1]) == "2025-10-26 01:30:00+00:00"


def test_steps_of_hours_pass_in_time_and_others_by_the_clock():
    for start, expected in (
        ("2024-03-30", ["2024-03-31 01:00+0100", "2024-03-31 03:00+0200"]),
        ("2024-10-26", ["2024-10-27 01:00+0200", "2024-10-27 02:00+0200"]),
    ):
        hours = pd.date_range(start, periods=25, freq="h", tz="Europe/Berlin")
        assert list(ahead(hours, 2).strftime("%F %H:%M%z")) == expected
        assert len(read_dated_series(numbers(hours.append(ahead(hours, 50)))).values) == 75
    # The hour that is there twice: no time passes on the wall.
    twice = pd.DatetimeIndex(["2024-10-27 00:30Z", "2024-10-27 01:30Z"]).tz_convert("Europe/Berlin")
    assert ahead(twice, 1)[0] == pd.Timestamp("2024-10-27 02:30Z")
    # Twice a day by the clock on the wall, and once a day by that of Greenwich.
    wall = pd.date_range("2024-03-28", periods=30, freq="12h").tz_localize("Europe/Berlin")
    assert written(ahead(wall, 1).strftime("%F %H:%M%z")) == ["2024-04-12 00:00+0200"]
    utc = pd.date_range("2024-03-01", periods=60, freq="D", tz="UTC").tz_convert("Europe/Berlin")
    assert ahead(utc).equals(
        utc[-1:].shift(1, "24h").append(utc[-1:].shift(2, "24h")).append(utc[-1:].shift(3, "24h"))
    )


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Santiago", "Europe/Paris"])
@pytest.mark.parametrize("freq", ["D", "B", "7D", "ME"])
@pytest.mark.parametrize("time", ["00:00", "02:30"])
def test_wherever_a_history_ends_the_rest_of_its_dates_follows(zone, freq, time):
    naive = pd.date_range(f"2021-01-01 {time}", periods=900 if freq == "D" else 130, freq=freq)
    index = naive.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    for end in range(30, len(index) - 6, len(index) // 6):
        assert ahead(index[:end], 6).equals(index[end : end + 6])


def test_a_forecaster_crosses_a_change_of_the_clock():
    index = pd.date_range("2024-02-01", periods=84, freq="D").tz_localize("Africa/Cairo")
    y = pd.DataFrame({"day": index, "sales": numbers(index).to_numpy()})
    fitted = keraseq.SequenceForecaster(
        horizon=3, lookback=12, units=4, epochs=1, random_state=0, date_col="day", calendar=True
    ).fit(y)
    ahead = fitted.predict()
    assert str(ahead["day"][1]) == "2024-04-26 01:00:00+03:00"
    both = pd.concat([y, ahead, fitted.predict(6)[3:]], ignore_index=True)
    scores = fitted.backtest(both, start="2024-04-26", coverage=None)
    assert scores.season == 7
    assert list(scores.forecasts["date"].unique()[:2]) == list(ahead["day"][1:])
    assert scores.forecasts["origin"].unique()[0] == ahead["day"][0]


@pytest.mark.parametrize(
    ("index", "freq", "expected"),
    [
        (pd.RangeIndex(0, 70, 7), 7, [70, 77, 84]),
        (pd.RangeIndex(0, 70, 7), np.int64(7), [70, 77, 84]),
        (pd.Index([1, 2, 3], dtype="Int64"), None, [4, 5, 6]),
        (pd.Index([1, 2, 3], dtype="uint8"), None, [4, 5, 6]),
        (pd.period_range("2024-01", periods=4, freq="M"), "M", ["2024-05", "2024-06", "2024-07"]),
        (pd.period_range("2024-01", periods=4, freq="M"), "ME", ["2024-05", "2024-06", "2024-07"]),
        (
            pd.period_range("2024-01", periods=9, freq="M")[::3],
            "3M",
            ["2024-10", "2025-01", "2025-04"],
        ),
        (
            pd.period_range("2024-01", periods=9, freq="M")[::3],
            None,
            ["2024-10", "2025-01", "2025-04"],
        ),
        (pd.period_range("2024-01", periods=3, freq="3M"), None, ["2024-10", "2025-01", "2025-04"]),
        (pd.period_range("2024Q1", periods=3, freq="Q"), "Q", ["2024Q4", "2025Q1", "2025Q2"]),
        (pd.period_range("2022", periods=2, freq="Y"), "Y", ["2024", "2025", "2026"]),
        (
            pd.period_range("2024-01-01", periods=4, freq="D"),
            "B",
            ["2024-01-05", "2024-01-08", "2024-01-09"],
        ),
        (
            pd.period_range("2024-01-01", periods=2, freq="W"),
            None,
            ["2024-01-15/2024-01-21", "2024-01-22/2024-01-28", "2024-01-29/2024-02-04"],
        ),
        (
            pd.date_range("2024-01-31", periods=4, freq="ME"),
            "M",
            ["2024-05-31", "2024-06-30", "2024-07-31"],
        ),
        (
            pd.date_range("2024-01-01", periods=1),
            "W-MON",
            ["2024-01-08", "2024-01-15", "2024-01-22"],
        ),
        (
            pd.date_range("2024-01-01", periods=4),
            timedelta(days=1),
            ["2024-01-05", "2024-01-06", "2024-01-07"],
        ),
        (
            pd.date_range("2024-01-01", periods=4),
            np.timedelta64(1, "D"),
            ["2024-01-05", "2024-01-06", "2024-01-07"],
        ),
    ],
)
def test_steps_of_numbers_periods_and_dates(index, freq, expected):
    assert written(ahead(index, freq=freq)) == [str(label) for label in expected]


@pytest.mark.parametrize("n", [20, 21])
@pytest.mark.parametrize("unit", [None, "h", "D"])
def test_of_two_steps_that_are_as_usual_the_shorter_one_is_taken(unit, n):
    """Not their mean, on which no row lies: of one row more or less it would be another one."""
    rows = np.cumsum([0, *[1, 3] * 20])[:n]
    start = pd.Timestamp("2024-01-01")
    index = pd.Index(rows) if unit is None else start + pd.to_timedelta(rows, unit)
    read = read_dated_series(numbers(index), missing="interpolate")
    assert len(read.values) == rows[-1] + 1


@pytest.mark.filterwarnings("ignore:.*with BDay freq is deprecated:FutureWarning")
@pytest.mark.filterwarnings("ignore:PeriodDtype.B. is deprecated:FutureWarning")
def test_periods_of_working_days_skip_the_week_end():
    # Four days show no week-end; their periods know of it.
    index = pd.period_range("2024-01-01", periods=5, freq="B")
    assert written(ahead(index, 2)) == ["2024-01-08", "2024-01-09"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_keep_their_unit_and_their_name(unit):
    for freq in ("ME", "D", "B", "h"):
        index = pd.date_range("2024-01-31", periods=12, freq=freq, name="day").as_unit(unit)
        following = read_dated_series(numbers(index)).forecast(np.zeros((3, 1))).index
        assert (following.unit, following.name) == (unit, "day")
        assert following.equals(pd.date_range(index[0], periods=15, freq=freq)[12:].as_unit(unit))
    # Counted in whole numbers: thirty years are more nanoseconds than a float holds.
    days = pd.date_range("1990-01-01", periods=10_000).as_unit(unit)
    assert written(ahead(days, 1)) == ["2017-05-19"]
    nanoseconds = pd.DatetimeIndex(np.arange(5) * 7 + 1)
    assert list(ahead(nanoseconds).asi8) == [36, 43, 50]


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(5, name="step"),
        pd.period_range("2024-01", periods=5, freq="M", name="step"),
        pd.period_range("2024-01-01", periods=5, freq="D", name="step"),
        pd.date_range("2024-01-01", periods=5, name="step", tz="UTC"),
        pd.date_range("2024-01-01", periods=5, name="step").delete(2),
    ],
)
def test_the_name_of_an_index_stays(index):
    series = read_dated_series(numbers(index), missing="interpolate")
    assert series.index.name == "step"
    assert series.forecast(np.zeros((2, 1))).index.name == "step"
    frame = read_dated_series(numbers(index).to_frame(), missing="interpolate")
    assert frame.forecast(np.zeros((2, 1, 2)), ["lower", "upper"]).index.name == "step"


DATES = pd.date_range("2024-01-01", periods=6)


@pytest.mark.parametrize(
    ("index", "freq", "message"),
    [
        (pd.RangeIndex(6), "D", r"freq='D' is a step of dates, and y has none.*whole number"),
        (pd.RangeIndex(6), 2, r"1 does not lie on their usual step of 2.*\(a whole number\)"),
        (pd.RangeIndex(6), -1, "from 1 up"),
        (pd.RangeIndex(6), True, "whole number"),
        (DATES, 7, "freq=7 is no step of dates.*'D'"),
        (DATES, "daily", "freq='daily' is no step of dates.*'D'"),
        (DATES, "H", "Did you mean h?"),
        (DATES, "-1D", "does not go forward"),
        (DATES, "0D", "does not go forward"),
        (DATES, "M", "2024-01-01 .*usual step of ME.*'MS' for .*first days"),
        (pd.period_range("2024-01", periods=6, freq="M"), "Q", "freq='Q'.*which are 'M'.*asfreq"),
        (pd.period_range("2024-01", periods=6, freq="M"), 1, "freq=1 is no step of dates"),
        (
            pd.DatetimeIndex(["2024-01-01", "2024-01-03", "2024-01-06"]),
            None,
            "Give the right freq=",
        ),
        (DATES.union(pd.DatetimeIndex(["9999-12-31"])), None, "one of them is wrong. Give freq="),
    ],
)
def test_a_step_that_is_none_is_refused(index, freq, message):
    with pytest.raises(ValueError, match=message):
        read_dated_series(numbers(index), freq=freq)


def test_one_date_has_no_step():
    series = read_dated_series(numbers(pd.DatetimeIndex(["2024-01-01"])))
    with pytest.raises(ValueError, match=r"one row and no freq.*give freq="):
        series.index_ahead(1)
    assert written(read_dated_series(numbers(DATES[:1]), freq="D").index_ahead(1)) == ["2024-01-02"]
    declared = pd.date_range("2024-01-31", periods=1, freq="ME")
    assert written(read_dated_series(numbers(declared)).index_ahead(1)) == ["2024-02-29"]
    assert written(
        read_dated_series(numbers(pd.period_range("2024", periods=1, freq="Y"))).index_ahead(1)
    ) == ["2025"]


BERLIN = {"city": ["Berlin"] * 3, "sold": [1.0, 2.0, 3.0]}


def long(dates, **more):
    return pd.DataFrame({**BERLIN, "day": dates, **more})


@pytest.mark.parametrize(
    ("y", "columns", "message"),
    [
        (
            numbers(pd.Index(["2024-01-01", "2024-01-02"])),
            Columns(),
            r"y's index holds text; .*: y\.index = pandas\.to_datetime\(y\.index\)\.$",
        ),
        (
            [numbers(DATES), numbers(pd.Index([date(2024, 1, 1), date(2024, 1, 2)]))],
            Columns(),
            r"y\[1\]'s index holds Python's dates; .*y\[1\]\.index = pandas\.to_datetime\(y\[1\]",
        ),
        (
            long(["2024-01-01", "2024-01-02", "2024-01-03"]),
            Columns("city", "day"),
            r"y\['Berlin'\]'s column 'day' holds text; .*"
            r": y\['day'\] = pandas\.to_datetime\(y\['day'\]\)\.$",
        ),
        (
            pl.DataFrame(long(["2024-01-01", "2024-01-02", "2024-01-03"]).to_dict("list")),
            Columns("city", "day"),
            r"y = y\.with_columns\(polars\.col\('day'\)\.str\.to_datetime\(\)\)\.$",
        ),
        (
            long(
                [datetime(2024, 3, day, tzinfo=ZoneInfo("Europe/Paris")) for day in (30, 31, 31)]
            ).astype({"day": object}),
            Columns("city", "day"),
            r"y\['day'\] = pandas\.to_datetime\(y\['day'\], utc=True\)",
        ),
        (
            long(DATES[[0, 2, 1]]),
            Columns("city", "day"),
            r"2024-01-02 .*later one\. Sort with y = y\.sort_values\(\['city', 'day'\]\)",
        ),
        (
            long(DATES[[0, 1, 1]]),
            Columns("city", "day"),
            r"drop doubles with y = y\.drop_duplicates\(\['city', 'day'\]\)",
        ),
        (
            long(DATES[[0, 1, 1]]),
            Columns(None, "day", ["sold"]),
            r"several series, name the column .* by series_col=",
        ),
        (
            pl.DataFrame(long(DATES[[0, 1, 1]]).to_dict("list")),
            Columns("city", "day"),
            r"y = y\.sort\(\['city', 'day'\]\).*y = y\.unique\(\['city', 'day'\]\)",
        ),
        (
            long(DATES[[0, 1, 1]]).set_index("day"),
            Columns("city"),
            r"leave one row of y\['Berlin'\] for each date",
        ),
        (
            numbers(pd.Index([3, 2, 1])),
            Columns(),
            r"y's numbers do not rise: 2 \(row 1\) comes after a later one.*y = y\.sort_index\(\)",
        ),
        (
            long(DATES[:3]).drop(columns="city"),
            Columns(),
            r"not numbers .*if 'day' says when rows were, name it by date_col='day'\.$",
        ),
        (
            [long(DATES[:3]).drop(columns="city")],
            Columns(),
            r"if 'day' says when rows were, make it the index: "
            r"y\[0\] = y\[0\]\.set_index\('day'\)\.$",
        ),
        (
            long(DATES[:3]),
            Columns("city"),
            r"if 'day' says when rows were, name it by date_col='day'\.$",
        ),
        (
            numbers(pd.timedelta_range("1h", periods=3)),
            Columns(),
            r"holds durations.*y\.index = pandas\.Timestamp\('2024-01-01'\) \+ y\.index",
        ),
        (
            numbers(pd.Index([0.5, 1.5])),
            Columns(),
            r"holds decimal numbers.*y\.index\.astype\(int\)",
        ),
        (
            long([DATES[0], pd.NaT, DATES[1]]),
            Columns("city", "day"),
            r"y\['Berlin'\]'s column 'day' holds NaT in row 1",
        ),
    ],
)
def test_advice_on_dates_fits_what_was_passed(y, columns, message):
    with pytest.raises((ValueError, TypeError), match=message):
        read_panel(y, columns)


def test_covariates_of_working_days_are_found_by_the_step_of_y():
    every = working_days(SUN_TO_THU, periods=46)
    y = numbers(every[:40])
    promotion = pd.DataFrame({"promotion": np.arange(46) % 3}, every)
    fitted = keraseq.SequenceForecaster(
        horizon=3, lookback=12, units=4, epochs=1, random_state=0, calendar=True
    ).fit(y, future=promotion[:40])
    assert list(fitted.predict(6, future=promotion[40:]).index) == list(every[40:])
    assert list(fitted.predict(y=y[10:33], future=promotion[10:36]).index) == list(every[33:36])
    with pytest.raises(ValueError, match=r"future has no row for 2024-02-28.*freq="):
        fitted.predict(3, future=promotion[40:].drop(every[42]))


def test_what_is_read_off_the_dates_knows_working_days_and_zones():
    for weekmask, season in ((SUN_TO_THU, 5), ("Mon Tue Wed Thu Fri Sat", 6), ("Tue Thu", 2)):
        index = working_days(weekmask)
        assert season_of(index) == season_of(index.tz_localize("Africa/Cairo")) == season
    assert season_of(pd.date_range("2024-01-01", periods=30, freq="WOM-3FRI")) == 12
    index = pd.date_range("2024-02-01", periods=100, freq="D").tz_localize(
        "Africa/Cairo", nonexistent="shift_forward"
    )
    assert season_of(index) == 7
    features = CalendarFeatures.of(index)
    assert (features.time_of_day, features.day_of_week) == (False, True)
    # Text is local time, also where the zone leaves it out.
    assert row_of_date(index, "2024-04-26") == 85
    assert row_of_date(index, date(2024, 4, 27)) == 86
    assert row_of_date(index, "2024-04-25T22:00Z") == 85
    with pytest.raises(TypeError, match="in a time zone, and the dates of y have none"):
        row_of_date(index.tz_localize(None), "2024-04-25T22:00Z")
    with pytest.raises(ValueError, match="start='soon' is no date"):
        row_of_date(index, "soon")


@pytest.mark.parametrize("kind", [pl.Date, pl.Datetime("ms"), pl.Datetime("us", "Africa/Cairo")])
def test_dates_of_polars_keep_their_kind(kind):
    days = pl.Series("day", DATES.date.tolist())
    days = (
        days.cast(pl.Datetime("us")).dt.replace_time_zone("Africa/Cairo")
        if getattr(kind, "time_zone", None)
        else days.cast(kind)
    )
    panel = read_panel(pl.DataFrame({"day": days, "sold": np.arange(6.0)}), Columns(date="day"))
    following = panel.forecast([np.zeros((2, 1))])
    assert following.schema["day"] == days.dtype
    assert following["day"].dt.to_string("%F").to_list() == ["2024-01-07", "2024-01-08"]


def test_dates_of_arrow_are_read_as_dates():
    arrow = pd.Index(pd.array(DATES.as_unit("ns"), dtype="timestamp[ns][pyarrow]"), name="day")
    series = read_dated_series(numbers(arrow))
    assert series.index.equals(DATES)
    assert written(series.index_ahead(1)) == ["2024-01-07"]
    assert series.index_ahead(1).name == "day"


def test_dates_that_run_out_are_refused_before_training(monkeypatch):
    monkeypatch.setattr("keraseq.wrappers.sequence_forecaster.train", None)
    forecaster = keraseq.SequenceForecaster(horizon=3, lookback=6, units=4, epochs=1)
    years = pd.date_range("2200-01-01", periods=61, freq="YS").as_unit("ns")
    with pytest.raises(ValueError, match=r"The 3 steps after 2260-01-01 .*datetime64\[ns\] holds"):
        forecaster.fit(numbers(years))
    last = np.iinfo(np.int64).max
    with pytest.raises(ValueError, match="too near the largest integer"):
        forecaster.fit(numbers(pd.Index(last - np.arange(60)[::-1])))


def test_trading_days_are_forecast_on_trading_days():
    # The day after 4 July 2024, a holiday on a Thursday, is a Friday; then comes Monday.
    every = pd.bdate_range("2024-04-01", "2024-07-12").drop("2024-07-04")
    y, rate = numbers(every[:67]), pd.DataFrame({"rate": np.arange(len(every)) % 4.0}, every)
    assert str(y.index[-1].date()) == "2024-07-02"
    fitted = keraseq.SequenceForecaster(
        horizon=2, lookback=12, units=4, epochs=1, random_state=0, missing="ignore"
    )
    fitted.fit(y, future=rate[:67])
    with pytest.raises(ValueError, match=r"future has no date 2024-07-04.* no day .* freq="):
        fitted.predict(4, future=rate[67:])
    closed = pd.offsets.CustomBusinessDay(holidays=["2024-07-04"])
    fitted.set_params(freq=closed, missing="error").fit(y, future=rate[:67])
    following = fitted.predict(4, future=rate[67:])
    assert written(following.index) == ["2024-07-03", "2024-07-05", "2024-07-08", "2024-07-09"]
