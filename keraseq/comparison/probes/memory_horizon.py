"""How far back an architecture can learn to remember."""

import time

import keras
import numpy as np
import pandas as pd
from tqdm import tqdm

from keraseq._checks import check_choice, check_integer
from keraseq._quiet import many_models
from keraseq.builders import assemble, compile_for_task, make_plan
from keraseq.comparison.probes._models import check_names
from keraseq.datasets import make_adding, make_copy
from keraseq.models import find_model
from keraseq.stems import whole_reading
from keraseq.training.pool import Lent, Pool

_TEST_ROWS = 512
_CHECK_EVERY = 100


class _Adding:
    """Add two numbers, each marked somewhere in its half of the sequence."""

    answers = "regression"
    inputs = "numbers"
    lags = (25, 50, 100, 200, 300)
    threshold = 1 / 60  # a tenth of the variance, which predicting 1 always would leave

    def reads(self, name):
        return whole_reading(find_model(name).is_causal())

    def plan(self, name, units):
        pooling = whole_reading(find_model(name).is_causal())
        return make_plan(name, (None, 2), 1, task=self.answers, pooling=pooling, units=units)

    def rows(self, n, lag, random_state):
        X, y = make_adding(n, lag, return_X_y=True, random_state=random_state)
        return X, y[:, None]

    def error(self, outputs, targets):
        return np.mean((outputs - targets) ** 2)


class _Copy:
    """Repeat three symbols after a gap.

    With ten of them no recurrent network learned a gap of 10 with the default effort.
    """

    answers = "tagging"
    inputs = "tokens"
    lags = (5, 10, 25, 50, 100)
    threshold = 0.1  # a model without memory gets seven of eight symbols wrong
    n_symbols, n_copied = 8, 3

    def reads(self, name):
        return "every step"

    def plan(self, name, units):
        vocabulary = self.n_symbols + 3
        return make_plan(
            name,
            (None,),
            vocabulary,
            task=self.answers,
            vocabulary_size=vocabulary,
            # A hidden symbol cannot be remembered.
            token_dropout=0.0,
            embedding_dropout=0.0,
            units=units,
        )

    def rows(self, n, lag, random_state):
        sizes = {"n_symbols": self.n_symbols, "n_copied": self.n_copied}
        X, y = make_copy(n, lag, **sizes, return_X_y=True, random_state=random_state)
        return X.astype("int32"), y.astype("int32")

    def error(self, outputs, targets):
        wrong = outputs.argmax(axis=-1) != targets
        return np.mean(wrong[:, -self.n_copied :])


_TASKS = {"adding": _Adding(), "copy": _Copy()}


def memory_horizon(
    models,
    *,
    task="adding",
    lags=None,
    steps=1500,
    learning_rates=(0.005, 0.002),
    batch_size=64,
    units=64,
    threshold=None,
    n_seeds=3,
    random_state=0,
    verbose=1,
):
    """Find the longest lag at which an architecture learns a memory task, at equal effort.

    Each lag is learned from first weights, on sequences drawn anew for every step, with each
    learning rate in turn until one succeeds: architectures differ in the rate that suits them.
    Training ends once `threshold` is met on 512 sequences apart (looked at every 100 steps), or
    after `steps`; the first lag that is not learned ends the search.

    Parameters
    ----------
    models : str or list of str
        Names of :func:`keraseq.list_models`, or registered functions; forecasters are refused,
        which answer another question.
    task : {"adding", "copy"}, default="adding"
        See :func:`keraseq.datasets.make_adding`, whose lag is the sequence's length (the two
        numbers to add stand half of it apart in the mean), and
        :func:`keraseq.datasets.make_copy` of three symbols, whose lag is the gap.
    lags : sequence of int, optional
        25, 50, 100, 200 and 300 for adding, 5, 10, 25, 50 and 100 for copy by default.
    steps : int, default=1500
        Optimiser steps (Adam, gradients clipped to norm 1) for each lag and learning rate.
    learning_rates : sequence of float, default=(0.005, 0.002)
        The first is what gated networks learn fast with, the second what the simple one needs.
    batch_size, units : int, default=64
    threshold : float, optional
        A lag is learned when the error is at most this: 1/60 for adding, a tenth of the variance;
        0.1 for copy.
    n_seeds : int, default=3
    random_state : int, default=0
        First of the seeds.
    verbose : int, default=1
        1 shows a progress bar.

    Returns
    -------
    DataFrame
        A row for each model, seed and lag that was tried: ``model``; ``reads``, what the head
        reads ("last" step; "ends" where an architecture is not causal; "every step" for copy);
        ``seed``; ``lag``; ``error`` (adding: mean squared error; copy: share of symbols that are
        wrong); ``learned``; ``learning_rate`` and ``steps`` that it took; ``seconds`` for all
        rates tried; ``horizon``, the longest lag that this seed learned, 0 for none. A horizon
        that equals the longest of `lags` is a lower bound.

    Raises
    ------
    ValueError, TypeError
        For an unknown name or task, a model that cannot learn the task, or lags that do not rise.

    Notes
    -----
    The head never reads a maximum or a mean: with max pooling a model without any recurrence
    solves the adding task at 500 steps.

    Measured with the defaults, seeds 0 to 2: simple_rnn learns 25 (its error at 50 is .08 to .16),
    gru 300 and perhaps more within 300 steps, lstm 300 and perhaps more within 1,000.

    References
    ----------
    Hochreiter & Schmidhuber (1997). Long short-term memory. Neural Computation 9(8), 1735-1780.
    Arjovsky, Shah & Bengio (2016). Unitary evolution recurrent neural networks. ICML.

    Examples
    --------
    >>> from keraseq.comparison.probes import memory_horizon
    >>> frame = memory_horizon(["gru"], lags=(4,), steps=1, n_seeds=1, units=4, verbose=0)
    >>> frame[["model", "reads", "lag", "learned", "horizon"]].values.tolist()
    [['gru', 'last', 4, False, 0]]
    """
    the_task = _TASKS[check_choice("task", task, _TASKS)]
    names = check_names(models, the_task.answers, the_task.inputs)
    lags = [check_integer("lags", lag, 2) for lag in (the_task.lags if lags is None else lags)]
    if not lags or lags != sorted(set(lags)):
        raise ValueError(f"lags={lags} must rise and hold at least one, such as (25, 50, 100).")
    if not len(learning_rates):
        raise ValueError("learning_rates is empty; give at least one, such as (0.002,).")
    effort = {
        "steps": check_integer("steps", steps, 1),
        "batch_size": check_integer("batch_size", batch_size, 1),
        "threshold": the_task.threshold if threshold is None else float(threshold),
    }
    n_seeds = check_integer("n_seeds", n_seeds, 1)
    random_state = check_integer("random_state", random_state, 0)
    found, trainers = [], [_Trainer(the_task, name, units) for name in names]
    n_lags = len(names) * n_seeds * len(lags)
    with many_models(), tqdm(total=n_lags, disable=not verbose, unit="lag") as bar:
        for name, trainer in zip(names, trainers, strict=True):
            for seed in range(random_state, random_state + n_seeds):
                bar.set_postfix_str(f"{name}, seed {seed}")
                tried = _search(trainer, lags, learning_rates, seed, effort, bar)
                horizon = max((row["lag"] for row in tried if row["learned"]), default=0)
                found += [
                    {"model": name, "reads": the_task.reads(name), **row, "horizon": horizon}
                    for row in tried
                ]
    frame = pd.DataFrame(found)
    frame.attrs["task"] = task
    return frame


def _search(trainer, lags, learning_rates, seed, effort, bar):
    """Learn lag after lag until one fails; return a record of each."""
    tried = []
    for place, lag in enumerate(lags):
        tried.append(_learn(trainer, lag, learning_rates, seed, effort))
        bar.update()
        if not tried[-1]["learned"]:
            bar.update(len(lags) - place - 1)
            break
    return tried


def _learn(trainer, lag, learning_rates, seed, effort):
    """Try each rate until one succeeds; record that, or the one that came nearest."""
    begin, best = time.perf_counter(), None
    for rate in learning_rates:
        error, taken = trainer.train(lag, rate, seed, **effort)
        if best is None or error < best["error"]:
            best = {"error": error, "learning_rate": rate, "steps": taken}
        if error <= effort["threshold"]:
            break
    learned = best["error"] <= effort["threshold"]
    seconds = time.perf_counter() - begin
    return {"seed": seed, "lag": lag, "learned": learned, **best, "seconds": seconds}


class _Trainer:
    """An architecture's one compiled model, trained again and again from first weights."""

    def __init__(self, task, name, units):
        self.task, self._plan, self._pool = task, task.plan(name, units), Pool()

    def train(self, lag, learning_rate, seed, *, steps, batch_size, threshold):
        """Return the error, and the steps that it took."""
        # The same sequences for all architectures and rates.
        draw = np.random.RandomState([seed, lag])
        X_test, y_test = self.task.rows(_TEST_ROWS, lag, np.random.RandomState([seed, lag, 1]))
        with self._pool.lend("model", lambda: self._make(seed)) as lent:
            model = lent.model
            lent.reset(seed)
            model.optimizer.learning_rate = learning_rate
            for step in range(1, steps + 1):
                model.train_on_batch(*self.task.rows(batch_size, lag, draw))
                if step % _CHECK_EVERY == 0 or step == steps:
                    error = float(self.task.error(model.predict_on_batch(X_test), y_test))
                    # Of training that diverged.
                    error = np.inf if np.isnan(error) else error
                    if error <= threshold:
                        break
        return error, step

    def _make(self, seed):
        model = assemble(self._plan, seed)
        optimizer = keras.optimizers.Adam(global_clipnorm=1.0)
        compile_for_task(model, self._plan.task, optimizer=optimizer)
        return Lent(model, "model", self._plan, seed)
