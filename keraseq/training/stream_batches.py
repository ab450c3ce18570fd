"""Batches that are read and encoded while they are trained on."""

import functools

import numpy as np

from keraseq.batching import sequence_lengths
from keraseq.training.batches import as_batch, compiled_length, signature_of

# Rows kept to judge a fit by, and about their bytes.
_MOST_ROWS, _MOST_BYTES = 2_000, 2**24


class StreamBatches:
    """Batches of a stream, anew for each epoch; one of them is in memory.

    Parameters
    ----------
    read : callable
        Takes a numpy.random.Generator or None, and returns an iterator of encoded rows, targets
        and weights (or None), for each batch.
    first : tuple
        The first of them.
    n_batches, n_rows : int
        Of a pass.
    longest : int
        Steps of the longest row.
    are_full : bool
        Whether no row of any batch has padding.
    name : str
        What errors call the stream.
    seed : int, optional
        Of the generator, with `epoch`, which a fit sets; without it none is drawn.

    Attributes
    ----------
    first_batch : tuple of ndarray
    """

    def __init__(self, read, first, *, n_batches, n_rows, longest, are_full, name, seed=None):
        self._read, self._name, self._seed = read, name, seed
        self._n_batches, self._n_rows = n_batches, n_rows
        self._time = compiled_length(longest)
        self.are_full = are_full and self._time is None
        self._per_step = isinstance(first[1], list)
        self.first_batch = as_batch(*first, self._time)
        n_bytes = self.first_batch[0].nbytes // len(self.first_batch[0])
        self._most_kept = min(_MOST_ROWS, max(1, _MOST_BYTES // max(1, n_bytes)))
        self.epoch, self._kept = 0, None

    def __len__(self):
        return self._n_batches

    @functools.cached_property
    def signature(self):
        return signature_of(self.first_batch, self._per_step)

    @functools.cached_property
    def dataset(self):
        # It subclasses Keras, which the refusal of bad input does without.
        from keraseq.training.datasets import lend_dataset

        return lend_dataset(self, self.signature)

    @property
    def parts(self):
        """Rows, targets and weights of at most 2,000 rows of a pass, evenly spread."""
        if self._kept is None:
            for _ in self.generate():
                pass
        return self._kept

    def generate(self):
        """Yield the batches of an epoch.

        Raises
        ------
        ValueError
            Where the stream has more or fewer batches or rows than in its first pass.
        """
        generator = None
        if self._seed is not None:
            generator = np.random.default_rng([self._seed, self.epoch])
        kept = _Kept(-(-self._n_rows // self._most_kept))
        n_batches = 0
        for rows, targets, weights in self._read(generator):
            n_batches += 1
            if n_batches > self._n_batches:
                self._refuse(kept.n_rows + len(rows), "or more ")
            kept.add(rows, targets, weights)
            yield as_batch(rows, targets, weights, self._time)
        if (n_batches, kept.n_rows) != (self._n_batches, self._n_rows):
            self._refuse(kept.n_rows)
        self._kept = kept.parts(self._per_step)

    def _refuse(self, n_rows, more=""):
        raise ValueError(
            f"{self._name} gave {self._n_rows:,} rows in its first pass and {n_rows:,} {more}in a "
            "later one; every pass must give the same rows, in whatever order: a function makes a "
            "fresh iterator at each call, and nothing is drawn that may be left out."
        )


class _Kept:
    """Every so many rows of those that pass by."""

    def __init__(self, every):
        self._every, self.n_rows = every, 0
        self._rows, self._targets, self._weights = [], [], []

    def add(self, rows, targets, weights):
        index = range(-self.n_rows % self._every, len(rows), self._every)
        self.n_rows += len(rows)
        lengths = sequence_lengths(rows)
        for i in index:
            self._rows.append(np.array(rows[i][: lengths[i]]))
            self._targets.append(np.array(targets[i]))
            if weights is not None:
                self._weights.append(weights[i])

    def parts(self, per_step):
        targets = self._targets if per_step else np.stack(self._targets)
        return self._rows, targets, np.array(self._weights) if self._weights else None
