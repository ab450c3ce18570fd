"""From series and covariates to the arrays that a forecasting model reads."""

from dataclasses import dataclass, replace

import numpy as np

from keraseq.encoding.calendar_features import CalendarFeatures
from keraseq.encoding.series_columns import Columns, are_names, column_names, join, part, take
from keraseq.encoding.series_covariates import StaticEncoder, follow, read_covariates
from keraseq.encoding.series_panel import SeriesPanel, read_panel


@dataclass(frozen=True)
class ForecastData:
    """Series and what goes along with them, read and aligned but not scaled.

    Attributes
    ----------
    panel : SeriesPanel
    past : list of ndarray `(time, features)`, or None
    future : list of ndarray `(time + known ahead, features)`, or None
        NaN, as in the series, where a value is missing.
    static : ndarray `(series, features)` or None
    """

    panel: SeriesPanel
    past: list | None = None
    future: list | None = None
    static: np.ndarray | None = None

    def lengths(self):
        return [len(series.values) for series in self.panel.series]

    def until(self, ends):
        """The first rows of each series; covariates known ahead stay."""
        past = self.past
        if past is not None:
            past = [part[:end] for part, end in zip(past, ends, strict=True)]
        return replace(self, panel=self.panel.until(ends), past=past)


class ForecastReader:
    """Reads series and covariates in training, and later ones as those of training.

    Covariates are values, or the names of columns that y itself holds.

    Parameters
    ----------
    columns, missing, freq : as of :func:`keraseq.encoding.series_panel.read_panel`
    calendar : bool
    """

    def __init__(self, columns, missing, freq, calendar):
        self._settings = {"columns": columns, "missing": missing, "freq": freq}
        # Covariates have columns of their own.
        self._covariate_settings = {**self._settings, "columns": replace(columns, values=None)}
        self._uses_calendar = calendar

    def fit(self, y, past, future, static):
        """Read what training gets and remember its columns."""
        given = {"past": past, "future": future, "static": static}
        self.named = {
            kind: column_names(value, kind) for kind, value in given.items() if are_names(value)
        }
        y, covariates = part(y, self._settings["columns"], self.named)
        past, future, static = ({**given, **covariates}[kind] for kind in given)
        panel = read_panel(y, **self._settings)
        self._calendar = None
        if self._uses_calendar:
            self._calendar = CalendarFeatures.of(panel.series[0].index)
        self._columns = {}
        data = ForecastData(
            panel,
            self._covariates(past, panel, "past"),
            self._covariates(future, panel, "future", None),
            self._fit_static(static, panel),
        )
        parts = (data.past, data.future, data.static, self._calendar)
        self.has_covariates = any(part is not None for part in parts)
        return data

    def columns(self, name):
        """The names of the "past" or "future" covariates; None where there are none."""
        return self._columns.get(name)

    def read(self, y, past, future, static, n, trained):
        """Read what is to be forecast from: the end of training where y is None.

        Parameters
        ----------
        trained : ForecastData
            Training's.
        n : int
            Steps ahead for which covariates of the future are needed.
        """
        if y is None:
            return self._go_on(past, self._chosen("future", future), static, n, trained)
        y, past, future, static = self._parted(y, past, future, static)
        panel = read_panel(y, **self._settings, known=trained.panel)
        self._check_series(panel, trained.panel)
        for name, given in (("past", past), ("future", future)):
            if (given is None) != (self.columns(name) is None):
                self._refuse(name, given)
        return ForecastData(
            panel,
            self._covariates(past, panel, "past"),
            self._covariates(future, panel, "future", n),
            self._static(static, panel, trained),
        )

    def _parted(self, y, past, future, static):
        """The series and all that goes along with them; what y holds need not be given again."""
        columns = self._settings["columns"]
        y, held = part(y, columns, self.named)
        given = {
            kind: self._chosen(kind, value)
            for kind, value in (("past", past), ("future", future), ("static", static))
        }
        for kind, covariates in held.items():
            if given[kind] is None:
                given[kind] = covariates
            elif kind == "future":
                given[kind] = join(covariates, given[kind], columns)
        return y, *given.values()

    def _chosen(self, kind, given):
        """Of covariates that were columns of y, those alone; None for their names once more."""
        names = self.named.get(kind)
        if names is None or given is None:
            return given
        if are_names(given):
            if column_names(given, kind) != names:
                raise ValueError(f"{kind}={given!r}; training had {names}. Leave it out.")
            return None
        columns = self._settings["columns"]
        if kind == "static":
            has_ids = set(columns.ids) <= set(getattr(given, "columns", ()))
            columns = Columns(columns.series) if has_ids else Columns()
        return take(given, columns, names, kind)

    def _go_on(self, past, future, static, n, data):
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
            _check_known_ahead(data, n)
            return data
        ahead, columns = follow(future, data.panel, "future", n, **self._covariate_settings)
        self._check_columns("future", columns)
        known = [
            np.concatenate([values[:length], more])
            for values, length, more in zip(data.future, data.lengths(), ahead, strict=True)
        ]
        return ForecastData(data.panel, data.past, known, data.static)

    def _covariates(self, given, panel, name, n_after=0):
        if given is None:
            return None
        values, columns = read_covariates(given, panel, name, n_after, **self._covariate_settings)
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

    def _check_series(self, panel, trained):
        if panel.form != trained.form:
            raise TypeError(
                f"y must have the form of training, which was {_FORMS[trained.form]}; this is "
                f"{_FORMS[panel.form]}."
            )
        first, given = trained.series[0], panel.series[0]
        if first.values.shape[1] != given.values.shape[1]:
            raise ValueError(
                f"y has {given.values.shape[1]} columns; training had {first.values.shape[1]}."
            )
        if hasattr(first.like, "columns") and given.targets != first.targets:
            raise ValueError(
                f"y has the columns {given.targets}; training had {first.targets}, which must come "
                "in the same order."
            )
        unseen = [key for key in panel.ids or () if key not in set(trained.ids)]
        if unseen:
            raise ValueError(
                f"y has {len(unseen)} series that training had not: {unseen[:5]!r}. Fit on them "
                "too; or fit on a list of series, which has no ids, and give theirs as a list."
            )

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

    def calendar(self, panel, n):
        """Calendar features of all rows and n more, or None."""
        if self._calendar is None:
            return None
        return [
            self._calendar.transform(
                series.index.append(series.index_ahead(n)) if n else series.index
            )
            for series in panel.series
        ]


def places(panel, trained):
    """For each series, its place in training; None for those of a list, which have no names."""
    if panel.form == "list":
        return None
    known = {key: place for place, key in enumerate(trained.ids or (None,))}
    return [known[key] for key in panel.ids or (None,)]


def _check_known_ahead(data, n):
    for place, (values, length) in enumerate(zip(data.future, data.lengths(), strict=True)):
        known = len(values) - length
        if known < n:
            ahead = data.panel.series[place].index_ahead(n)
            raise ValueError(
                f"{data.panel.name(place, 'future')} is not known from {ahead[known]} to "
                f"{ahead[-1]}; give these rows as future=."
            )


_FORMS = {
    "one": "a single series",
    "list": "a list of series",
    "long": "a long frame",
}
