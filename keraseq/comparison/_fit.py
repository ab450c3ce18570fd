"""One fit of one entry on one run's rows: everything that the tables know of it."""

import time

import numpy as np

from keraseq.comparison._inputs import inner_estimator, our_fits
from keraseq.comparison._memory import PeakMemory
from keraseq.comparison._scores import row_luck, total
from keraseq.comparison._tuning import tune_entry
from keraseq.tasks import get_task
from keraseq.wrappers.learned import convergence_noted

_LATENCY_CALLS = 5
_LATENCY_ROWS = 1000


def fit_entry(entry, data, split, seed, *, n_trials=None, keep_rows=False, latency=False):
    """Fit a seeded copy of the entry, score it, and return a record of plain values.

    A failure is recorded under ``error``; only an interrupt ends the comparison.
    """
    record = {"score": np.nan, "error": None}
    try:
        X, y = data.training_part(split)
        estimator = entry.seeded(seed)
        if n_trials and entry.ours is not None:
            with convergence_noted():
                estimator, record["tuned"] = tune_entry(entry, data, X, y, seed, n_trials)
        begin = time.perf_counter()
        with PeakMemory() as memory, convergence_noted() as noted:
            estimator.fit(X) if data.is_forecast else estimator.fit(X, y)
        record["convergence"] = noted[0] if noted else None
        record["seconds"] = time.perf_counter() - begin
        record["memory_mb"] = memory.megabytes
        gain, weight = score_rows(estimator, data, split)
        record["score"] = total(gain, weight)
        block = estimator.horizon if data.is_forecast else 1
        record["row_variance"], record["n_test"] = row_luck(data.task, gain, weight, block)
        if keep_rows:
            record["gain"], record["weight"] = gain.tolist(), weight.tolist()
        record.update(_describe(estimator, len(split.train), entry.notes))
        if latency:
            record.update(_latency(estimator, data, split))
    except Exception as error:
        record["error"] = f"{type(error).__name__}: {error}"
        record["score"] = np.nan
    return record


def score_rows(estimator, data, split):
    """Return the test rows' gains and weights."""
    X, y = data.test_part(split)
    if data.is_forecast:
        forecast, truth = estimator.predict_windows(X, y)
        scale = data.scale(split)
        return get_task(data.task).gains(np.asarray(truth), np.asarray(forecast), scale)
    return get_task(data.task).gains(y, estimator.predict(X))


def _describe(estimator, n_rows, notes):
    inner, ours = inner_estimator(estimator), our_fits(estimator)
    efforts = [_effort(one, n_rows) for one in ours or [inner]]
    described = {
        "epochs": getattr(inner, "n_iter_", None),
        "steps": None if None in efforts else sum(efforts),
    }
    if not isinstance(described["epochs"], int | np.integer):
        described["epochs"] = None
    if ours:
        described["parameters"] = sum(one.n_parameters_ for one in ours)
        flops, reason = ours[0]._count_flops()
        described["flops"] = None if flops is None else flops * len(ours)
        if reason is not None:
            described["note"] = "; ".join([*notes, reason])
        if len(ours) == 1:
            described["history"] = ours[0].history_
    return described


def _effort(estimator, n_rows):
    """The most optimiser steps that an estimator of ours may take, or None."""
    params = getattr(estimator, "params_", None)
    if not isinstance(params, dict) or not isinstance(params.get("epochs"), int):
        return None
    return params["epochs"] * -(-n_rows // int(params.get("batch_size", 32)))


def _latency(estimator, data, split):
    """Milliseconds to predict one row alone, and a row among many, once everything is warm."""
    X, y = data.test_part(split)
    if data.is_forecast:
        n = len(estimator.predict_windows(X, y)[0])
        one, many = lambda: estimator.predict(y=X), lambda: estimator.predict_windows(X, y)
    else:
        n = min(len(X), _LATENCY_ROWS)
        first, rows = X[:1], X[:n]
        one, many = lambda: estimator.predict(first), lambda: estimator.predict(rows)
    return {"latency_ms": _milliseconds(one), "latency_per_row_ms": _milliseconds(many, 1) / n}


def _milliseconds(call, n_calls=_LATENCY_CALLS):
    call()
    seconds = []
    for _ in range(n_calls):
        begin = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begin)
    return 1000 * float(np.median(seconds))
