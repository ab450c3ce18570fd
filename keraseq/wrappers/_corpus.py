"""Texts as a language model reads them."""

import math
from dataclasses import dataclass

import joblib
import numpy as np

from keraseq._checks import check_integer
from keraseq.encoding import as_sequences, lossless_encoder
from keraseq.encoding.reserved_ids import BEGINNING, END, UNKNOWN
from keraseq.wrappers._auto import fill_in, is_auto

# Steps of the optimiser aimed at, and the fewest and the most passes that they may take.
_STEPS, _LEAST_EPOCHS, _MOST_EPOCHS = 2_500, 4, 30
# Tokens from which a part is held back to judge the weights.
_HOLD_BACK_FROM = 50_000
_WINDOWS = {"characters": 128}
_OTHER_WINDOW = 64


@dataclass(frozen=True)
class Corpus:
    """Texts that were read, not yet encoded.

    Attributes
    ----------
    sequences : Sequences
    is_one : bool
        One string came: a long text without an end.
    """

    sequences: object
    is_one: bool

    @property
    def fingerprint(self):
        return joblib.hash((self.sequences.rows, self.is_one))


def read_corpus(X, name="X"):
    """Read a string, which is one long text, or texts, or lists of tokens.

    Raises
    ------
    ValueError, TypeError
        For anything else, and for no text at all.
    """
    is_one = isinstance(X, str)
    sequences = as_sequences([X] if is_one else X, "text", name=name)
    return Corpus(sequences, is_one)


def make_text_encoder(estimator, kind):
    """The lossless encoder of a generator, not yet fitted."""
    return lossless_encoder(kind, estimator.tokenizer, estimator.max_tokens, estimator.min_count)


def framed(rows, *, ends, backward):
    """Rows of ids between the ids of beginning and, where texts end, of the end."""
    end = [END] if ends else []
    return [
        np.concatenate([[BEGINNING], row[::-1] if backward else row, end]).astype(np.int32)
        for row in rows
    ]


def joined(texts):
    """All texts as one, for those who want windows to reach over their borders."""
    return [np.concatenate(texts)]


def unknown_share(rows):
    """The share of tokens that are unknown."""
    n_tokens = sum(map(len, rows))
    return sum(int((row == UNKNOWN).sum()) for row in rows) / max(n_tokens, 1)


def hold_back(rows, fraction, is_one, seed):
    """Split rows of ids: texts by chance, one long text so that its end is held back.

    Raises
    ------
    ValueError
        If one of the two parts would be empty.
    """
    n = len(rows[0]) if is_one else len(rows)
    held_back = round(fraction * n)
    if not 0 < held_back < n:
        what = "tokens" if is_one else "texts"
        raise ValueError(
            f"validation_fraction={fraction} of {n} {what} leaves none for validation or for "
            "training; change it, or set early_stopping=False."
        )
    if is_one:
        return [rows[0][:-held_back]], [rows[0][-held_back:]]
    order = np.random.default_rng(seed).permutation(n)
    return [rows[i] for i in order[held_back:]], [rows[i] for i in order[:held_back]]


def resolve_corpus(estimator, kind, rows, is_one):
    """Return what a fit of these texts uses for each setting, checked before it begins."""
    n_tokens = sum(map(len, rows)) + (0 if is_one else len(rows))
    table = {
        "units": 256,
        "dropout": 0.2,
        "epochs": "auto",
        "batch_size": 32,
        "learning_rate": 0.003,
        "early_stopping": n_tokens >= _HOLD_BACK_FROM and (is_one or len(rows) >= 20),
        "window": _WINDOWS.get(estimator.tokenizer, _OTHER_WINDOW) if kind == "text" else 64,
    }
    params = fill_in(estimator, table, "language")
    params["window"] = check_integer("window", params["window"], 2)
    if is_auto(params["epochs"]):
        steps = math.ceil(n_tokens / (params["window"] * params["batch_size"]))
        wanted = math.ceil(_STEPS / max(steps, 1))
        params["epochs"] = min(_MOST_EPOCHS, max(_LEAST_EPOCHS, wanted))
    return params
