"""The lines of `bench.py` that take minutes: variable length, time to quality, workers."""

import functools
import math
import os
import time

import numpy as np
from _bench_lines import has_data
from _bench_work import Work
from two_workers import WAYS, in_processes

import keraseq

# Rows of training parts that a try takes; all of them by default.
ROWS = int(os.environ.get("BENCH_ROWS", "0")) or None
# The peers get it too: no bag of n-grams beside the body, no words hidden.
_STEM = {"embedding_dropout": 0.5, "token_dropout": 0, "ngrams": 0}
_JUDGED = 10_000
_PATIENCE = 4
# FCN's mean accuracies of five runs (Ismail-Fawaz et al. 2023), less a point.
UCR = {
    "CBF": 0.9838,
    "GunPoint": 0.9873,
    "Trace": 0.99,
    "SwedishLeaf": 0.957,
    "ItalyPowerDemand": 0.9527,
}


def variable():
    """Reviews at their full length, three epochs of one bidirectional LSTM."""
    if not has_data():
        return
    found = {}
    yield Work(
        "an epoch of IMDB at full length, bilstm(64), batches of 64",
        lambda: {
            "keraseq": lambda: _variable_keraseq(found),
            "skorch": lambda: _variable_skorch(found),
        },
        ratio=0.6,
        unit="s",
        own_clock=True,
        note=lambda: "accuracy after 3: " + ", ".join(f"{k} {v:.4f}" for k, v in found.items()),
    )


def _variable_keraseq(found):
    import _bench_clocks

    X, y, X_test, y_test = _reviews()
    clock = _bench_clocks.Epochs()
    made = _reader(max_length=100_000, epochs=3, callbacks=[clock])
    found["keraseq"] = made.fit(X, y).score(X_test, y_test)
    return made.callbacks_[0].seconds


def _variable_skorch(found):
    from _bench_skorch import Rows, text_net
    from _bench_torch import answers

    X, y, X_test, y_test = _reviews()
    ids, ids_test, n_tokens = _encoded(X, X_test, None)
    net = text_net(n_tokens, rate=_rate(X, y), dropout=_STEM["embedding_dropout"])
    rows, seconds = Rows(ids, y), []
    for _ in range(3):
        begin = time.perf_counter()
        net.partial_fit(rows, None)
        seconds.append(time.perf_counter() - begin)
    found["skorch"] = np.mean(answers(net.module_, ids_test) == y_test)
    return seconds


def quality_texts():
    """Seconds until accuracies on 10,000 of IMDB's test rows are reached."""
    if not has_data():
        return
    curves = functools.cache(_text_curves)
    for goal in (0.88, 0.89):
        name = f"seconds to {goal} on IMDB, 400 tokens a review, bilstm(64), batches of 64"
        yield Work(
            name, functools.partial(_seconds_to, goal, curves), ratio=0.5, unit="s", own_clock=True
        )


def _text_curves():
    from _bench_clocks import keras_curve, keraseq_curve, torch_curve
    from _bench_keras import make_text
    from _bench_skorch import Rows, text_net
    from _bench_torch import answers

    X, y, X_test, y_test = _reviews(_JUDGED)
    ids, ids_test, n_tokens = _encoded(X, X_test, 400)
    rate, dropout, goal = _rate(X, y), _STEM["embedding_dropout"], 0.89
    ours = keraseq_curve(_reader(epochs="auto"), X, y, X_test, y_test, goal)
    limit = _PATIENCE * _reached(ours, goal)
    plain = make_text("bilstm", n_tokens, 2, 64, masked=True, rate=rate, dropout=dropout)
    net = text_net(n_tokens, rate=rate, dropout=dropout)
    rows = Rows(ids, y)
    return {
        "keraseq": ours,
        "Keras": keras_curve(plain, (ids, y), (ids_test, y_test), 64, goal, limit),
        "skorch": torch_curve(
            lambda: net.partial_fit(rows, None),
            lambda: np.mean(answers(net.module_, ids_test) == y_test),
            goal,
            limit,
        ),
    }


def quality_series():
    """Seconds until FCN's published accuracy less a point."""
    if not has_data():
        return
    for problem, goal in UCR.items():
        yield Work(
            f"seconds to {goal} on {problem}, fcn",
            functools.partial(_seconds_to, goal, functools.partial(_ucr_curves, problem, goal)),
            ratio=0.5,
            unit="s",
            own_clock=True,
        )


def _ucr_curves(problem, goal):
    from _bench_clocks import keras_curve, keraseq_curve, torch_curve
    from _bench_keras import make_fcn
    from _bench_skorch import net as skorch_net
    from _bench_torch import FCN1D, answers

    load = functools.partial(keraseq.datasets.fetch_ucr, problem, return_X_y=True)
    (X, y), (X_test, y_test) = load(subset="train"), load(subset="test")
    classes, y = np.unique(y, return_inverse=True)
    y_test = np.searchsorted(classes, y_test)
    made = keraseq.SequenceClassifier("fcn", early_stopping=False, random_state=0)
    ours = keraseq_curve(made, X, y, X_test, y_test, goal)
    batch, rate = made.params_["batch_size"], made.params_["learning_rate"]
    limit = _PATIENCE * _reached(ours, goal)
    x, x_test = (part[..., None].astype("float32") for part in (X, X_test))
    plain = make_fcn(1, len(classes), rate)
    net = skorch_net(
        FCN1D,
        module__outputs=len(classes),
        rate=rate,
        batch_size=batch,
        max_epochs=1,
    ).initialize()
    return {
        "keraseq": ours,
        "Keras": keras_curve(plain, (x, y), (x_test, y_test), batch, goal, limit),
        "skorch": torch_curve(
            lambda: net.partial_fit(x, y),
            lambda: np.mean(answers(net.module_, x_test) == y_test),
            goal,
            limit,
        ),
    }


def _seconds_to(goal, curves):
    found = curves()
    return {
        name: lambda curve=curve: [_reached(curve, goal, math.inf)] for name, curve in found.items()
    }


def _reached(curve, goal, otherwise=None):
    """The seconds at which the curve reaches the goal; else those at its end."""
    times = [seconds for seconds, accuracy in curve if accuracy >= goal]
    if times:
        return times[0]
    return curve[-1][0] if otherwise is None else otherwise


def workers():
    """Twenty fits of `compare` on two workers, beside two bare processes."""
    names = list(WAYS)
    yield Work(
        "20 fits of compare, two workers beside two bare processes",
        lambda: {
            "keraseq": lambda: [_twenty_fits(names[1])],
            "two processes": lambda: [_twenty_fits(names[2])],
            "one worker": lambda: [_twenty_fits(names[0])],
        },
        ratio=1.65 / 1.53,
        unit="s",
        own_clock=True,
    )


def _twenty_fits(way, epochs=10):
    n_jobs, environment, copies = WAYS[way]
    took = in_processes(n_jobs, epochs, environment, copies)
    return max(each["seconds"] for each in took) / copies


def _reader(**settings):
    shared = {"units": 64, "batch_size": 64, "early_stopping": False, "random_state": 0}
    return keraseq.SequenceClassifier("bilstm", model_params=_STEM, **{**shared, **settings})


def _rate(X, y):
    """The learning rate that a fit of these rows takes."""
    return _reader(epochs=0).fit(X, y).params_["learning_rate"]


def _reviews(judged=None):
    load = functools.partial(keraseq.datasets.fetch_imdb, return_X_y=True)
    (X, y), (X_test, y_test) = load(subset="train"), load(subset="test")
    draw = np.random.default_rng(0)
    rows = draw.permutation(len(X))[:ROWS]
    tested = draw.permutation(len(X_test))[: min(judged or len(X_test), ROWS or len(X_test))]
    classes, y = np.unique(y, return_inverse=True)
    y_test = np.searchsorted(classes, y_test)
    return [X[i] for i in rows], y[rows], [X_test[i] for i in tested], y_test[tested]


def _encoded(X, X_test, max_length):
    from keraseq.encoding import TextEncoder

    encoder = TextEncoder(max_length=max_length).fit(X)
    return encoder.transform(X), encoder.transform(X_test), encoder.vocabulary_size_


LONG = {
    "variable": variable,
    "quality": quality_texts,
    "quality-series": quality_series,
    "workers": workers,
}
