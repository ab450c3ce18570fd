"""Series to forecast by name or from a file: a row a date, with --series of each series."""

import numpy as np
import pandas as pd

from keraseq.baselines import mase_scale
from keraseq.cli.data_file import read_file
from keraseq.cli.file_text import is_table
from keraseq.cli.many_series import ManySeries, check_horizon, check_season
from keraseq.cli.published_data import published_series
from keraseq.cli.series_frame import check_static, read_series_frame
from keraseq.cli.table_columns import TableColumns
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
    if options.static and options.series is None:
        raise ValueError("--static columns tell how series differ, which needs --series.")
    table = read_file(options, "date", "target", optional=("series", "future", "static"))
    date, target, future = options.date, options.target, options.future or []
    columns = TableColumns(
        target=(target,),
        date=date,
        series=tuple(options.series or ()),
        future=tuple(future),
        static=tuple(options.static or ()),
    )
    told = {"decimal": options.decimal, "dayfirst": options.dayfirst}
    frame = read_series_frame(table, columns, **told)
    static = None
    series = " / ".join(columns.series) or None
    if series is not None:
        names = frame[list(columns.series)].agg(" / ".join, axis=1)
        if columns.static:
            check_static(frame, columns)
            static = frame.groupby(names, sort=False).head(1)[list(columns.static)]
            static = static.assign(**{series: names})
        frame = frame[[date, target, *future]]
        frame.insert(0, series, names)
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


def _from_first_to_last(options, name, rows):
    """The rows by date, without those before the first and after the last known value."""
    rows = rows.sort_values(options.date, kind="stable")
    is_known = rows[options.target].notna().to_numpy()
    if not is_known.any():
        raise ValueError(f"--target {options.target} is empty throughout{_of(options, name)}.")
    return rows[is_known.argmax() : len(rows) - is_known[::-1].argmax()]


def _without_gaps(options, name, rows):
    """The rows with one for every date, so that they are counted alike by all that read them."""
    date = options.date
    rows = rows.set_index(date)
    called = f"--target {options.target}{_of(options, name)}"
    read = read_dated_series(
        rows[options.target], missing=options.missing, freq=options.freq, name=called
    )
    known = [options.target, *(options.future or [])]
    return rows[known].reindex(read.index.rename(date)).reset_index()


def _of(options, name):
    return "" if name is None else f" of {' / '.join(options.series)} {name!r}"


def _borders(options, parts, horizon):
    """The first test row of each series, at one date for all where that is possible."""
    starts = {name: len(rows) - len(rows) // 5 for name, rows in parts.items()}
    split = "the last fifth of each series as test, since no date splits them all"
    if options.series is None:
        split = f"the last fifth as test, from row {starts[None]:,} on"
    else:
        dates = {name: rows[options.date] for name, rows in parts.items()}
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
    # A short series shows less of the step of all.
    index = pd.Index(max(parts.values(), key=len)[options.date])
    season, shortest = season_of(index, options.season), min(starts.values())
    check_season(options.season, shortest)
    season = season if season <= shortest else 1
    scales = [mase_scale(part[options.target][: starts[n]], season) for n, part in parts.items()]
    if options.series is not None and np.isnan(scales).all():
        raise ValueError(
            f"--target {options.target} repeats itself exactly every {season} steps in the "
            "training part of all series, so that MASE has nothing to divide by. Give another "
            "--season."
        )
    return season
