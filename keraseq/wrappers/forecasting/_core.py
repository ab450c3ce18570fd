"""A trained model, with what turns series into its windows and its output back into series."""

from dataclasses import dataclass, replace

import joblib
import keras
import numpy as np

from keraseq.baselines import mase_scale
from keraseq.encoding.season import season_of
from keraseq.training.checkpoint import Checkpoint
from keraseq.training.network import Network
from keraseq.training.optimizer import optimizer_config
from keraseq.wrappers._auto import is_auto
from keraseq.wrappers._blueprints import make_blueprint
from keraseq.wrappers._seeds import draw_seed
from keraseq.wrappers.forecasting._forecast_data import ForecastData, places
from keraseq.wrappers.forecasting._reader import ForecastReader
from keraseq.wrappers.forecasting._scaling import ForecastScaling
from keraseq.wrappers.forecasting._windows import WindowBatches, cut_windows, first_origins
from keraseq.wrappers.forecasting.intervals import central

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
    """

    network: Network
    params: dict
    reader: ForecastReader
    scaling: ForecastScaling
    data: ForecastData
    borders: list

    @property
    def lookback(self):
        return self.params["lookback"]

    @property
    def centre(self):
        return central(self.params["quantiles"])

    @property
    def n_targets(self):
        return len(self.data.panel.targets)

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


def train(forecaster, reader, data, params, borders, *, network=None, callbacks=(), on_epoch=None):
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
        For each series, the first row that training must not forecast: the rows from there on
        judge it, and the best weights are kept.
    network : Network, optional
        To go on from.
    callbacks : sequence of keras.callbacks.Callback, optional
        Copied for this training.
    on_epoch : as of `fit_model`

    Returns
    -------
    ForecastCore
    Run
        The caller raises its interrupt.
    """
    checkpoint = None if forecaster.checkpoint is None else Checkpoint(forecaster.checkpoint)
    seed = draw_seed(forecaster.random_state, checkpoint)
    scaling = ForecastScaling(reader, data, borders)
    scalings = scaling.targets(data.panel)
    windows = _training_windows(reader, scaling, data, params, borders)
    training = WindowBatches(
        windows, params["batch_size"], most=params["windows_per_epoch"], seed=seed
    )
    validation = None
    if borders != data.lengths():
        held_back = _with_truth(
            _windows(reader, scaling, data, scalings, params, borders, None, 0),
            "held back for validation; set early_stopping=False, or another validation_fraction",
        )
        validation = WindowBatches(held_back, most=params["validation_windows"])
    blueprint = _blueprint(forecaster, windows, params, len(training), validation is not None)
    params = {**params, **blueprint.sizes}
    network = Network(blueprint, seed) if network is None else network.go_on(blueprint)
    if checkpoint is not None:
        checkpoint.begin(seed, f"{joblib.hash((windows.rows, borders))} {params} {blueprint}")
    run = network.fit(
        training,
        validation,
        epochs=params["epochs"],
        learning_rate=params["learning_rate"],
        early_stopping=validation is not None,
        n_iter_no_change=forecaster.n_iter_no_change,
        callbacks=callbacks,
        checkpoint=checkpoint,
        verbose=forecaster.verbose,
        on_epoch=on_epoch,
    )
    return ForecastCore(network, params, reader, scaling, data, borders), run


def retrain(core, borders):
    """Train what a fit trained once more, on the rows before the borders alone.

    From what the fit left and not from the forecaster, whose parameters may have changed: the same
    model, settings and seed; none of the user's callbacks and no checkpoint.

    Returns
    -------
    ForecastCore
    """
    data, params = core.data, core.params
    scaling = ForecastScaling(core.reader, data, borders)
    windows = _training_windows(core.reader, scaling, data, params, borders)
    training = WindowBatches(
        windows,
        params["batch_size"],
        most=params["windows_per_epoch"],
        seed=core.network.seed,
    )
    network = Network(core.network.blueprint, core.network.seed)
    run = network.fit(training, epochs=params["epochs"], learning_rate=params["learning_rate"])
    if run.interrupt is not None:
        raise run.interrupt
    return replace(core, network=network, scaling=scaling, borders=borders)


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


def _training_windows(reader, scaling, data, params, borders):
    scalings = scaling.targets(data.panel)
    windows = _windows(reader, scaling, data, scalings, params, None, borders, 0)
    return _with_truth(windows, "to learn from")


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


def _blueprint(forecaster, windows, params, steps, averaged):
    first = windows.take(np.arange(1)).inputs()
    return make_blueprint(
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
