"""Series from a file: a row a date, or with --series-col a row a date and series."""

import numpy as np
import pandas as pd
from _columns import holds_numbers, read_numbers
from _data import read_file
from _dates import read_dates
from _series import ManySeries

from keraseq.baselines import mase_scale
from keraseq.encoding.dated_series import read_dated_series
from keraseq.encoding.season import season_of


def file_series(options, horizon):
    """Read the series of --data, whose rows may come in any order."""
    if options.static_cols and options.series_col is None:
        raise ValueError("--static-cols tell how series differ, which needs --series-col.")
    table = read_file(
        options, "date-col", "target", optional=("series-col", "future-cols", "static-cols")
    )
    date, series, target = options.date_col, options.series_col, options.target
    future = options.future_cols or []
    frame = read_numbers(table, table.cells[[target, *future]], decimal=options.decimal)
    frame.insert(0, date, read_dates(table, date, dayfirst=options.dayfirst))
    if series is not None:
        frame.insert(0, series, table.cells[series])
    _check_dates(options, table, frame)
    static = _static(options, table) if options.static_cols else None
    parts, n_unknown = {}, 0
    for name, rows in [(None, frame)] if series is None else frame.groupby(series, sort=False):
        known = _from_first_to_last(options, name, rows)
        n_unknown += len(rows) - len(known)
        parts[name] = _without_gaps(options, name, known)
    starts, split = _borders(options, parts, horizon)
    for name, rows in parts.items():
        if len(rows) - starts[name] < horizon:
            raise ValueError(
                f"--target {target}{_of(options, name)} has {len(rows)} rows, too few: the test "
                f"part, its last {len(rows) - starts[name]}, must hold a --horizon of {horizon}."
            )
    if n_unknown:
        split += f"; left out {n_unknown:,} rows before the first or after the last {target}"
    season = season_of(pd.Index(next(iter(parts.values()))[date]), options.season)
    shortest = min(starts.values())
    if season > shortest:
        if options.season:
            raise ValueError(f"--season {season} is more than the {shortest} rows before the test.")
        season = 1
    _check_scales(options, parts, starts, season)
    frame = pd.concat(parts.values(), ignore_index=True)
    return ManySeries(frame, date, [target], starts, split, series, future, static, season=season)


def _check_dates(options, table, frame):
    """Refuse dates that occur twice, which most often are those of several series."""
    date, series = options.date_col, options.series_col
    if series is not None and (frame[series] == "").any():
        raise ValueError(f"--series-col {series} is empty in row {(frame[series] == '').idxmax()}.")
    again = frame.duplicated([date] if series is None else [series, date], keep=False)
    if not again.any():
        return
    first = frame[again].iloc[0]
    same = frame[again & (frame[date] == first[date])]
    if series is not None:
        same = same[same[series] == first[series]]
    written = table.cells[date][same.index[0]]
    where = f"{written!r} is in row {same.index[0]} and {same.index[1]}"
    if series is not None:
        raise ValueError(
            f"--date-col {date}: {where}, both of {series} {first[series]!r}; a series has one row "
            "a date. Remove one, or add them up."
        )
    cells = table.cells.drop(columns=[date, options.target])
    telling = [
        name
        for name, column in cells.items()
        if column.nunique() < len(column)
        and not pd.concat([frame[date], column], axis=1).duplicated().any()
    ]
    advice = f", such as --series-col {telling[0]!r}" if telling else ""
    raise ValueError(
        f"--date-col {date}: {where}. If the file holds several series, name the column that tells "
        f"them apart with --series-col{advice}; else remove one of the rows."
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
    rows = rows.reindex(read.index.rename(date))
    if options.series_col is not None:
        rows[options.series_col] = name
    return rows.reset_index()


def _of(options, name):
    return "" if name is None else f" of {options.series_col} {name!r}"


def _borders(options, parts, horizon):
    """The first test row of each series, at one date for all where that is possible."""
    starts = {name: len(rows) - len(rows) // 5 for name, rows in parts.items()}
    if options.series_col is None:
        return starts, f"the last fifth as test, from row {starts[None]:,} on"
    dates = pd.Index(pd.concat([rows[options.date_col] for rows in parts.values()]).unique())
    border = dates.sort_values()[len(dates) - len(dates) // 5]
    at_border = {n: int(rows[options.date_col].searchsorted(border)) for n, rows in parts.items()}
    if all(0 < at_border[name] <= len(rows) - horizon for name, rows in parts.items()):
        return at_border, f"the last fifth of the dates as test, from {_day(border)} on"
    return starts, (
        "the last fifth of each series as test (they do not all have rows before and after one "
        "date)"
    )


def _day(date):
    return str(date).removesuffix(" 00:00:00")


def _check_scales(options, parts, starts, season):
    """Refuse many series of which none has a MASE."""
    scales = [mase_scale(part[options.target][: starts[n]], season) for n, part in parts.items()]
    if options.series_col is not None and np.isnan(scales).all():
        raise ValueError(
            f"--target {options.target} repeats itself exactly every {season} steps in the "
            "training part of all series, so that MASE has nothing to divide by. Give another "
            "--season."
        )


def _static(options, table):
    """What is constant for a series: a row a series; numbers where all are."""
    series = options.series_col
    cells = table.cells[[series, *options.static_cols]]
    groups = cells.groupby(series, sort=False)
    for column in options.static_cols:
        counts = groups[column].nunique()
        if counts.max() > 1:
            raise ValueError(
                f"--static-cols {column} changes within {series} {counts.idxmax()!r}; it must be "
                "the same in all rows of a series. Known ahead, it belongs to --future-cols."
            )
    static = groups.head(1).copy()
    for column in options.static_cols:
        if holds_numbers(static[column]):
            static[column] = read_numbers(table, static[[column]], decimal=options.decimal)
    return static
