"""One series or many, read from whatever holds them, and written back in the same form."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from keraseq._checks import shown
from keraseq.encoding.dated_series import is_series, read_dated_series
from keraseq.encoding.disk_parts import DiskParts
from keraseq.encoding.polars_frames import from_polars, to_polars
from keraseq.encoding.series_columns import Columns, select
from keraseq.encoding.series_source import SeriesSource
from keraseq.encoding.streams import is_stream, items_of

# Rows that may show a part of a step alone: a week's working days look like days.
_FEW = 14


@dataclass(frozen=True)
class SeriesPanel:
    """Series, and how the user gave them.

    Attributes
    ----------
    series : tuple of DatedSeries
    ids : tuple or None
        Of the series of a long frame; of several columns tuples.
    form : {"one", "list", "long"}
    columns : Columns
    polars : type or None
        The frame class to answer with, where it is not pandas'.
    ids_like : DataFrame or None
        The columns of the ids as they came, without a row, where numpy or categories hold them.
    """

    series: tuple
    ids: tuple | None
    form: str
    columns: Columns
    polars: type | None = None
    ids_like: object = None

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
        return self.longest.step

    @property
    def longest(self):
        """The longest series: a short one shows less of the step of all."""
        return max(self.series, key=lambda series: len(series.values))

    def _id(self, place):
        """The values of the id columns."""
        if self.ids is None:
            return ()
        key = self.ids[place]
        return key if isinstance(self.columns.series, tuple) else (key,)

    @property
    def labels(self):
        """What tables call each series: its id, several columns of it joined, or its number."""
        if self.ids is None:
            return list(range(len(self)))
        if isinstance(self.columns.series, tuple):
            return _told_apart([", ".join(map(str, key)) for key in self.ids], self.ids)
        return list(self.ids)

    @property
    def target_labels(self):
        """What tables call each target."""
        return _told_apart(list(map(str, self.targets)), self.targets)

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
        if self.form == "long":
            return self._long(parts)
        if self.polars is not None:
            parts = [to_polars(part, self.polars) for part in parts]
        return parts[0] if self.form == "one" else parts

    def _long(self, parts):
        columns, frames = self.columns, []
        for place, part in enumerate(parts):
            pairs = isinstance(part.columns, pd.MultiIndex)
            date = part.index if columns.date is None else part.index.rename(columns.date)
            part = part.set_axis(date, axis=0)
            if columns.date is not None:
                part = part.reset_index()
            for at, (column, value) in enumerate(zip(columns.ids, self._id(place), strict=True)):
                ids = self._as_given(column, [value] * len(part), part.index)
                part.insert(at, (column, "") if pairs else column, ids)
            frames.append(part)
        frame = pd.concat(frames, ignore_index=columns.date is not None)
        return frame if self.polars is None else to_polars(frame, self.polars)

    def _as_given(self, column, ids, index):
        """Ids of one column with its dtype."""
        known = self.ids_like is not None and column in self.ids_like
        return pd.Series(ids, index, dtype=self.ids_like[column].dtype if known else None)


def _told_apart(labels, keys):
    """The labels, or where two are alike the keys as Python writes them."""
    return labels if len(set(labels)) == len(labels) else list(map(repr, keys))


_NO_COLUMNS = Columns()


def read_panel(y, columns=_NO_COLUMNS, *, missing="error", freq=None, known=None, name="y"):
    """Read one series, a list of series, or a long frame.

    Parameters
    ----------
    y : Series, DataFrame, array, Polars frame, or list of them, or a function
        What :func:`read_dated_series` reads, or a long frame where `columns` name its parts. What
        a function yields, one series after another, is written into a file, and stays there.
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
    >>> from keraseq.encoding.series_columns import Columns
    >>> from keraseq.encoding.series_panel import read_panel
    >>> y = pd.DataFrame({"shop": ["a", "a", "b", "b"], "day": [1, 2, 1, 2], "sold": [5, 6, 1, 2]})
    >>> panel = read_panel(y, Columns(series="shop", date="day"))
    >>> panel.ids, panel.series[1].values[:, 0].tolist()
    (('a', 'b'), [1.0, 2.0])
    """
    settings = {"missing": missing, "freq": freq}
    if is_stream(y, name):
        return _read_one_by_one(y, columns, known, settings, name)
    y, polars = from_polars(y, name)
    if columns.is_long:
        return _read_long(y, columns, polars, name, known, settings)
    if _is_list_of_series(y):
        if not len(y):
            raise ValueError(f"{name} is an empty list; give at least one series.")
        names = [f"{name}[{place}]" for place in range(len(y))]
        read = [from_polars(one, called) for one, called in zip(y, names, strict=True)]
        parts = [
            (None, SeriesSource(called, name), _selected(one, columns, called))
            for called, (one, _) in zip(names, read, strict=True)
        ]
        kind = read[0][1] if len({kind for _, kind in read}) == 1 else None
        panel = SeriesPanel(_read_each(parts, known, settings), None, "list", columns, kind)
        _check_alike(panel, name)
        return panel
    y = _selected(y, columns, name)
    if isinstance(y, pd.DataFrame | pd.Series) and polars is not None and not _has_numbers(y):
        raise TypeError(
            f"{name} is a Polars frame with columns of dates or text; name them by "
            "date_col= and series_col=."
        )
    series = _read_each([(None, SeriesSource(name, name), y)], known, settings)
    return SeriesPanel(series, None, "one", columns, polars)


def _read_one_by_one(make, columns, known, settings, name):
    """Read the series that a function yields; their values are never in memory together."""
    if columns.is_long:
        raise ValueError(
            f"{name} is a function, which yields whole series; series_col= and date_col= name "
            "columns of one long frame. Leave them out, and give each series its dates as index."
        )
    read, step = [], None

    def values():
        nonlocal step
        for place, one in enumerate(_yielded(make, name)):
            called = f"{name}[{place}]"
            one = _selected(from_polars(one, called)[0], columns, called)
            if known is not None:
                step = known.step_of(None)
            is_short = hasattr(one, "__len__") and len(one) < _FEW
            source = SeriesSource(called, name)
            series = read_dated_series(
                one, known=step if known is not None or is_short else None, name=source, **settings
            )
            step = series.step if step is None else step
            read.append(replace(series, values=series.values[:0]))
            _check_alike(SeriesPanel((read[0], read[-1]), None, "list", columns), name, place)
            yield series.values

    parts = DiskParts(values())
    series = tuple(replace(one, values=part) for one, part in zip(read, parts, strict=True))
    return SeriesPanel(series, None, "list", columns)


def _yielded(make, name):
    """Yield the series of a function, or raise where it has none."""
    place = -1
    for place, one in enumerate(items_of(make, name)):
        if not is_series(one):
            raise TypeError(
                f"{name}[{place}] is {shown(one)}; the function yields whole series: a Series, a "
                "frame or an array each."
            )
        yield one
    if place < 0:
        raise ValueError(f"{name} is empty: its function yields no series.")


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


def _selected(y, columns, name):
    """The columns of a wide frame that are to be forecast."""
    if columns.values is None or (isinstance(y, pd.Series) and columns.values == (y.name,)):
        return y
    return select(y, columns.values, name)


def _is_list_of_series(y):
    return isinstance(y, list | tuple) and (not y or any(map(is_series, y)))


def _read_long(y, columns, polars, name, known, settings):
    if not isinstance(y, pd.DataFrame):
        raise TypeError(
            f"{name} is a {type(y).__name__}; series_col= and date_col= name columns of a frame of "
            "pandas or Polars."
        )
    values = columns.values or [column for column in y.columns if column not in columns.keys]
    y = select(y, [*columns.keys, *values], name)
    if not len(y):
        raise ValueError(f"{name} is empty; give a series with at least some values.")
    values = list(values)
    if columns.series is None:
        groups = [(None, y)]
    else:
        empty = y[columns.ids].isna().any()
        if empty.any():
            raise ValueError(f"{name}'s column {empty.idxmax()!r} has empty cells; fill them.")
        # Not their names, which the index may have too.
        ids = [y[name] for name in columns.ids]
        by = ids if isinstance(columns.series, tuple) else ids[0]
        groups = [
            (tuple(map(_plain, key)) if isinstance(key, tuple) else _plain(key), group)
            for key, group in y.groupby(by, sort=False, observed=True)
        ]
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
    like = _like(y[columns.ids]) if polars is None else None
    return SeriesPanel(_read_each(parts, known, settings), ids, "long", columns, polars, like)


def _like(ids):
    """Their columns without a row; those alone whose dtypes an artifact knows."""
    plain = np.dtype | pd.StringDtype
    kinds = {name: getattr(ids[name].dtype, "categories", ids[name]).dtype for name in ids}
    return ids[[name for name, kind in kinds.items() if isinstance(kind, plain)]].iloc[:0]


def _plain(value):
    """A number of numpy as Python's, which reads better in errors and tables."""
    return value.item() if isinstance(value, np.generic) else value


def _by_date(group, columns, values):
    if columns.date is not None:
        return group.set_index(columns.date)[values]
    if isinstance(group.index, pd.DatetimeIndex | pd.PeriodIndex):
        return group[values]
    return group[values].reset_index(drop=True)


def _check_alike(panel, name, start=0):
    first = panel.series[0]
    for place, other in enumerate(panel.series[1:], start or 1):
        if other.targets != first.targets and (
            isinstance(first.like, pd.DataFrame) or other.values.shape[1] != first.values.shape[1]
        ):
            raise ValueError(
                f"{name}[{place}] has the columns {other.targets}, {name}[0] has {first.targets}; "
                "all series must have the same."
            )


def _has_numbers(frame):
    return all(pd.api.types.is_numeric_dtype(dtype) for dtype in frame.dtypes)
