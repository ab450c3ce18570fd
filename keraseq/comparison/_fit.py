"""One fit of one entry on one run's rows: everything that the tables know of it."""

import functools
import time

import numpy as np

from keraseq._keras import keras
from keraseq.comparison._inputs import inner_estimator, our_fits
from keraseq.comparison._memory import PeakMemory
from keraseq.comparison._scores import row_luck, total
from keraseq.comparison._tuning import tune_entry
from keraseq.wrappers.learned import convergence_noted
from keraseq.wrappers.sequence_classifier import SequenceClassifier

_LATENCY_CALLS = 5


def fit_entry(entry, data, split, seed, *, n_trials=None, keep_rows=False, latency=False):
    """Fit a seeded copy of the entry, score it, and return a record of plain values.

    A failure is recorded under ``error``; only an interrupt ends the comparison.
    """
    record = {"score": np.nan, "error": None}
    try:
        X, y = data.training_part(split)
        estimator = entry.seeded(seed)
        if entry.ours is not None:
            _begin()
        if n_trials and entry.ours is not None:
            with convergence_noted():
                estimator, record["tuned"] = tune_entry(entry, data, X, y, seed, n_trials)
        begin = time.perf_counter()
        with PeakMemory() as memory, convergence_noted() as noted:
            estimator.fit(X) if y is None else estimator.fit(X, y)
        record["convergence"] = noted[0] if noted else None
        record["seconds"] = time.perf_counter() - begin
        record["memory_mb"] = memory.megabytes
        gain, weight = data.score_rows(estimator, split)
        record["score"] = _checked(total(gain, weight), gain, data.metric)
        block = data.alike_rows(estimator)
        record["row_variance"], record["n_test"] = row_luck(data.task, gain, weight, block)
        if keep_rows:
            record["gain"], record["weight"] = gain.tolist(), weight.tolist()
        record.update(_describe(estimator, len(split.train), entry.notes))
        record.update(data.notes_of(estimator, split))
        if latency:
            one, many, n = data.latency_calls(estimator, split)
            per_row = _milliseconds(many, 1) / n
            record.update(latency_ms=_milliseconds(one), latency_per_row_ms=per_row)
    except Exception as error:
        # Of a fit that failed later nothing counts, the rows that it had answered included.
        record.update(score=np.nan, gain=None, error=f"{type(error).__name__}: {error}")
    return record


def _checked(score, gain, metric):
    """The score, or a ValueError where it is no number to compare by."""
    if np.isfinite(score):
        return score
    why = "all test rows have one target, or none is known"
    if not np.isfinite(gain).all():
        why = "predictions are NaN or infinite, or far beyond the targets"
    raise ValueError(f"{metric} is {score}: {why}")


@functools.cache
def _begin():
    """Fit something tiny, so that no model's figures hold a process's beginning.

    The first fit of a process loads Keras and its backend: 5 s and 800 MB, and a worker may begin
    with any model.
    """
    tiny = SequenceClassifier(_tiny, epochs=1, early_stopping=False, random_state=0)
    with convergence_noted():
        tiny.fit([[0.0], [1.0]], [0, 1])


def _tiny(input_shape, outputs):
    inputs = keras.Input(input_shape)
    x = keras.layers.GlobalAveragePooling1D()(inputs)
    return keras.Model(inputs, keras.layers.Dense(outputs)(x))


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
    if "steps" in params:
        return params["steps"]
    return params["epochs"] * -(-n_rows // int(params.get("batch_size", 32)))


def _milliseconds(call, n_calls=_LATENCY_CALLS):
    """How long a call takes, once everything is warm."""
    call()
    seconds = []
    for _ in range(n_calls):
        begin = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begin)
    return 1000 * float(np.median(seconds))
