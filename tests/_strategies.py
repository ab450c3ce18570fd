"""Generated input for the fuzz tests: values of every kind, in every container."""

import collections
import dataclasses
import datetime
import decimal
import fractions

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse

# Lone surrogates and every other category, which hypothesis leaves out by itself.
CHARACTERS = st.characters(exclude_categories=()) | st.sampled_from(
    "\x00aA 0\n\ud800\udfff\u200d\u202e\ufeff\u0301我שلक्👩🇩🇪ﷺß<&;'.!"
)
WORDS = st.sampled_from(
    [
        "",
        "\x00",
        "a\x00",
        "\ud800",
        "\ud83d\ude00",
        "👩\u200d💻🇩🇪",
        "שלום",
        "我爱你",
        "İ",
        "e\u0301",
        "<br />",
        "[UNK]",
        "nan",
    ]
)
STRINGS = st.text(CHARACTERS, max_size=12) | WORDS

INTEGERS = st.integers(-9, 9) | st.sampled_from(
    [2**24, 2**24 + 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**62 + 2**10, 2**63 - 1, -(2**63)]
)
HUGE_INTEGERS = st.sampled_from([2**63, 2**64 - 1, 2**70, 2**70 + 1, 10**39, 10**400])
FLOATS = st.floats(width=64) | st.sampled_from(
    [0.1, -0.0, 5e-324, 1e-60, 2.0**53, 2.0**63, 3.4e38, 3.5e38, 1e308, np.nan, np.inf]
)
MISSING = st.sampled_from([None, pd.NA, pd.NaT, np.nan, decimal.Decimal("NaN")])
MOMENTS = st.sampled_from(
    [
        datetime.date(2020, 1, 1),
        datetime.datetime(2020, 1, 1),
        datetime.timedelta(1),
        pd.Timestamp("2020-01-01", tz="UTC"),
        pd.Timedelta(1, "s"),
        pd.Period("2020-01"),
        np.datetime64("2020-01-01"),
        np.timedelta64(5, "s"),
    ]
)
NUMPY_SCALARS = st.sampled_from(
    [np.float16(1), np.float32(0.1), np.longdouble(1), np.uint64(2**64 - 1), np.int8(1), np.True_]
)
OTHERS = st.sampled_from(
    [
        b"a",
        1j,
        np.complex64(1 + 1j),
        decimal.Decimal("1.5"),
        decimal.Decimal(2**53 + 1),
        decimal.Decimal("sNaN"),
        fractions.Fraction(1, 3),
        fractions.Fraction(10**400),
        object,
        frozenset({1}),
        {"a": 1},
        {1, 2},
        range(3),
        np.array(1.0),
        np.array(["a", "b"]),
        np.ma.array([1, 2], mask=[0, 1]),
        pd.Series([1, None], dtype="Int64"),
        pd.DataFrame({"a": [1.0], "b": [2.0]}),
    ]
)
SCALARS = st.one_of(
    STRINGS,
    INTEGERS,
    HUGE_INTEGERS,
    FLOATS,
    st.booleans(),
    MISSING,
    MOMENTS,
    NUMPY_SCALARS,
    OTHERS,
)
CELLS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4), max_leaves=12)
# Of one kind, so that much of what is generated is read and not refused as a mixture.
SMALL = st.integers(0, 9)
MILD = st.integers(-9, 9) | st.floats(-1e30, 1e30) | st.sampled_from([1e-60, 0.1, 2**40, -0.0])
_FLAT = {
    "strings": st.lists(STRINGS, min_size=1, max_size=5),
    "few strings": st.lists(st.sampled_from(["a", "b", "a\x00"]), min_size=2, max_size=6),
    "numbers": st.lists(MILD, min_size=1, max_size=5),
    "wild numbers": st.lists(INTEGERS | FLOATS | st.booleans(), min_size=1, max_size=5),
    "labels": st.lists(INTEGERS, min_size=2, max_size=5),
    "few numbers": st.lists(st.sampled_from([0, 1, 2.0, True]), min_size=2, max_size=6),
    "integers": st.lists(INTEGERS | MISSING, min_size=1, max_size=5),
    "moments": st.lists(MOMENTS, min_size=1, max_size=4),
}
_NESTED = {
    "words": st.lists(st.lists(STRINGS, max_size=3), min_size=1, max_size=4),
    "few words": st.lists(st.lists(st.sampled_from("ab"), max_size=3), min_size=2, max_size=4),
    "series": st.lists(st.lists(MILD, max_size=3), min_size=1, max_size=4),
    "wild series": st.lists(st.lists(INTEGERS | FLOATS, max_size=3), min_size=1, max_size=4),
    "table": st.lists(st.lists(SMALL, min_size=2, max_size=2), min_size=1, max_size=4),
    "tokens": st.lists(st.lists(st.integers(1, 9), max_size=4), min_size=1, max_size=4),
    "indicators": st.lists(st.tuples(*[st.integers(0, 1)] * 3), min_size=1, max_size=4),
    "channels": st.lists(
        st.lists(st.tuples(MILD, SMALL), min_size=1, max_size=2), min_size=1, max_size=3
    ),
}
ROWS = {"cells": st.lists(CELLS, max_size=5), **_FLAT, **_NESTED}
FLAT = sorted(_FLAT)
DTYPES = st.sampled_from(
    [
        *("bool", "int8", "int64", "uint64", "float16", "float32", "float64"),
        *("complex128", "M8[ns]", "m8[s]", "U3", "S3"),
    ]
)
ARRAYS = arrays.arrays(DTYPES, arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3))


def objects(values):
    """A 1-D array of objects, whatever they are."""
    return np.fromiter(values, dtype=object, count=len(values))


def numpy_strings(texts, **options):
    """An array of numpy's strings of any length, which NumPy 1 lacks: there of objects."""
    kind = getattr(np.dtypes, "StringDType", None)
    return objects(texts) if kind is None else np.array(texts, dtype=kind(**options))


def encodable(texts):
    """Texts that containers in UTF-8 hold, those of Arrow, polars and numpy's strings."""
    return [text.encode("utf-8", "replace").decode() for text in texts]


def _series(cells, dtype=None):
    """A Series with an index in disorder; of objects where pandas has no array of that dtype."""
    index = np.arange(len(cells))[::-1] * 7 % 5
    try:
        return pd.Series(objects(cells), index=index, dtype=dtype)
    except (TypeError, ValueError, OverflowError):
        # What has no hash, and lone surrogates, which Arrow's strings cannot hold.
        return pd.Series(objects(cells), index=index, dtype=object)


def _nullable(cells):
    try:
        return _series(cells).convert_dtypes()
    except (TypeError, ValueError, OverflowError):
        return _series(cells, object)


def _frame(cells):
    return pd.DataFrame({"b": _series(cells), "a": _series(cells[::-1])})


def _numpy_strings(cells):
    strings = encodable([cell for cell in cells if isinstance(cell, str)])
    return numpy_strings(strings, na_object=None)


CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "deque": collections.deque,
    "objects": objects,
    "series": _series,
    "column": lambda cells: _series(cells).to_frame("a"),
    "categorical": lambda cells: _series(cells, "category"),
    "nullable": _nullable,
    "array of pandas": lambda cells: _nullable(cells).array,
    "numpy strings": _numpy_strings,
}
RARE_CONTAINERS = {
    "frame": _frame,
    "wide": lambda cells: pd.DataFrame([objects(cells)], dtype=object),
    "twice named": lambda cells: pd.DataFrame(
        [objects(cells)], columns=["a"] * len(cells), dtype=object
    ),
    "index": lambda cells: pd.Index(objects(cells), dtype=object),
    "masked": lambda cells: np.ma.array(objects(cells), mask=np.arange(len(cells)) == 1),
    "dict": lambda cells: dict(enumerate(cells)),
    "generator": iter,
    "itself": lambda cells: cells[0] if cells else None,
}


@st.composite
def _array(draw):
    """An array of any dtype and rank, and of any kind of memory."""
    X = draw(ARRAYS)
    forms = ["array", "longdouble", "masked", "read-only", "list", "frame", "sparse"]
    form = draw(st.sampled_from(forms))
    if form == "longdouble" and X.dtype.kind == "f":
        return X.astype(np.longdouble)
    if form == "masked":
        return np.ma.array(X, mask=draw(arrays.arrays(bool, X.shape)))
    if form == "frame" and X.ndim == 2:
        return pd.DataFrame(X)
    if form == "sparse" and X.ndim == 2 and X.dtype.kind in "bif" and X.dtype.itemsize < 16:
        return sparse.csr_array(X.astype(float))
    if form == "list" and X.ndim:
        return list(X)
    X.flags.writeable = form != "read-only"
    return X


@st.composite
def data_of(draw, *kinds):
    """Rows of these kinds in a container, mostly one that is allowed; now and then anything else.

    Without `kinds` anything at all. They are names, to keep what hypothesis prints short.
    """
    if not kinds or draw(st.integers(0, 7)) == 0:
        if draw(st.integers(0, 3)) == 0:
            return draw(_array())
        kinds = sorted(ROWS)
    allowed = draw(st.integers(0, 7)) > 0
    containers = CONTAINERS if allowed else RARE_CONTAINERS
    container = containers[draw(st.sampled_from(sorted(containers)))]
    return container(draw(ROWS[draw(st.sampled_from(kinds))]))


# What a column holds, its numpy dtype and its nullable one.
_COLUMNS = {
    "int64": (INTEGERS, "int64", "Int64"),
    "uint64": (st.integers(0, 9) | st.sampled_from([2**53 + 1, 2**64 - 1]), "uint64", "UInt64"),
    "float64": (FLOATS.filter(lambda v: v == v), "float64", "Float64"),
    "float32": (st.floats(width=32, allow_nan=False), "float32", "Float32"),
    "int8": (st.integers(-128, 127), "int8", "Int8"),
    "bool": (st.booleans(), "bool", "boolean"),
}


@dataclasses.dataclass
class Table:
    """Rows of numbers, and the types of their columns."""

    rows: list
    dtypes: list
    nullable: list

    @property
    def has_missing(self):
        return any(value is None for row in self.rows for value in row)

    def columns(self):
        return list(map(list, zip(*self.rows, strict=True)))

    def frame(self, nullable):
        dtypes = self.nullable if nullable else self.dtypes
        named = zip("abcd", self.columns(), dtypes, strict=False)
        # pandas' own array() rounds integers above 2**63, where the dtype is numpy's.
        make = pd.array if nullable else np.array
        data = {name: make(values, dtype=dtype) for name, values, dtype in named}
        return pd.DataFrame(data, index=np.arange(len(self.rows))[::-1] * 7 % 5)


@st.composite
def tables(draw, missing=True):
    """Rows of numbers; each column has its own type, and may have missing values."""
    kinds = draw(st.lists(st.sampled_from(sorted(_COLUMNS)), min_size=1, max_size=4))
    if draw(st.booleans()):
        kinds = kinds[:1] * len(kinds)
    n_rows = draw(st.integers(1, 4))
    nothing = [st.none()] if missing and draw(st.booleans()) else []
    columns = [
        draw(st.lists(st.one_of(_COLUMNS[k][0], *nothing), min_size=n_rows, max_size=n_rows))
        for k in kinds
    ]
    rows = list(map(list, zip(*columns, strict=True)))
    return Table(rows, [_COLUMNS[k][1] for k in kinds], [_COLUMNS[k][2] for k in kinds])


def forms_of(table, folder):
    """The same numbers in every container that holds them, by name."""
    rows = table.rows
    forms = {
        "list": rows,
        "tuple of tuples": tuple(map(tuple, rows)),
        "object array": np.array(rows, dtype=object),
        "list of object arrays": [np.array(row, dtype=object) for row in rows],
        "series of lists": _series(rows),
        "nullable frame": table.frame(nullable=True),
        "deque": collections.deque(rows),
    }
    one_type = len(set(table.dtypes)) == 1
    if one_type:
        forms["list of nullable series"] = [pd.Series(r, dtype=table.nullable[0]) for r in rows]
    if table.has_missing:
        return forms
    forms["frame"] = table.frame(nullable=False)
    if one_type:
        forms.update(_array_forms(np.array(rows, dtype=table.dtypes[0]), folder))
    return forms


def _array_forms(X, folder):
    fixed = X.copy()
    fixed.setflags(write=False)
    mapped = np.memmap(folder / "X", dtype=X.dtype, mode="w+", shape=X.shape)
    mapped[:] = X
    mapped.flush()
    return {
        "array": X,
        "read-only array": fixed,
        "memory map": np.memmap(folder / "X", dtype=X.dtype, mode="r", shape=X.shape),
        "Fortran order": np.asfortranarray(X),
        "swapped bytes": X.astype(X.dtype.newbyteorder()),
        "every second": np.repeat(X, 2, axis=0)[::2],
        "channels": X[:, :, None],
        "masked": np.ma.array(X),
        "list of arrays": list(X),
        "memoryview": memoryview(X),
    }


FIT_ROWS, FIT_STEPS = 8, 3


def _frozen(X):
    X.setflags(write=False)
    return X


_TABLE_CONTAINERS = {
    "list": list,
    "objects": objects,
    "array": np.array,
    "object array": lambda rows: np.array(rows, dtype=object),
    "float32": lambda rows: _frozen(np.array(rows, dtype=np.float32)),
    "Fortran order": lambda rows: np.asfortranarray(np.array(rows, dtype=float)),
    "channels": lambda rows: np.array(rows, dtype=float)[:, :, None],
    "series": _series,
    "frame": lambda rows: pd.DataFrame(np.array(rows, dtype=float), columns=list("abc")),
    "nullable": lambda rows: pd.DataFrame(rows, columns=list("abc")).astype("Float64"),
}


def _eight(values):
    return st.lists(values, min_size=FIT_ROWS, max_size=FIT_ROWS)


@st.composite
def number_rows(draw):
    """A table of one shape in any container, such that fits share one compiled model."""
    rows = draw(_eight(st.lists(MILD, min_size=FIT_STEPS, max_size=FIT_STEPS)))
    return _TABLE_CONTAINERS[draw(st.sampled_from(sorted(_TABLE_CONTAINERS)))](rows)


@st.composite
def word_rows(draw):
    """Lists of three of four words, each of which occurs: one size of vocabulary."""
    words = draw(st.lists(STRINGS.filter(len), min_size=4, max_size=4, unique_by=str.lower))
    start = [words[:3], words[1:]]
    rest = st.lists(st.sampled_from(words), min_size=FIT_STEPS, max_size=FIT_STEPS)
    return start + draw(st.lists(rest, min_size=FIT_ROWS - 2, max_size=FIT_ROWS - 2))


@st.composite
def two_labels(draw):
    """Two labels of one type, each of which occurs, as a list."""
    kinds = [STRINGS, st.integers(), st.booleans(), st.dates(), st.binary(max_size=3)]
    pair = draw(st.lists(draw(st.sampled_from(kinds)), min_size=2, max_size=2, unique=True))
    labels = draw(_eight(st.sampled_from(pair)))
    return pair + labels[2:]


def ragged_rows(values):
    """Rows of any lengths, none among them."""
    return st.lists(st.lists(values, max_size=5), min_size=1, max_size=3)


@st.composite
def spoilt(draw, *parts):
    """What each of these strategies gives; in one case of three anything in place of one."""
    values = [draw(part) for part in parts]
    if draw(st.integers(0, 2)) == 0:
        values[draw(st.integers(0, len(values) - 1))] = draw(data_of())
    return values
