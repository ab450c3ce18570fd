"""Texts as batches of windows, with the token one step on as target."""

import functools

import numpy as np

from keraseq.training.batches import batch_spec

# Batches within which windows are put in order of their length, so that they need little padding.
_SORTED_BATCHES = 32


class Windows:
    """Batches of windows of texts; no token is lost, and none read across a text's border.

    The texts are one flat array, of which a batch copies what it needs. Each epoch cuts long texts
    at other places, drawn anew. Every token is a target once: where a cut leaves less than a window
    at either end of a text, the row reads on, or from before, up to a whole one, so that long texts
    need no padding and no mask.

    Parameters
    ----------
    texts : list of ndarray of int
        Token ids, the beginning among them; of each but the last the next one is a target.
    window : int
        Most steps of a row.
    batch_size : int
    seed : int, optional
        Each epoch's cuts and order are drawn from it and ``epoch``; without it texts are cut from
        their beginning and go in their order.

    Attributes
    ----------
    n_targets : int
        Tokens that an epoch predicts.
    are_full : bool
        Whether every row is a whole window, which it is where no text is shorter than one.
    """

    def __init__(self, texts, window, batch_size, *, seed=None):
        self._ids = np.concatenate(texts).astype(np.int32)
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        self._starts, self._counts = np.cumsum(lengths) - lengths, lengths - 1
        self._window, self._seed, self.epoch = window, seed, 0
        self.n_targets = int(self._counts.sum())
        self.are_full = bool((self._counts >= window).all())
        # Of every cut: a long text has a piece more where the first one is short.
        most = np.where(self._counts > window, 1 + -(-self._counts // window), 1).sum()
        self._n_batches = int(-(-most // batch_size))

    def __len__(self):
        return self._n_batches

    @functools.cached_property
    def signature(self):
        return tuple(batch_spec(part, 2) for part in self._batch(self._pieces(None)[:, :1]))

    @functools.cached_property
    def dataset(self):
        # It subclasses Keras, which the refusal of bad input does without.
        from keraseq.training.datasets import lend_dataset

        return lend_dataset(self, self.signature)

    @property
    def parts(self):
        """Rows, as many targets and no weights, as views."""
        starts, _, first, last = self._pieces(None)
        places = list(zip(starts + first, starts + last, strict=True))
        rows, targets = ([self._ids[a + by : b + by] for a, b in places] for by in (0, 1))
        return rows, targets, None

    def generate(self):
        """Yield the batches of an epoch."""
        draw = None
        if self._seed is not None:
            draw = np.random.default_rng([self._seed, self.epoch])
        pieces = self._pieces(draw)
        for part in self._order(pieces, draw):
            yield self._batch(pieces[:, part])

    def _pieces(self, draw):
        """Where each window starts, its steps, and those of its first target and behind its last.

        Returns
        -------
        ndarray of int `(4, windows)`
        """
        window, counts = self._window, self._counts
        first = np.full(len(counts), window)
        if draw is not None:
            first = np.where(counts > window, draw.integers(1, window + 1, len(counts)), window)
        n = np.where(counts > first, 1 + -(-(counts - first) // window), 1)
        text = np.repeat(np.arange(len(counts)), n)
        place = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
        begin = np.where(place == 0, 0, first[text] + (place - 1) * window)
        end = np.minimum(first[text] + place * window, counts[text])
        start = np.minimum(begin, np.maximum(counts - window, 0)[text])
        steps = np.minimum(counts, window)[text]
        return np.stack([self._starts[text] + start, steps, begin - start, end - start])

    def _order(self, pieces, draw):
        """Numbers of windows, batch by batch; as many batches in every epoch."""
        lengths = pieces[1]
        # Fewer batches than windows, even where one batch holds them all.
        n_batches = min(self._n_batches, len(lengths))
        if draw is None:
            order = np.argsort(lengths, kind="stable")
            batches = np.array_split(order, n_batches)
        else:
            order = draw.permutation(len(lengths))
            size = -(-len(order) // n_batches) * _SORTED_BATCHES
            chunks = [order[i : i + size] for i in range(0, len(order), size)]
            order = np.concatenate([c[np.argsort(lengths[c], kind="stable")] for c in chunks])
            batches = np.array_split(order, n_batches)
            batches = [batches[i] for i in draw.permutation(n_batches)]
        # An epoch whose cuts give fewer windows than batches sees some twice.
        return [*batches, *batches[: self._n_batches - n_batches]]

    def _batch(self, pieces):
        starts, lengths, first, last = pieces[:, :, None]
        steps = np.arange(lengths.max())
        places = np.minimum(starts + steps, len(self._ids) - 2)
        is_target = (steps >= first) & (steps < last)
        rows = np.where(steps < lengths, self._ids[places], 0).astype(np.int32)
        targets = np.where(is_target, self._ids[places + 1], -1).astype(np.int32)
        return rows, targets
