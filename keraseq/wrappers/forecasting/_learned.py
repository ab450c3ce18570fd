"""What a forecaster's training must be better than."""

from dataclasses import replace
from functools import partial

import numpy as np

from keraseq.wrappers.forecasting._training import training_windows
from keraseq.wrappers.learned import Sample, spread, warn_unless_learned


def check_forecaster(forecaster, core, run):
    """Warn where a forecaster's fit has learned nothing; see `warn_unless_learned`."""
    params = core.params
    steps = -(-params["windows_per_epoch"] // params["batch_size"])
    warn_unless_learned(forecaster, core.network, run, params, steps, lambda: _sample(core))


def _sample(core):
    """Windows of training's, and of each the mean of its history as what was known before."""
    windows = training_windows(core)
    windows = windows.take(spread(len(windows)))
    truth, quantiles = windows.truth(), core.params["quantiles"]
    level = np.nanmean(windows.past()[..., : core.n_targets], axis=1, keepdims=True)
    distance = core.task.constant_answer(truth - level, truth.shape[1:], quantiles=quantiles)
    constant = (level if quantiles is None else level[..., None]) + distance
    constant = np.broadcast_to(constant, (*truth.shape, *constant.shape[3:]))
    constant = constant.astype(truth.dtype)
    # Of the model alone.
    predict = partial(replace(core, shrinkage=None).predict, windows, core.horizon)
    weights = None if windows.weights is None else windows.weights[windows.series]
    return Sample(core.task, len(windows), truth, weights, constant, predict)
