"""Dated rows of one series or many as one typed frame."""

import pandas as pd

from keraseq.cli.columns import find_decimal, holds_numbers, read_numbers
from keraseq.cli.dates import read_dates


def read_series_frame(table, columns, *, decimal=None, dayfirst=None):
    """Read dated rows, whose order is as the file has it.

    Parameters
    ----------
    table : Table
    columns : TableColumns
        What is not in the table is left out.
    decimal, dayfirst
        What the options say.

    Returns
    -------
    DataFrame
        Columns of series as text, the date, numbers; of static columns text where that is no
        number. Its index counts the table's rows.

    Raises
    ------
    ValueError
        Naming the row, for what cannot be read and for a date that comes twice in a series.
    """
    held = table.cells.columns
    frame = read_numbers(table, table.cells[_numbers(table, columns)], decimal=decimal)
    dates = read_dates(table, columns.date, dayfirst=dayfirst, utc=columns.utc)
    frame.insert(0, columns.date, dates)
    for place, name in enumerate(columns.series):
        frame.insert(place, name, _names(table, name))
    for name in columns.static:
        if name in held:
            cells = table.cells[[name]]
            is_number = holds_numbers(cells[name])
            frame[name] = read_numbers(table, cells, decimal=decimal) if is_number else cells
    _check_once(table, columns, frame)
    return frame


def told_decimal(table, columns):
    """The decimal mark of the numbers, where they tell it; the usual one where it is open."""
    return find_decimal(table, table.cells[_numbers(table, columns)], usual=columns.decimal)


def _numbers(table, columns):
    named = (*columns.target, *columns.past, *columns.future)
    return [name for name in named if name in table.cells]


def _names(table, name):
    cells = table.cells[name]
    if (cells == "").any():
        raise ValueError(f"--series {name} is empty in row {(cells == '').idxmax()}.")
    return cells


def _check_once(table, columns, frame):
    """Refuse dates that occur twice, which most often are those of several series."""
    date, series = columns.date, list(columns.series)
    again = frame[frame.duplicated([date, *series], keep=False)]
    if again.empty:
        return
    is_same = (again[[date, *series]] == again[[date, *series]].iloc[0]).all(axis=1)
    one, other = again.index[is_same][:2]
    where = f"--date {date}: {table.cells[date][one]!r} is in row {one} and {other}"
    if series:
        called = f"{' / '.join(series)} {' / '.join(again.loc[one, series])!r}"
        raise ValueError(
            f"{where}, both of {called}; a series has one row a date. "
            "Remove one, add them up, or name a further column with --series."
        )
    dates = frame[date]
    telling = [
        name
        for name, column in table.cells.drop(columns=[date, *columns.target]).items()
        if column.nunique() < len(column)
        and not pd.concat([dates, column], axis=1).duplicated().any()
    ]
    advice = f", such as --series {telling[0]!r}" if telling else ""
    raise ValueError(
        f"{where}. If the file holds several series, name the column that tells them apart with "
        f"--series{advice}; else remove one of the rows."
    )


def check_static(frame, columns):
    """Refuse static columns that change within a series.

    Raises
    ------
    ValueError
    """
    groups = frame.groupby(list(columns.series), sort=False)
    for column in columns.static:
        counts = groups[column].nunique()
        if counts.max() > 1:
            name = counts.idxmax()
            called = " / ".join(name) if isinstance(name, tuple) else name
            raise ValueError(
                f"--static {column} changes within {' / '.join(columns.series)} {called!r}; it "
                "must be the same in all rows of a series. Known ahead, it belongs to --future."
            )


def told_dayfirst(table, column, dates):
    """Which order of day and month the dates were found to have; None where it makes none."""
    fits, dates = [], pd.Index(dates)
    for dayfirst in (True, False):
        try:
            fits += [dayfirst] if read_dates(table, column, dayfirst=dayfirst).equals(dates) else []
        except ValueError:
            continue
    return fits[0] if len(fits) == 1 else None


def known_part(frame, columns):
    """The rows of each series from its first to its last known target, by date; and how many.

    Raises
    ------
    ValueError
        For a series without any.
    """
    frame = frame.sort_values(columns.date, kind="stable")
    groups = frame.groupby(list(columns.series), sort=False) if columns.series else [("", frame)]
    parts = []
    for name, rows in groups:
        is_known = rows[list(columns.target)].notna().any(axis=1).to_numpy()
        if not is_known.any():
            called = " / ".join(name) if isinstance(name, tuple) else name
            raise ValueError(
                f"--target {', '.join(columns.target)} is empty throughout"
                + (f" of {' / '.join(columns.series)} {called!r}." if called else ".")
            )
        parts.append(rows[is_known.argmax() : len(rows) - is_known[::-1].argmax()])
    return pd.concat(parts, ignore_index=True), len(parts)


def frame_columns(columns):
    """What a forecaster is told of the frame's columns."""
    return {
        "series_col": list(columns.series) or None,
        "date_col": columns.date,
        "value_cols": list(columns.target),
    }


def covariates(columns):
    """The names of covariates that a forecaster's `fit` is given."""
    return {
        n: list(getattr(columns, n)) for n in ("past", "future", "static") if getattr(columns, n)
    }
