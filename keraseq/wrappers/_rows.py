"""Sequences with their targets and weights, equal rows as one."""

import dataclasses
import hashlib
import json
import numbers

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.utils.validation import _check_sample_weight

from keraseq.batching import sequence_lengths, take_rows
from keraseq.encoding.convert import as_floats
from keraseq.encoding.disk_rows import DiskRows
from keraseq.encoding.row_blocks import row_blocks
from keraseq.encoding.sequences import row_lengths
from keraseq.encoding.streams import is_stream
from keraseq.encoding.unwrap import cell_values, unwrap_target

# 128 bits.
_DIGEST_SIZE = 16
_DIGESTS_AT_ONCE = 10_000


@dataclasses.dataclass(frozen=True)
class Rows:
    """What a fit learns from.

    Attributes
    ----------
    sequences : Sequences
    targets : ndarray or list of ndarray
        What a target encoder gives, a row each.
    weights : ndarray `(n,)` or None
        None where every row counts once.
    """

    sequences: object
    targets: object
    weights: np.ndarray | None

    def __len__(self):
        return len(self.sequences)

    def take(self, index):
        weights = None if self.weights is None else self.weights[index]
        return Rows(self.sequences.take(index), take_rows(self.targets, index), weights)


def hold_back(rows, fraction, strata, seed):
    """Return the rows that training sees, and a share of them that judges it.

    Parameters
    ----------
    rows : Rows
    fraction : float
    strata : function
        Of the targets and the number held back: by what the split is stratified, or None.
    seed : int

    Raises
    ------
    ValueError
        If one of the two would be empty.
    """
    n = len(rows)
    held_back = round(fraction * n)
    if held_back < 1 or held_back >= n:
        raise ValueError(
            f"validation_fraction={fraction} of {n} different rows leaves none for validation or "
            "for training; change it, or set early_stopping=False."
        )
    train, other = train_test_split(
        np.arange(n),
        test_size=held_back,
        random_state=seed,
        stratify=strata(rows.targets, held_back),
    )
    return rows.take(train), rows.take(other)


def row_weights(n, sample_weight, is_part=False):
    """Read a weight for each of n rows; None where none are given.

    They may all be zero where they are a part of more.
    """
    if sample_weight is None:
        return None
    if not isinstance(sample_weight, numbers.Number):
        sample_weight = unwrap_target(sample_weight, "sample_weight")
        sample_weight = _weight_values(sample_weight)
        if is_part and len(sample_weight) == n and not sample_weight.any():
            return np.zeros(n)
    try:
        weights = _check_sample_weight(sample_weight, np.empty(n), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"sample_weight is not one number a sequence: {error}") from None
    if (weights < 0).any() or not weights.any():
        raise ValueError("sample_weight must not be negative, and not zero everywhere.")
    return weights


def mean_length(encoded):
    """Mean steps of the rows to two digits, so that nearly equal data ask for equal models."""
    return int(float(f"{np.maximum(sequence_lengths(encoded), 1).mean():.2g}"))


def check_judges(validation_data):
    """Raise unless validation data are None, (X, y) or a stream."""
    is_pair = isinstance(validation_data, tuple | list) and len(validation_data) == 2
    if validation_data is None or is_pair or is_stream(validation_data, "validation_data"):
        return
    raise TypeError("validation_data must be a tuple (X, y), or a stream of both.")


def mean_one(weights):
    """Return weights as float32 of mean one, so that the learning rate keeps its meaning."""
    return None if weights is None else (weights / weights.mean()).astype(np.float32)


def _weight_values(sample_weight):
    try:
        values = cell_values(sample_weight, "sample_weight")
    except ValueError:
        # Rows of different lengths make no array.
        values = np.empty((len(sample_weight), 0))
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim > 1:
        raise ValueError(
            "sample_weight holds rows of numbers; it is one number a sequence, which all its steps "
            "have: steps have no weights of their own."
        )
    return as_floats(values, "sample_weight")


def merge_equal_rows(sequences, keys, weights):
    """Find the different rows, in an order that their content decides.

    A row of weight two and the same row twice are then one and the same to what follows, and so
    are two orders of the rows.

    Parameters
    ----------
    sequences : Sequences
    keys : ndarray or list of ndarray
        Targets as numbers, a row each.
    weights : ndarray `(n,)` or None

    Returns
    -------
    index : ndarray
        The first of each set of equal rows.
    weights : ndarray or None
        Their weights summed; None where all are one.
    fingerprint : str
        Of all rows with their weights.
    """
    rows = _contents(sequences.rows)
    digests = (_digest(row, key) for row, key in zip(rows, keys, strict=True))
    digests = np.fromiter(digests, f"S{2 * _DIGEST_SIZE}", count=len(sequences))
    _, index, group, counts = np.unique(
        digests, return_index=True, return_inverse=True, return_counts=True
    )
    merged = counts.astype(np.float64) if weights is None else np.bincount(group, weights)
    content = hashlib.blake2b(digest_size=_DIGEST_SIZE)
    # As text they take four times the room.
    for start in range(0, len(index), _DIGESTS_AT_ONCE):
        few = index[start : start + _DIGESTS_AT_ONCE]
        content.update(digests[few].astype(str).tobytes())
    content.update(merged.tobytes())
    all_one = weights is None and (counts == 1).all()
    return index, None if all_one else merged, content.hexdigest()


def _contents(rows):
    """The rows one by one; an array's padding is none: the same rows as a list are the same."""
    if not isinstance(rows, np.ndarray | DiskRows):
        yield from rows
        return
    for block in row_blocks(rows):
        values = rows[block]
        for row, n in zip(values, row_lengths(values), strict=True):
            yield row[:n]


def _digest(row, key):
    """128 bits of a row and its target, as a fixed-width string."""
    if isinstance(row, str):
        content = row.encode("utf-8", "surrogatepass")
    elif isinstance(row, np.ndarray):
        content = np.ascontiguousarray(row).data
    else:
        content = json.dumps(row).encode()
    digest = hashlib.blake2b(content, digest_size=_DIGEST_SIZE)
    digest.update(np.ascontiguousarray(key).data)
    return digest.hexdigest()
