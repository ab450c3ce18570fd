"""A trained model, with what turns series into its windows and its output back into series."""

from dataclasses import dataclass, replace

import numpy as np

from keraseq._checks import check_steps_ahead
from keraseq.baselines import mase_scale
from keraseq.encoding.fill_gaps import first_origins
from keraseq.encoding.forecast_data import ForecastData, places
from keraseq.encoding.forecast_reader import ForecastReader
from keraseq.encoding.season import season_of
from keraseq.tasks import central_quantile
from keraseq.training.network import Network
from keraseq.wrappers.forecasting._lookback import first_rows
from keraseq.wrappers.forecasting._scaling import ForecastScaling
from keraseq.wrappers.forecasting._windows import cut_windows

# Beside those that the task brings.
_LOSSES = ("mae", "huber")


@dataclass(frozen=True)
class ForecastCore:
    """What a fit leaves.

    Attributes
    ----------
    network : Network
    params : dict
    reader : ForecastReader
    scaling : ForecastScaling
    data : ForecastData
        Training's.
    borders : list of int
        For each series, the first row that training did not forecast.
    task : Task
    members : tuple of ForecastCore
        Those whose mean it is, of an ensemble.
    shrinkage : Shrinkage, optional
        Towards a naive forecast, of every forecast.
    """

    network: Network
    params: dict
    reader: ForecastReader
    scaling: ForecastScaling
    data: ForecastData
    borders: list
    task: object
    members: tuple = ()
    shrinkage: object = None

    @property
    def lookback(self):
        return self.params["lookback"]

    @property
    def centre(self):
        quantiles = self.params["quantiles"]
        return None if quantiles is None else central_quantile(quantiles)

    @property
    def n_targets(self):
        return len(self.data.panel.targets)

    @property
    def horizon(self):
        return self.params["horizon"]

    def read(self, y, past, future, static, n=0):
        """Read what is to be forecast from; see :meth:`ForecastReader.read`."""
        return self.reader.read(y, past, future, static, n, self.data, self._whole_horizons(n))

    def _whole_horizons(self, n):
        """Steps that the network reads ahead, to forecast n."""
        return -(-n // self.horizon) * self.horizon

    def read_end(self, n, y, past, future, static):
        """Read a history; return it, its scalings, its last windows and the steps to forecast."""
        n = check_steps_ahead(n, self.horizon)
        data = self.read(y, past, future, static, n)
        self.check_history(data)
        scalings = self.scalings(data)
        return data, scalings, self.windows_at_end(data, scalings, n), n

    def check_history(self, data, n_ahead=0):
        """Raise for a series too short to be read, and to have `n_ahead` rows of truth behind."""
        needed = self.params["shortest_history"] + n_ahead
        what = "lookback_" if needed == self.lookback + n_ahead else "params_['shortest_history']"
        what += " + horizon" if n_ahead else ""
        for place, length in enumerate(data.lengths()):
            if length < needed:
                raise ValueError(
                    f"{data.panel.name(place)} has {length} rows; it needs at least {what} = "
                    f"{needed}."
                )

    def scalings(self, data, n_rows=None):
        return self.scaling.targets(data.panel, n_rows)

    def windows(self, data, scalings, *, first=None, last=None, n_after=0):
        """Windows of `data` as training's; see `cut_windows`."""
        return windows_of(
            self.reader, self.scaling, data, scalings, self.params, first, last, n_after
        )

    def windows_at_end(self, data, scalings, n):
        """The one window of each series that ends where the series does."""
        ends, known = data.lengths(), self._whole_horizons(n)
        last = [end + self.horizon for end in ends]
        for part, end in zip(data.future or (), ends, strict=False):
            known = min(known, len(part) - end)
        windows = self.windows(data, scalings, first=ends, last=last, n_after=known)
        return replace(windows, n_known=known)

    def predict(self, windows, n):
        """The model's output for n steps, scaled."""
        if self.members:
            return np.mean([member.predict(windows, n) for member in self.members], axis=0)
        if n > self.params["horizon"] and self.has_past_covariates:
            raise ValueError(
                f"n={n} goes beyond horizon={self.params['horizon']}, which needs the covariates "
                "of the past where they are not yet known; fit with a longer horizon, or without "
                "past=."
            )
        with self.network.borrow() as model:
            return windows.forecast(model, n, self.centre, self.shrinkage)

    def predict_points(self, windows, n):
        return self.task.decode(self.predict(windows, n), self.params["quantiles"])

    @property
    def has_past_covariates(self):
        return self.data.past is not None

    def mase_scale(self, panel, season=None):
        """What the errors of each series are divided by, `(series, targets)`.

        By training's rows of it; a series of a list, by those before its first forecast one.
        """
        trained = self.data.panel
        season = self.params["season"] if season is None else season
        season = season_of(trained.longest.index, season)
        known = places(panel, trained)
        if known is None:
            series = [one.values for one in panel.series]
            begun = [int(first_origins(values).max()) - 1 for values in series]
            pairs = zip(series, begun, strict=True)
            rows = [values[: row + self.lookback] for values, row in pairs]
        else:
            rows = [trained.series[place].values for place in known]
        scale = np.stack([mase_scale(values, season) for values in rows])
        if np.isnan(scale).all():
            which = "Training" if known is not None else f"y's first {self.lookback} rows of each"
            raise ValueError(
                f"{which} repeats itself exactly every {season} steps, or holds no two values so "
                "far apart, so that there is no seasonal naive error to scale by. Give another "
                "season=, or use backtest, which gives errors in the units of y too."
            )
        return scale


def mean_core(cores):
    """Return the core whose output is the mean of those of several, fitted on the same rows."""
    return replace(cores[0], members=tuple(cores))


def windows_of(reader, scaling, data, scalings, params, first, last, n_after):
    """Cut windows of scaled series; an origin before which a column has no value is an error."""
    if first is None:
        first = first_rows(params, data)
    else:
        _check_begun(reader, data, first)
    parts, n_future = scaling.arrays(data, scalings, n_after)
    return cut_windows(
        parts,
        params["lookback"],
        params["horizon"],
        first=first,
        last=last,
        n_targets=len(data.panel.targets),
        n_future=n_future,
        static=data.static,
        has_covariates=reader.has_covariates,
        season=params["season"],
        phase_starts=data.starts,
    )


def _check_begun(reader, data, first):
    """Refuse to forecast from rows before which a column has no value."""
    series = [one.values for one in data.panel.series]
    kinds = [("y", series), ("past", data.past), ("future", data.future)]
    for argument, parts in kinds:
        for place, (row, part) in enumerate(zip(first, parts or (), strict=False)):
            begins = first_origins(part)
            if (begins > row).any():
                columns = data.panel.targets if argument == "y" else reader.columns(argument)
                raise ValueError(
                    f"{data.panel.name(place, argument)} has no value of "
                    f"{columns[np.argmax(begins)]!r} in the first {row} rows, so nothing can be "
                    "forecast from there; begin later, or leave that column or series out."
                )
