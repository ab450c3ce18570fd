"""The same search with the same number of trials for every model."""

import logging

import numpy as np

from keraseq.comparison._inputs import our_estimator
from keraseq.comparison._scores import total
from keraseq.models import find_model, is_registered

_logger = logging.getLogger(__name__)


def tune_entry(entry, data, X, y, seed, n_trials):
    """Try settings on a validation part of the training rows; return an estimator with the best.

    Every entry gets the same settings to try, as far as it takes them: learning rate
    (log-uniform from .0005 to .02), dropout (0 to .5) and, without a budget that fixes it, width
    (16 to 128, log-uniform). The estimator's own settings are trial 0, and trials that fail are
    passed over.

    Returns
    -------
    estimator : unfitted
    chosen : dict
        The settings, with the validation score.
    """
    judge = data.judge(X, y, seed)
    best = (-np.inf, {})
    for settings in draw_settings(entry.ours, n_trials):
        try:
            score = total(*judge(_with(entry, seed, settings)))
        except Exception as error:
            _logger.warning("%s: a trial with %s failed: %s", entry.name, settings, error)
            continue
        if score > best[0]:
            best = (score, settings)
    if not np.isfinite(best[0]):
        raise RuntimeError(f"none of {n_trials} trials gave a validation score")
    return _with(entry, seed, best[1]), {**best[1], "validation_score": best[0]}


def draw_settings(estimator, n_trials, seed=0):
    """Return the settings of each trial, equal for every model; the first changes nothing."""
    generator = np.random.default_rng(seed)
    drawn = [{}]
    while len(drawn) < n_trials:
        settings = {
            "learning_rate": float(np.exp(generator.uniform(np.log(5e-4), np.log(2e-2)))),
            "dropout": float(generator.uniform(0, 0.5)),
            "units": int(np.exp(generator.uniform(np.log(16), np.log(128)))),
        }
        taken = _tunable(estimator)
        drawn.append({name: value for name, value in settings.items() if name in taken})
    return drawn


def _tunable(estimator):
    """What a trial may set: an architecture may have no dropout or width, or a budget the width."""
    taken = {"learning_rate"}
    if getattr(estimator, "pretrained", None) is not None:
        # Its sizes are the generator's.
        return taken | {"dropout"}
    if is_registered(estimator.model):
        taken |= {"dropout", "units"} & set(find_model(estimator.model).parameters)
    return taken - {"units"} if _has_budget(estimator) else taken


def _has_budget(estimator):
    budgets = ("parameter_budget", "flop_budget")
    return any(getattr(estimator, name, None) is not None for name in budgets)


def _with(entry, seed, settings):
    estimator = entry.seeded(seed)
    ours, params = our_estimator(estimator), estimator.get_params()
    prefix = next((f"{name}__" for name, value in params.items() if value is ours), "")
    return estimator.set_params(**{prefix + name: value for name, value in settings.items()})
