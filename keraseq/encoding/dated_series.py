"""A dated series: read, checked, and continued."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keraseq._checks import check_choice, shown
from keraseq.encoding.check_dates import gapless, read_index
from keraseq.encoding.find_step import find_step
from keraseq.encoding.missing import missing_values
from keraseq.encoding.polars_frames import is_polars
from keraseq.encoding.series_source import SeriesSource
from keraseq.encoding.unwrap import cell_values, to_pandas

_MISSING = ("error", "interpolate", "ignore")


@dataclass(frozen=True)
class DatedSeries:
    """Values of a series and what is needed to date their continuation.

    Attributes
    ----------
    values : ndarray `(time, targets)`
        float64; NaN where a value is missing and ``missing="interpolate"`` allows it.
    index : pandas.Index or None
    step : CountStep, DateStep or None
        None of one date.
    like : Series, DataFrame or ndarray
        Empty, in the user's form.
    """

    values: np.ndarray
    index: object
    step: object
    like: object

    @property
    def targets(self):
        """Names of the columns; an unnamed Series is "y", an array's columns are numbers."""
        if isinstance(self.like, pd.DataFrame):
            return list(self.like.columns)
        if isinstance(self.like, pd.Series):
            return ["y" if self.like.name is None else self.like.name]
        return list(range(self.values.shape[1]))

    @property
    def is_dated(self):
        return not isinstance(self.like, np.ndarray)

    @property
    def has_dates(self):
        """Whether its index holds dates or periods, and not numbers."""
        return isinstance(self.index, pd.DatetimeIndex | pd.PeriodIndex)

    def index_ahead(self, n):
        """The n labels after the end; of an array, row numbers."""
        if n == 0:
            return self.index[:0]
        if self.step is None:
            raise ValueError("y has one row and no freq, so the next date is unknown; give freq=.")
        try:
            return self.step.ahead(self.index, n)
        except (pd.errors.OutOfBoundsDatetime, OverflowError) as error:
            raise ValueError(
                f"The {n} steps after {self.index[-1]} run beyond the dates that "
                f"{self.index.dtype} holds ({error})."
            ) from None

    def forecast(self, values, labels=None):
        """Return values that follow, in the user's form, with their dates.

        Parameters
        ----------
        values : ndarray `(n, targets)` or `(n, targets, labels)`
        labels : list, optional
            What the last axis holds, such as ``["lower", "upper"]``: column pairs (target, label).
        """
        if not self.is_dated:
            return values[:, 0] if self.like.ndim == 1 else values
        index = self.index_ahead(len(values))
        if labels is not None:
            columns = pd.MultiIndex.from_product([self.targets, labels])
            return pd.DataFrame(values.reshape(len(values), -1), index, columns)
        if isinstance(self.like, pd.Series):
            return pd.Series(values[:, 0], index, name=self.like.name)
        return pd.DataFrame(values, index, columns=self.like.columns)


def read_dated_series(y, *, missing="error", freq=None, known=None, name="y"):
    """Read a Series, a frame or an array as a gapless series.

    Parameters
    ----------
    y : Series, DataFrame, or array `(time,)` or `(time, targets)`
        The index holds dates, periods or integers, rising.
    missing : {"error", "interpolate", "ignore"}
        For missing values and dates: an error that names the first; NaN, which whoever reads the
        values fills with what was known by then (:mod:`keraseq.encoding.fill_gaps`); or (dates
        only) rows taken as equal steps.
    freq : str, offset or int, optional
        The step; found from the index by default.
    known : CountStep or DateStep, optional
        Training's step, taken where the index fits it: a short history shows a part of it alone.
    name : str or SeriesSource
        What errors call it.

    Returns
    -------
    DatedSeries

    Raises
    ------
    ValueError, TypeError
        Saying which column and date.

    Examples
    --------
    >>> import pandas as pd
    >>> from keraseq.encoding.dated_series import read_dated_series
    >>> y = pd.Series([1.0, 2.0], pd.to_datetime(["2020-01-31", "2020-02-29"]), name="sales")
    >>> read_dated_series(y).forecast(read_dated_series(y).values[:1]).index[0]
    Timestamp('2020-03-31 00:00:00')
    """
    check_choice("missing", missing, _MISSING)
    source = name if isinstance(name, SeriesSource) else SeriesSource(name, name)
    frame, like = _as_frame(y, name)
    if not len(frame) or not frame.shape[1]:
        raise ValueError(f"{name} is empty; give a series with at least some values.")
    frame = _numeric(frame, source)
    frame = frame.set_axis(read_index(frame.index, source))
    step = find_step(frame.index, freq, known, source)
    if missing != "ignore" and step is not None:
        frame = frame.reindex(gapless(frame.index, step, missing, source))
    frame = _check_values(frame, missing, name)
    return DatedSeries(frame.to_numpy(), frame.index, step, like)


def is_series(one):
    """Whether this is a series or an array of any library, and no number."""
    is_array = hasattr(one, "__array__") and hasattr(one, "__len__")
    return is_array and getattr(one, "ndim", 1) > 0


def _as_frame(y, name):
    """The values as a frame, and nothing of them in the user's form."""
    if isinstance(y, list | tuple) and any(map(is_series, y)):
        # Numpy would take them for rows.
        raise TypeError(
            f"{name} is a list of {len(y)} series, and one is read here; give one by one, or "
            "several as the columns of a frame or an array (time, targets)."
        )
    y = _with_dates(y, name)
    if isinstance(y, pd.Series):
        return y.to_frame(), y.iloc[:0]
    if isinstance(y, pd.DataFrame):
        if not y.columns.is_unique:
            twice = y.columns[y.columns.duplicated()][0]
            raise ValueError(f"{name} has two columns named {twice!r}; rename one.")
        return y, y.iloc[:0]
    try:
        values = cell_values(y, name)
    except ValueError as error:
        raise ValueError(f"{name} is no array (time,) or (time, targets): {error}") from None
    if not values.ndim:
        instead = f": pandas.DataFrame({name}), or of many series list({name}.values())"
        raise TypeError(
            f"{name}={shown(y)} is a {type(y).__name__}; give a Series, a frame or an array"
            f"{instead if isinstance(y, dict) else ''}."
        )
    if values.ndim not in (1, 2):
        raise ValueError(
            f"{name} has {values.ndim} dimensions; it must be (time,) or (time, targets)."
        )
    return pd.DataFrame(values), values[:0]


def _with_dates(y, name):
    """What pandas sees in another library's series, if that has dates, as xarray's may have."""
    if is_polars(y):
        return y
    found = to_pandas(y, name)
    dated = pd.DatetimeIndex | pd.PeriodIndex
    return found if isinstance(getattr(found, "index", None), dated) else y


def _numeric(frame, source):
    for place, column in enumerate(frame.columns):
        _refuse_complex(frame.iloc[:, place], column, source)
        text = _first_text(frame.iloc[:, place])
        if text is not None:
            raise TypeError(
                f"{source} holds values that are not numbers (text in column {column!r}, such as "
                f"{shown(text)}); {_mend(frame, source)}."
            )
    if any(dtype.kind == "O" for dtype in frame.dtypes):
        frame = frame.apply(_with_nan)
    try:
        return frame.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(
            f"{source} holds values that are not numbers ({error}); {_mend(frame, source)}."
        ) from None


def _with_nan(values):
    """NaN for what is missing among objects: of NA numpy makes no number."""
    if values.dtype != object:
        return values
    return values.where(~missing_values(values.to_numpy()), np.nan)


def _first_text(values):
    """The first text of a column, of which numpy would make a number where it can; else None."""
    values = values.dtype.categories if isinstance(values.dtype, pd.CategoricalDtype) else values
    if pd.api.types.is_numeric_dtype(values.dtype) or values.dtype.kind in "mM":
        return None
    return next((value for value in values if isinstance(value, str | bytes)), None)


def _refuse_complex(values, column, name):
    """Of a complex number numpy would take the real part."""
    kinds = set(map(type, values)) if values.dtype == object else {values.dtype.type}
    if any(issubclass(kind, complex | np.complexfloating) for kind in kinds):
        raise ValueError(
            f"Complex data not supported: {name} holds complex numbers in column {column!r}; give "
            "real and imaginary parts as two columns."
        )


def _mend(frame, source):
    words = [column for column in frame if not pd.api.types.is_numeric_dtype(frame[column])]
    dates = [column for column in words if pd.api.types.is_datetime64_any_dtype(frame[column])]
    if dates and source.date_col is None:
        return f"if {dates[0]!r} says when rows were, {source.name_dates(dates[0])}"
    if 0 < len(words) < frame.shape[1]:
        how = ": value_cols= names those to forecast" if source.argument == "y" else ""
        return f"convert the column {words[0]!r}, or leave it out{how}"
    return "convert them to numbers"


def _check_values(frame, missing, name):
    values = frame.to_numpy()
    infinite = np.argwhere(np.isinf(values))
    if len(infinite):
        row, column = infinite[0]
        raise ValueError(
            f"{name} holds infinity in column {frame.columns[column]!r} at {frame.index[row]}; "
            "replace it."
        )
    absent = np.argwhere(np.isnan(values))
    if not len(absent):
        return frame
    if np.isnan(values).all(axis=0).any():
        column = int(np.argmax(np.isnan(values).all(axis=0)))
        raise ValueError(f"{name}'s column {frame.columns[column]!r} holds nothing but NaN.")
    if missing != "interpolate":
        row, column = absent[0]
        raise ValueError(
            f"{name} holds NaN in column {frame.columns[column]!r} at {frame.index[row]} "
            f"({len(absent)} in all). Fill it, or use missing='interpolate'."
        )
    return frame
