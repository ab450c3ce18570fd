"""A trained model, with what turns series into its windows and its output back into series."""

from dataclasses import dataclass

import joblib
import keras
import numpy as np

from keraseq.baselines import mase_scale
from keraseq.encoding.season import season_of
from keraseq.wrappers._auto import is_auto
from keraseq.wrappers._checkpoint import Checkpoint, draw_seed
from keraseq.wrappers._network import Network
from keraseq.wrappers._recipes import make_recipe
from keraseq.wrappers._training import optimizer_config
from keraseq.wrappers.forecasting._data import (
    ForecastData,
    ForecastReader,
    ForecastScaling,
    places,
)
from keraseq.wrappers.forecasting._intervals import Calibration, central, window_scale
from keraseq.wrappers.forecasting._windows import WindowBatches, cut_windows, first_origins

_CALIBRATION_WINDOWS = 1_000
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
    history, n_iter : as of `fit_model`
    """

    network: Network
    params: dict
    reader: ForecastReader
    scaling: ForecastScaling
    data: ForecastData
    borders: list
    history: dict
    n_iter: int

    @property
    def lookback(self):
        return self.params["lookback"]

    @property
    def centre(self):
        return central(self.params["quantiles"])

    @property
    def horizon(self):
        return self.params["horizon"]

    def read(self, y, past, future, static, n=0):
        """Read what is to be forecast from; see :meth:`ForecastReader.read`."""
        return self.reader.read(y, past, future, static, n, self.data)

    def scalings(self, data, n_rows=None):
        return self.scaling.targets(data.panel, n_rows)

    def windows(self, data, scalings, *, first=None, last=None, n_after=0):
        """Windows of `data` as training's; see `cut_windows`."""
        return _windows(
            self.reader, self.scaling, data, scalings, self.params, first, last, n_after
        )

    def windows_at_end(self, data, scalings, n):
        """The one window of each series that ends where the series does."""
        ends = data.lengths()
        last = [end + self.params["horizon"] for end in ends]
        return self.windows(data, scalings, first=ends, last=last, n_after=n)

    def predict(self, windows, n):
        """The model's output for n steps, scaled."""
        if n > self.params["horizon"] and self.has_past_covariates:
            raise ValueError(
                f"n={n} goes beyond horizon={self.params['horizon']}, which needs the covariates "
                "of the past where they are not yet known; fit with a longer horizon, or without "
                "past=."
            )
        with self.network.borrow() as model:
            return windows.forecast(model, n, self.centre)

    def predict_points(self, windows, n):
        values = self.predict(windows, n)
        return values if self.centre is None else values[..., self.centre]

    @property
    def has_past_covariates(self):
        return self.data.past is not None

    def calibrate(self, n, conformal):
        """Forecast n steps from the windows held back, or from 1,000 of them."""
        scalings = self.scalings(self.data)
        first = [
            border if border < length else length + 1
            for border, length in zip(self.borders, self.data.lengths(), strict=True)
        ]
        windows = self.windows(self.data, scalings, first=first)
        # Fewer steps than the horizon end later, more end sooner.
        ends = self.ends_of(windows)
        windows = windows.take(np.flatnonzero(windows.origins + n <= ends))
        if not len(windows):
            raise ValueError(
                f"no window held back from training has {n} steps of truth behind it; raise "
                "validation_fraction, or lower n."
            )
        if len(windows) > _CALIBRATION_WINDOWS:
            spread = np.linspace(0, len(windows) - 1, _CALIBRATION_WINDOWS).round().astype(int)
            windows = windows.take(spread)
        return Calibration(
            self.predict(windows, n),
            windows.truth(n),
            self.scale(windows, conformal),
            self.params["quantiles"],
        )

    def mase_scale(self, panel, season=None):
        """What the errors of each series are divided by, `(series, targets)`.

        By training's rows of it; a series of a list, by those before its first forecast one.
        """
        trained = self.data.panel
        season = season_of(trained.series[0].index, season)
        known = places(panel, trained)
        if known is None:
            rows = [series.values[: self.lookback] for series in panel.series]
        else:
            rows = [trained.series[place].values for place in known]
        scale = np.stack([mase_scale(values, season) for values in rows])
        if np.isnan(scale).all():
            which = "Training" if known is not None else f"y's first {self.lookback} rows of each"
            raise ValueError(
                f"{which} repeats itself exactly every {season} steps, so that there is no "
                "seasonal naive error to scale by. Give another season=, or use backtest, which "
                "gives errors in the units of y too."
            )
        return scale

    def ends_of(self, windows):
        """For each window, the row behind its series' last."""
        return np.cumsum(self.data.lengths())[windows.series]

    def scale(self, windows, conformal):
        return window_scale(windows.past(), windows.n_targets, conformal)


def train(forecaster, reader, data, params, borders, *, validate=True, network=None):
    """Scale, cut, build and train.

    Parameters
    ----------
    forecaster : SequenceForecaster
    reader : ForecastReader
        Fitted on `data`.
    data : ForecastData
    params : dict
        Of `resolve_settings`.
    borders : list of int
        For each series, the first row that training must not forecast.
    validate : bool, default=True
        Judge on the rows from the borders on, and keep the best weights.
    network : Network, optional
        To go on from.

    Returns
    -------
    ForecastCore
    """
    checkpoint = None if forecaster.checkpoint is None else Checkpoint(forecaster.checkpoint)
    seed = draw_seed(forecaster.random_state, checkpoint)
    scaling = ForecastScaling(reader, data, borders)
    scalings = scaling.targets(data.panel)
    windows = _with_truth(
        _windows(reader, scaling, data, scalings, params, None, borders, 0), "to learn from"
    )
    training = WindowBatches(
        windows, params["batch_size"], most=params["windows_per_epoch"], seed=seed
    )
    validation = None
    if validate and borders != data.lengths():
        held_back = _with_truth(
            _windows(reader, scaling, data, scalings, params, borders, None, 0),
            "held back for validation; set early_stopping=False, or another validation_fraction",
        )
        validation = WindowBatches(held_back, most=params["validation_windows"])
    recipe = _recipe(forecaster, windows, params, len(training), validation is not None)
    params = {**params, "units": recipe.units}
    network = Network(recipe, seed) if network is None else network.go_on(recipe)
    if checkpoint is not None:
        checkpoint.begin(seed, f"{joblib.hash((windows.rows, borders))} {params} {recipe}")
    history, n_iter = network.fit(
        training,
        validation,
        epochs=params["epochs"],
        learning_rate=params["learning_rate"],
        early_stopping=validation is not None,
        n_iter_no_change=forecaster.n_iter_no_change,
        callbacks=forecaster.callbacks or (),
        checkpoint=checkpoint,
        verbose=forecaster.verbose,
    )
    return ForecastCore(network, params, reader, scaling, data, borders, history, n_iter)


def _windows(reader, scaling, data, scalings, params, first, last, n_after):
    if first is not None:
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
    )


def _with_truth(windows, purpose):
    windows = windows.with_truth()
    if not len(windows):
        raise ValueError(f"y has nothing but missing values behind the histories {purpose}.")
    return windows


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
                    "forecast from there; begin later, or leave that column out."
                )


def _recipe(forecaster, windows, params, steps, averaged):
    first = windows.take(np.arange(1)).inputs()
    return make_recipe(
        forecaster,
        params,
        optimizer_config(forecaster.optimizer, steps=params["epochs"] * steps, averaged=averaged),
        input_shape=keras.tree.map_structure(lambda part: part.shape[1:], first),
        outputs=(params["horizon"], windows.n_targets),
        task="forecasting",
        loss=params["loss"] if params["loss"] in _LOSSES else None,
        quantiles=params["quantiles"],
        of_loss=_of_loss(forecaster, windows),
        channels=forecaster.channels,
        patch_length=forecaster.patch_length,
    )


def _of_loss(forecaster, windows):
    """The settings of which a compiled model's own loss would know nothing."""
    names = [] if is_auto(forecaster.loss) else ["loss"]
    return [*names, *(["missing"] if windows.lacks_truth else [])]
