"""What an estimator may hold, one value after the other, through a file's JSON and arrays."""

import collections
import datetime
import decimal
import fractions
import json
import types
import uuid
import zoneinfo

import numpy as np
import pandas as pd
import pytest
from sklearn.utils import Bunch

from keraseq.export import ArtifactError
from keraseq.export._arrays import pack_arrays, unpack_arrays
from keraseq.export._decoder import Decoder
from keraseq.export._encoder import Encoder
from keraseq.export._json import read_json, write_json

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
AUTUMN = pd.Timestamp("2024-10-27 00:30", tz="UTC").tz_convert(BERLIN)
BUSINESS = pd.offsets.CustomBusinessDay(weekmask="Mon Wed", holidays=["2024-01-03"])
VALUES = [
    *(None, True, 3, -(10**40), 0.1, -0.0, 1e-320, float("inf"), "ä\ud800\x00", ""),
    *((1, ("a", None)), [1, [2.0]], {"a": {"b": 1}}, {1: "x", (2, "y"): "z", None: 0}),
    collections.OrderedDict(b=1, a=[2]),
    *({"b", "a"}, frozenset({1, 2}), b"\x00\xff", 1 + 2j, range(1, 9, 2), slice(1, None)),
    *(decimal.Decimal("1.10"), fractions.Fraction(1, 3), uuid.UUID(int=7)),
    *(datetime.date(2024, 2, 29), datetime.timedelta(1, 2, 3), datetime.time(9, 30, fold=1)),
    datetime.datetime(2024, 10, 27, 2, 30, 0, 5, BERLIN, fold=1),
    *(datetime.UTC, datetime.timezone(datetime.timedelta(hours=-3)), BERLIN),
    *(np.float32(0.1), np.float16(2), np.int8(-3), np.uint64(2**64 - 1), np.bool_(True)),
    *(np.str_("é"), np.bytes_(b"x"), np.datetime64("2024-01-01T01", "h"), np.timedelta64(3, "D")),
    *(np.datetime64("NaT"), np.dtype("<f4"), np.log1p, str.split),
    *(np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3).T, np.zeros((0, 3)), np.array(3)),
    *(np.arange(3, dtype=">i2"), np.array([True, False]), np.arange(8)[::2], np.float16([1, 2])),
    *(
        np.array(["a", "bcd"]),
        np.array(["2024-01-01", "NaT"], "M8[s]"),
        np.array([[1, "a"]], object),
    ),
    *(pd.NaT, pd.NA, AUTUMN, AUTUMN + pd.Timedelta("1h"), pd.Timestamp(0, unit="s").as_unit("s")),
    *(pd.Timedelta("1 day 3 ns"), pd.Period("2024-03", "M"), pd.Interval(0, 1.5, closed="left")),
    *(pd.offsets.MonthEnd(2), pd.offsets.Week(weekday=3), pd.offsets.Hour(6), BUSINESS),
    *(pd.offsets.DateOffset(months=2), pd.offsets.QuarterEnd(startingMonth=2), pd.offsets.Day(2)),
    pd.offsets.CustomBusinessHour(start="08:30", holidays=["2024-01-03"]),
    pd.RangeIndex(2, 9, 3, name="r"),
    pd.Index([1, 5, 2], name=("a", 1)),
    pd.Index([1.5, None], dtype="float32"),
    pd.Index(["a", 1, None], dtype=object),
    pd.Index(["a", "b"], name="words"),
    pd.Index([1, None], dtype="Int64"),
    pd.Index([True, False]),
    pd.date_range("2024-03-30", periods=3, freq="D", tz=BERLIN, name="days"),
    pd.date_range("2024-03-30", periods=3, freq="D").as_unit("s"),
    pd.DatetimeIndex(["2024-01-01", None, "2024-01-05"]),
    pd.date_range("2024-01-01", periods=4, freq=BUSINESS),
    pd.timedelta_range("1h", periods=3, freq="30min"),
    pd.period_range("2024Q1", periods=3, freq="Q", name="q"),
    pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]),
    pd.CategoricalIndex(["u", "v", "u"], categories=["v", "u"], ordered=True),
    pd.Series([1.5, 2.5], ["a", "b"], name=3),
    pd.DataFrame({"a": [1], ("b", 2): ["x"], "c": pd.Categorical(["k"]), "d": [True]}),
    pd.DataFrame(columns=pd.Index([3, "x"], name="n")),
    Bunch(a=1, b=[2]),
]


def through_a_file(value):
    encoder = Encoder()
    root = encoder.encode(value, "value")
    text = write_json({"objects": encoder.objects, "root": root})
    arrays = unpack_arrays(b"".join(map(bytes, pack_arrays(encoder.arrays))))
    written = read_json(text)
    assert not encoder.foreign
    return Decoder(arrays, [], {}).decode(written["objects"], written["root"])


def check_same(one, other):
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert one.dtype.kind == "O" or one.tobytes() == other.tobytes()
        check_same(one.tolist(), other.tolist()) if one.dtype.kind == "O" else None
        # Of two orders that hold the same numbers a product may differ in its last bit.
        assert one.flags.f_contiguous == other.flags.f_contiguous or one.base is not None
    elif isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True, check_freq=True)
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other, check_exact=True)
    elif isinstance(one, pd.Index):
        assert one.equals(other) and one.dtype == other.dtype
        check_same(getattr(one, "freq", None), getattr(other, "freq", None))
        assert list(one.names) == list(other.names)
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            check_same(*pair)
    elif isinstance(one, dict):
        check_same(list(one.items()), list(other.items()))
    elif isinstance(one, pd.offsets.CustomBusinessDay):
        days = pd.date_range("2024-01-01", periods=9)
        assert [day + one for day in days] == [day + other for day in days]
    elif one is not other and not isinstance(one, set | frozenset):
        # Of NaN, which is not equal to itself, the repr.
        assert repr(one) == repr(other)
        assert one == other or one != one
    else:
        assert one is other or one == other


@pytest.mark.parametrize("value", VALUES, ids=lambda value: f"{type(value).__name__}")
def test_a_value_comes_back_as_it_was(value):
    check_same(value, through_a_file(value))


def test_bfloat16_comes_back(monkeypatch):
    bfloat16 = pytest.importorskip("ml_dtypes", reason="only it brings NumPy bfloat16").bfloat16
    array = np.array([0.1, 2.0], bfloat16)
    assert through_a_file(array).dtype == array.dtype
    assert through_a_file(array).tobytes() == array.tobytes()


def test_one_object_in_two_places_is_one_again():
    shared, array = {"a": 1}, np.arange(3)
    value = through_a_file([shared, [array, shared], types.SimpleNamespace(array=array)])
    assert value[0] is value[1][1]
    assert value[1][0] is value[2].array


def test_arrays_are_their_own_and_may_be_written_to():
    value = through_a_file([np.arange(3.0), np.arange(3.0)])
    value[0][0] = 9
    assert value[0].base is None and value[1][0] == 0


def test_keys_that_look_alike_keep_their_arrays():
    keys = [("k" * 60 + sign + "k" * 60, 1) for sign in "ab"]
    value = {key: np.full(2, number) for number, key in enumerate(keys)}
    check_same(value, through_a_file(value))


def test_a_clock_set_back_keeps_both_its_hours():
    stamps = [AUTUMN, AUTUMN + pd.Timedelta("1h")]
    found = through_a_file(stamps)
    assert [str(stamp) for stamp in found] == [str(stamp) for stamp in stamps]
    assert stamps[0] != stamps[1] and found[0] != found[1]


class Mine:
    """A user's class."""


def own_loop():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Mine(), r"value is a .*Mine, which an artifact cannot hold"),
        ({"a": [1, Mine()]}, r"value\['a'\]\[1\] is a .*Mine"),
        (own_loop(), "holds itself"),
        (np.array([1 + 2j]), "array of complex128"),
        (np.zeros(2, [("a", int)]), r"array of \[\('a'"),
        (np.longdouble(1), "longdouble"),
        (datetime.tzinfo(), "datetime.tzinfo"),
    ],
)
def test_what_has_no_form_is_named_with_its_place(value, words):
    with pytest.raises(ArtifactError, match=words):
        through_a_file(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"a": NaN}', "holds NaN"),
        (b'{"a": 1, "a": 2}', "names 'a' twice"),
        (b"[1]", "holds no object"),
        (b'{"a": 1', "delimiter"),
        ('{"a": "ä"}'.encode(), "ascii"),
        (json.dumps({"a": 1}).encode() + b" 2", "Extra data"),
    ],
)
def test_json_is_read_strictly(text, words):
    with pytest.raises(ValueError, match=words):
        read_json(text)


def test_what_is_asked_of_the_tasks_does_not_grow_with_the_values(monkeypatch):
    """It was asked for each value once: a panel of a thousand series took a minute and a half."""
    import keraseq.tasks

    asked, names = [], keraseq.tasks.task_names
    monkeypatch.setattr(keraseq.tasks, "task_names", lambda: asked.append(1) or names())
    through_a_file([[place] for place in range(100)])
    assert len(asked) <= 1
