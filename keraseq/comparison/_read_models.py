"""What the user named as models, read as entries and checked."""

import inspect
from collections.abc import Iterable, Mapping

from sklearn.base import BaseEstimator, clone

from keraseq._keras import is_keras_model
from keraseq.comparison._entry import Entry
from keraseq.comparison._equal_terms import set_terms
from keraseq.comparison._inputs import inner_estimator
from keraseq.models import find_model, is_registered
from keraseq.tasks import get_task
from keraseq.training.workers import check_sendable
from keraseq.wrappers.estimator_for import estimator_for


def read_models(models):
    """Return the models as a list, or a dict of name to model, which can be read several times.

    Raises
    ------
    TypeError
        For one model alone.
    """
    if isinstance(models, str):
        raise TypeError(f"models={models!r} is one name; give a list: [{models!r}].")
    if isinstance(models, BaseEstimator) or not isinstance(models, Iterable):
        raise TypeError(
            f"models is one {type(models).__name__}; give a list, such as ['lstm', 'gru'], or a "
            "dict of names to models."
        )
    return dict(models) if isinstance(models, Mapping) else list(models)


def make_entries(models, data, estimator_params, budgets):
    """Read `models` as entries, named and checked.

    Raises
    ------
    ValueError, TypeError
        For nothing to compare, an unknown zoo name or an estimator that cannot predict.
    """
    values = models.values() if isinstance(models, dict) else models
    names = _given_names(models) if isinstance(models, dict) else entry_names(models)
    # Before any of them is imported, and Keras with it.
    for model in values:
        if isinstance(model, str) and not is_registered(model):
            find_model(model)
    entries = [
        _make_entry(name, model, place, data, estimator_params, budgets)
        for place, (name, model) in enumerate(zip(names, values, strict=True))
    ]
    if not entries:
        raise ValueError("models is empty; give at least one, such as ['lstm', 'gru'].")
    _check_horizons(entries)
    return entries


def _given_names(models):
    """The names of a dict as str, which tables, plots and the file of finished runs take."""
    names = [str(name) for name in models]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"models has two entries named {twice[0]!r}; give each its own name.")
    return names


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
    if is_keras_model(model):
        return model.name
    inner = inner_estimator(model)
    return getattr(inner, "_model_name", type(inner).__name__)


def _make_entry(name, model, place, data, estimator_params, budgets):
    if isinstance(model, str) or inspect.isfunction(model):
        find_model(model)
        params = {} if data.given_season is None else {"season": data.given_season}
        estimator = estimator_for(data.task)(model, **{**params, **(estimator_params or {})})
    elif isinstance(model, type):
        raise TypeError(f"{name} is a class; give an estimator, {model.__name__}(...).")
    else:
        estimator = model
    needed = get_task(data.task).answered_by
    for method in ("fit", needed):
        if not callable(getattr(estimator, method, None)):
            raise TypeError(
                f"{name} is a {type(estimator).__name__} without {method}(); models are names of "
                f"keraseq.list_models(task={data.task!r}), or estimators with fit and {needed}."
            )
    if not isinstance(estimator, BaseEstimator):
        raise TypeError(f"{name} is no scikit-learn estimator: it has no get_params().")
    entry = Entry(name, clone(estimator), place)
    set_terms(entry, budgets)
    return entry


def _check_horizons(entries):
    horizons = {e.name: e.estimator.horizon for e in entries if hasattr(e.estimator, "horizon")}
    if len(set(horizons.values())) > 1:
        raise ValueError(f"Forecasts of different horizons cannot be compared: {horizons}.")


def check_parallel(entries, workers):
    """Raise if an entry cannot be sent to workers, or would start its own inside a worker."""
    if workers.is_here:
        return
    for entry in entries:
        for name, value in entry.estimator.get_params().items():
            if name.rpartition("__")[2] == "n_jobs" and value not in (None, 1):
                raise ValueError(
                    f"{entry.name} has {name}={value} and compare has {workers.n} workers: workers "
                    "inside workers fight for the same processors. Set one of them to None."
                )
    check_sendable({entry.name: entry.estimator for entry in entries})
