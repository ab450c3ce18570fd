"""Series to forecast by name or from a file: a row a date, with --series-col of each series."""

import numpy as np
import pandas as pd

from keraseq.baselines import mase_scale
from keraseq.cli.columns import holds_numbers, read_numbers
from keraseq.cli.data_file import read_file
from keraseq.cli.dates import read_dates
from keraseq.cli.file_text import is_table
from keraseq.cli.many_series import ManySeries, check_horizon, check_season
from keraseq.cli.published_data import published_series
from keraseq.encoding.dated_series import read_dated_series
from keraseq.encoding.season import season_of


def series_to_forecast(options, horizon):
    """Load the series of --data.

    Parameters
    ----------
    options : Namespace
    horizon : int
        The test part of each series must hold so many steps.

    Returns
    -------
    ManySeries
    """
    read = _series_of_file if is_table(options.data) else published_series
    return read(options, horizon)


def _series_of_file(options, horizon):
    """Read series whose rows may come in any order."""
    if options.static_cols and options.series_col is None:
        raise ValueError("--static-cols tell how series differ, which needs --series-col.")
    table = read_file(
        options, "date-col", "target", optional=("series-col", "future-cols", "static-cols")
    )
    date, target, future = options.date_col, options.target, options.future_cols or []
    frame = read_numbers(table, table.cells[[target, *future]], decimal=options.decimal)
    frame.insert(0, date, read_dates(table, date, dayfirst=options.dayfirst))
    series = _add_names(options, table, frame)
    _check_dates(options, table, frame, series)
    static = _static(options, table, frame[series]) if options.static_cols else None
    groups = [(None, frame)] if series is None else frame.groupby(series, sort=False)
    parts = {name: _from_first_to_last(options, name, rows) for name, rows in groups}
    n_unknown = len(frame) - sum(map(len, parts.values()))
    parts = {name: _without_gaps(options, name, rows) for name, rows in parts.items()}
    starts, split = _borders(options, parts, horizon)
    if n_unknown:
        split += f"; left out {n_unknown:,} rows before the first or after the last {target}"
    season = _season(options, parts, starts)
    for name, rows in parts.items():
        if series is not None:
            rows.insert(0, series, name)
    frame = pd.concat(parts.values(), ignore_index=True)
    return ManySeries(frame, date, [target], starts, split, series, future, static, season=season)


def _add_names(options, table, frame):
    """Add a column of what each row's series is called, and return the column's name."""
    if options.series_col is None:
        return None
    cells = table.cells[options.series_col]
    empty = (cells == "").any(axis=1)
    if empty.any():
        raise ValueError(
            f"--series-col {' '.join(options.series_col)} is empty in row {empty.idxmax()}."
        )
    series = " / ".join(options.series_col)
    frame.insert(0, series, cells.agg(" / ".join, axis=1))
    return series


def _check_dates(options, table, frame, series):
    """Refuse dates that occur twice, which most often are those of several series."""
    date = options.date_col
    columns = [date] if series is None else [date, series]
    again = frame[frame.duplicated(columns, keep=False)]
    if again.empty:
        return
    is_same = (again[columns] == again[columns].iloc[0]).all(axis=1)
    one, other = again.index[is_same][:2]
    where = f"--date-col {date}: {table.cells[date][one]!r} is in row {one} and {other}"
    if series is not None:
        raise ValueError(
            f"{where}, both of {series} {again[series][one]!r}; a series has one row a date. "
            "Remove one, add them up, or name a further column with --series-col."
        )
    dates = frame[date]
    telling = [
        name
        for name, column in table.cells.drop(columns=[date, options.target]).items()
        if column.nunique() < len(column)
        and not pd.concat([dates, column], axis=1).duplicated().any()
    ]
    advice = f", such as --series-col {telling[0]!r}" if telling else ""
    raise ValueError(
        f"{where}. If the file holds several series, name the column that tells them apart with "
        f"--series-col{advice}; else remove one of the rows."
    )


def _from_first_to_last(options, name, rows):
    """The rows by date, without those before the first and after the last known value."""
    rows = rows.sort_values(options.date_col, kind="stable")
    is_known = rows[options.target].notna().to_numpy()
    if not is_known.any():
        raise ValueError(f"--target {options.target} is empty throughout{_of(options, name)}.")
    return rows[is_known.argmax() : len(rows) - is_known[::-1].argmax()]


def _without_gaps(options, name, rows):
    """The rows with one for every date, so that they are counted alike by all that read them."""
    date = options.date_col
    rows = rows.set_index(date)
    called = f"--target {options.target}{_of(options, name)}"
    read = read_dated_series(
        rows[options.target], missing=options.missing, freq=options.freq, name=called
    )
    known = [options.target, *(options.future_cols or [])]
    return rows[known].reindex(read.index.rename(date)).reset_index()


def _of(options, name):
    return "" if name is None else f" of {' / '.join(options.series_col)} {name!r}"


def _borders(options, parts, horizon):
    """The first test row of each series, at one date for all where that is possible."""
    starts = {name: len(rows) - len(rows) // 5 for name, rows in parts.items()}
    split = "the last fifth of each series as test, since no date splits them all"
    if options.series_col is None:
        split = f"the last fifth as test, from row {starts[None]:,} on"
    else:
        dates = {name: rows[options.date_col] for name, rows in parts.items()}
        every = pd.Index(pd.concat(dates.values()).unique()).sort_values()
        border = every[len(every) - len(every) // 5 - 1]
        at_border = {name: int((one <= border).sum()) for name, one in dates.items()}
        if all(0 < at_border[name] <= len(one) - horizon for name, one in dates.items()):
            starts = at_border
            split = f"the last fifth of the dates as test, after {_day(border)}"
    for name, rows in parts.items():
        called = f"--target {options.target}{_of(options, name)}"
        check_horizon(called, len(rows), len(rows) - starts[name], horizon)
    return starts, split


def _day(date):
    return str(date).removesuffix(" 00:00:00")


def _season(options, parts, starts):
    """Steps of a season: those given, else as the dates suggest where the series are so long."""
    index = pd.Index(next(iter(parts.values()))[options.date_col])
    season, shortest = season_of(index, options.season), min(starts.values())
    check_season(options.season, shortest)
    season = season if season <= shortest else 1
    scales = [mase_scale(part[options.target][: starts[n]], season) for n, part in parts.items()]
    if options.series_col is not None and np.isnan(scales).all():
        raise ValueError(
            f"--target {options.target} repeats itself exactly every {season} steps in the "
            "training part of all series, so that MASE has nothing to divide by. Give another "
            "--season."
        )
    return season


def _static(options, table, names):
    """What is constant for a series: a row a series; numbers where all are."""
    cells = table.cells[options.static_cols]
    groups = cells.groupby(names, sort=False)
    for column in options.static_cols:
        counts = groups[column].nunique()
        if counts.max() > 1:
            raise ValueError(
                f"--static-cols {column} changes within {names.name} {counts.idxmax()!r}; it must "
                "be the same in all rows of a series. Known ahead, it belongs to --future-cols."
            )
    static = groups.head(1).copy()
    for column in options.static_cols:
        if holds_numbers(static[column]):
            static[column] = read_numbers(table, static[[column]], decimal=options.decimal)
    return static.assign(**{names.name: names})
