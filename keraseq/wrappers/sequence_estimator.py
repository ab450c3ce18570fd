"""What the estimators share: read, encode, build, train, predict."""

from functools import partial

import joblib
import numpy as np
from scipy import sparse
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import check_is_fitted

from keraseq.batching import take_rows
from keraseq.encoding import check_lengths
from keraseq.encoding.one_target_a_row import one_target_a_row
from keraseq.encoding.streams import is_stream
from keraseq.encoding.unwrap import unwrap_target
from keraseq.training.batches import Batches, pad_rows
from keraseq.training.callbacks import copy_callbacks
from keraseq.training.checkpoint import Checkpoint
from keraseq.training.distributed import prepare_devices
from keraseq.training.network import Network
from keraseq.training.optimizer import optimizer_config
from keraseq.wrappers._auto import resolve_parameters
from keraseq.wrappers._blueprints import make_blueprint
from keraseq.wrappers._embeddings import count_tokens
from keraseq.wrappers._features import (
    encode_training,
    naming,
    note_features,
    read_first,
    read_like_training,
    read_validation,
    refuse_gaps,
)
from keraseq.wrappers._partial_fit import fit_once
from keraseq.wrappers._pretrained import Transferring, first_weights, with_pretrained
from keraseq.wrappers._rows import (
    Rows,
    check_judges,
    hold_back,
    mean_length,
    mean_one,
    merge_equal_rows,
    row_weights,
)
from keraseq.wrappers._seeds import draw_seed
from keraseq.wrappers._stream_fit import fit_stream, survey_judges
from keraseq.wrappers._stream_rows import joined_answers
from keraseq.wrappers._stream_survey import VALIDATION_BATCH
from keraseq.wrappers.learned import check_learned
from keraseq.wrappers.network_estimator import NetworkEstimator


class SequenceEstimator(Transferring, NetworkEstimator):
    """A subclass says what y is, with which parameters, and how raw output becomes an answer."""

    def fit(self, X, y=None, sample_weight=None, validation_data=None):
        """Learn from sequences and their targets.

        Parameters
        ----------
        X : list, array, Series or DataFrame, or a stream
            Strings; or numbers as an array `(n, time)` or `(n, time, channels)`, a list of arrays
            `(time_i, channels)` or `(time_i,)`, or a frame with a sequence a row. A stream, read
            in parts for every epoch: a `tf.data.Dataset`, `keras.utils.PyDataset` or function that
            makes an iterator, of (X, y) or (X, y, sample_weight); of Dask; or
            :func:`keraseq.datasets.scan_parquet`.
        y : array-like
            A target for each sequence. A stream brings its own, but Dask's stand beside X.
        sample_weight : array-like `(n,)`, optional
            A row of weight two counts as the same row twice, one of weight zero not at all.
        validation_data : tuple (X, y) or stream, optional
            Judges early stopping in place of a part of X; of a stream no rows are held back.

        Returns
        -------
        self

        Raises
        ------
        KeyboardInterrupt
            After Ctrl-C. The estimator is fitted then, with its best weights so far, unless it came
            before the first step of training: then it is as it was.
        """
        if is_stream(X):
            return fit_stream(self, X, y, sample_weight, validation_data)
        former = vars(self) if self.warm_start and hasattr(self, "_network") else None
        settings = with_pretrained(self)
        check_judges(validation_data)
        rows, task, target, fingerprint = settings._read(X, y, sample_weight, former)
        params = resolve_parameters(settings, rows.sequences, task, former)
        callbacks = copy_callbacks(
            self.callbacks,
            is_validated=params["early_stopping"] or validation_data is not None,
            remedy="set early_stopping=True, or give fit validation_data=(X, y)",
        )
        checkpoint = None if self.checkpoint is None else Checkpoint(self.checkpoint)
        seed = draw_seed(self.random_state, checkpoint)
        train, held_back = rows, None
        if params["early_stopping"] and validation_data is None:
            train, held_back = hold_back(rows, self.validation_fraction, self._strata, seed)
        if former is None:
            target.fit_scale(train.targets, train.weights)
        encoder, encoded = encode_training(settings, train.sequences, params, former)
        # A budget was solved for the first rows.
        params["mean_length"] = former["params_"]["mean_length"] if former else mean_length(encoded)
        known = encoder, target, task
        validation, judged = self._judges(
            (X, rows.sequences), known, former, validation_data, held_back
        )
        batches = Batches(
            encoded,
            params["batch_size"],
            targets=target.scaled(train.targets),
            weights=self._mean_one(train, target),
            seed=seed,
        )
        averaged = validation is not None
        count = partial(count_tokens, encoded)
        first = first_weights(settings, rows.sequences.kind, encoder, count, seed, params, former)
        blueprint = settings._blueprint(task, encoder, target, encoded, params, averaged)
        params.update(blueprint.sizes)
        network = former["_network"].go_on(blueprint) if former else Network(blueprint, seed, first)
        if checkpoint is not None:
            said = f"{fingerprint} {joblib.hash(rows.targets)} {params} {blueprint}"
            checkpoint.begin(seed, f"{said} {self._facts(encoder, judged())}")
        run = self._train(network, batches, validation, params, callbacks, checkpoint)
        network.trained_on = f"{len(rows):,} different rows, fingerprint {fingerprint}"
        self._finish(X, rows, task, target, encoder, network, params, run, callbacks)
        check_learned(self, task, network, run, params, batches, target.outputs_)
        return self

    def _partial_fit(self, X, y, sample_weight, classes=None):
        return fit_once(self, X, y, sample_weight, classes)

    def _finish(self, X, rows, task, target, encoder, network, params, run, callbacks):
        """Set all attributes at once and last: a fit that fails leaves the former one whole."""
        self.history_, self.n_iter_ = run.history, run.n_iter
        self.params_ = {**params, "jit_compile": run.jit_compile}
        self.callbacks_ = callbacks
        if getattr(self, "target_", None) is not target:
            # Training that goes on is held to the columns of its first rows.
            note_features(self, X, rows.sequences)
        self.kind_, self.encoder_, self.target_ = rows.sequences.kind, encoder, target
        self._task = task
        self._network = network
        run.raise_interrupt()

    def encode(self, X):
        """Return X as `model_` takes it: ids `(n, time)` or numbers `(n, time, channels)`.

        Ids are 0 for padding, 1 for an unknown token and those of the vocabulary from 4 on; a
        token id k of X becomes k + 3.
        """
        return pad_rows(self._encode(X))

    def _encode(self, X):
        check_is_fitted(self)
        sequences = read_like_training(self, X)
        self._check_kind(sequences, vars(self))
        return self.encoder_.transform(sequences)

    def _raw(self, X):
        """What the task decodes, of an array or of a list of rows: logits, or numbers."""
        if is_stream(X):
            return joined_answers(self, X, self._raw)
        encoded = self._encode(X)
        values = self._network.predict(encoded)
        _refuse_nan(values)
        if not self._network.gives_probabilities:
            return values
        if isinstance(values, list):
            return [self._task.undecode(row) for row in values]
        return self._task.undecode(values)

    def _read(self, X, y, sample_weight, former, classes=None):
        """Return the different rows, the task, its encoder of y, and a fingerprint of the data."""
        prepare_devices(self.strategy)
        sequences = read_like_training(self, X) if former else read_first(self, X)
        refuse_gaps(sequences, former["encoder_"] if former else self)
        self._check_kind(sequences, former)
        y = self._check_y(sequences, y)
        weights = row_weights(len(sequences), sample_weight)
        if weights is not None:
            kept = np.flatnonzero(weights)
            sequences, y, weights = sequences.take(kept), _safe_indexing(y, kept), weights[kept]
        task = former["_task"] if former else self._find_task(y)
        target = self._target(task, y, former, classes)
        targets = target.read(y)
        index, weights, fingerprint = merge_equal_rows(sequences, self._keys(targets), weights)
        rows = Rows(sequences.take(index), take_rows(targets, index), weights)
        return rows, task, target, fingerprint

    def _check_kind(self, sequences, former):
        """Raise for sequences that read well, but are none of a kind that this task can use."""

    def _make_target(self, task, y, classes=None):
        """The encoder of y, fitted on it or on the `classes` that later calls will bring."""
        return task.make_target().fit(y)

    def _target(self, task, y, former, classes):
        """The encoder of y, fitted, where `classes` name more of them than y holds."""
        if former is None:
            return self._make_target(task, y, classes)
        if classes is not None:
            named = self._make_target(task, y, classes).classes_
            # Of an indicator matrix these are its columns, which are matched where it is read.
            if not task.many_labels:
                _check_classes(named, former["target_"].classes_)
        return former["target_"]

    def _check_y(self, sequences, y):
        check_lengths(sequences.rows, y)
        return self._as_target(unwrap_target(y))

    _as_target = staticmethod(one_target_a_row)

    def _like_answers(self, y):
        """y in the form of what `predict` answers, for scores of each row."""
        y = unwrap_target(self.target_.in_order(y))
        return y.toarray() if sparse.issparse(y) else self._as_target(y)

    def _keys(self, targets):
        """What tells rows of equal targets from others, and decides the order of rows."""
        return targets

    def _facts(self, encoder, judged):
        """What else a fit depends on: how X is read, what judges it, and the weights."""
        vocabulary = joblib.hash(getattr(encoder, "vocabulary_", None))
        return [vocabulary, *judged, getattr(self, "class_weight", None)]

    def _mean_one(self, rows, target):
        """Weights of the rows as float32, scaled so that the learning rate keeps its meaning."""
        return mean_one(rows.weights)

    def _strata(self, targets, held_back):
        return None

    def _judges(self, first, known, former, validation_data, held_back=None):
        """The batches that judge a fit, or None, and a function that tells them from others.

        Parameters
        ----------
        first : tuple
            Training's X, or the first part of it, and the Sequences that it was read as.
        known : tuple
            Encoder, target and task of the fit.
        former : dict or None
            The fitted attributes of an estimator whose training goes on.
        held_back : Rows, optional
            A part of training's, where there are no validation data.
        """
        encoder, target, _ = known
        if is_stream(validation_data, "validation_data"):
            judges = survey_judges(self, validation_data, first, known, former)
            return judges.judging(), lambda: [judges.fingerprint]
        if validation_data is not None:
            held_back = self._read_validation(*first, target, validation_data)
        if held_back is None:
            return None, list
        with naming("the validation part"):
            batches = Batches(
                encoder.transform(held_back.sequences),
                VALIDATION_BATCH,
                targets=target.scaled(held_back.targets),
                weights=self._mean_one(held_back, target),
            )
        return batches, partial(self._facts_of, held_back)

    def _facts_of(self, rows):
        fingerprint = merge_equal_rows(rows.sequences, self._keys(rows.targets), rows.weights)[2]
        return [fingerprint, joblib.hash(rows.targets)]

    def _read_validation(self, X, sequences, target, validation_data):
        with naming("validation_data=(X, y)"):
            other = read_validation(self, X, sequences, validation_data[0])
            self._check_kind(other, {"kind_": sequences.kind})
            return Rows(other, target.read(self._check_y(other, validation_data[1])), None)

    def _blueprint(self, task, encoder, target, encoded, params, averaged):
        tokens = getattr(encoder, "vocabulary_size_", None)
        time = encoded.shape[1] if hasattr(encoded, "shape") else None
        return make_blueprint(
            self,
            params,
            optimizer_config(self.optimizer, averaged=averaged),
            input_shape=(time,) if tokens else (time, encoder.n_channels_out_),
            outputs=target.outputs_,
            task=task.name,
            vocabulary_size=tokens,
            steps=params["mean_length"],
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = tags.input_tags.string = True
        tags.input_tags.allow_nan = self.missing == "fill"
        return tags


def _refuse_nan(values):
    if any(np.isnan(part).any() for part in (values if isinstance(values, list) else [values])):
        row = next(row for row, value in enumerate(values) if np.isnan(value).any())
        raise ValueError(
            f"The model answers row {row} of X with NaN: training has diverged (see "
            "history_['loss']; lower learning_rate), or the values of X are too far from the "
            "training rows for float32."
        )


def _check_classes(classes, known):
    if not np.array_equal(classes, known):
        raise ValueError(
            f"classes={classes.tolist()} are not those of the first call: {known.tolist()}."
        )
