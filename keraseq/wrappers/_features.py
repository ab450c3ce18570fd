"""What scikit-learn asks of the columns: noted in training, held to from then on."""

import numpy as np
from sklearn.utils.validation import validate_data

from keraseq.encoding import as_sequences
from keraseq.encoding.sequences import Sequences, row_lengths

_EMPTY_ROW = {"text": "", "words": []}


def note_features(estimator, X, sequences):
    """Hold a 2-D array or frame to its columns, everything else to its channels."""
    for name in ("n_features_in_", "feature_names_in_"):
        vars(estimator).pop(name, None)
    if sequences.fixed_length:
        validate_data(estimator, _table(X, sequences), reset=True, skip_check_array=True)
        estimator._length = estimator.n_features_in_
        return
    # A list of equally long lists is scikit-learn's other way to write a table.
    is_table = isinstance(X, list | tuple) and isinstance(sequences.rows, np.ndarray)
    estimator._length = sequences.rows.shape[1] if is_table and sequences.n_channels == 1 else None
    if sequences.n_channels is not None:
        estimator.n_features_in_ = sequences.n_channels


def read_like_training(estimator, X):
    """Read X, and hold it to the kind and the columns of training's."""
    sequences = as_sequences(X, "tokens" if estimator.kind_ == "tokens" else estimator.input)
    if estimator.kind_ in _EMPTY_ROW and not row_lengths(sequences.rows).any():
        # Nothing but empty rows, such as [[]], is of every kind.
        return Sequences(estimator.kind_, [_EMPTY_ROW[estimator.kind_]] * len(sequences))
    if (sequences.kind in _EMPTY_ROW) != (estimator.kind_ in _EMPTY_ROW):
        raise ValueError(
            f"X holds {sequences.kind}, but this {type(estimator).__name__} was fitted on "
            f"{estimator.kind_}."
        )
    if sequences.fixed_length and estimator._length is not None:
        _check_length(estimator, X, sequences)
    return sequences


def _check_length(estimator, X, sequences):
    """A table must be as wide as training's rows, whether those came as a table or a list."""
    table = _table(X, sequences)
    if estimator.n_features_in_ == estimator._length:
        validate_data(estimator, table, reset=False, skip_check_array=True)
    elif table.shape[1] != estimator._length:
        raise ValueError(
            f"X has {table.shape[1]} columns, but this {type(estimator).__name__} was fitted on "
            f"rows of {estimator._length} steps. Sequences of other lengths come as a list."
        )


def _table(X, sequences):
    """X as scikit-learn counts and names its columns."""
    return X if hasattr(X, "columns") else np.empty((1, sequences.n_columns))
