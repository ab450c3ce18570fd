"""Forecasts of the past, as if it were the future, beside those of rivals."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import check_cv

from keraseq._checks import check_integer
from keraseq._progress import progress_bar
from keraseq.baselines import Facts, SeriesRival, drift, mase_scale, rivals_of, seasonal_naive
from keraseq.encoding.fill_gaps import known_before
from keraseq.encoding.first_steps import index_kind
from keraseq.encoding.row_of_date import row_of_date
from keraseq.encoding.season import season_of
from keraseq.training.workers import Lost, check_sendable, find_workers
from keraseq.wrappers._auto import is_auto
from keraseq.wrappers.forecasting._backtest_result import Backtest
from keraseq.wrappers.forecasting.column_scaling import undo
from keraseq.wrappers.forecasting.intervals import (
    check_coverage,
    model_band,
    nonconformity,
    track,
    widen,
)

_TEST_SHARE = 0.2
_BAR = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}"


def run_backtest(
    forecaster, y, covariates, *, start, stride, cv, refit, coverage, season, baselines, verbose
):
    """See :meth:`SequenceForecaster.backtest`."""
    coverage = None if coverage is None else check_coverage(coverage)
    verbose = check_integer("verbose", verbose, 0)
    if cv is not None and (start is not None or refit):
        raise ValueError("cv says where to begin and to fit again; leave out start and refit.")
    stride = forecaster.horizon if stride is None else check_integer("stride", stride, 1)
    covariates = _named(forecaster, covariates)
    # A checkpoint is one fit's, and the user's own may wait there to be gone on with.
    forecaster = clone(forecaster)
    forecaster.set_params(
        **{n: None for n in forecaster.get_params() if n.rpartition("__")[2] == "checkpoint"}
    )
    reader, data = forecaster._read_training(y, *covariates.values())
    if season is None and not is_auto(forecaster.season):
        season = forecaster.season
    given, season = season, season_of(data.panel.longest.index, season)
    facts = {"horizon": forecaster.horizon, "season": given, "dated_season": season}
    rivals = _strong_rivals(forecaster, baselines, **facts)
    # All at once, so that a split that cannot be used is told before the first fit.
    rounds = list(_rounds(forecaster, data, start, stride, cv, refit))
    shared = _Shared(forecaster, reader, data, rivals, coverage, season)
    with progress_bar(len(rounds), verbose=verbose, bar_format=_BAR) as bar:
        tables = _fit_all(shared, rounds, bar)
    return Backtest(pd.concat(tables, ignore_index=True), coverage, season)


@dataclass(frozen=True)
class _Shared:
    """What each fit of a backtest needs beside the rows that it sees and where it forecasts."""

    forecaster: object
    reader: object
    data: object
    rivals: dict
    coverage: float | None
    season: int


def _fit_all(shared, rounds, bar):
    """Fit every round, on the workers of joblib's active backend; return their tables in order."""
    workers, found = find_workers(n_fits=len(rounds)), {}
    if workers.is_here:
        for done, round_ in enumerate(rounds):
            bar.set_description_str(f"backtest, fit {done + 1} of {len(rounds)}", refresh=False)
            found[done] = _fit_round(shared, round_, partial(_advance, bar, done))
            _advance(bar, done, 1)
    else:
        check_sendable({"forecaster": shared.forecaster})
        bar.set_description_str(f"backtest, {workers.n} workers", refresh=False)
        with workers.run(_fit_round, shared, rounds) as outcomes:
            for done, (place, outcome) in enumerate(outcomes):
                if isinstance(outcome, Lost):
                    raise RuntimeError(f"Fit {place + 1} of the backtest: {outcome}")
                found[place] = outcome
                _advance(bar, done, 1)
    return [table for place in sorted(found) for table in found[place]]


def _fit_round(shared, round_, on_epoch=None):
    """Fit on what a round may know, and forecast its origins; a list of tables."""
    train_ends, origins = round_
    known = shared.data.until(train_ends)
    # Before the network, since one that lacks rows says so at once.
    learned = {n: clone(rival).learn(shared.reader, known) for n, rival in shared.rivals.items()}
    fitted = clone(shared.forecaster)._fit_rows(shared.reader, known, on_epoch)
    return _round(fitted, learned, shared.data, train_ends, origins, shared.coverage, shared.season)


def _named(forecaster, given):
    """Covariates, and for those left out the columns of y that `fit` was told to take."""
    names = forecaster._core.reader.named if hasattr(forecaster, "_core") else {}
    return {kind: names.get(kind) if value is None else value for kind, value in given.items()}


def _strong_rivals(forecaster, names, **facts):
    """The rivals that learn, unfitted; the naive ones are in every backtest."""
    if names is False:
        return {}
    (task,) = forecaster._tasks
    found = rivals_of(Facts(task, "series", **facts), names)
    return {name: rival for name, rival in found.items() if isinstance(rival, SeriesRival)}


def _advance(bar, done, share):
    """Show so many fits done and this share of the next."""
    bar.update(done + share - bar.n)


def _rounds(forecaster, data, start, stride, cv, refit):
    """Yield for each fit: how many rows of each series it sees, and the origins to forecast."""
    lengths, horizon = data.lengths(), forecaster.horizon
    if cv is not None:
        yield from _folds(data, cv, stride, horizon)
        return
    first = _first_rows(data, start, horizon)
    origins = [
        np.arange(low, length - horizon + 1, stride)
        for low, length in zip(first, lengths, strict=True)
    ]
    _check_origins(data, origins, first, horizon)
    if not refit:
        yield first, origins
        return
    for place in range(max(map(len, origins))):
        now = [o[place : place + 1] for o in origins]
        ends = [int(o[min(place, len(o) - 1)]) for o in origins]
        yield ends, now


def _folds(data, cv, stride, horizon):
    lengths = data.lengths()
    if len(set(lengths)) > 1:
        raise ValueError("cv splits rows, so all series must have the same number; use start=.")
    for parts in check_cv(cv).split(np.zeros((lengths[0], 1))):
        parts = map(np.asarray, parts)
        train, test = (np.flatnonzero(rows) if rows.dtype == bool else rows for rows in parts)
        if not len(train) or not len(test) or train.max() >= test.min():
            raise ValueError(
                f"cv={cv!r} trains on rows that come after the first test row; a forecast needs "
                "the past alone, as in TimeSeriesSplit."
            )
        if (np.diff(train) != 1).any() or train[0] != 0 or (np.diff(test) != 1).any():
            raise ValueError(
                f"cv={cv!r} leaves out rows before or in between; training must be all rows up to "
                "one, as in TimeSeriesSplit without max_train_size."
            )
        origins = np.arange(test[0], test[-1] + 2 - horizon, stride)
        _check_origins(data, [origins], [test[0]], horizon)
        yield [int(train[-1]) + 1] * len(lengths), [origins] * len(lengths)


def _first_rows(data, start, horizon):
    """Where each series' test part begins; a share means one date for all where that can be.

    Else a model would have learned of dates from one series that are to be forecast of another.
    """
    panel, lengths, begins = data.panel, data.lengths(), data.begins()
    if start is not None and not (isinstance(start, float | np.floating) and 0 < start < 1):
        return [_first_row(panel, place, start) for place in range(len(panel))]
    indexes = [series.index for series in panel.series]
    # Of numbers those alone are dates that a column of dates holds.
    dated = panel.columns.date is not None or all(series.has_dates for series in panel.series)
    if dated and len({index_kind(index) for index in indexes}) == 1:
        calendars = [_comparable(index) for index in indexes]
        dates = np.unique(np.concatenate(calendars))
        border = dates[_row_of_share(start, len(dates))]
        rows = [int(np.searchsorted(own, border)) for own in calendars]
        triples = zip(rows, begins, lengths, strict=True)
        if all(begin <= row <= length - horizon for row, begin, length in triples):
            return rows
    pairs = zip(lengths, begins, strict=True)
    return [_row_of_series(start, length, begin, horizon) for length, begin in pairs]


def _comparable(index):
    """Labels that compare, whatever the unit and the time zone of their dates."""
    if isinstance(index, pd.PeriodIndex):
        return index.asi8
    zone = getattr(index, "tz", None)
    return (index if zone is None else index.tz_convert(None)).to_numpy()


def _row_of_share(share, length):
    return length - round(_TEST_SHARE * length) if share is None else round(share * length)


def _row_of_series(share, length, begin, horizon):
    """Of all rows; of a series that has not begun by then, of those from its first value on."""
    row = _row_of_share(share, length)
    if row >= begin:
        return row
    row = begin - 1 + _row_of_share(share, length - begin + 1)
    return max(begin, min(row, length - horizon))


def _first_row(panel, place, start):
    series = panel.series[place]
    length = len(series.values)
    if isinstance(start, int | np.integer) and not isinstance(start, bool):
        row = int(start)
    elif series.has_dates and not isinstance(start, bool | float | np.floating):
        row = row_of_date(series.index, start)
    else:
        raise TypeError(f"start={start!r} must be a row number, a share of the rows, or a date.")
    if not 0 < row < length:
        raise ValueError(
            f"start={start!r} is row {row} of {length}; it must lie inside {panel.name(place)}."
        )
    return row


def _check_origins(data, origins, first, horizon):
    panel = data.panel
    for place, (o, low, begin) in enumerate(zip(origins, first, data.begins(), strict=False)):
        if not len(o):
            length = len(panel.series[place].values)
            late = "" if low > begin else ", before which a column has no value"
            raise ValueError(
                f"{panel.name(place)} has {length} rows: from row {low} on{late}, fewer than "
                f"horizon={horizon} are left to forecast. "
                + ("Leave it out." if late else "Begin earlier, or shorten the horizon.")
            )


def _round(fitted, learned, data, train_ends, origins, coverage, season):
    """Forecast every origin with one fit; a list of tables."""
    core, horizon = fitted._core, fitted.horizon
    scalings = core.scalings(core.data)
    windows = _windows_at(core, data, scalings, origins)
    output = core.predict(windows, horizon)
    middle = core.task.decode(output, core.params["quantiles"])
    ends = np.full((*middle.shape, 2), np.nan)
    if coverage is not None:
        ends = _intervals(fitted, windows, output, origins, coverage)
    tables, borders = [], np.cumsum([len(o) for o in origins])[:-1]
    for place, (own, own_ends) in enumerate(
        zip(np.split(middle, borders), np.split(ends, borders), strict=True)
    ):
        if len(own):
            table = _Table(data.panel, place, origins[place], horizon, train_ends[place], season)
            scaling = [scalings[place]] * len(own)
            tables.append(
                table.rows(
                    fitted._model_name,
                    np.stack(undo(own, scaling)),
                    np.stack(undo(own_ends, scaling)),
                )
            )
            ahead = {n: rival.ahead(data, place, origins[place]) for n, rival in learned.items()}
            beside = {**table.rivals(), **ahead}
            tables += [table.rows(rival, values) for rival, values in beside.items()]
    return tables


def _windows_at(core, data, scalings, origins):
    """The windows of every series at its origins."""
    first = [
        int(o[0]) if len(o) else length + 1
        for o, length in zip(origins, data.lengths(), strict=True)
    ]
    windows = core.windows(data, scalings, first=first)
    counts = np.bincount(windows.series, minlength=len(origins))
    starts = np.cumsum([0, *counts[:-1]])
    index = [start + o - low for start, o, low in zip(starts, origins, first, strict=True)]
    return windows.take(np.concatenate(index))


def _intervals(fitted, windows, output, origins, coverage):
    """Both ends for every window; with adaptive intervals the widths follow the errors so far."""
    core, calibrator = fitted._core, fitted._probabilities.calibrator
    radius = calibrator.radius(core.horizon, coverage)
    band = model_band(output, core.params["quantiles"], coverage)
    scale = calibrator.scale(windows)
    if fitted.conformal == "adaptive":
        scores = nonconformity(windows.truth(), band[0], band[2], scale)
        borders = np.cumsum([len(o) for o in origins])[:-1]
        radius = np.concatenate(
            [
                track(part, o, radius, coverage)
                for part, o in zip(np.split(scores, borders), origins, strict=True)
                if len(o)
            ]
        )
    return widen(band, radius, scale)


class _Table:
    """Rows of the tidy frame for one series."""

    def __init__(self, panel, place, origins, horizon, train_end, season):
        self.panel, self.place, self.origins, self.horizon = panel, place, origins, horizon
        self.series = panel.series[place]
        self.season = season
        self.values = self.series.values
        rows = origins[:, None] + np.arange(horizon)
        self.truth = self.values[rows]
        shape = self.truth.shape
        scale = mase_scale(self.values[:train_end], season)
        targets = pd.Categorical.from_codes(
            np.tile(np.arange(shape[2]), shape[0] * shape[1]), panel.target_labels
        )
        index = self.series.index
        self.shared = {
            "target": targets,
            "origin": np.repeat(index[origins - 1], shape[1] * shape[2]),
            "date": np.repeat(index[rows.ravel()], shape[2]),
            "step": np.tile(np.repeat(np.arange(1, horizon + 1), shape[2]), shape[0]),
            "truth": self.truth.ravel(),
            "scale": np.tile(scale, shape[0] * shape[1]),
        }

    def rivals(self):
        """Seasonal naive, repeating the last value, and drift, from the same origins."""
        season = self.season if self.origins[0] >= self.season else 1
        ways = {"naive": lambda past: seasonal_naive(past, self.horizon)}
        if season > 1:
            ways["seasonal_naive"] = lambda past: seasonal_naive(past, self.horizon, season)
        ways["drift"] = lambda past: drift(past, self.horizon)
        past = known_before(self.values)
        return {
            name: np.stack([way(past(origin)) for origin in self.origins])
            for name, way in ways.items()
        }

    def rows(self, model, forecast, ends=None):
        frame = pd.DataFrame(self.shared)
        frame.insert(1, "model", pd.Categorical([model] * len(frame)))
        frame.insert(5, "forecast", forecast.ravel())
        for side, name in enumerate(("lower", "upper")):
            frame.insert(6 + side, name, np.nan if ends is None else ends[..., side].ravel())
        if len(self.panel) > 1:
            label = self.panel.labels[self.place]
            frame.insert(0, "series", pd.Categorical([label] * len(frame)))
        return frame
