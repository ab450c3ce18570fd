"""The parts of a stream, read and checked like the rows of an array."""

import dataclasses

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils import _safe_indexing

from keraseq.batching import length_buckets, sequence_lengths, take_rows
from keraseq.encoding import as_sequences, check_lengths
from keraseq.encoding.sequences import Sequences, row_lengths
from keraseq.encoding.streams import Stream, is_stream
from keraseq.encoding.unwrap import unwrap_target
from keraseq.tasks import get_task
from keraseq.wrappers._features import (
    EMPTY_ROW,
    KINDS_CALLED,
    like_first,
    naming,
    read_like_training,
    refuse_gaps,
)
from keraseq.wrappers._rows import row_weights


def open_stream(estimator, X, y=None, sample_weight=None):
    """Return the Stream of an X of which `is_stream` is true, as an estimator reads it."""
    every_step = get_task(estimator._tasks[0]).per_step
    of_words = getattr(estimator, "kind_", None) == "words"
    return Stream(X, y, sample_weight, every_step=every_step, of_words=of_words)


class StreamRows:
    """Sequences, y and weights of each part; rows of weight zero are left out.

    Parameters
    ----------
    estimator : SequenceEstimator
    stream : Stream
    former : dict or None
        The fitted attributes of an estimator whose training goes on.
    like : tuple, optional
        X and Sequences of training, which all parts must be like; by default its own first part's.

    Attributes
    ----------
    X : as it came
        Of the first part.
    sequences : Sequences or None
        What that was read as.
    """

    def __init__(self, estimator, stream, former=None, like=None):
        self._estimator, self.stream, self._former = estimator, stream, former
        self.X, self.sequences = (None, None) if like is None else like
        self._first = "the first part" if like is None else "training"

    def read(self, generator=None, batch_size=1):
        """Yield what there is of each part of a pass."""
        for part in self.stream.parts(generator, batch_size):
            with naming(part.name):
                sequences = self._read(part.X)
                if part.y is None:
                    raise ValueError("it has no y; every item is (X, y) or (X, y, sample_weight).")
                y = self._estimator._check_y(sequences, part.y)
                weights = row_weights(len(sequences), part.weights, is_part=True)
            if weights is not None and not weights.all():
                kept = np.flatnonzero(weights)
                if not len(kept):
                    continue
                sequences, y, weights = (
                    sequences.take(kept),
                    _safe_indexing(y, kept),
                    weights[kept],
                )
            yield part.name, sequences, y, weights

    def _read(self, X):
        estimator, former = self._estimator, self._former
        if former is not None:
            sequences = read_like_training(estimator, X)
        else:
            sequences = as_sequences(X, estimator.input, on_disk=True)
            if not hasattr(X, "columns"):
                # Batches may be padded to a length each.
                sequences = dataclasses.replace(sequences, n_columns=None)
            sequences = self._like_first(X, sequences)
        refuse_gaps(sequences, former["encoder_"] if former else estimator)
        estimator._check_kind(sequences, former)
        if self.sequences is None:
            self.X, self.sequences = X, sequences
        return sequences

    def _like_first(self, X, sequences):
        first = self.sequences
        if first is None:
            return sequences
        if sequences.kind != first.kind:
            if first.kind in EMPTY_ROW and not row_lengths(sequences.rows).any():
                return Sequences(first.kind, [EMPTY_ROW[first.kind]] * len(sequences))
            raise ValueError(
                f"X holds {KINDS_CALLED[sequences.kind]}, {self._first} held "
                f"{KINDS_CALLED[first.kind]}; all parts must be of one kind."
            )
        return like_first(self.X, first, X, sequences)

    def encoded(self, encoder, target, weigh, batch_size, generator=None):
        """Yield encoded rows, targets and weights (or None), batch by batch.

        Parameters
        ----------
        encoder, target : fitted
        weigh : callable
            Takes what `target.read` gives and weights, and returns those of training.
        batch_size : int
            Of what does not come in batches.
        generator : numpy.random.Generator, optional
            Draws the order of partitions and of their rows. What comes by itself keeps its order.
        """
        generator = generator if self.stream.has_partitions else None
        settings = encoder, target, weigh, batch_size, generator
        for part in self.read(generator, batch_size):
            yield from self.encode(*part, *settings)

    def encode(
        self, name, sequences, y, weights, encoder, target, weigh, batch_size, generator=None
    ):
        """Yield the batches of one part; see :meth:`encoded`."""
        with naming(name):
            rows, targets = encoder.transform(sequences), target.read(y)
            weights = weigh(targets, weights)
            targets = target.scaled(targets)
        if self.stream.comes_in_batches:
            yield rows, targets, weights
            return
        for index in _cut(rows, batch_size, generator):
            taken = None if weights is None else weights[index]
            yield take_rows(rows, index), take_rows(targets, index), taken


def joined_answers(estimator, X, answer):
    """What `answer` gives for each part of a stream, joined."""
    answers = []
    for part in open_stream(estimator, X).parts():
        with naming(part.name):
            answers.append(answer(part.X))
    if not answers:
        raise ValueError("X is empty: the stream gave no row.")
    return _joined(answers)


def answers_and_truth(estimator, X, y, sample_weight):
    """Return predictions, y and weights, of a stream those of one pass."""
    if not is_stream(X):
        return estimator.predict(X), y, sample_weight
    answers, truth, weights = [], [], []
    for part in open_stream(estimator, X, y, sample_weight).parts():
        with naming(part.name):
            if part.y is None:
                raise ValueError("it has no y to score; every item is (X, y).")
            answers.append(estimator.predict(part.X))
            check_lengths(answers[-1], part.y)
            truth.append(estimator._as_target(unwrap_target(part.y)))
            weights.append(row_weights(len(answers[-1]), part.weights, is_part=True))
    if not answers:
        raise ValueError("X is empty: the stream gave no row.")
    return _joined(answers), _joined(truth), None if weights[0] is None else _joined(weights)


def _joined(parts):
    if any(isinstance(part, list) for part in parts):
        return [row for part in parts for row in part]
    if all(map(sparse.issparse, parts)):
        return sparse.vstack(parts, format="csr")
    if all(hasattr(part, "iloc") for part in parts):
        return pd.concat(parts, ignore_index=True)
    return np.concatenate(parts)


def _cut(rows, batch_size, generator):
    if generator is not None:
        return length_buckets(sequence_lengths(rows), batch_size, generator)
    return [
        np.arange(start, min(start + batch_size, len(rows)))
        for start in range(0, len(rows), batch_size)
    ]
