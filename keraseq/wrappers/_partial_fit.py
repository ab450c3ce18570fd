"""One pass over rows, going on from where the last one ended."""

import json
from collections.abc import Set
from functools import partial

import numpy as np

from keraseq._checks import check_integer, shown
from keraseq._precision import resolve_policy
from keraseq.encoding.streams import is_stream
from keraseq.encoding.unwrap import unwrap_target
from keraseq.training.batches import Batches
from keraseq.training.callbacks import copy_callbacks
from keraseq.training.network import Network
from keraseq.wrappers._auto import check_rate, is_auto, resolve_parameters
from keraseq.wrappers._embeddings import count_tokens
from keraseq.wrappers._features import encode_training
from keraseq.wrappers._pretrained import first_weights, with_pretrained
from keraseq.wrappers._rows import mean_length
from keraseq.wrappers._seeds import draw_seed
from keraseq.wrappers.learned import called, warn_of_scale

# What a later call may set.
_OF_A_STEP = ("batch_size", "learning_rate")
# What it may not; "auto" leaves it as it was.
_SIZES = ("units", "num_layers", "dropout")
_SETTLED = (*_SIZES, "max_tokens", "max_length", "min_count", "dtype_policy")


def _set_since(estimator):
    """The parameters of the calls before, with what the user has set since."""
    was = estimator.params_
    given = {name: getattr(estimator, name) for name in (*_OF_A_STEP, *_SETTLED) if name in was}
    given = {name: value for name, value in given.items() if not is_auto(value)}
    if "batch_size" in given:
        given["batch_size"] = check_integer("batch_size", given["batch_size"], 1)
    if "learning_rate" in given:
        given["learning_rate"] = check_rate(estimator, given["learning_rate"])
    if "dtype_policy" in given:
        given["dtype_policy"] = resolve_policy(given["dtype_policy"])
    return {**was, **given}


def _refuse_changes(network, blueprint):
    """Raise where what is now set would make another network than the one that goes on."""
    was, mend = network.blueprint, "set it back, or begin anew by fit with warm_start=False."
    if not was.fits(blueprint):
        raise ValueError(
            "partial_fit goes on from the fitted weights, so the model and its sizes must stay as "
            f"they were; {mend}"
        )
    same = {
        "optimizer": _are_alike(*(json.loads(one.optimizer) for one in (was, blueprint))),
        "dtype_policy": was.dtype_policy in (None, blueprint.dtype_policy),
    }
    for name, is_same in same.items():
        if not is_same:
            raise ValueError(f"partial_fit goes on with the {name} that it began with; {mend}")


def _rows_like(blueprint):
    """No rows, as long as those of the first call where its network is for these alone."""
    time = getattr(blueprint, "input_shape", (None,))[0]
    return [] if time is None else np.empty((0, time))


def _are_alike(one, other):
    """Whether two optimisers differ in their averages at most, which only a fit has."""
    ours, theirs = one["config"], other["config"]
    shared = {name for name in ours.keys() & theirs.keys() if "ema" not in name}
    is_one_class = one["class_name"] == other["class_name"]
    return is_one_class and all(ours[name] == theirs[name] for name in shared)


def _all_labels(classes):
    """The labels that a call names, in an order of their own where they came in none."""
    if isinstance(classes, Set):
        return sorted(classes, key=repr)
    try:
        return unwrap_target(classes, "classes")
    except TypeError:
        raise TypeError(
            f"classes={shown(classes)} is not a list, an array or a set; give all labels that "
            "later calls will bring."
        ) from None


def fit_once(estimator, X, y, sample_weight, classes=None):
    """One pass over these rows, going on from where the last one ended."""
    if classes is not None:
        classes = _all_labels(classes)
    if is_stream(X):
        raise TypeError(
            "X is a stream; partial_fit takes rows in memory, such as one part of it at a time. "
            "fit reads a whole stream."
        )
    former = vars(estimator) if hasattr(estimator, "_network") else None
    settings = with_pretrained(estimator)
    rows, task, target, _ = settings._read(X, y, sample_weight, former, classes)
    if former is None:
        target.fit_scale(rows.targets, rows.weights)
    first = {} if former else resolve_parameters(settings, rows.sequences, task)
    params = _set_since(estimator) if former else {**first, "epochs": 1, "early_stopping": False}
    encoder, encoded = encode_training(settings, rows.sequences, params, former)
    params.setdefault("mean_length", mean_length(encoded))
    callbacks = copy_callbacks(
        estimator.callbacks, is_validated=False, remedy="partial_fit holds no rows back, fit can"
    )
    calls = former["n_iter_"] if former else 0
    seed = former["_network"].seed if former else draw_seed(estimator.random_state)
    batches = Batches(
        encoded,
        params["batch_size"],
        targets=target.scaled(rows.targets),
        weights=estimator._mean_one(rows, target),
        seed=seed + calls,
    )
    if former:
        network = former["_network"]
        like = _rows_like(network.blueprint)
        _refuse_changes(network, settings._blueprint(task, encoder, target, like, params, False))
    else:
        weights = first_weights(
            settings, rows.sequences.kind, encoder, partial(count_tokens, encoded), seed, params
        )
        blueprint = settings._blueprint(task, encoder, target, encoded, params, False)
        network = Network(blueprint, seed, weights)
    run = network.fit(
        batches,
        epochs=1,
        learning_rate=params["learning_rate"],
        constant_rate=True,
        callbacks=callbacks,
        keep_optimizer=True,
        verbose=estimator.verbose,
        strategy=estimator.strategy,
    )
    run = run.after(former["history_"], calls) if former else run
    estimator._finish(X, rows, task, target, encoder, network, params, run, callbacks)
    warn_of_scale(called(estimator), run, params)
    return estimator
