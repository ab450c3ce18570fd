"""A fit that has learned nothing says so."""

import contextlib
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from keraseq.batching import take_rows
from keraseq.models import find_model, is_registered

# Before that the first weights still show, whatever there is to learn.
_FEWEST_EPOCHS, _FEWEST_STEPS = 3, 50
# Rows that are asked once the training loss looks as if nothing was learned.
_MOST_ROWS = 2_000
# What one free weight gains by chance: twice the gain in log-likelihood is chi-squared with one
# degree of freedom (Wilks 1938), below 3.84 in 19 of 20 fits of noise. In shares of the constant
# answer's loss that is some 3 / rows, for squared errors as for two to six classes.
_GAIN_OF_CHANCE, _MOST_GAIN = 3.0, 0.02
# What hardly varies (by its weights, perhaps) is answered by its constant nearly without a loss.
_NO_LOSS = 1e-4
# Steps from which patches let a network see its sequence in fewer of them.
_LONG = 100
# More of float16's steps left out than while its loss scale is found.
_MOST_SKIPPED = 0.5
# Below it the first weights have not moved far enough to blame their steps' size.
_SLOW = 1e-4


@dataclass(frozen=True)
class Sample:
    """Rows of training's, with which a fit is judged.

    Attributes
    ----------
    task : Task
    n_rows : int
    truth : ndarray
    weights : ndarray or None
    constant : ndarray
        The output that answers all rows alike.
    predict : callable
        Returns the output of the fitted weights.
    """

    task: object
    n_rows: int
    truth: np.ndarray
    weights: np.ndarray | None
    constant: np.ndarray
    predict: Callable


def check_learned(estimator, task, network, run, params, batches, outputs):
    """Warn where a fit of sequences has learned nothing; see `warn_unless_learned`."""
    sample = partial(_sample, task, network, outputs, *batches.parts)
    warn_unless_learned(estimator, network, run, params, len(batches), sample)


def _sample(task, network, outputs, rows, targets, weights):
    index = spread(len(targets))
    rows, truth = take_rows(rows, index), take_rows(targets, index)
    weights = None if weights is None else weights[index]
    constant = task.constant_answer(truth, outputs, weights)
    if network.gives_probabilities:
        constant = task.decode(constant)
    join = np.concatenate if task.per_step else np.asarray
    if task.per_step and weights is not None:
        weights = np.repeat(weights, [len(row) for row in truth])
    truth = join(truth)
    constant = np.broadcast_to(constant, (len(truth), *constant.shape))
    return Sample(task, len(index), truth, weights, constant, lambda: join(network.predict(rows)))


def spread(n):
    """Numbers of at most 2,000 of n rows, evenly spread."""
    return np.linspace(0, n - 1, min(n, _MOST_ROWS)).round().astype(int)


def warn_unless_learned(estimator, network, run, params, steps, sample):
    """Warn where a fit's loss turned NaN, or is no better than a constant answer's.

    Or where float16 ran out of range; see `warn_of_scale`.

    The loss of the last epoch is asked first, and the best of a validation part, whose weights are
    kept: that costs nothing. Where one is too high, the fitted weights are, without dropout.

    Parameters
    ----------
    estimator : NetworkEstimator
    network : Network
        Trained.
    run : Run
    params : dict
        What it was trained with.
    steps : int
        Of an epoch.
    sample : callable
        Returns a `Sample`.

    Warns
    -----
    ConvergenceWarning
        With what to try.
    """
    losses, name = run.history.get("loss", []), called(estimator)
    if not losses or run.interrupt is not None or warn_of_scale(name, run, params):
        return
    if not math.isfinite(losses[-1]):
        first = 1 + next(i for i, loss in enumerate(losses) if not math.isfinite(loss))
        _warn(
            f"Training diverged: the loss of {name} turned {losses[-1]} in epoch {first} of "
            f"{len(losses)}.",
            _what_to_try(estimator, params, diverged=True),
        )
        return
    stopped = params["early_stopping"] and len(losses) < params["epochs"]
    is_enough = len(losses) >= _FEWEST_EPOCHS and steps * len(losses) >= _FEWEST_STEPS
    if not network.keeps_loss and (stopped or is_enough):
        sample = sample()
        constant = network.loss(sample.truth, sample.constant, sample.weights)
        bound = constant * (1 - min(_MOST_GAIN, _GAIN_OF_CHANCE / sample.n_rows))
        judged = min(run.history.get("val_loss", losses[-1:]))
        if max(losses[-1], judged) < bound or constant < _NO_LOSS:
            return
        reached = network.loss(sample.truth, sample.predict(), sample.weights)
        if not reached < bound:
            _warn(
                f"Nothing was learned: after {len(losses)} epochs the loss of {name} on its "
                f"training rows is {reached:.4g}; always to answer with "
                f"{sample.task.constant_words} has {constant:.4g}.",
                _what_to_try(estimator, params, stopped=stopped),
            )


def called(estimator):
    """What warnings call an estimator."""
    return f"{type(estimator).__name__}({estimator._model_name!r})"


def warn_of_scale(name, run, params):
    """Warn where float16's loss scale ran out, and return whether it did.

    Keras leaves a step out whose gradients are not finite, halves the scale and says nothing.
    Below 1 it makes gradients smaller than they are, and no smaller scale will mend them.

    Warns
    -----
    ConvergenceWarning
    """
    if run.loss_scale is None or (run.loss_scale >= 1 and run.skipped <= _MOST_SKIPPED):
        return False
    rate = params.get("learning_rate")
    advice = [
        "dtype_policy='mixed_bfloat16', which has the range of float32",
        "dtype_policy='float32'",
        "values of X within some thousands",
        "a lower learning_rate" + (f" (it was {rate:g})" if rate else ""),
    ]
    _warn(
        f"float16 ran out of range: of {name} {run.skipped:.0%} of the training steps "
        f"were left out, since their gradients were not finite, and the loss "
        f"scale fell to {run.loss_scale:.3g} (of 32768).",
        advice,
    )
    return True


def _warn(found, advice):
    listed = " or ".join([", ".join(advice[:-1]), advice[-1]] if advice[1:] else advice)
    warnings.warn(f"{found} Try {listed}.", ConvergenceWarning, stacklevel=5)


def _what_to_try(estimator, params, diverged=False, stopped=False):
    rate = params.get("learning_rate")
    direction = "higher" if rate and rate < _SLOW else "lower"
    advice = [f"a {direction} learning_rate" + (f" (it was {rate:g})" if rate else "")]
    if stopped:
        # Training had not come to its end.
        waited = params["n_iter_no_change"]
        advice[:0] = ["early_stopping=False", f"a higher n_iter_no_change (it was {waited})"]
    if estimator.optimizer != "auto":
        advice.append("an optimizer that clips gradients (clipnorm=1.0)")
    if not (diverged or stopped):
        advice.append("more epochs")
    if not diverged:
        if params.get("mean_length", 0) >= _LONG and _takes_patches(estimator, params):
            advice.append("patches for long series (model_params={'patch_length': 8})")
        advice.append("another model")
    return advice


def _takes_patches(estimator, params):
    """Whether it reads a series step by step, and would see more of it in patches."""
    if estimator.kind_ != "series" or estimator._task.per_step or params.get("patch_length"):
        return False
    if not is_registered(estimator.model):
        return False
    spec = find_model(estimator.model)
    given = {**dict(spec.settings), **(estimator.model_params or {})}
    reads_steps = spec.kind.name == "body" and spec.family != "convolutional"
    return reads_steps and not given.get("patch_length")


@contextlib.contextmanager
def convergence_noted():
    """Collect the ConvergenceWarnings of a block, in place of showing them, as a list of str."""
    messages = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        try:
            yield messages
        finally:
            messages += [str(w.message) for w in caught if _is_ours(w)]
    for other in caught:
        if not _is_ours(other):
            warnings.warn_explicit(other.message, other.category, other.filename, other.lineno)


def _is_ours(warning):
    return issubclass(warning.category, ConvergenceWarning)
