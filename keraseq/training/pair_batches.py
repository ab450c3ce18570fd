"""Pairs of encoded rows as batches for Keras."""

import functools

import numpy as np

from keraseq._keras import keras
from keraseq.batching import length_buckets, pad, sequence_lengths, take_rows
from keraseq.encoding.reserved_ids import BEGINNING, END
from keraseq.training.batches import batch_spec, pad_rows

# Logits of a batch of which three or four copies are alive in a step: 128 MB each.
_MOST_LOGITS = 2**25


class PairBatches:
    """Sources, targets so far, and the ids to come; pairs of similar length go together.

    Batches of long targets have fewer rows, so that their logits fit into memory.

    Parameters
    ----------
    sources : ndarray `(n, time, channels)` or list of ndarray
    targets : list of ndarray of int
        Ids, without beginning and end.
    batch_size : int
    vocabulary_size : int
        Of the targets.
    weights : ndarray `(n,)`, optional
    seed : int, optional
        Each epoch's order is drawn anew from it and `epoch`; without it pairs go by length.
    """

    def __init__(self, sources, targets, batch_size, *, vocabulary_size, weights=None, seed=None):
        self._sources, self._weights, self._seed = sources, weights, seed
        self._targets = [np.append(ids, END).astype(np.int32) for ids in targets]
        read, written = sequence_lengths(sources), sequence_lengths(self._targets)
        # By the target, and the source among equal ones: nearly no padding in either.
        self._keys = written * (int(read.max()) + 1) + read
        # Two to the power of n, and the pairs whose targets are at most so long.
        octaves = np.ceil(np.log2(written)).astype(int)
        self._groups = []
        for octave in np.unique(octaves):
            most = max(1, _MOST_LOGITS // (vocabulary_size << int(octave)))
            self._groups.append((np.flatnonzero(octaves == octave), min(batch_size, most)))
        self._groups = _join_groups(self._groups)
        self.epoch = 0

    def __len__(self):
        return sum(-(-len(rows) // size) for rows, size in self._groups)

    @property
    def parts(self):
        """Sources, ids to come, and weights."""
        return self._sources, self._targets, self._weights

    @functools.cached_property
    def signature(self):
        """What all batches have in common, None for their size and their number of steps."""
        first = self._batch(np.arange(1))
        return keras.tree.map_structure(lambda part: batch_spec(part, 2), first)

    @functools.cached_property
    def dataset(self):
        # It subclasses Keras, which the refusal of bad input does without.
        from keraseq.training.datasets import lend_dataset

        return lend_dataset(self, self.signature)

    def order(self):
        """Return the row numbers batch by batch."""
        draw = None
        if self._seed is not None:
            draw = np.random.default_rng([self._seed, self.epoch])
        batches = [
            rows[index]
            for rows, size in self._groups
            for index in length_buckets(self._keys[rows], size, draw)
        ]
        return batches if draw is None else [batches[i] for i in draw.permutation(len(batches))]

    def generate(self):
        """Yield the batches of an epoch."""
        for index in self.order():
            yield self._batch(index)

    def _batch(self, index):
        found = pad(take_rows(self._targets, index), value=-1)
        given = np.where(found > 0, found, 0)[:, :-1]
        given = np.insert(given, 0, BEGINNING, axis=1)
        # What is behind the end is padding, and so is the end where it stands before that.
        given[given == END] = 0
        inputs = {"source": pad_rows(take_rows(self._sources, index)), "target": given}
        if self._weights is None:
            return inputs, found
        return inputs, found, np.repeat(self._weights[index][:, None], found.shape[1], axis=1)


def _join_groups(groups):
    """Groups of the same batch size as one."""
    sizes = {}
    for rows, size in groups:
        sizes.setdefault(size, []).append(rows)
    return [(np.sort(np.concatenate(rows)), size) for size, rows in sizes.items()]
