"""Texts as a language model reads them."""

import itertools
import math
from dataclasses import dataclass

import joblib
import numpy as np

from keraseq._checks import check_integer
from keraseq.encoding import as_sequences, lossless_encoder
from keraseq.encoding.reserved_ids import BEGINNING, END, UNKNOWN
from keraseq.wrappers._auto import fill_in, is_auto
from keraseq.wrappers._features import naming

# Steps of the optimiser aimed at, and the fewest and the most passes that they may take.
_STEPS, _LEAST_EPOCHS, _MOST_EPOCHS = 2_500, 4, 30
# Tokens from which a part is held back to judge the weights.
_HOLD_BACK_FROM = 50_000
# Of one long text: at most so many passages are held back, of so many windows at least.
_MOST_PASSAGES, _PASSAGE_WINDOWS = 16, 4
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


def read_judge(validation_data, encoder, *, is_one):
    """Return the ids of texts that judge a training on a text without an end, or on some that end.

    Raises
    ------
    ValueError, TypeError
        For other than texts in the form of the training texts, and where nothing is to be judged.
    """
    sequences = read_corpus(validation_data, "validation_data").sequences
    with naming("validation_data"):
        rows = encoder.transform(sequences)
    if is_one and not any(map(len, rows)):
        raise ValueError("validation_data holds no token, so that there is nothing to judge by.")
    return rows


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


def hold_back(texts, fraction, seed):
    """Split texts by chance.

    Raises
    ------
    ValueError
        If one of the two parts would be empty.
    """
    n = len(texts)
    n_held_back = _count_held_back(n, fraction, "texts")
    order = np.random.default_rng(seed).permutation(n)
    return [texts[i] for i in order[n_held_back:]], [texts[i] for i in order[:n_held_back]]


def hold_back_passages(text, fraction, window):
    """Split one long text so that passages at equal distances are held back.

    Its end alone would be another play or chapter than what is learned from, with names of its own,
    and the fit would lack what is next to the text that it goes on to.

    Parameters
    ----------
    text : ndarray of int
        Of which each token but the first is a target.
    fraction : float
    window : int
        Passages are some windows long.

    Returns
    -------
    training, held_back : list of ndarray
        Each piece begins with the token before its first target, so that every token of the text
        is a target once.

    Raises
    ------
    ValueError
        If one of the two parts would be empty.
    """
    n = len(text) - 1
    n_held_back = _count_held_back(n, fraction, "tokens")
    n_passages = min(_MOST_PASSAGES, max(1, n_held_back // (_PASSAGE_WINDOWS * window)))
    middles = (np.arange(n_passages) + 0.5) * n / n_passages
    half = n_held_back / n_passages / 2
    borders = np.stack([middles - half, middles + half], axis=1).ravel()
    # Not np.round, which would bring both ends of a passage of one token to the same even number.
    borders = [0, *np.floor(borders + 0.5).astype(int), n]
    pieces = [text[a : b + 1] for a, b in itertools.pairwise(borders)]
    return [piece for piece in pieces[::2] if len(piece) > 1], pieces[1::2]


def _count_held_back(n, fraction, what):
    n_held_back = round(fraction * n)
    if not 0 < n_held_back < n:
        raise ValueError(
            f"validation_fraction={fraction} of {n} {what} leaves none for validation or for "
            "training; change it, or set early_stopping=False."
        )
    return n_held_back


def resolve_corpus(estimator, kind, rows, is_one):
    """Return what a fit of these texts uses for each setting, checked before it begins."""
    n_tokens = sum(map(len, rows)) + (0 if is_one else len(rows))
    table = {
        "units": 256,
        "dropout": 0.2,
        "epochs": "auto",
        "batch_size": 32,
        # Tiny Shakespeare, its first 81 %, what comes next judged, nats a character: .003 and .006
        # had 1.541 and 1.483 with gru (.012: 1.501; four epochs), 1.646 and 1.559 with lstm, 1.811
        # and 1.763 with transformer, 1.994 and 1.902 with min_gru (two minutes each).
        "learning_rate": 0.006,
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
