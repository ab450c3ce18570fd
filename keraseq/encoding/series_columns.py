"""Which columns of a frame hold what: ids, dates, values to forecast, and what goes along."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_scalar

from keraseq._checks import nearest_names, shown
from keraseq.encoding.polars_frames import from_polars, refuse_lazy


@dataclass(frozen=True)
class Columns:
    """The columns that a user has named.

    Attributes
    ----------
    series : column name or tuple of them, optional
        Which series a row of a long frame belongs to; of several columns each combination is one.
    date : column name, optional
        When it was.
    values : tuple of column names, optional
        What to forecast; all others by default.

    Examples
    --------
    >>> from keraseq.encoding.series_columns import Columns
    >>> columns = Columns.of(["shop", "item"], "day", "sold")
    >>> columns.ids, columns.values
    (['shop', 'item'], ('sold',))
    """

    series: object = None
    date: object = None
    values: tuple | None = None

    @classmethod
    def of(cls, series_col=None, date_col=None, value_cols=None):
        """Read a forecaster's parameters; one name stands for a list of one."""
        series = column_names(series_col, "series_col")
        date = column_names(date_col, "date_col")
        if len(date) > 1:
            raise ValueError(f"date_col={date_col!r} must name one column.")
        values = column_names(value_cols, "value_cols")
        named = [*series, *date, *values]
        for name in named:
            if named.count(name) > 1:
                raise ValueError(
                    f"series_col, date_col and value_cols name {name!r} twice; each column has "
                    "one part to play."
                )
        return cls(
            None if not series else series[0] if len(series) == 1 else tuple(series),
            date[0] if date else None,
            tuple(values) or None,
        )

    @property
    def is_long(self):
        return self.series is not None or self.date is not None

    @property
    def ids(self):
        """The columns of the ids, as a list."""
        if self.series is None:
            return []
        return list(self.series) if isinstance(self.series, tuple) else [self.series]

    @property
    def keys(self):
        """The columns that tell rows apart, as a list."""
        return self.ids if self.date is None else [*self.ids, self.date]


def column_names(given, argument):
    """Return what names columns as a list; a single name is a list of one.

    Raises
    ------
    ValueError
        For an empty list, or a name that comes twice.
    """
    if given is None:
        return []
    many = isinstance(given, list | tuple | pd.Index | np.ndarray)
    names = list(given) if many else [given]
    if not names:
        raise ValueError(f"{argument}={given!r} names no column; leave it out, or name one.")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"{argument}={given!r} names {twice[0]!r} twice.")
    return names


def are_names(given):
    """Whether covariates are given by the names of columns, and not by values."""
    if isinstance(given, str):
        return True
    if isinstance(given, np.ndarray) and given.dtype.kind in "OUT":
        given = given.tolist()
    many = isinstance(given, list | tuple | pd.Index)
    return many and len(given) > 0 and all(isinstance(name, str) for name in given)


def are_labels(given, y):
    """Whether covariates are given by labels that are no text, of columns that frames y have."""
    frames = y if isinstance(y, list | tuple) else [y]
    if not frames or not all(isinstance(frame, pd.DataFrame) for frame in frames):
        return False
    labels = list(given) if isinstance(given, list | tuple | pd.Index) else [given]
    plain = all(is_scalar(one) and not isinstance(one, bool) for one in labels)
    return plain and bool(labels) and all(one in frame for frame in frames for one in labels)


def refuse_places(given, y, argument):
    """Refuse a list of the numbers of an array's columns, which would be read as values."""
    if not isinstance(y, np.ndarray) or not isinstance(given, list | tuple):
        return
    if 0 < len(given) < len(y) and all(isinstance(one, int | np.integer) for one in given):
        raise ValueError(
            f"{argument}={shown(given)} is {len(given)} values, and y has {len(y)} rows. Columns "
            "of an array have no names: give y without them and them by themselves, such as "
            f"{argument}=y[:, {shown(given)}]."
        )


def select(frame, names, argument):
    """Return these columns of a pandas or Polars frame, in this order.

    Raises
    ------
    ValueError, TypeError
        If it is no frame, has not all of them, or one of them twice.
    """
    refuse_lazy(frame, argument)
    if hasattr(frame, "column_names"):
        raise TypeError(f"{argument} is a {type(frame).__name__}; give {argument}.to_pandas().")
    if not hasattr(frame, "columns"):
        raise TypeError(
            f"{argument} is of type {type(frame).__name__}; {', '.join(map(repr, names))} can be "
            "columns of a frame only."
        )
    there = list(frame.columns)
    for name in names:
        if name not in there:
            raise ValueError(
                f"{argument} has no column {name!r}; its columns are {there}."
                f"{nearest_names(name, map(str, there))}"
            )
        if there.count(name) > 1:
            raise ValueError(f"{argument} has two columns named {name!r}; rename one.")
    return frame[list(names)]


def part(y, columns, named):
    """Take what goes along with the series out of their frame.

    Parameters
    ----------
    y : frame, or list of wide frames
    columns : Columns
    named : dict of str to list of str
        The columns of each kind of covariates: "past", "future", "static".

    Returns
    -------
    y : as given
        Without them.
    covariates : dict
        In the form of y; "static" as a frame of a row for each series.
    """
    if not named:
        return y, {}
    taken = [name for names in named.values() for name in names]
    for argument, names in named.items():
        others = [*columns.keys, *(columns.values or ()), *taken]
        doubled = [name for name in names if others.count(name) > 1]
        if doubled:
            raise ValueError(
                f"{argument}={names!r} names {doubled[0]!r}, which is something else already; "
                "each column has one part to play."
            )
    return _each(y, lambda frame, name: _without(frame, taken, name)), {
        argument: _static(y, columns, names) if argument == "static" else take(y, columns, names)
        for argument, names in named.items()
    }


def take(y, columns, names, argument="y"):
    """Return the keys and these columns of a frame, or of each of a list."""
    return _each(y, lambda frame, name: select(frame, [*columns.keys, *names], name), argument)


def join(before, after, columns):
    """Return rows and those that follow them; where both know a date, the later frame does.

    Parameters
    ----------
    before, after : frames, or lists of as many
    columns : Columns
    """
    if isinstance(before, list | tuple):
        if not isinstance(after, list | tuple) or len(after) != len(before):
            raise ValueError(f"future must be a list of {len(before)} frames, as y is.")
        return [join(one, other, columns) for one, other in zip(before, after, strict=True)]
    frame = pd.concat([from_polars(before)[0], from_polars(after)[0]])
    keys = frame[columns.keys].reset_index(drop=True)
    if columns.date is None:
        keys["index of the frame"] = frame.index
    return frame[~keys.duplicated(keep="last").to_numpy()]


def _each(y, function, argument="y"):
    if isinstance(y, list | tuple):
        return [function(one, f"{argument}[{place}]") for place, one in enumerate(y)]
    return function(y, argument)


def _without(frame, taken, name):
    select(frame, taken, name)
    return frame[[column for column in frame.columns if column not in taken]]


def _static(y, columns, names):
    """A row for each series; what they are named must not change within one."""
    if not columns.ids:
        frames = y if isinstance(y, list | tuple) else [y]
        rows = [_constant(from_polars(one)[0][names], [0] * len(one)) for one in frames]
        return pd.concat(rows, ignore_index=True)
    frame = from_polars(take(y, columns, names))[0]
    ids = frame[columns.ids] if len(columns.ids) > 1 else frame[columns.series]
    keys = list(ids.itertuples(index=False, name=None)) if len(columns.ids) > 1 else ids.tolist()
    _constant(frame[names], keys)
    return frame[[*columns.ids, *names]].drop_duplicates(columns.ids)


def _constant(frame, keys):
    groups = frame.groupby(pd.Index(keys, tupleize_cols=False), sort=False)
    varied = groups.nunique(dropna=False) > 1
    if varied.to_numpy().any():
        row, column = np.argwhere(varied.to_numpy())[0]
        series = f" in the series {varied.index[row]!r}" if len(varied) > 1 else ""
        raise ValueError(
            f"static names the column {frame.columns[column]!r}, which changes{series}; what is "
            "static is one value a series. Name it by past= or future=."
        )
    return frame[:1]
