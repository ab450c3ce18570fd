"""Who takes part: what the user named, and the baselines that cannot be left out by accident."""

import inspect
from dataclasses import dataclass, field

import keras
import numpy as np
from sklearn.base import BaseEstimator, clone

from keraseq.baselines import Facts, rivals_of
from keraseq.comparison._inputs import inner_estimator
from keraseq.models import find_model
from keraseq.tasks import get_task
from keraseq.wrappers._estimator import NetworkEstimator
from keraseq.wrappers.sequence_classifier import SequenceClassifier
from keraseq.wrappers.sequence_forecaster import SequenceForecaster
from keraseq.wrappers.sequence_regressor import SequenceRegressor
from keraseq.wrappers.sequence_tagger import SequenceTagger

_ESTIMATORS = (SequenceClassifier, SequenceRegressor, SequenceTagger, SequenceForecaster)


@dataclass
class Entry:
    """A participant: its name, an unfitted estimator, and its place, from which seeds derive."""

    name: str
    estimator: object
    place: int
    is_baseline: bool = False
    notes: list = field(default_factory=list)
    seconds: float | None = None  # of its last fit

    @property
    def ours(self):
        """The estimator of ours in it, the last step of a pipeline too, or None."""
        inner = inner_estimator(self.estimator)
        return inner if isinstance(inner, NetworkEstimator) else None

    def seed(self, random_state, run):
        """A seed that no other entry and no other run has."""
        return draw_seed(random_state, int(self.is_baseline), self.place, run)

    def seeded(self, seed):
        """An unfitted copy in which everything random starts from `seed`."""
        copy = clone(self.estimator)
        random = [k for k in copy.get_params() if k.rpartition("__")[2] == "random_state"]
        return copy.set_params(**dict.fromkeys(sorted(random), seed))


def draw_seed(random_state, *place):
    """Derive a seed from one number and a place that nothing else has."""
    sequence = np.random.SeedSequence(random_state, spawn_key=place)
    return int(sequence.generate_state(1)[0] >> 1)


def make_entries(models, data, estimator_params, budgets):
    """Read `models` as entries, named and checked.

    Raises
    ------
    ValueError, TypeError
        For nothing to compare, an unknown zoo name or an estimator that cannot predict.
    """
    named = (
        models.items()
        if isinstance(models, dict)
        else zip(entry_names(models), models, strict=True)
    )
    entries = [
        _make_entry(name, model, place, data, estimator_params, budgets)
        for place, (name, model) in enumerate(named)
    ]
    if not entries:
        raise ValueError("models is empty; give at least one, such as ['lstm', 'gru'].")
    _check_horizons(entries)
    return entries


def entry_names(models):
    """Name each of a list of models: by zoo name or class, the second of a name ``name-2``."""
    seen, names = {}, []
    for model in models:
        name = model if isinstance(model, str) else _class_name(model)
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return names


def _class_name(model):
    if inspect.isfunction(model):
        return model.__name__
    if isinstance(model, keras.Model):
        return model.name
    inner = inner_estimator(model)
    if isinstance(inner, NetworkEstimator) and isinstance(inner.model, str):
        return inner.model
    return type(inner).__name__


def _make_entry(name, model, place, data, estimator_params, budgets):
    if isinstance(model, str) or inspect.isfunction(model):
        find_model(model)
        estimator = _estimator_class(data.task)(model, **(estimator_params or {}))
    elif isinstance(model, type):
        raise TypeError(f"{name} is a class; give an estimator, {model.__name__}(...).")
    else:
        estimator = model
    needed = "predict_windows" if data.is_forecast else "predict"
    for method in ("fit", needed):
        if not callable(getattr(estimator, method, None)):
            raise TypeError(
                f"{name} is a {type(estimator).__name__} without {method}(); models are names of "
                "keraseq.list_models(), or estimators"
                + (" that forecast." if data.is_forecast else " with fit and predict.")
            )
    if not isinstance(estimator, BaseEstimator):
        raise TypeError(f"{name} is no scikit-learn estimator: it has no get_params().")
    entry = Entry(name, clone(estimator), place)
    _set_budget(entry, budgets)
    return entry


def _estimator_class(task):
    return next(estimator for estimator in _ESTIMATORS if task in estimator._tasks)


def _set_budget(entry, budgets):
    """Put the comparison's budget in place of our estimators' own size, and note what it was."""
    ours = entry.ours
    budgets = {name: value for name, value in budgets.items() if value is not None}
    if ours is None or not budgets:
        return
    if ours.units != "auto":
        entry.notes.append(f"units={ours.units} overridden by {', '.join(budgets)}")
    ours.set_params(units="auto", **budgets)


def _check_horizons(entries):
    horizons = {e.name: e.estimator.horizon for e in entries if hasattr(e.estimator, "horizon")}
    if len(set(horizons.values())) > 1:
        raise ValueError(f"Forecasts of different horizons cannot be compared: {horizons}.")


def make_baselines(entries, data):
    """The rivals of this task and kind of data."""
    horizons = [e.estimator.horizon for e in entries if hasattr(e.estimator, "horizon")]
    forecast = {}
    if data.is_forecast:
        forecast = {"season": data.given_season, "missing": data.reading["missing"]}
        forecast["horizon"] = horizons[0] if horizons else 1
    several = not get_task(data.task).per_step and np.ndim(data.y) == 2
    facts = Facts(data.task, data.kind, several=several, **forecast)
    taken = {entry.name for entry in entries}
    return [
        Entry(f"{name} (baseline)" if name in taken else name, estimator, place, is_baseline=True)
        for place, (name, estimator) in enumerate(rivals_of(facts).items())
    ]


def check_parallel(entries, n_jobs):
    """Raise if an entry would start workers of its own inside a worker."""
    if n_jobs in (None, 1):
        return
    for entry in entries:
        for name, value in entry.estimator.get_params().items():
            if name.rpartition("__")[2] == "n_jobs" and value not in (None, 1):
                raise ValueError(
                    f"{entry.name} has {name}={value} and compare has n_jobs={n_jobs}: workers "
                    "inside workers fight for the same processors. Set one of them to None."
                )


def effort(entry, n_rows):
    """The most optimiser steps that an estimator of ours may take, or None."""
    params = getattr(entry, "params_", None)
    if not isinstance(params, dict) or not isinstance(params.get("epochs"), int):
        return None
    return params["epochs"] * -(-n_rows // int(params.get("batch_size", 32)))
