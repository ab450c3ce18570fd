"""A forecaster's settings: checked, and "auto" resolved by the amount of data."""

import math
import numbers

import numpy as np

from keraseq._checks import check_choice, check_fraction, check_integer
from keraseq.encoding.season import season_of
from keraseq.models import find_model, is_registered
from keraseq.wrappers._auto import fill_in, is_auto, patience
from keraseq.wrappers.forecasting._lookback import (
    choose_lookback,
    choose_patch_length,
    choose_skip,
    first_rows,
    season_of_values,
)
from keraseq.wrappers.forecasting.intervals import check_levels

# Chosen on ETTh1's validation part (horizon 96, GRU): twice the epochs, or four times the batch at
# the same number of steps, were worse; so were half and twice the learning rate.
_STEPS = 980
# Lowered the errors there at horizons 96, 192 and 336, by .2 to 1 %.
_DROPOUT = 0.2
_FEWEST_EPOCHS = 2
# Many series have more to tell than one; on M4 weekly's last training weeks two passes fell short.
_FEWEST_EPOCHS_OF_A_PANEL = 4
_BATCH_ROWS = 64
_SMALLEST_BATCH = 16
# More windows than these overlap so much that a pass over all teaches little more; an epoch of a
# long series takes this many, drawn anew.
_WINDOWS_A_PASS = 64_000
_VALIDATION_WINDOWS = 4_000
_FEWEST_FOR_VALIDATION = 200
LOSSES = ("mse", "mae", "huber", "quantile")
_QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


def check_settings(forecaster):
    """Raise for a parameter out of range, before anything is computed."""
    check_integer("horizon", forecaster.horizon, 1)
    check_choice("channels", forecaster.channels, ("auto", "independent", "mixed"))
    check_choice("conformal", forecaster.conformal, ("adaptive", "split"))
    check_fraction("validation_fraction", forecaster.validation_fraction)
    if not is_auto(forecaster.shrinkage):
        share = forecaster.shrinkage
        if isinstance(share, bool) or not isinstance(share, numbers.Real) or not 0 <= share <= 1:
            raise ValueError(
                f"shrinkage={share!r} must be a share between 0 (the model alone) and 1 (the naive "
                "forecast alone), or 'auto'."
            )
    if not isinstance(forecaster.calendar, bool | np.bool_):
        raise ValueError(f"calendar={forecaster.calendar!r}: give True or False.")
    loss, quantiles = forecaster.loss, forecaster.quantiles
    if loss != "auto":
        check_choice("loss", loss, LOSSES)
        if quantiles is not None and loss != "quantile":
            raise ValueError(
                f"loss={loss!r} with quantiles={quantiles!r}: quantiles are learned with "
                "loss='quantile' (or 'auto')."
            )


def resolve_settings(forecaster, data):
    """Fill in what is "auto" for series of their lengths (a ForecastData), and check the rest.

    Returns
    -------
    dict
        units, batch_size, epochs, learning_rate, early_stopping, loss, quantiles, lookback,
        shortest_history, patch_length, skip_steps, channels, season, naive_season, n_windows,
        windows_per_epoch, validation_windows.
    """
    n_targets, channels = len(data.panel.targets), _choose_channels(forecaster)
    history = _choose_history(forecaster, data.panel)
    n_windows = _count_windows(history, data)
    total = sum(n_windows)
    batch_size = 32
    if total >= 2_000:
        # Independent targets are rows of their own.
        rows = n_targets if channels == "independent" else 1
        batch_size = max(_SMALLEST_BATCH, _BATCH_ROWS // rows)
    n_held_back = _held_back(forecaster, n_windows)
    params = {
        "units": 64 if total < 2_000 else 128,
        "dropout": 0.0 if total < 2_000 else _DROPOUT,
        "batch_size": batch_size,
        "learning_rate": 0.002 if total < 2_000 else 0.001,
        # A long horizon's validation part overlaps so many windows that it may leave too few.
        "early_stopping": total >= _FEWEST_FOR_VALIDATION
        and any(n_held_back)
        and 2 * sum(n_held_back) <= total,
        # Absolute errors let no series outweigh the others, as squares of unlike series do.
        "loss": "mae" if len(data.panel) > 1 else "mse",
        "epochs": "auto",
        "steps": _STEPS,
    }
    params = fill_in(forecaster, params, "forecast")
    if forecaster.quantiles is not None and is_auto(forecaster.loss):
        # Whatever error an architecture learns a point best by.
        params["loss"] = "quantile"
    steps = params.pop("steps")
    a_pass = max(1, min(total, _WINDOWS_A_PASS))  # without any, training says why
    batches = math.ceil(a_pass / params["batch_size"])
    params["n_iter_no_change"] = patience(forecaster, params, batches)
    if is_auto(params["epochs"]):
        epochs = math.ceil(steps / batches)
        fewest = _FEWEST_EPOCHS if len(data.panel) == 1 else _FEWEST_EPOCHS_OF_A_PANEL
        params["epochs"] = max(fewest, min(100, epochs))
    quantiles = forecaster.quantiles
    if params["loss"] == "quantile" and quantiles is None:
        quantiles = _QUANTILES
    return {
        **params,
        "quantiles": None if quantiles is None else check_levels(quantiles),
        **history,
        "channels": channels,
        "n_windows": total,
        "windows_per_epoch": a_pass,
        "validation_windows": _VALIDATION_WINDOWS,
    }


def _choose_history(forecaster, panel):
    """What is read of each series, and in what season."""
    # An integer of numpy's, as a search draws them, no file can hold.
    horizon, season = int(forecaster.horizon), _choose_season(forecaster, panel)
    by_values = season_of_values(panel, horizon) if season is None else season
    lookback, least = choose_lookback(forecaster, panel, by_values)
    naive = (1, by_values) if by_values <= least else (1,)
    return {
        "lookback": lookback,
        "shortest_history": least,
        "patch_length": choose_patch_length(forecaster, lookback, by_values),
        "skip_steps": choose_skip(forecaster, len(panel), lookback),
        "horizon": horizon,
        "season": season,
        "naive_season": season_of_values(panel, horizon, seasons=naive),
    }


def _count_windows(params, data):
    pairs = zip(data.lengths(), first_rows(params, data), strict=True)
    return [max(0, n - first - params["horizon"] + 1) for n, first in pairs]


def _choose_channels(forecaster):
    """What the user says, else a preset, else "mixed" for an architecture that mixes them."""
    if not is_auto(forecaster.channels):
        return forecaster.channels
    if not is_registered(forecaster.model):
        return "independent"
    spec = find_model(forecaster.model)
    otherwise = "mixed" if spec.channels == "mixed" else "independent"
    return dict(spec.settings).get("channels", otherwise)


def _choose_season(forecaster, panel):
    """The user's, a preset's, or that of the dates; None where nobody knows one."""
    if not is_auto(forecaster.season):
        return check_integer("season", forecaster.season, 1)
    spec = find_model(forecaster.model) if is_registered(forecaster.model) else None
    given = None if spec is None else dict(spec.settings).get("season")
    longest = panel.longest
    season = season_of(longest.index, given)
    if season > 1 or given is not None:
        return season
    if spec is not None and {"season", "phase"} & set(spec.parameters):
        known = "y's dates suggest none" if longest.has_dates else "y has no dates to tell it"
        raise ValueError(
            f"{spec.name} goes by the season, and {known}; give its steps, such as season=24 for "
            "hours with a daily season."
        )
    return None


def find_borders(forecaster, params, data):
    """For each series, the first row that training must not forecast: what is behind judges it."""
    lengths = data.lengths()
    if not params["early_stopping"]:
        return lengths
    rows = _held_back(forecaster, _count_windows(params, data))
    if not any(rows):
        raise ValueError(
            f"validation_fraction={forecaster.validation_fraction} of {params['n_windows']} "
            "windows leaves none for validation or for training; change it, or set "
            "early_stopping=False."
        )
    return [n - row for n, row in zip(lengths, rows, strict=True)]


def _held_back(forecaster, n_windows):
    """For each series, the rows at its end whose values only validation forecasts."""
    rows = [round(forecaster.validation_fraction * n) + forecaster.horizon - 1 for n in n_windows]
    return [
        row if forecaster.horizon <= row < n else 0 for row, n in zip(rows, n_windows, strict=True)
    ]
