"""Several batches in a few flat arrays, so that one call of TensorFlow works through all."""

from dataclasses import dataclass

import keras
import numpy as np

# Ctrl-C is heard between two blocks.
_SECONDS = 0.25
_MOST_BYTES = 2**26
_MOST_GROWTH = 4


@dataclass(frozen=True)
class Block:
    """Batches of any sizes, one after another.

    Attributes
    ----------
    values : list of ndarray `(numbers,)`
        For each part of a batch (inputs, targets, weights) all its numbers.
    starts : ndarray of int `(batches, parts)`
        Where a batch begins in them.
    sizes : ndarray of int `(batches, parts, 2)`
        Its first two axes.
    """

    values: list
    starts: np.ndarray
    sizes: np.ndarray

    def __len__(self):
        return len(self.starts)

    @classmethod
    def of(cls, batches):
        """Of at least one batch, each a flat list of arrays."""
        parts = list(zip(*batches, strict=True))
        counts = np.array([[array.size for array in arrays] for arrays in parts])
        sizes = np.array([[(*array.shape, 1)[:2] for array in arrays] for arrays in parts])
        return cls(
            [np.concatenate([array.ravel() for array in arrays]) for arrays in parts],
            (np.cumsum(counts, axis=1) - counts).T,
            sizes.swapaxes(0, 1),
        )


class Pace:
    """How many batches make a block, found by the clock."""

    def __init__(self):
        self.n_batches = 1

    def cut(self, batches):
        """Yield the blocks of what ``batches.generate()`` yields."""
        waiting, n_bytes = [], 0
        for batch in batches.generate():
            waiting.append([np.asarray(part) for part in keras.tree.flatten(batch)])
            n_bytes += sum(part.nbytes for part in waiting[-1])
            if len(waiting) >= self.n_batches or n_bytes >= _MOST_BYTES:
                yield Block.of(waiting)
                waiting, n_bytes = [], 0
        if waiting:
            yield Block.of(waiting)

    def note(self, n_batches, seconds):
        """Learn from how long a block of so many batches took."""
        fitting = int(n_batches * _SECONDS / max(seconds, 1e-6))
        self.n_batches = min(max(1, fitting), _MOST_GROWTH * n_batches)
