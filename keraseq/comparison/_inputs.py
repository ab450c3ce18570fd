"""What the user handed to compare: which task it is, and its rows in one form or another."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import column_or_1d

from keraseq.encoding.dated_series import read_dated_series
from keraseq.encoding.target_kind import target_kind
from keraseq.tasks import get_task, task_names
from keraseq.wrappers.ensembles import Ensemble
from keraseq.wrappers.network_estimator import NetworkEstimator


def inner_estimator(estimator):
    """The last step of a pipeline, or the estimator itself."""
    return estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator


def our_estimator(estimator):
    """The estimator of ours in one: itself, the last step of a pipeline, a member; or None."""
    inner = inner_estimator(estimator)
    if isinstance(inner, Ensemble):
        inner = inner_estimator(inner.estimator)
    return inner if isinstance(inner, NetworkEstimator) else None


def our_fits(estimator):
    """The fitted estimators of ours in one: several of an ensemble."""
    inner = inner_estimator(estimator)
    members = inner.estimators_ if isinstance(inner, Ensemble) else [estimator]
    return [ours for ours in map(our_estimator, members) if ours is not None]


def given_estimators(models):
    """The estimators among the models, of a pipeline or an ensemble what it is made of."""
    given = models.values() if isinstance(models, dict) else models
    return [
        our_estimator(model) or inner_estimator(model)
        for model in given
        if isinstance(model, BaseEstimator)
    ]


def task_of(models):
    """The task that given estimators already fix, or None.

    Raises
    ------
    ValueError
        If they are of different tasks.
    """
    found = {}
    for model in given_estimators(models):
        declared = getattr(model, "_tasks", ())
        suited = [task for task in compared_tasks() if get_task(task).suits(model)]
        for task in [*declared, *suited][:1]:
            found[task] = model
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
    posed = [task for task in compared_tasks() if get_task(task).poses(X, y)]
    if len(posed) == 1:
        return posed[0]
    if y is None:
        raise ValueError(
            "task cannot be inferred: y is None and X is no single series. Give y, or a Series, "
            "DataFrame or array (time, targets) to forecast, or say task='language_model' of "
            "texts to learn to write from."
        )
    raise ValueError(
        f"task cannot be inferred from y ({target_kind(y)}); say task=, one of "
        f"{', '.join(map(repr, compared_tasks()))}."
    )


def compared_tasks():
    """The tasks that have a score to compare by."""
    return [task for task in task_names() if get_task(task).score_name is not None]


def read_targets(y):
    """Return y with a container that numpy knows: rows of labels as a list, one column as such."""
    if y is None:
        return None
    if _is_polars(y):
        y = _of_polars(y)
    elif sparse.issparse(y):
        y = y.toarray()
    elif not isinstance(y, list | np.ndarray | pd.Series | pd.DataFrame):
        y = list(y)
    if _rank(y) == 2 and y.shape[1] == 1:
        return column_or_1d(y, warn=True)
    if isinstance(y, np.ndarray | pd.Series) and y.dtype.kind == "O" and _holds_rows(y):
        return list(y)
    return y


def _of_polars(y):
    if _rank(y) == 2:
        return pd.DataFrame({name: y[name].to_numpy() for name in y.columns})
    return y.to_list() if isinstance(y[0], Sequence | type(y)) else y.to_numpy()


def _holds_rows(y):
    return bool(len(y)) and isinstance(next(iter(y[:1])), list | tuple | np.ndarray)


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


def continued(past, future):
    """Return the series that follows another one, in that one's form.

    Raises
    ------
    ValueError, TypeError
        If one of them alone has dates, or their columns are not the same.
    """
    has_index = hasattr(past, "iloc")
    if has_index != hasattr(future, "iloc"):
        raise TypeError(
            f"test is a {type(future).__name__} and X a {type(past).__name__}, of which one alone "
            "has an index; give both in one form."
        )
    if (
        has_index
        and _rank(past) != _rank(future)
        and future.size == past.size // len(past) * len(future)
    ):
        # One column is one series, whatever it is called.
        future = future.iloc[:, 0] if _rank(past) == 1 else future.to_frame(past.columns[0])
    held = [_columns(series) for series in (future, past)]
    if held[0] != held[1]:
        raise ValueError(f"test has {held[0]} and X {held[1]}; test must be what follows X.")
    return future


def _columns(series):
    """What is beside the rows of a series, in words."""
    if hasattr(series, "columns"):
        return f"the columns {sorted(map(str, series.columns))}"
    width = np.shape(series)[1:]
    return f"{width[0]} columns" if width else "one column"


def join_series(past, future):
    if isinstance(past, pd.Series | pd.DataFrame):
        return pd.concat([past, future])
    return np.concatenate([np.asarray(past), np.asarray(future)])


def _rank(values):
    return len(getattr(values, "shape", (0,)))


def _is_polars(values):
    return type(values).__module__.partition(".")[0] == "polars"
