"""One series or many, read from whatever holds them, and written back in the same form."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from keraseq.encoding.dated_series import read_dated_series
from keraseq.encoding.series_source import SeriesSource

# Rows that may show a part of a step alone: a week's working days look like days.
_FEW = 14


@dataclass(frozen=True)
class Columns:
    """Which columns of a long frame hold what.

    Attributes
    ----------
    series, date : column name, optional
        Which series a row belongs to, and when it was.
    values : list of column names, optional
        All others by default.
    """

    series: object = None
    date: object = None
    values: list | None = None

    @property
    def is_long(self):
        return self.series is not None or self.date is not None


@dataclass(frozen=True)
class SeriesPanel:
    """Series, and how the user gave them.

    Attributes
    ----------
    series : tuple of DatedSeries
    ids : tuple or None
        Of the series of a long frame.
    form : {"one", "list", "long"}
    columns : Columns
    polars : type or None
        The frame class to answer with, where it is not pandas'.
    """

    series: tuple
    ids: tuple | None
    form: str
    columns: Columns
    polars: type | None = None

    def __len__(self):
        return len(self.series)

    @property
    def targets(self):
        return self.series[0].targets

    def name(self, place, argument="y"):
        """What errors call a series."""
        if self.form == "one" or (self.form == "long" and self.ids is None):
            return argument
        which = self.ids[place] if self.form == "long" else place
        return f"{argument}[{which!r}]"

    def step_of(self, key):
        """The step of the series with this id; else that of the longest one."""
        if self.ids is not None and key in self.ids:
            return self.series[self.ids.index(key)].step
        return max(self.series, key=lambda series: len(series.values)).step

    def until(self, ends):
        """The first rows of each series."""
        series = tuple(
            replace(s, values=s.values[:end], index=s.index[:end])
            for s, end in zip(self.series, ends, strict=True)
        )
        return replace(self, series=series)

    def forecast(self, values, labels=None):
        """Return what follows, in the user's form.

        Parameters
        ----------
        values : list of ndarray `(n, targets)` or `(n, targets, labels)`
            For each series.
        labels : list, optional
        """
        parts = [s.forecast(v, labels) for s, v in zip(self.series, values, strict=True)]
        if self.form == "one":
            return parts[0]
        if self.form == "list":
            return parts
        return self._long(parts)

    def _long(self, parts):
        columns, frames = self.columns, []
        for place, part in enumerate(parts):
            pairs = isinstance(part.columns, pd.MultiIndex)
            date = part.index if columns.date is None else part.index.rename(columns.date)
            part = part.set_axis(date, axis=0)
            if columns.date is not None:
                part = part.reset_index()
            if columns.series is not None:
                part.insert(0, (columns.series, "") if pairs else columns.series, self.ids[place])
            frames.append(part)
        frame = pd.concat(frames, ignore_index=columns.date is not None)
        return frame if self.polars is None else _to_polars(frame, self.polars)


def read_panel(y, columns=Columns(), *, missing="error", freq=None, known=None, name="y"):
    """Read one series, a list of series, or a long frame.

    Parameters
    ----------
    y : Series, DataFrame, array, Polars frame, or list of them
        What :func:`read_dated_series` reads, or a long frame where `columns` name its parts.
    columns : Columns
    missing, freq : as of :func:`read_dated_series`
    known : SeriesPanel, optional
        Training's, or the series that these go along with: their steps are taken where they fit.
    name : str
        What errors call it.

    Returns
    -------
    SeriesPanel

    Raises
    ------
    ValueError, TypeError
        Saying which series, column and date.

    Examples
    --------
    >>> import pandas as pd
    >>> from keraseq.encoding.series_panel import Columns, read_panel
    >>> y = pd.DataFrame({"shop": ["a", "a", "b", "b"], "day": [1, 2, 1, 2], "sold": [5, 6, 1, 2]})
    >>> panel = read_panel(y, Columns(series="shop", date="day"))
    >>> panel.ids, panel.series[1].values[:, 0].tolist()
    (('a', 'b'), [1.0, 2.0])
    """
    y, polars = _from_polars(y)
    settings = {"missing": missing, "freq": freq}
    if columns.is_long:
        return _read_long(y, columns, polars, name, known, settings)
    if _is_list_of_series(y):
        if not len(y):
            raise ValueError(f"{name} is an empty list; give at least one series.")
        parts = [
            (None, SeriesSource(f"{name}[{place}]", name), _from_polars(one)[0])
            for place, one in enumerate(y)
        ]
        panel = SeriesPanel(_read_each(parts, known, settings), None, "list", columns)
        _check_alike(panel, name)
        return panel
    if isinstance(y, pd.DataFrame | pd.Series) and polars is not None and not _has_numbers(y):
        raise TypeError(
            f"{name} is a Polars frame with columns of dates or text; name them by "
            "date_col= and series_col=."
        )
    series = _read_each([(None, SeriesSource(name, name), y)], known, settings)
    return SeriesPanel(series, None, "one", columns, polars)


def _read_each(parts, known, settings):
    """Read ids, sources and series; a short series takes its step from the longest."""
    sizes = [len(y) if hasattr(y, "__len__") else 0 for _, _, y in parts]
    first = int(np.argmax(sizes))
    step, found = None, {}
    for place in sorted(range(len(parts)), key=lambda place: place != first):
        key, source, y = parts[place]
        if known is not None:
            step = known.step_of(key)
        own = step if known is not None or sizes[place] < _FEW else None
        found[place] = read_dated_series(y, known=own, name=source, **settings)
        step = found[first].step
    return tuple(found[place] for place in range(len(parts)))


def _is_list_of_series(y):
    return isinstance(y, list | tuple) and (
        not y
        or any(
            isinstance(one, pd.Series | pd.DataFrame | np.ndarray) or _is_polars(one) for one in y
        )
    )


def _read_long(y, columns, polars, name, known, settings):
    if not isinstance(y, pd.DataFrame):
        raise TypeError(
            f"{name} is a {type(y).__name__}; series_col= and date_col= name columns of a frame."
        )
    given = [columns.series, columns.date, *(columns.values or ())]
    for column in given:
        if column is not None and column not in y.columns:
            raise ValueError(f"{name} has no column {column!r}; its columns are {list(y.columns)}.")
    if not len(y):
        raise ValueError(f"{name} is empty; give a series with at least some values.")
    values = columns.values or [c for c in y.columns if c not in given]
    if columns.series is None:
        groups = [(None, y)]
    else:
        if y[columns.series].isna().any():
            raise ValueError(f"{name}'s column {columns.series!r} has empty cells; fill them.")
        groups = y.groupby(columns.series, sort=False, observed=True)
    origin = (name, columns.series, columns.date, polars is not None)
    parts = [
        (
            key,
            SeriesSource(name if columns.series is None else f"{name}[{key!r}]", *origin),
            _by_date(group, columns, values),
        )
        for key, group in groups
    ]
    ids = None if columns.series is None else tuple(key for key, _, _ in parts)
    return SeriesPanel(_read_each(parts, known, settings), ids, "long", columns, polars)


def _by_date(group, columns, values):
    if columns.date is not None:
        return group.set_index(columns.date)[values]
    if isinstance(group.index, pd.DatetimeIndex | pd.PeriodIndex):
        return group[values]
    return group[values].reset_index(drop=True)


def _check_alike(panel, name):
    first = panel.series[0]
    for place, other in enumerate(panel.series):
        if other.targets != first.targets and (
            isinstance(first.like, pd.DataFrame) or other.values.shape[1] != first.values.shape[1]
        ):
            raise ValueError(
                f"{name}[{place}] has the columns {other.targets}, {name}[0] has {first.targets}; "
                "all series must have the same."
            )


def _is_polars(y):
    return type(y).__module__.partition(".")[0] == "polars"


def _from_polars(y):
    """A Polars frame or column as pandas', without pyarrow, and its class."""
    if not _is_polars(y):
        return y, None
    if hasattr(y, "collect"):
        raise TypeError("y is a Polars LazyFrame; give y.collect().")
    if not hasattr(y, "columns"):
        return y.to_numpy(), None
    return pd.DataFrame({name: _polars_column(y[name]) for name in y.columns}), type(y)


def _polars_column(column):
    zone = getattr(column.dtype, "time_zone", None)
    values = pd.Series(column.to_numpy())
    return (
        values
        if zone is None
        else pd.Series(pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(zone))
    )


def _to_polars(frame, polars):
    names = [
        column if isinstance(column, str) else "_".join(str(part) for part in column if part != "")
        for column in frame.columns
    ]
    made = {}
    for name, place in zip(names, range(frame.shape[1]), strict=True):
        values = frame.iloc[:, place]
        zone = getattr(values.dtype, "tz", None)
        if zone is not None:
            made[name] = (
                polars({name: values.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()})[name]
                .dt.replace_time_zone("UTC")
                .dt.convert_time_zone(str(zone))
            )
        else:
            made[name] = values.to_numpy()
    return polars(made)


def _has_numbers(frame):
    return all(pd.api.types.is_numeric_dtype(dtype) for dtype in frame.dtypes)
