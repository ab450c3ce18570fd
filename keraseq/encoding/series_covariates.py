"""What goes along with a series: columns of its past, of its future, and of itself."""

from decimal import Decimal
from numbers import Real

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from keraseq._checks import shown
from keraseq.encoding.polars_frames import from_polars, is_polars
from keraseq.encoding.series_panel import read_panel


def read_covariates(given, panel, argument, n_after=0, at_most=0, **settings):
    """Align covariates with the rows of a panel.

    Parameters
    ----------
    given : in the form of the series themselves
        By date where the series have dates (rows beyond are fine), else row by row.
    panel : SeriesPanel
    argument : {"past", "future"}
        What errors call it.
    n_after : int or None
        Rows wanted beyond the end of each series; None for as many as there are.
    at_most : int
        Rows beyond the end that are taken where they are there.
    **settings
        `columns`, `missing`, `freq` of :func:`read_panel`.

    Returns
    -------
    values : list of ndarray `(time + n_after, features)`
        For each series.
    columns : list
        Names.

    Raises
    ------
    ValueError, TypeError
        For dates or series that are missing; the text names them.
    """
    pairs, columns = _pair(given, panel, argument, settings)
    values = []
    for series, found, name in pairs:
        n_ahead = _steps_ahead(series, found, n_after, at_most)
        ahead = series.index_ahead(n_ahead)
        wanted = series.index.append(ahead) if n_ahead else series.index
        values.append(_look_up(found, wanted, name))
    return values, columns


def follow(given, panel, argument, n, at_most=0, **settings):
    """Return the covariates of the `n` steps after the end of each series, as `read_covariates`.

    Of an array the first rows count; a frame's are found by date.
    """
    pairs, columns = _pair(given, panel, argument, settings)
    values = []
    for series, found, name in pairs:
        if series.is_dated:
            wanted = series.index_ahead(_steps_ahead(series, found, n, at_most))
        else:
            wanted = pd.RangeIndex(max(n, min(at_most, len(found.index))))
        values.append(_look_up(found, wanted, name))
    return values, columns


def _pair(given, panel, argument, settings):
    """Each series, its covariates and what errors call them; and the covariates' names."""
    covariates = read_panel(given, name=argument, known=panel, **settings)
    pairs = []
    for series, place in zip(panel.series, _order(covariates, panel, argument), strict=True):
        name, found = covariates.name(place, argument), covariates.series[place]
        if found.is_dated != series.is_dated:
            own = "" if found.is_dated else " Give it y's index, or the labels of columns of y."
            raise TypeError(
                f"{name} and y must both have dates, or both be arrays without any.{own}"
            )
        pairs.append((series, found, name))
    return pairs, covariates.targets


def _steps_ahead(series, found, n_after, at_most):
    """How many steps are read beyond the end: those asked for, or more that follow on the other."""
    if n_after is None:
        n_after, at_most = 0, len(found.index) - len(series.index)
    if at_most <= n_after:
        return n_after
    known = series.index_ahead(at_most).isin(found.index)
    return max(n_after, at_most if known.all() else int(np.argmin(known)))


def _look_up(found, wanted, called):
    _check_zone(found.index, wanted, called)
    place = found.index.get_indexer(wanted)
    absent = wanted[place < 0]
    if len(absent):
        rows = "date" if found.has_dates else "row"
        closed = "; if it is no day of the series, give freq=" if found.has_dates else ""
        more = "" if len(absent) == 1 else f", {len(absent)} {rows}s in all up to {absent[-1]}"
        raise ValueError(
            f"{called} has no {rows} {absent[0]}{more}; it must cover the rows of y, and what is "
            f"known of the future the steps to be forecast too{closed}."
        )
    return found.values[place]


def _check_zone(index, wanted, called):
    zones = [getattr(i, "tz", None) for i in (index, wanted)]
    if type(index) is not type(wanted) and {type(index), type(wanted)} - _INTEGERS:
        raise TypeError(
            f"{called} has a {type(index).__name__}, y a {type(wanted).__name__}; they must match."
        )
    if (zones[0] is None) != (zones[1] is None):
        raise TypeError(
            f"{called} has dates in the time zone {zones[0]}, y in {zones[1]}; give both one, or "
            "neither."
        )


_INTEGERS = {pd.Index, pd.RangeIndex}


def _order(covariates, panel, argument):
    """For each series of the panel, the place of its covariates."""
    if covariates.form != panel.form:
        raise TypeError(
            f"{argument} must have the form of y: one series, a list of as many, or a long frame "
            "with the same series_col and date_col."
        )
    if panel.ids is None:
        if len(covariates) != len(panel):
            raise ValueError(f"{argument} has {len(covariates)} series, y has {len(panel)}.")
        return range(len(panel))
    places = {key: place for place, key in enumerate(covariates.ids)}
    absent = [key for key in panel.ids if key not in places]
    if absent:
        raise ValueError(
            f"{argument} has no rows for {len(absent)} of the series of y: {absent[:5]!r}."
        )
    return [places[key] for key in panel.ids]


class StaticEncoder:
    """Turn what is constant for a series into numbers: scaled, categories one-hot.

    Categories unseen in training are all zeros.
    """

    def fit(self, static, panel):
        frame = self._read(static, panel)
        numeric = _numeric(frame)
        words = [column for column in frame.columns if column not in numeric]
        self.columns_ = list(frame.columns)
        self._encoder = make_column_transformer(
            (StandardScaler(), numeric),
            (OneHotEncoder(handle_unknown="ignore", sparse_output=False), words),
            sparse_threshold=0,
        ).set_output(transform="default")
        with np.errstate(over="ignore"):  # which `transform` refuses
            self._encoder.fit(frame)
        return self

    def transform(self, static, panel):
        """Return `(series, features)` float32."""
        frame = self._read(static, panel)
        if list(frame.columns) != self.columns_:
            raise ValueError(
                f"static has the columns {list(frame.columns)}; training had {self.columns_}."
            )
        try:
            with np.errstate(over="ignore"):
                values = self._encoder.transform(frame).astype(np.float32)
        except (TypeError, ValueError):
            self._refuse_other_kinds(frame)
            raise
        if not np.isfinite(values).all():
            column = self.names[int(np.argmax(~np.isfinite(values).all(axis=0)))]
            raise ValueError(
                f"static holds numbers that are too large, or too far from those of training, in "
                f"column {column.partition('__')[2]!r}; divide it by a constant."
            )
        return values

    def _refuse_other_kinds(self, frame):
        held, holds = self._encoder.transformers_[0][2], _numeric(frame)
        for column in frame:
            was, now = ("numbers" if column in of else "text" for of in (held, holds))
            if was != now:
                raise TypeError(
                    f"static's column {column!r} held {was} in training, and holds {now}."
                ) from None

    @property
    def names(self):
        """What stands where in what `transform` gives."""
        return self._encoder.get_feature_names_out().tolist()

    def _read(self, static, panel):
        frame = _static_frame(static, panel)
        frame.columns = frame.columns.map(str)
        if not frame.columns.is_unique:
            twice = frame.columns[frame.columns.duplicated()][0]
            raise ValueError(f"static has two columns named {twice!r}; rename one.")
        empty = np.argwhere(frame.isna().to_numpy())
        if len(empty):
            row, column = empty[0]
            raise ValueError(
                f"static holds nothing in column {frame.columns[column]!r} for series "
                f"{frame.index[row]!r}; fill it."
            )
        frame = frame.apply(_as_numbers)
        for column, values in frame.items():
            if values.dtype == object and len({isinstance(one, str) for one in values}) > 1:
                raise TypeError(
                    f"static holds text beside what is none in column {column!r}; make all of it "
                    "text, or numbers."
                )
        for column in frame.select_dtypes("timedelta"):
            raise TypeError(
                f"static holds durations in column {column!r}; make them numbers, such as "
                f"static[{column!r}].dt.total_seconds()."
            )
        numbers = frame.select_dtypes("number")
        for column in numbers.select_dtypes("complex"):
            raise ValueError(
                f"Complex data not supported: static holds complex numbers in column {column!r}."
            )
        if not np.isfinite(numbers.to_numpy(dtype=float)).all():
            raise ValueError("static holds infinity; replace it.")
        return frame


def _numeric(frame):
    return frame.select_dtypes(["number", "bool"]).columns.tolist()


def _as_numbers(column):
    """Numbers among objects as such, as a list of rows would give them; text is left as it is."""
    if column.dtype == object and all(isinstance(one, Real | Decimal) for one in column):
        return column.astype(np.float64)
    return column


def _static_frame(static, panel):
    if not isinstance(static, pd.DataFrame):
        if is_polars(static):
            static = pd.DataFrame(from_polars(static, "static")[0])
        elif isinstance(static, pd.Series) and panel.form == "one":
            static = static.to_frame().T.infer_objects()
        else:
            static = _made_frame(static)
    if panel.ids is None:
        if len(static) != len(panel):
            raise ValueError(f"static has {len(static)} rows; y has {len(panel)} series.")
        return static.reset_index(drop=True)
    ids = panel.columns.ids
    if set(ids) <= set(static.columns):
        static = static.set_index(ids if len(ids) > 1 else ids[0])
    if not static.index.is_unique:
        again = static.index[static.index.duplicated()][0]
        raise ValueError(f"static has two rows for the series {again!r}.")
    absent = [key for key in panel.ids if key not in static.index]
    if absent:
        raise ValueError(
            f"static has no row for {len(absent)} of the series of y: {absent[:5]!r}; its index, "
            f"or {_columns(ids)}, names them."
        )
    return static.loc[list(panel.ids)]


def _made_frame(static):
    try:
        return pd.DataFrame(static)
    except (ValueError, TypeError) as error:
        raise TypeError(
            f"static={shown(static)} is no frame with a row for each series ({error}); give one, "
            "such as pandas.DataFrame({'size': [3.0, 5.0]}, index=ids)."
        ) from None


def _columns(names):
    said = " and ".join(map(repr, names))
    return f"its column {said}" if len(names) == 1 else f"its columns {said}"
