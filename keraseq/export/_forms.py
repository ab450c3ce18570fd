"""Small values in JSON: each as a tag and the parts that it is made from again.

The parts are values themselves. What is called in reading is in this table alone.
"""

import collections
import datetime
import decimal
import fractions
import sys
import types
import uuid
import zoneinfo
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

# Whatever pandas calls an index's values that NumPy does not have.
_PANDAS_DTYPES = {
    *("str", "string", "boolean", "Float32", "Float64"),
    *(f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)),
}
_OFFSETS = {
    name: value
    for name, value in vars(pd.offsets).items()
    if isinstance(value, type) and issubclass(value, pd.offsets.BaseOffset)
}
# As tokenisers.
_TEXT_METHODS = ("split", "splitlines")
_POLARS = ("DataFrame", "Series")


class Form(NamedTuple):
    """How values of a type are written and read.

    Attributes
    ----------
    tag : str
    types : tuple of type
        Exactly these, no subclass.
    parts : callable
        Of a value: the list of its parts.
    value : callable
        Of the parts: the value.
    is_shared : bool
        Whether one object in two places is one object again.
    """

    tag: str
    types: tuple
    parts: Callable
    value: Callable
    is_shared: bool = False


def _timestamp_parts(stamp):
    return [stamp.asm8.view("i8").item(), stamp.unit, stamp.tz]


def _timestamp(number, unit, tz):
    stamp = pd.Timestamp(np.datetime64(number, unit))
    return stamp if tz is None else stamp.tz_localize("UTC").tz_convert(tz)


def _dates_parts(index):
    return [np.asarray(index.asi8), index.unit, index.tz, index.name, index.freq]


def _dates(numbers, unit, tz, name, freq):
    index = pd.DatetimeIndex(numbers.view(f"M8[{unit}]"), name=name)
    if tz is not None:
        index = index.tz_localize("UTC").tz_convert(tz)
    index.freq = freq
    return index


def _timedeltas_parts(index):
    return [np.asarray(index.asi8), index.unit, index.name, index.freq]


def _timedeltas(numbers, unit, name, freq):
    index = pd.TimedeltaIndex(numbers.view(f"m8[{unit}]"), name=name)
    index.freq = freq
    return index


def _periods(ordinals, freq, name):
    return pd.PeriodIndex.from_ordinals(ordinals, freq=freq, name=name)


def _multi_parts(index):
    levels = [list(index.levels), [np.asarray(codes) for codes in index.codes]]
    return [*levels, list(index.names)]


def _multi(levels, codes, names):
    return pd.MultiIndex(levels, codes, names=names)


def _categories_parts(index):
    return [index.categories, np.asarray(index.codes), index.ordered, index.name]


def _categories(categories, codes, ordered, name):
    values = pd.Categorical.from_codes(codes, categories, ordered=ordered)
    return pd.CategoricalIndex(values, name=name)


def _index_parts(index):
    if isinstance(index.dtype, np.dtype):
        return [index.to_numpy(), None, index.name]
    return [list(index), str(index.dtype), index.name]


def _index(values, dtype, name):
    if dtype is None:
        return pd.Index(values, dtype=values.dtype, name=name)
    if dtype not in _PANDAS_DTYPES:
        raise ValueError(f"{dtype!r} is no dtype of an index")
    return pd.Index(values, dtype=dtype, name=name)


def _column(series):
    """Values as an index, which has a form for every dtype."""
    return pd.Index(series, dtype=series.dtype, name=None)


def _frame_parts(frame):
    columns = [_column(frame.iloc[:, place]) for place in range(frame.shape[1])]
    return [frame.index, frame.columns, columns]


def _frame(index, columns, values):
    frame = pd.DataFrame({place: part.array for place, part in enumerate(values)}, index=index)
    return frame.set_axis(columns, axis=1)


def _offset_parts(offset):
    given = dict(offset.kwds)
    calendar = given.pop("calendar", None)
    if calendar is not None:
        mask = np.busdaycalendar(weekmask=given["weekmask"]).weekmask
        if (mask != calendar.weekmask).any():
            # Of a calendar of NumPy's pandas notes the holidays alone.
            given["weekmask"] = "".join("01"[day] for day in calendar.weekmask.astype(int))
    return [type(offset).__name__, offset.n, offset.normalize, given]


def _offset(name, n, normalize, given):
    kind = _OFFSETS[name]
    return kind(n) if issubclass(kind, pd.offsets.Tick) else kind(n, normalize, **given)


def _date_and_time_parts(value):
    return [value.replace(tzinfo=None).isoformat(), value.tzinfo, value.fold]


def _date_and_time(text, zone, fold):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def _time(text, zone, fold):
    return datetime.time.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def _utc_offset(seconds):
    offset = datetime.timedelta(seconds=seconds)
    return datetime.timezone(offset) if seconds else datetime.UTC


def _polars(name):
    if name not in _POLARS:
        raise ValueError(f"{name!r} is no frame of Polars")
    import polars

    return getattr(polars, name)


def _text_method(name):
    if name not in _TEXT_METHODS:
        raise ValueError(f"{name!r} is no way to cut a text")
    return vars(str)[name]


def _pytz(name):
    import pytz

    return pytz.timezone(name)


def _policy(name):
    import keras

    return keras.DTypePolicy(name)


def _ufunc(name):
    # Not getattr, which imports some parts of NumPy.
    value = vars(np)[name]
    if not isinstance(value, np.ufunc):
        raise ValueError(f"{name!r} is no function of NumPy")
    return value


_NO_TIME = type(pd.NaT)
_FORMS = [
    Form("tuple", (tuple,), list, lambda *parts: parts),
    Form("list", (list,), list, lambda *parts: list(parts), True),
    Form("ordered", (collections.OrderedDict,), lambda v: [dict(v)], collections.OrderedDict, True),
    Form("set", (set,), lambda v: sorted(v, key=repr), lambda *parts: set(parts), True),
    Form("frozenset", (frozenset,), lambda v: sorted(v, key=repr), lambda *v: frozenset(v)),
    Form("float", (float,), lambda v: [repr(v)], float),
    Form("complex", (complex,), lambda v: [v.real, v.imag], complex),
    Form("bytes", (bytes,), lambda v: [v.hex()], bytes.fromhex),
    Form("range", (range,), lambda v: [v.start, v.stop, v.step], range),
    Form("slice", (slice,), lambda v: [v.start, v.stop, v.step], slice),
    Form("decimal", (decimal.Decimal,), lambda v: [str(v)], decimal.Decimal),
    Form(
        "fraction",
        (fractions.Fraction,),
        lambda v: [v.numerator, v.denominator],
        fractions.Fraction,
    ),
    Form("uuid", (uuid.UUID,), lambda v: [v.hex], uuid.UUID),
    Form("date", (datetime.date,), lambda v: [v.isoformat()], datetime.date.fromisoformat),
    Form("time", (datetime.time,), _date_and_time_parts, _time),
    Form("datetime", (datetime.datetime,), _date_and_time_parts, _date_and_time),
    Form(
        "duration",
        (datetime.timedelta,),
        lambda v: [v.days, v.seconds, v.microseconds],
        datetime.timedelta,
    ),
    Form(
        "utc_offset",
        (datetime.timezone,),
        lambda v: [v.utcoffset(None).total_seconds()],
        _utc_offset,
    ),
    Form("zone", (zoneinfo.ZoneInfo,), lambda v: [v.key], zoneinfo.ZoneInfo),
    Form(
        "namespace",
        (types.SimpleNamespace,),
        lambda v: [vars(v)],
        lambda names: types.SimpleNamespace(**names),
        True,
    ),
    Form("no_time", (_NO_TIME,), lambda v: [], lambda: pd.NaT),
    Form("not_available", (type(pd.NA),), lambda v: [], lambda: pd.NA),
    Form("timestamp", (pd.Timestamp,), _timestamp_parts, _timestamp),
    Form(
        "timedelta",
        (pd.Timedelta,),
        lambda v: [v.asm8.view("i8").item(), v.unit],
        lambda number, unit: pd.Timedelta(np.timedelta64(number, unit)),
    ),
    Form(
        "period",
        (pd.Period,),
        lambda v: [v.ordinal, v.freqstr],
        lambda ordinal, freq: pd.Period(ordinal=ordinal, freq=freq),
    ),
    Form(
        "interval", (pd.Interval,), lambda v: [v.left, v.right, v.closed], pd.Interval
    ),
    Form("offset", tuple(_OFFSETS.values()), _offset_parts, _offset),
    Form(
        "range_index",
        (pd.RangeIndex,),
        lambda v: [v.start, v.stop, v.step, v.name],
        lambda start, stop, step, name: pd.RangeIndex(start, stop, step, name=name),
        True,
    ),
    Form("dates", (pd.DatetimeIndex,), _dates_parts, _dates, True),
    Form("timedeltas", (pd.TimedeltaIndex,), _timedeltas_parts, _timedeltas, True),
    Form(
        "periods",
        (pd.PeriodIndex,),
        lambda v: [np.asarray(v.asi8), v.freqstr, v.name],
        _periods,
        True,
    ),
    Form("multi_index", (pd.MultiIndex,), _multi_parts, _multi, True),
    Form("categories", (pd.CategoricalIndex,), _categories_parts, _categories, True),
    Form("index", (pd.Index,), _index_parts, _index, True),
    Form(
        "series",
        (pd.Series,),
        lambda v: [v.index, _column(v), v.name],
        lambda index, values, name: pd.Series(values.array, index, name=name),
        True,
    ),
    Form("frame", (pd.DataFrame,), _frame_parts, _frame, True),
    Form("ufunc", (np.ufunc,), lambda v: [v.__name__], _ufunc),
]  # fmt: skip
OF_TYPE = {kind: form for form in _FORMS for kind in form.types}
# Those whose type says too little, or is of a package that need not be there.
_OTHERS = [
    Form("polars", (), lambda v: [v.__name__], _polars),
    Form("dtype_policy", (), lambda v: [v.name], _policy),
    Form("pytz", (), lambda v: [v.zone], _pytz),
    Form("text_method", (), lambda v: [v.__name__], _text_method),
]
OF_TAG = {form.tag: form for form in (*_FORMS, *_OTHERS)}


def form_of(value):
    """The form of a value; None where it has none."""
    found = OF_TYPE.get(type(value))
    if found is not None:
        return found
    if isinstance(value, type) and value.__module__.partition(".")[0] == "polars":
        return OF_TAG["polars"] if value.__name__ in _POLARS else None
    keras = sys.modules.get("keras")
    if keras is not None and type(value) is keras.DTypePolicy:
        return OF_TAG["dtype_policy"]
    pytz = sys.modules.get("pytz")
    if pytz is not None and isinstance(value, pytz.BaseTzInfo) and value.zone:
        return OF_TAG["pytz"]
    name = getattr(value, "__name__", None)
    return OF_TAG["text_method"] if name in _TEXT_METHODS and value == vars(str)[name] else None
