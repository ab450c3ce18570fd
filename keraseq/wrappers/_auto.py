"""What "auto" means: the one table of settings that depend on kind and amount of data."""

import math
import numbers

import numpy as np

from keraseq._checks import check_fraction, check_integer
from keraseq._precision import resolve_policy
from keraseq.models import find_model, is_registered
from keraseq.training.xla import resolve_jit

# Rows from which a part is held back for early stopping. Below it every row is worth more in
# training than as a judge of when to stop, and a fixed number of epochs serves as well.
_HOLD_BACK_FROM = {"text": 10_000, "tokens": 10_000, "series": 200}
# Of the fits of few texts and of series: optimiser steps aimed at, and the fewest and the most
# passes that they may take.
_TEXT = {"steps": 450, "least_epochs": 5, "most_epochs": 20}
# Many texts are seen often enough in fewer passes, and larger batches walk their steps faster.
_MANY_TEXTS = {"epochs": 4, "batch_size": 64, "rate_share": 0.4}
_SERIES = {"steps": 1_500, "least_epochs": 30, "most_epochs": 60}

# Of pairs: optimiser steps aimed at, which few pairs need too, and the fewest and most passes.
_PAIRS = {"steps": 3_000, "least_epochs": 15, "most_epochs": 100}
_MOST_TOKENS_OF_PAIR, _MOST_STEPS_OF_PAIR = 400, 2_000
# With more of them most subwords of few texts are whole words, each seen a few times.
_SUBWORDS, _WORDS = 4_096, 20_000

# A few rows that judge say little after a few steps: early stopping by "auto" waits so many.
_PATIENT_STEPS = 150
# Steps that an architecture walks one by one through a series; of a longer one it reads patches.
_LONGEST_WALK = 64


def resolve_auto(kind, n_rows):
    """Return the settings that a fit of `n_rows` sequences of this kind uses by default.

    Parameters
    ----------
    kind : {"text", "tokens", "series"}
    n_rows : int
        Rows given to `fit`, the validation part included.

    Returns
    -------
    dict
        units, dropout, max_tokens, max_length, min_count, epochs, batch_size, learning_rate,
        early_stopping; with epochs "auto" the steps that give their number; and the share of the
        learning rate, an architecture's or the table's, that a fit of so many rows takes.
    """
    held_back = n_rows >= _HOLD_BACK_FROM[kind]
    shared = {
        "units": 64,
        "dropout": 0.0,
        "epochs": "auto",
        "batch_size": 32,
        "learning_rate": 0.01,
        "early_stopping": held_back,
    }
    if kind == "series":
        return {**shared, **_SERIES}
    return {
        **shared,
        "max_tokens": 20_000,
        "max_length": 400,
        "min_count": 1,
        **(_MANY_TEXTS if held_back else _TEXT),
    }


def resolve_parameters(estimator, sequences, task, former=None):
    """Return what a fit of these sequences uses for each setting, checked before it begins.

    Raises
    ------
    ValueError, TypeError
        For a number out of range; the text names it.
    """
    n_rows, longest = len(sequences), sequences.longest
    return resolve_counts(estimator, sequences.kind, n_rows, task, longest, former)


def resolve_counts(estimator, kind, n_rows, task, longest, former=None, n_batches=None):
    """Return the same for so many sequences, of which only some may be in memory.

    Parameters
    ----------
    longest : callable
        Returns the steps of the longest.
    n_batches : int, optional
        Where batches are given.
    """
    kind = "text" if kind == "words" else kind
    params = fill_in(estimator, resolve_auto(kind, n_rows), kind)
    steps, least, most = (params.pop(name, None) for name in _SERIES)
    batches = n_batches or math.ceil(n_rows / params["batch_size"])
    if is_auto(params["epochs"]):
        params["epochs"] = min(most, max(least, math.ceil(steps / batches)))
    if kind == "series":
        params["n_iter_no_change"] = patience(estimator, params, batches)
        params["patch_length"] = _patch_length(estimator, longest, task)
        if former is not None:
            # The weights belong to patches of that length.
            params["patch_length"] = former["params_"].get("patch_length")
    return params


def patience(estimator, params, batches):
    """Epochs of so many batches that early stopping waits: by "auto" for 150 steps at least."""
    waits = params["n_iter_no_change"]
    if not is_auto(estimator.early_stopping):
        return waits
    return max(waits, math.ceil(_PATIENT_STEPS / batches))


def resolve_pairs(estimator, kind, n_pairs):
    """Return what a fit of pairs uses for each setting, checked before it begins.

    Parameters
    ----------
    estimator : SequenceTransducer
    kind : {"text", "words", "tokens", "series"}
        Of the sources.
    n_pairs : int
    """
    is_series = kind == "series"
    tokenizers = estimator.source_tokenizer, estimator.target_tokenizer
    table = {
        "units": 128,
        "dropout": 0.2,
        "embedding_dim": 128,
        "max_tokens": _SUBWORDS if "subwords" in tokenizers else _WORDS,
        "min_count": 1,
        "max_length": _MOST_STEPS_OF_PAIR if is_series else _MOST_TOKENS_OF_PAIR,
        "epochs": "auto",
        "batch_size": 64 if n_pairs >= 2_000 else 32,
        "learning_rate": 0.002,
        "early_stopping": n_pairs >= _HOLD_BACK_FROM["text"],
    }
    params = fill_in(estimator, table, None)
    batches = math.ceil(n_pairs / params["batch_size"])
    if is_auto(params["epochs"]):
        least, most = _PAIRS["least_epochs"], _PAIRS["most_epochs"]
        params["epochs"] = min(most, max(least, math.ceil(_PAIRS["steps"] / batches)))
    params["max_length"] = check_integer("max_length", params["max_length"], 1)
    params["beam_size"] = check_integer("beam_size", estimator.beam_size, 1)
    params["length_penalty"] = check_penalty(estimator.length_penalty)
    return params


def check_penalty(value):
    """Return a length penalty as float."""
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or not 0 <= value < np.inf:
        raise ValueError(f"length_penalty={value!r} must be a number of at least 0.")
    return float(value)


def _patch_length(estimator, longest, task):
    """Steps joined to one where an architecture would walk through a long series; None else.

    A power of two, so that series of nearly one length share a compiled model.
    """
    own = estimator.model_params or {}
    if task.per_step or "patch_length" in own or not is_registered(estimator.model):
        return None
    spec = find_model(estimator.model)
    is_walked = spec.family == "recurrent" and not spec.parallel and not spec.settings
    if not is_walked or longest() <= 2 * _LONGEST_WALK:
        return None
    return 2 ** math.ceil(math.log2(longest() / _LONGEST_WALK))


def fill_in(estimator, params, data_kind):
    """Put what the architecture and the user say in place of the table's, and check it.

    The user comes first, then a preset, then what was measured for the architecture, then the
    defaults of its signature.
    """
    params = {"num_layers": 1, **params, **_of_architecture(estimator.model, data_kind, params)}
    params["learning_rate"] *= params.pop("rate_share", 1)
    for name in params:
        value = getattr(estimator, name, "auto")
        if not is_auto(value):
            params[name] = value
    for name in ("batch_size", "n_iter_no_change"):
        params[name] = check_integer(name, params.get(name, getattr(estimator, name)), 1)
    if not is_auto(params["epochs"]):
        params["epochs"] = check_integer("epochs", params["epochs"], 0)
    params["learning_rate"] = check_rate(estimator, params["learning_rate"])
    check_fraction("validation_fraction", estimator.validation_fraction)
    early = params["early_stopping"]
    if not isinstance(early, bool | np.bool_):
        raise ValueError(f"early_stopping={early!r}: give True, False or 'auto'.")
    # Last, since what Keras's own are is known to Keras alone.
    params["dtype_policy"] = resolve_policy(estimator.dtype_policy)
    params["jit_compile"] = resolve_jit(estimator.jit_compile)
    return params


def _of_architecture(model, data_kind, params):
    """What a registered architecture says of these settings."""
    if not is_registered(model) and not isinstance(model, str):
        return {}
    # A name that is not known is refused here, before anything is encoded.
    spec = find_model(model)
    said = {name: spec.default(name) for name in ("units", "num_layers", "dropout")}
    said = {name: value for name, value in said.items() if value is not None}
    preset = {name: value for name, value in spec.settings if name in params}
    return {**said, **spec.hint(data_kind), **preset}


def check_rate(estimator, rate):
    """Return a learning rate as float; None where an optimizer instance brings its own."""
    if not isinstance(estimator.optimizer, str):
        if not is_auto(estimator.learning_rate):
            raise ValueError(
                f"learning_rate={rate!r} beside an optimizer instance, which brings its own; set "
                "the rate in the optimizer, or name the optimizer: optimizer='adam'."
            )
        return None
    if isinstance(rate, bool) or not isinstance(rate, numbers.Real) or not 0 < rate < np.inf:
        raise ValueError(f"learning_rate={rate!r} must be a positive number or 'auto'.")
    return float(rate)


def is_auto(value):
    return isinstance(value, str) and value == "auto"
