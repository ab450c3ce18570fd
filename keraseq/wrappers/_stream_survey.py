"""What one pass over a stream tells."""

import collections
import itertools
import logging
import types

import joblib
import numpy as np

from keraseq._checks import check_integer
from keraseq.batching import are_full
from keraseq.encoding.labels import label_array
from keraseq.encoding.row_hashes import row_hashes
from keraseq.encoding.sequences import row_lengths
from keraseq.training.stream_batches import StreamBatches
from keraseq.wrappers._auto import is_auto, resolve_counts
from keraseq.wrappers._features import make_encoder, naming

_logger = logging.getLogger(__name__)
_TOLD = 1_000_000
VALIDATION_BATCH = 256


class Survey:
    """Vocabulary or scaling, classes, and how much there is, learned in one pass.

    Parameters
    ----------
    estimator : SequenceEstimator
    data : StreamRows
    known : dict, optional
        With `encoder_`, `target_` and `_task` of an estimator, which stay as they are.
    is_validated : bool, default=False
        Whether validation data were given.
    judges : bool, default=False
        Whether these are such data, for which the estimator's `batch_size` is not meant.

    Attributes
    ----------
    kind : {"text", "words", "tokens", "series"}
    encoder, target, task
        Fitted.
    n_rows : int
    """

    def __init__(self, estimator, data, known=None, is_validated=False, judges=False):
        self._estimator, self.data, self._known = estimator, data, known
        self._is_validated = is_validated
        self.n_rows = self._n_steps = self._longest = 0
        self._shortest, self._are_full = np.inf, True
        self._sizes, self._sum, self._of_labels = [], 0.0, collections.Counter()
        self._counts, self._first = collections.Counter(), None
        self._told_of_targets = 0
        given = "auto" if judges else estimator.batch_size
        self._given = None if is_auto(given) else check_integer("batch_size", given, 1)
        parts = self._parts()
        first = next(parts, None)
        if first is None:
            raise ValueError(f"X is empty: {data.stream.name} gave no row.")
        self._learn(first, parts)
        self._weight_of_class = self._weigh_classes()
        self._mean = self._sum / self.n_rows
        if not self._mean:
            raise ValueError(f"class_weight={estimator.class_weight} leaves no row any weight.")

    def _parts(self):
        """Yield the sequences of every part, the rest of it noted."""
        for part in self.data.read(batch_size=self._given or 1):
            _, sequences, y, weights = part
            if self._first is None:
                self._begin(part)
            elif (weights is None) != (self._first[3] is None):
                raise ValueError(
                    f"{part[0]} has {'no ' if weights is None else ''}weights, unlike the first "
                    "part; give all items sample weights, or none."
                )
            with naming(part[0]):
                if self._known:
                    self.target.read(y)
                else:
                    self.target.partial_fit(y, weights)
            self._note(sequences, y, weights)
            yield sequences

    def _begin(self, part):
        self._first, sequences, known = part, part[1], self._known
        self.kind = sequences.kind
        if self.batch_size and self._given:
            raise ValueError(
                f"batch_size={self._given}: {self.data.stream.name} comes in batches, which stay "
                "as they are; leave batch_size='auto'."
            )
        if known:
            self.task, self.target, self.encoder = (
                known[name] for name in ("_task", "target_", "encoder_")
            )
            return
        self.task = self._estimator._find_task(part[2])
        self.target = self.task.make_target()
        # Now, so that what is wrong with a setting is told before everything is read.
        self._longest = int(row_lengths(sequences.rows).max())
        self.encoder = make_encoder(self._estimator, self.kind, self._resolve(len(sequences), 1))

    def _learn(self, first, parts):
        parts = itertools.chain([first], parts)
        if self._known or self._estimator._start is not None:
            # The vocabulary is settled.
            collections.deque(parts, maxlen=0)
        elif self.kind in ("text", "words"):
            self.encoder.fit_blocks(parts, self._counts)
        else:
            self.encoder.fit_blocks(parts)
        if not self._known:
            self.target.finish()

    def _note(self, sequences, y, weights):
        n = len(sequences)
        self.n_rows += n
        if self.n_rows // _TOLD > (self.n_rows - n) // _TOLD:
            # A stream without an end would else seem to hang.
            _logger.info("%s: %s rows read so far", self.data.stream.name, f"{self.n_rows:,}")
        self._sizes.append(n)
        lengths = row_lengths(sequences.rows)
        self._n_steps += int(np.maximum(lengths, 1).sum())
        self._longest = max(self._longest, int(lengths.max()))
        self._shortest = min(self._shortest, int(lengths.min()))
        self._are_full &= self.kind == "series" and are_full(sequences.rows)
        self._sum += n if weights is None else float(weights.sum())
        # A sum, which the order of the rows leaves as it is; of 64 bits, as those of numpy are.
        told = [self.target.hashes(y), lengths, *([] if weights is None else [weights])]
        self._told_of_targets += int(row_hashes(told).sum())
        self._told_of_targets %= 2**64
        if getattr(self._estimator, "class_weight", None) is not None and np.ndim(y) == 1:
            given = itertools.repeat(1.0, n) if weights is None else weights.tolist()
            for label, weight in zip(label_array(y).tolist(), given, strict=True):
                self._of_labels[label] += weight

    def _weigh_classes(self):
        """The weight of each class, or None."""
        if getattr(self._estimator, "class_weight", None) is None:
            return None
        self._estimator._refuse_many_labels(self._first[2])
        counts = np.array([self._of_labels[label] for label in self.target.classes_.tolist()])
        found = self._estimator._weight_of_class(np.arange(len(counts)), counts, self.target)
        self._sum = float(counts @ found)
        return found

    def _weigh(self, targets, weights):
        """Weights of rows as float32, of mean one over the whole stream."""
        if self._weight_of_class is not None:
            of_class = self._weight_of_class[targets]
            weights = of_class if weights is None else weights * of_class
        return None if weights is None else (weights / self._mean).astype(np.float32)

    @property
    def batch_size(self):
        """Rows of the largest batch; None where the stream does not come in batches."""
        if not self.data.stream.comes_in_batches:
            return None
        return max(self._sizes, default=len(self._first[1]))

    def _resolve(self, n_rows, n_batches=None):
        params = resolve_counts(
            self._estimator,
            self.kind,
            n_rows,
            self.task,
            lambda: self._longest,
            self._known,
            n_batches,
        )
        if not self._is_validated:
            if params["early_stopping"] and not is_auto(self._estimator.early_stopping):
                raise ValueError(
                    "early_stopping=True: of a stream no rows are held back; give fit "
                    "validation_data=, as (X, y) or as another stream."
                )
            params["early_stopping"] = False
        return params

    def params(self):
        """What a fit of these rows uses for each setting."""
        params = self._resolve(self.n_rows, len(self._sizes) if self.batch_size else None)
        if self.batch_size:
            params["batch_size"] = self.batch_size
        mean = self._mean_length(params.get("max_length"))
        params["mean_length"] = int(float(f"{max(mean, 1):.2g}"))
        return params

    def _mean_length(self, max_length):
        if self._known and "params_" in self._known:
            return self._known["params_"]["mean_length"]
        if self._counts:
            mean = self._counts.total() / self.n_rows
        elif self.kind == "text":
            mean = row_lengths(self.encoder.transform(self._first[1])).mean()
        else:
            mean = self._n_steps / self.n_rows
        return mean if max_length is None else min(mean, max_length)

    def token_counts(self):
        """How often each id comes; of subwords, in the first part."""
        if not self._counts:
            rows = self.encoder.transform(self._first[1])
            return np.bincount(np.concatenate(rows), minlength=self.encoder.vocabulary_size_)
        counts = np.array([self._counts[token] for token in self.encoder.vocabulary_])
        counts[1] = self._counts.total() - counts.sum()
        return counts

    @property
    def form(self):
        """What has the shape of all encoded rows, where they have one."""
        if not self._are_full or self._longest != self._shortest:
            return []
        return types.SimpleNamespace(shape=(self.n_rows, self._longest))

    def _longest_encoded(self):
        """At least the steps of the longest encoded row."""
        cut = getattr(self.encoder, "max_length", None)
        if self.kind != "text":
            return self._longest if cut is None else min(self._longest, cut)
        # Of subwords a character may take as many as its bytes.
        return 4 * self._longest if cut is None else cut

    @property
    def fingerprint(self):
        """Of what was learned and of the targets, which the order of the rows does not change."""
        encoder = [
            np.round(value, 6) if isinstance(value, np.ndarray) else value
            for name, value in sorted(vars(self.encoder).items())
            if name in ("vocabulary_", "vocabulary_size_", "mean_", "scale_")
        ]
        facts = self.n_rows, self._n_steps, sorted(self._sizes), self._told_of_targets, encoder
        return joblib.hash(facts)

    def judging(self):
        """The batches of validation data, as they came or large ones."""
        return self.batches(self.batch_size or VALIDATION_BATCH)

    def batches(self, batch_size, seed=None):
        """The batches to train on, or to judge by without a seed."""
        settings = self.encoder, self.target, self._weigh, batch_size
        (rows, targets, weights), *_ = self.data.encode(*self._first, *settings)
        n_batches = len(self._sizes)
        if not self.batch_size:
            n_batches = sum(-(-size // batch_size) for size in self._sizes)
        full = self._are_full and self._longest == self._shortest
        return StreamBatches(
            lambda generator: self.data.encoded(*settings, generator),
            (rows, targets, weights),
            n_batches=n_batches,
            n_rows=self.n_rows,
            longest=self._longest_encoded(),
            are_full=full,
            name=self.data.stream.name,
            seed=seed,
        )
