"""Scale, cut, build and train: from read series to what a fit leaves."""

from dataclasses import replace

import joblib
import numpy as np

from keraseq._keras import keras
from keraseq.baselines import mase_scale
from keraseq.models import find_model, is_registered
from keraseq.training.checkpoint import Checkpoint
from keraseq.training.network import Network
from keraseq.training.optimizer import optimizer_config
from keraseq.wrappers._auto import is_auto
from keraseq.wrappers._blueprints import make_blueprint
from keraseq.wrappers._seeds import draw_seed
from keraseq.wrappers.forecasting._core import ForecastCore, mean_core, windows_of
from keraseq.wrappers.forecasting._lookback import preset_patch_length
from keraseq.wrappers.forecasting._scaling import ForecastScaling
from keraseq.wrappers.forecasting._windows import WindowBatches
from keraseq.wrappers.learned import warn_of_scale

# Beside those that the task brings.
_LOSSES = ("mae", "huber")
_ABSOLUTE = ("mae", "quantile")
# One that hardly ever moves would outweigh all others by the day when it does.
_MOST_WEIGHT = 10


def train(forecaster, reader, data, params, borders, *, former=None, callbacks=(), on_epoch=None):
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
    former : ForecastCore, optional
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
    if former is not None:
        reader.check_like(former.reader, data.panel, former.data.panel)
    task = forecaster._find_task()
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
            windows_of(reader, scaling, data, scalings, params, borders, None, 0),
            "held back for validation; set early_stopping=False, or another validation_fraction",
        )
        held_back = replace(held_back, weights=windows.weights)
        validation = WindowBatches(held_back, most=params["validation_windows"])
    blueprint = _blueprint(forecaster, task, windows, params, validation is not None)
    params = {**params, **blueprint.sizes}
    network = Network(blueprint, seed) if former is None else former.network.go_on(blueprint)
    if checkpoint is not None:
        read = joblib.hash((windows.rows, windows.static, borders))
        checkpoint.begin(seed, f"{read} {params} {blueprint}")
    run = network.fit(
        training,
        validation,
        epochs=params["epochs"],
        learning_rate=params["learning_rate"],
        early_stopping=validation is not None,
        n_iter_no_change=params["n_iter_no_change"],
        callbacks=callbacks,
        checkpoint=checkpoint,
        verbose=forecaster.verbose,
        strategy=forecaster.strategy,
        on_epoch=on_epoch,
    )
    params["jit_compile"] = run.jit_compile
    return ForecastCore(network, params, reader, scaling, data, borders, task), run


def retrain(core, borders, n_epochs=None):
    """Train what a fit trained once more, on the rows before the borders alone.

    From what the fit left and not from the forecaster, whose parameters may have changed: the same
    model, settings and seed; none of the user's callbacks and no checkpoint.

    Returns
    -------
    ForecastCore
    """
    if core.members:
        return mean_core([retrain(member, borders, n_epochs) for member in core.members])
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
    epochs = params["epochs"] if n_epochs is None else n_epochs
    run = network.fit(training, epochs=epochs, learning_rate=params["learning_rate"])
    if run.interrupt is not None:
        raise run.interrupt
    warn_of_scale("the second fit, on all but the last rows, which judge it,", run, params)
    return replace(core, network=network, scaling=scaling, borders=borders)


def training_windows(core):
    """The windows that a fit has learned from."""
    return _training_windows(core.reader, core.scaling, core.data, core.params, core.borders)


def _training_windows(reader, scaling, data, params, borders):
    scalings = scaling.targets(data.panel)
    windows = windows_of(reader, scaling, data, scalings, params, None, borders, 0)
    windows = replace(windows, weights=_weights(scaling, data, params, borders))
    return _with_truth(windows, "to learn from")


def _weights(scaling, data, params, borders):
    """What an absolute error of each series counts: of several, in units of its naive error.

    So that the loss is the MASE and no matter of how far a series has wandered.
    """
    if len(data.panel) == 1 or params["loss"] not in _ABSOLUTE:
        return None
    weights = (1 / naive_errors(scaling, data, params["season"] or 1, borders)).mean(axis=1)
    weights = np.minimum(weights, _MOST_WEIGHT * np.median(weights))
    weights = (weights / weights.mean()).astype(np.float32)
    # As many axes as what the losses give of a window: one of steps, and for quantiles of targets.
    return weights[:, None, None] if params["loss"] == "quantile" else weights[:, None]


def naive_errors(scaling, data, season, borders):
    """What repeating the last season errs by before the borders, scaled: `(series, targets)`.

    1, the spread of a series, where that is nothing or unknown.
    """
    parts = [s.values[:border] for s, border in zip(data.panel.series, borders, strict=True)]
    naive = np.stack([mase_scale(values, season) for values in parts])
    scale = np.stack([one.scale for one in scaling.targets(data.panel)])
    return np.nan_to_num(naive / scale, nan=1.0)


def _with_truth(windows, purpose):
    windows = windows.with_truth()
    if not len(windows):
        raise ValueError(f"y has nothing but missing values behind the histories {purpose}.")
    return windows


def _blueprint(forecaster, task, windows, params, averaged):
    first = windows.take(np.arange(1)).inputs()
    spec = find_model(forecaster.model) if is_registered(forecaster.model) else None
    reads_season = spec is not None and "season" in spec.own_parameters
    return make_blueprint(
        forecaster,
        params,
        optimizer_config(forecaster.optimizer, averaged=averaged),
        input_shape=keras.tree.map_structure(lambda part: part.shape[1:], first),
        outputs=(params["horizon"], windows.n_targets),
        task=task.name,
        loss=params["loss"] if params["loss"] in _LOSSES else None,
        quantiles=params["quantiles"],
        of_loss=_of_loss(forecaster, windows),
        channels=params["channels"],
        patch_length=None if preset_patch_length(forecaster) else params["patch_length"],
        **({"skip_steps": params["skip_steps"]} if params["skip_steps"] else {}),
        **({"season": params["season"]} if reads_season else {}),
    )


def _of_loss(forecaster, windows):
    """The settings of which a compiled model's own loss would know nothing."""
    names = [] if is_auto(forecaster.loss) else ["loss"]
    return [*names, *(["missing"] if windows.lacks_truth else [])]
