"""What the classifier and the regressor share."""

import numbers

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from keraseq._checks import check_fraction, check_integer
from keraseq.builders import build
from keraseq.encoding import (
    SeriesEncoder,
    TextEncoder,
    TokenEncoder,
    as_sequences,
    check_lengths,
)
from keraseq.wrappers._auto import resolve_auto
from keraseq.wrappers._batches import batch_dataset, pad_rows, predict_rows, take_rows
from keraseq.wrappers._training import fit_model


class SequenceEstimator(BaseEstimator):
    """Encode, build, train, predict; subclasses say what y is."""

    _task = None

    def __init__(
        self,
        model="gru",
        *,
        units="auto",
        num_layers=1,
        dropout="auto",
        parameter_budget=None,
        pooling=None,
        model_params=None,
        input="auto",
        tokenizer="words",
        max_tokens="auto",
        max_length="auto",
        missing="error",
        epochs="auto",
        batch_size="auto",
        learning_rate="auto",
        early_stopping="auto",
        validation_fraction=0.1,
        n_iter_no_change=5,
        callbacks=None,
        random_state=None,
        verbose=0,
    ):
        self.model = model
        self.units = units
        self.num_layers = num_layers
        self.dropout = dropout
        self.parameter_budget = parameter_budget
        self.pooling = pooling
        self.model_params = model_params
        self.input = input
        self.tokenizer = tokenizer
        self.max_tokens = max_tokens
        self.max_length = max_length
        self.missing = missing
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.callbacks = callbacks
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y, sample_weight=None, validation_data=None):
        """Learn from sequences and their targets.

        Parameters
        ----------
        X : list, array, Series or DataFrame
            Strings; or numbers as an array `(n, time)` or `(n, time, channels)`, a list of arrays
            `(time_i, channels)` or `(time_i,)`, or a frame with a sequence a row.
        y : array-like
            A target for each sequence.
        sample_weight : array-like `(n,)`, optional
            Rows of weight zero are left out.
        validation_data : tuple (X, y), optional
            Judges early stopping in place of a part of X.

        Returns
        -------
        self
        """
        sequences = as_sequences(X, self.input)
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )
        check_lengths(sequences.rows, y)
        weights = self._row_weights(sequences, y, sample_weight)
        kept = np.arange(len(sequences)) if weights is None else np.flatnonzero(weights)
        sequences = sequences.take(kept)
        y = _rows_of(y, kept)
        weights = None if weights is None else weights[kept]
        params = self._resolve(sequences)
        random = check_random_state(self.random_state)
        seed = int(random.randint(2**31 - 1))
        target = self._make_target().fit(y)
        codes = target.transform(y)
        train, held_back = self._split(sequences, codes, params, validation_data, random)
        encoder = self._make_encoder(sequences.kind, params).fit(sequences.take(train).rows)
        rows = encoder.transform(sequences.take(train).rows)
        model = self._build(encoder, rows, target, params, seed)
        training, _ = batch_dataset(
            rows,
            params["batch_size"],
            targets=codes[train],
            weights=None if weights is None else weights[train],
            generator=np.random.default_rng(seed),
        )
        validation = self._validation(encoder, target, sequences, codes, held_back, validation_data)
        self.history_, self.n_iter_ = fit_model(
            model,
            training,
            validation,
            epochs=params["epochs"],
            optimizer_settings={
                "learning_rate": params["learning_rate"],
                "averaged": validation is not None,
            },
            early_stopping=params["early_stopping"],
            n_iter_no_change=params["n_iter_no_change"],
            callbacks=self.callbacks or (),
            verbose=self.verbose,
        )
        self.params_ = params
        self.kind_ = sequences.kind
        if _n_features(sequences) is not None:
            self.n_features_in_ = _n_features(sequences)
        self.encoder_, self.target_, self.model_ = encoder, target, model
        self._after_fit()
        return self

    def encode(self, X):
        """Return X as `model_` takes it: ids `(n, time)` or numbers `(n, time, channels)`."""
        return pad_rows(self._encode(X))

    def _encode(self, X):
        check_is_fitted(self)
        sequences = as_sequences(X, self._input_kind())
        if (sequences.kind in ("text", "words")) != (self.kind_ in ("text", "words")):
            raise ValueError(
                f"X holds {sequences.kind}, but this {type(self).__name__} was fitted on "
                f"{self.kind_}."
            )
        width = _n_features(sequences)
        if width is not None and width != self.n_features_in_:
            raise ValueError(
                f"X has {width} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input."
            )
        return self.encoder_.transform(sequences.rows)

    def _input_kind(self):
        return "tokens" if self.kind_ == "tokens" else self.input

    def _raw(self, X):
        return predict_rows(self.model_, self._encode(X))

    def _row_weights(self, sequences, y, sample_weight):
        if sample_weight is None:
            return None
        weights = _check_sample_weight(sample_weight, np.empty(len(sequences)), dtype=np.float32)
        if (weights < 0).any() or not weights.any():
            raise ValueError("sample_weight must not be negative, and not zero everywhere.")
        return weights

    def _resolve(self, sequences):
        """Fill in what is "auto" and check the rest, before anything is computed."""
        params = resolve_auto(sequences.kind, len(sequences))
        for name in params:
            value = getattr(self, name, "auto")
            if not (isinstance(value, str) and value == "auto"):
                params[name] = value
        if self.parameter_budget is not None:
            params["units"] = None if self.units == "auto" else self.units
        for name in ("batch_size", "n_iter_no_change", "num_layers"):
            params[name] = check_integer(name, params.get(name, getattr(self, name)), 1)
        params["epochs"] = check_integer("epochs", params["epochs"], 0)
        rate = params["learning_rate"]
        if not isinstance(rate, numbers.Real) or not rate > 0:
            raise ValueError(f"learning_rate={rate!r} must be a positive number or 'auto'.")
        check_fraction("validation_fraction", self.validation_fraction)
        return params

    def _make_encoder(self, kind, params):
        if kind == "series":
            return SeriesEncoder(missing=self.missing)
        if kind == "tokens":
            return TokenEncoder(max_length=params["max_length"])
        return TextEncoder(
            tokenizer=self.tokenizer,
            max_tokens=params["max_tokens"],
            max_length=params["max_length"],
        )

    def _split(self, sequences, codes, params, validation_data, random):
        n = len(sequences)
        if not params["early_stopping"] or validation_data is not None:
            return np.arange(n), None
        held_back = round(self.validation_fraction * n)
        if held_back < 1 or held_back >= n:
            raise ValueError(
                f"validation_fraction={self.validation_fraction} of {n} rows leaves no rows for "
                "validation or for training; change it, or set early_stopping=False."
            )
        return train_test_split(
            np.arange(n),
            test_size=held_back,
            random_state=random,
            stratify=self._strata(codes, held_back),
        )

    def _strata(self, codes, held_back):
        return None

    def _validation(self, encoder, target, sequences, codes, held_back, validation_data):
        if validation_data is not None:
            other = as_sequences(validation_data[0], self.input, name="validation_data[0]")
            check_lengths(other.rows, validation_data[1])
            rows, wanted = encoder.transform(other.rows), target.transform(validation_data[1])
        elif held_back is not None:
            rows = encoder.transform(sequences.take(held_back).rows)
            wanted = codes[held_back]
        else:
            return None
        return batch_dataset(rows, 256, targets=wanted)[0]

    def _build(self, encoder, rows, target, params, seed):
        tokens = getattr(encoder, "vocabulary_size_", None)
        shape = (None,) if tokens else (None, take_rows(rows, np.arange(1))[0].shape[-1])
        return build(
            self.model,
            shape,
            target.outputs_,
            task=self._task_of(target),
            vocabulary_size=tokens,
            pooling=self.pooling,
            parameter_budget=self.parameter_budget,
            units=params["units"],
            num_layers=params["num_layers"],
            dropout=params["dropout"],
            seed=seed,
            **(self.model_params or {}),
        )

    def _task_of(self, target):
        return self._task

    def _after_fit(self):
        pass


def _n_features(sequences):
    """Steps of a 2-D array, channels of other series; text has none."""
    return sequences.rows.shape[1] if sequences.fixed_length else sequences.n_channels


def _rows_of(y, index):
    if len(index) == len(y):
        return y
    return y.iloc[index] if hasattr(y, "iloc") else np.asarray(y)[index]
