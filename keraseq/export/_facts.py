"""What `inspect` tells of an estimator, as plain values."""

import importlib.metadata
import platform

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from keraseq._keras import keras

_PACKAGES = ("numpy", "pandas", "scikit-learn", "skops")
_MOST_CLASSES = 50


def facts_of(obj):
    """Return what there is to know of an estimator, a pipeline or an ensemble."""
    steps = getattr(obj, "steps", None)
    facts = {"class": type(obj).__name__, "fitted": _is_fitted(obj)}
    table = getattr(obj, "table_", None)
    if table is not None:
        facts["table"] = table
    if steps:
        facts["steps"] = [[name, type(step).__name__] for name, step in steps]
    network_holder, members = _holder(obj)
    if members is not None:
        facts["members"] = members
    return {**facts, **_own(network_holder)}


def _is_fitted(obj):
    try:
        check_is_fitted(obj)
    except (NotFittedError, TypeError):
        return False
    return True


def _holder(obj):
    """The estimator within that has a network, and how many an ensemble has."""
    members = None
    while not hasattr(obj, "_network"):
        many = getattr(obj, "estimators_", getattr(obj, "calibrated_classifiers_", None))
        if getattr(obj, "steps", None):
            obj = obj.steps[-1][1]
        elif isinstance(many, list) and many:
            alike = len({type(member) for member in many}) == 1
            members, obj = len(many) if alike else None, many[0]
        elif getattr(obj, "estimator", None) is not None:
            obj = getattr(obj, "estimator_", obj.estimator)
        else:
            break
    return obj, members


def _own(estimator):
    network = getattr(estimator, "_network", None)
    if network is None:
        return {}
    blueprint = network.blueprint
    plan = getattr(blueprint, "plan", None)
    facts = {"task": blueprint.task if plan is None else plan.task}
    named = getattr(blueprint, "function", None)
    facts["model"] = (
        getattr(named, "__name__", type(named).__name__) if plan is None else (plan.spec.name)
    )
    facts["parameters"] = estimator.n_parameters_
    classes = getattr(estimator, "classes_", None)
    if classes is not None:
        facts["classes"] = [str(label) for label in classes[:_MOST_CLASSES]]
        facts["n_classes"] = len(classes)
    vocabulary = getattr(getattr(estimator, "encoder_", None), "vocabulary_size_", None)
    if vocabulary is not None:
        facts["vocabulary"] = vocabulary
    for name in ("kind_", "n_iter_", "lookback_"):
        value = getattr(estimator, name, None)
        if value is not None:
            facts[name.rstrip("_")] = value.item() if isinstance(value, np.generic) else value
    for name in ("horizon", "pretrained"):
        if name in getattr(estimator, "params_", {}):
            facts[name] = estimator.params_[name]
    return facts


def card_of(obj):
    """The card of the estimator within, where one was written."""
    return getattr(getattr(_holder(obj)[0], "_network", None), "card", None)


def versions():
    """The versions that have a part in what a file holds."""
    from keraseq import __version__

    found = {"keraseq": __version__, "python": platform.python_version()}
    for package in ("keras", keras.config.backend(), *_PACKAGES):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
