"""Pairs of a source and a target: read, and compared."""

import json

import numpy as np

from keraseq.encoding import as_sequences, check_lengths
from keraseq.encoding.reserved_ids import FIRST_FREE, UNKNOWN
from keraseq.encoding.sequences import row_lengths
from keraseq.wrappers._features import like_first, naming, refuse_gaps
from keraseq.wrappers._rows import Rows, merge_equal_rows, row_weights


def read_targets(y, sources):
    """Return texts, or lists of tokens, one for each source and none empty.

    Raises
    ------
    ValueError, TypeError
        For another number of them, numbers, or an empty one.
    """
    if y is None:
        raise ValueError("target_texts is None; give a text (or a list of tokens) a source.")
    if isinstance(y, str):
        raise TypeError("target_texts is one string; give a list, a text for each source.")
    targets = as_sequences(y, name="target_texts")
    if targets.kind not in ("text", "words"):
        raise TypeError(
            "target_texts holds numbers; what is written is text, or lists of tokens that are "
            "strings: [[str(number) for number in row] for row in target_texts]."
        )
    if len(targets) != len(sources):
        raise ValueError(
            f"There are {len(sources)} sources and {len(targets)} targets (inconsistent numbers of "
            "samples); give one target a source, in the same order."
        )
    check_lengths(sources.rows, targets.rows)
    _refuse_empty(targets.rows, "target_texts", "an answer has a token at least")
    return targets


def read_pairs(X, y, input, missing_owner, sample_weight=None):
    """Return the different pairs as Rows, the kind of the targets, X as Sequences, a fingerprint.

    Raises
    ------
    ValueError, TypeError
        For an empty source or target, and for what `read_targets` refuses.
    """
    if isinstance(X, str):
        raise TypeError("source_texts is one string; give a list of sources: [text].")
    sources = as_sequences(X, input, name="source_texts")
    refuse_gaps(sources, missing_owner)
    targets = read_targets(y, sources)
    _refuse_empty(sources.rows, "source_texts", "there is nothing to learn an answer to")
    weights = row_weights(len(sources), sample_weight)
    kept = np.arange(len(sources)) if weights is None else np.flatnonzero(weights)
    rows = [targets.rows[i] for i in kept]
    keys = [np.frombuffer(json.dumps(row).encode(), np.uint8) for row in rows]
    taken = sources.take(kept)
    index, merged, fingerprint = merge_equal_rows(
        taken, keys, None if weights is None else weights[kept]
    )
    pairs = Rows(taken.take(index), [rows[i] for i in index], merged)
    return pairs, targets.kind, sources, fingerprint


def read_judges(estimator, X, sources, target_kind, validation_data):
    """Return the pairs of validation data, held to the form of training's.

    Parameters
    ----------
    estimator : SequenceTransducer
    X : as it came
    sources : Sequences
        What X was read as.
    target_kind : str
        Of training's targets.
    """
    if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
        raise TypeError("validation_data must be a tuple (source_texts, target_texts).")
    other_X, y = validation_data
    with naming("validation_data=(source_texts, target_texts)"):
        others = as_sequences(other_X, estimator.input, name="source_texts")
        others = like_first(X, sources, other_X, others)
        pairs, kind, *_ = read_pairs(others, y, estimator.input, estimator)
        check_target_kind(kind, target_kind)
    return pairs


def check_target_kind(kind, trained):
    """Raise unless targets are texts, or lists of tokens, as those of training are."""
    if kind != trained:
        raise ValueError(f"target_texts holds {kind}, those of training are {trained}.")


def _refuse_empty(rows, name, why):
    blank = [not (row.strip() if isinstance(row, str) else n) for row, n in _with_lengths(rows)]
    if any(blank):
        row = blank.index(True)
        more = sum(blank) - 1
        said = f" (and {more:,} more)" if more else ""
        raise ValueError(f"{name} is empty in row {row}{said}: {why}; leave such pairs out.")


def _with_lengths(rows):
    return zip(rows, row_lengths(rows), strict=True)


def barred_ids(encoder, size):
    """Which of `size` ids are never written: the reserved ones but the end, and no token's."""
    barred = np.ones(size, bool)
    barred[FIRST_FREE - 1] = False
    barred[FIRST_FREE : encoder.vocabulary_size_] = False
    return barred


def token_accuracy(encoder, truth, answers):
    """Share of places where both have the same token, of the places that either has.

    Tokens that the vocabulary lacks are wrong.
    """
    right = places = 0
    for one, other in zip(encoder.transform(truth), encoder.transform(answers), strict=True):
        n = min(len(one), len(other))
        right += int(np.sum((one[:n] == other[:n]) & (one[:n] != UNKNOWN)))
        places += max(len(one), len(other))
    return right / places


def chrf(truth, answers):
    """chrF (Popović 2015) by sacrebleu as a share of one; None where that is not installed."""
    try:
        from sacrebleu.metrics import CHRF
    except ImportError:
        return None
    joined = [[_joined(row) for row in rows] for rows in (answers, truth)]
    return CHRF().corpus_score(joined[0], [joined[1]]).score / 100


def _joined(row):
    return row if isinstance(row, str) else " ".join(row)
