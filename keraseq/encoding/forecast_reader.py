"""From series and covariates to the arrays that a forecasting model reads."""

from dataclasses import replace

import numpy as np

from keraseq.encoding.calendar_features import CalendarFeatures
from keraseq.encoding.first_steps import first_steps
from keraseq.encoding.forecast_data import ForecastData, places
from keraseq.encoding.like_training import (
    check_columns,
    check_known_ahead,
    check_series,
    check_steps,
)
from keraseq.encoding.named_covariates import NamedCovariates
from keraseq.encoding.series_covariates import StaticEncoder, follow, read_covariates
from keraseq.encoding.series_panel import read_panel
from keraseq.encoding.streams import called, is_stream


class ForecastReader:
    """Reads series and covariates in training, and later ones as those of training.

    Covariates are values, or the names of columns that y itself holds.

    Parameters
    ----------
    columns, missing, freq : as of :func:`keraseq.encoding.series_panel.read_panel`
    calendar : bool
    phase : bool, or function that returns one
        Whether the model reads where in the season a step lies; asked once y is read, since the
        answer may take an import of seconds.
    """

    def __init__(self, columns, missing, freq, calendar, phase=False):
        self._settings = {"columns": columns, "missing": missing, "freq": freq}
        # Covariates have columns of their own.
        self._covariate_settings = {**self._settings, "columns": replace(columns, values=None)}
        self._uses_calendar, self._uses_phase = calendar, phase

    def fit(self, y, past, future, static):
        """Read what training gets and remember its columns."""
        given = {"past": past, "future": future, "static": static}
        if is_stream(y, "y") and any(part is not None for part in given.values()):
            name = next(name for name, part in given.items() if part is not None)
            raise ValueError(
                f"{name} is given beside y={called(y)}; series that a function yields have no "
                "covariates. Leave them out (calendar=True adds what dates say), or give y as a "
                "list of series."
            )
        self._named = NamedCovariates(given, self._settings["columns"], y)
        y, given = self._named.part(y, given)
        panel = read_panel(y, **self._settings)
        if callable(self._uses_phase):
            self._uses_phase = self._uses_phase()
        self._calendar = None
        if self._uses_calendar:
            self._calendar = CalendarFeatures.of(panel.longest.index)
        self._columns = {}
        data = ForecastData(
            panel,
            self._covariates(given["past"], panel, "past"),
            self._covariates(given["future"], panel, "future", None),
            self._fit_static(given["static"], panel),
            self._starts(panel, panel),
        )
        parts = (data.past, data.future, data.static, self._calendar)
        self.has_covariates = any(part is not None for part in parts)
        return data

    @property
    def named(self):
        """The covariates that are columns of y, with their names."""
        return self._named.names

    def columns(self, name):
        """The names of the "past" or "future" covariates; None where there are none."""
        return self._columns.get(name)

    def check_like(self, former, panel, trained):
        """Raise unless this has read what a former reader has: its columns in their order.

        Parameters
        ----------
        former : ForecastReader
        panel, trained : SeriesPanel
            What this has read, and what that.
        """
        check_columns(panel.series[0], trained.series[0])
        for name in ("past", "future"):
            was, now = former.columns(name), self.columns(name)
            if was != now:
                raise ValueError(
                    f"{name} has the columns {now}; training had {was}, which must come in the "
                    "same order."
                )
        was, now = (one and one.names for one in (former._static_encoder, self._static_encoder))
        if was != now:
            raise ValueError(f"static has the columns and categories {now}; training had {was}.")

    def read(self, y, past, future, static, n, trained, at_most=0):
        """Read what is to be forecast from: the end of training where y is None.

        Parameters
        ----------
        trained : ForecastData
            Training's.
        n, at_most : int
            Steps ahead for which covariates of the future are needed, and are read where given.
        """
        if y is None:
            future = self._named.chosen("future", future)
            return self._go_on(past, future, static, (n, at_most), trained)
        y, given = self._named.part(y, {"past": past, "future": future, "static": static})
        panel = read_panel(y, **self._settings, known=trained.panel)
        check_series(panel, trained.panel)
        if self._settings["missing"] != "ignore":
            check_steps(panel, trained.panel)
        for name in ("past", "future"):
            if (given[name] is None) != (self.columns(name) is None):
                self._refuse(name, given[name])
        return ForecastData(
            panel,
            self._covariates(given["past"], panel, "past"),
            self._covariates(given["future"], panel, "future", n, at_most),
            self._static(given["static"], panel, trained),
            self._starts(panel, trained.panel),
        )

    def _go_on(self, past, future, static, steps, data):
        for name, given in (("past", past), ("static", static)):
            if given is not None:
                raise ValueError(
                    f"{name} is known from training; give it only with a new history, y=."
                )
        if future is None and data.future is None:
            return data
        if data.future is None:
            self._refuse("future", future)
        if future is None:
            check_known_ahead(data, steps[0])
            return data
        ahead, columns = follow(future, data.panel, "future", *steps, **self._covariate_settings)
        self._check_columns("future", columns)
        known = [
            np.concatenate([values[:length], more])
            for values, length, more in zip(data.future, data.lengths(), ahead, strict=True)
        ]
        return replace(data, future=known)

    def _starts(self, panel, trained):
        return first_steps(panel, trained) if self._uses_phase else None

    def _covariates(self, given, panel, name, n_after=0, at_most=0):
        if given is None:
            return None
        steps = n_after, at_most
        values, columns = read_covariates(given, panel, name, *steps, **self._covariate_settings)
        self._check_columns(name, columns)
        return values

    def _check_columns(self, name, columns):
        if self._columns.setdefault(name, columns) != columns:
            raise ValueError(
                f"{name} has the columns {columns}; training had {self._columns[name]}, which must "
                "come in the same order."
            )

    def _refuse(self, name, given):
        if given is None:
            raise ValueError(
                f"{name} is missing: training had the {name} covariates {self.columns(name)}."
            )
        raise ValueError(f"{name} is given, but training had no {name} covariates; leave it out.")

    def _fit_static(self, static, panel):
        self._static_encoder = None
        if static is None:
            return None
        self._static_encoder = StaticEncoder().fit(static, panel)
        return self._static_encoder.transform(static, panel)

    def _static(self, static, panel, trained):
        if self._static_encoder is None:
            if static is not None:
                raise ValueError("static is given, but training had none; leave it out.")
            return None
        if static is not None:
            return self._static_encoder.transform(static, panel)
        if panel.form == "list":
            raise ValueError(
                "static is missing: training had it, and series of a list have no ids by which to "
                "find it."
            )
        return trained.static[places(panel, trained.panel)]

    def calendar(self, panel, n, trained):
        """Calendar features of all rows and n more, or None.

        By the clock of training's panel, where all its series had one: a history is the same in
        another time zone.
        """
        if self._calendar is None:
            return None
        zones = {getattr(series.index, "tz", None) for series in trained.series}
        zone = zones.pop() if len(zones) == 1 else None
        features = []
        for place, series in enumerate(panel.series):
            if not series.has_dates:
                raise TypeError(
                    f"{panel.name(place)} has no dates, and calendar=True reads them; give it a "
                    "DatetimeIndex."
                )
            index = series.index.append(series.index_ahead(n)) if n else series.index
            if zone is not None and getattr(index, "tz", None) is not None:
                index = index.tz_convert(zone)
            features.append(self._calendar.transform(index))
        return features
