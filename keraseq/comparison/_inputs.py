"""What the user handed to compare: which task it is, and its rows in one form or another."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, is_classifier, is_regressor
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import column_or_1d

from keraseq.encoding.dated_series import read_dated_series
from keraseq.wrappers.sequence_forecaster import SequenceForecaster
from keraseq.wrappers.sequence_tagger import SequenceTagger

TASKS = ("classification", "regression", "tagging", "forecasting")
_MOST_INTEGER_CLASSES = 20


def inner_estimator(estimator):
    """The last step of a pipeline, or the estimator itself."""
    return estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator


def given_estimators(models):
    """The estimators among the models, a pipeline's last step for the whole."""
    given = models.values() if isinstance(models, dict) else models
    return [inner_estimator(model) for model in given if isinstance(model, BaseEstimator)]


def task_of(models):
    """The task that given estimators already fix, or None.

    Raises
    ------
    ValueError
        If they are of different tasks.
    """
    found = {}
    for model in given_estimators(models):
        if isinstance(model, SequenceForecaster) or hasattr(model, "predict_windows"):
            found["forecasting"] = model
        elif isinstance(model, SequenceTagger):
            found["tagging"] = model
        elif is_regressor(model):
            found["regression"] = model
        elif is_classifier(model):
            found["classification"] = model
    if len(found) > 1:
        each = ", ".join(f"{type(model).__name__} is for {task}" for task, model in found.items())
        raise ValueError(f"These models cannot be compared, their tasks differ: {each}.")
    return next(iter(found), None)


def infer_task(X, y):
    """The task that the data pose.

    Raises
    ------
    ValueError
        Where that can be read in several ways.
    """
    if y is None:
        if _is_series(X):
            return "forecasting"
        raise ValueError(
            "task cannot be inferred: y is None and X is no single series. Give y, or a Series, "
            "DataFrame or array (time, targets) to forecast."
        )
    if isinstance(y, list) and _is_rows(y[:1]) and _lengths(X, y) and not _rectangular(y):
        return "tagging"
    try:
        kind = type_of_target(y, input_name="y")
    except (ValueError, TypeError):
        kind = "unknown"
    if kind in ("continuous", "continuous-multioutput"):
        return "regression"
    if kind in ("binary", "multiclass", "multilabel-indicator") and not _many_integers(y):
        return "classification"
    raise ValueError(
        f"task cannot be inferred from y ({kind}"
        + (", many different whole numbers" if kind == "multiclass" else "")
        + f"); say task=, one of {', '.join(map(repr, TASKS))}."
    )


def _is_series(X):
    if isinstance(X, list | tuple):
        return len(X) > 0 and all(np.ndim(value) == 0 and not isinstance(value, str) for value in X)
    known = isinstance(X, pd.Series | pd.DataFrame | np.ndarray) or _is_polars(X)
    return known and _rank(X) <= 2


def _is_rows(values):
    return bool(len(values)) and isinstance(values[0], list | tuple | np.ndarray)


def _lengths(X, y):
    """Whether each target has as many labels as its row has steps."""
    rows = X if isinstance(X, list) else list(X)
    return all(
        np.ndim(row) > 0 and len(row) == len(tags) for row, tags in zip(rows, y, strict=False)
    )


def _rectangular(y):
    """Whether lists of labels could as well be an indicator matrix or several targets."""
    return len({len(tags) for tags in y}) == 1 and not (len(y[0]) and isinstance(y[0][0], str))


def _many_integers(y):
    values = np.asarray(y)
    if values.ndim != 1 or values.dtype.kind not in "iu":
        return False
    n_values = len(np.unique(values))
    return n_values > _MOST_INTEGER_CLASSES and len(values) < 5 * n_values


def read_targets(y):
    """Return y with a container that numpy knows: rows of labels as a list, one column as such."""
    if y is None:
        return None
    if _is_polars(y):
        nested = _rank(y) == 1 and isinstance(y[0], Sequence | type(y))
        y = y.to_list() if nested else y.to_numpy()
    elif not isinstance(y, list | np.ndarray | pd.Series | pd.DataFrame):
        y = list(y)
    if _rank(y) == 2 and y.shape[1] == 1:
        return column_or_1d(y, warn=True)
    if isinstance(y, np.ndarray | pd.Series) and y.dtype.kind == "O" and _is_rows(list(y[:1])):
        return list(y)
    return y


def read_rows(X):
    """Return X with NaN where an array, or one of a list, is masked."""
    if isinstance(X, list | tuple):
        return [read_rows(row) if isinstance(row, np.ma.MaskedArray) else row for row in X]
    if isinstance(X, np.ma.MaskedArray):
        return X.astype(float).filled(np.nan) if np.ma.is_masked(X) else X.data
    return X


def read_series(X, *, name, missing="error", freq=None):
    """Return a series to forecast, a row for each step of its dates, and how it was read."""
    if _is_polars(X):
        X = X.to_numpy() if _rank(X) == 1 else pd.DataFrame({c: X[c].to_numpy() for c in X.columns})
    series = read_dated_series(X, missing=missing, freq=freq, name=name)
    if len(series.values) > len(X):
        # Dates without a row: with them runs are cut where the forecasters count.
        X = X.reindex(series.index)
    return X, series


def forecast_settings(models, estimator_params):
    """How the forecasters read a series: `missing` and `freq`.

    Raises
    ------
    ValueError
        If they would not read one series as the same steps.
    """
    params = [model.get_params() for model in given_estimators(models)]
    params.append(estimator_params or {})
    for given in params:
        for name in ("series_col", "date_col", "value_cols"):
            if given.get(name) is not None:
                raise ValueError(
                    f"{name}={given[name]!r}: compare forecasts one series, or a frame with dates "
                    "as its index and a column for each series. Of a long frame that is "
                    "X.pivot(index=date, columns=series, values=value)."
                )
    missing = {given["missing"] for given in params if given.get("missing") is not None}
    if {"interpolate", "ignore"} <= missing:
        raise ValueError(
            "Models with missing='interpolate' and missing='ignore' take the same rows for "
            "different steps, and cannot be compared; give all the same."
        )
    freq = next((given["freq"] for given in params if given.get("freq") is not None), None)
    chosen = next((kind for kind in ("interpolate", "ignore") if kind in missing), "error")
    return {"missing": chosen, "freq": freq}


def take_rows(values, index):
    if isinstance(values, np.ndarray | pd.Series | pd.DataFrame) or _is_polars(values):
        return _safe_indexing(values, index)
    if hasattr(values, "__array__"):
        return np.asarray(values)[index]
    return [values[i] for i in index]


def join_series(past, future):
    if isinstance(past, pd.Series | pd.DataFrame):
        return pd.concat([past, future])
    return np.concatenate([np.asarray(past), np.asarray(future)])


def _rank(values):
    return len(getattr(values, "shape", (0,)))


def _is_polars(values):
    return type(values).__module__.partition(".")[0] == "polars"
