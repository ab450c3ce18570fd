"""What a model answers, as frames to be written."""

import numpy as np
import pandas as pd


def answers_of(fitted, X, is_empty, index, *, proba=False):
    """A column for each target, or label, in the rows that are not empty.

    Parameters
    ----------
    fitted : Fitted
    X : list or ndarray
    is_empty : ndarray of bool
        Rows that the model is not asked.
    index : Index
    proba : bool
        Whether the probability of each class is put beside.
    """
    estimator = fitted.estimator
    targets = () if fitted.columns is None else fitted.columns.target
    if is_empty.any():
        X = X[~is_empty] if isinstance(X, np.ndarray) else [X[i] for i in np.flatnonzero(~is_empty)]
    index_of_answers = index[~is_empty]
    answers = estimator.predict(X) if len(X) else np.zeros((0, max(1, len(targets))))
    if isinstance(answers, list):
        if proba:
            raise ValueError(
                "proba: the model has probabilities for every step, for which a row has no place; "
                "predict_proba of keraseq.load gives them."
            )
        joined = [row if isinstance(row, str) else " ".join(map(str, row)) for row in answers]
        columns = {(targets or ("prediction",))[0]: joined}
    elif answers.ndim == 1 or answers.shape[1] == 1:
        columns = {(targets or ("prediction",))[0]: answers.reshape(-1)}
    else:
        n = answers.shape[1]
        named = targets if len(targets) == n else [f"prediction {i + 1}" for i in range(n)]
        columns = dict(zip(named, answers.T, strict=True))
    frame = pd.DataFrame(columns, index=index_of_answers)
    if proba:
        frame = pd.concat([frame, _probabilities(estimator, X, index_of_answers, targets)], axis=1)
    return _with_empty_rows(frame, index) if is_empty.any() else frame


def _with_empty_rows(frame, index):
    """An answer is written the same whether or not a row beside it is empty: 1 is not 1.0."""
    whole = {"i": "Int64", "u": "UInt64", "b": "boolean"}
    kinds = {n: whole[frame[n].dtype.kind] for n in frame if frame[n].dtype.kind in whole}
    return frame.astype(kinds).reindex(index)


def _probabilities(estimator, X, index, targets):
    labels = targets if len(targets) > 1 else estimator.classes_
    values = estimator.predict_proba(X) if len(X) else np.zeros((0, len(labels)))
    return pd.DataFrame(values, index=index, columns=[f"P({label})" for label in labels])


def forecasts_of(fitted, frame, steps, interval):
    """The forecasts of the steps after a frame, or after the training rows."""
    estimator, columns = fitted.estimator, fitted.columns
    arguments = {} if frame is None else _arguments(fitted, frame)
    values = estimator.predict(steps, **arguments)
    values = _plain(values, columns)
    if interval is not None:
        ends = _plain(estimator.predict_interval(steps, coverage=interval, **arguments), columns)
        values = pd.concat([values, ends.drop(columns=[c for c in ends if c in values])], axis=1)
    return values


def _arguments(fitted, frame):
    """The history and what is known ahead, of a frame that has one or both."""
    from keraseq.cli.series_frame import known_part

    columns = fitted.columns
    targets = [name for name in columns.target if name in frame]
    if not targets or frame[targets].isna().all(axis=None):
        if not columns.future:
            raise ValueError(
                "The file has no known value of "
                f"{', '.join(columns.target)}: a history needs them, and the model reads no "
                "covariate that is known ahead."
            )
        known = [*columns.series, columns.date, *columns.future]
        _check_held(frame, known)
        return {"future": frame[known]}
    _check_held(frame, [*columns.target, *columns.past, *columns.future, *columns.static])
    history, _ = known_part(frame, columns)
    if not columns.future:
        return {"y": history}
    return {"y": history, "future": frame[[*columns.series, columns.date, *columns.future]]}


def _check_held(frame, names):
    missing = [name for name in names if name not in frame]
    if missing:
        raise ValueError(f"The file has no column {missing[0]!r}, which the model reads.")


def _plain(values, columns):
    """One row of column names and no index; the date is a column."""
    if isinstance(values, pd.Series):
        values = values.to_frame()
    if isinstance(values.columns, pd.MultiIndex):
        values.columns = [" ".join(filter(None, map(str, name))) for name in values.columns]
    if columns.date not in values:
        values = values.rename_axis(columns.date).reset_index()
    return values.reset_index(drop=True)
