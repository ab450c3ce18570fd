"""Columns of tables and channels of frames: noted in training, matched from then on."""

import dataclasses

import numpy as np
import pandas as pd
from sklearn.utils.validation import validate_data

from keraseq.encoding.sequences import row_lengths
from keraseq.encoding.unwrap import unwrap_target


def note_columns(learner, X, sequences):
    """Note the columns of a table; of everything else the channels, by name where frames came.

    Parameters
    ----------
    learner : estimator or transformer
    X : as it came
    sequences : Sequences
        What X was read as.
    """
    for name in ("n_features_in_", "feature_names_in_"):
        vars(learner).pop(name, None)
    learner._is_table, learner._channel_names = sequences.fixed_length, sequences.channel_names
    if sequences.fixed_length or sequences.channel_names is not None:
        table = _as_scikit_learn_counts(X, sequences)
        validate_data(learner, table, reset=True, skip_check_array=True)
    elif sequences.n_channels is not None:
        learner.n_features_in_ = sequences.n_channels


def match_columns(learner, X, sequences, n_channels):
    """Return sequences of that many channels, named ones in the order of training's.

    Raises
    ------
    ValueError
        Where the columns of a table, or number or names of channels, are others than training's.
    """
    sequences = reorder_channels(sequences, learner._channel_names)
    if sequences.channel_names is None:
        sequences = _match_channels(sequences, n_channels)
    named = learner._channel_names is not None or sequences.channel_names is not None
    if sequences.fixed_length == learner._is_table and (learner._is_table or named):
        table = _as_scikit_learn_counts(X, sequences)
        validate_data(learner, table, reset=False, skip_check_array=True)
    return sequences


def reorder_channels(sequences, names):
    """Give channels that have these names, in whatever order, their order."""
    found = sequences.channel_names
    if None in (found, names) or found == names or set(found) != set(names):
        return sequences
    order = [found.index(name) for name in names]
    rows = sequences.rows
    rows = rows[..., order] if isinstance(rows, np.ndarray) else [row[:, order] for row in rows]
    return dataclasses.replace(sequences, rows=rows, channel_names=names)


def in_column_order(y, names):
    """Give the columns of a frame of targets that has these names, however ordered, their order.

    Anything else comes back as it is, None for the names included.
    """
    if names is None or y is None:
        return y
    frame = unwrap_target(y)
    if not isinstance(frame, pd.DataFrame) or not frame.columns.is_unique:
        return y
    is_other_order = frame.shape[1] == len(names) and set(frame.columns) == set(names)
    return frame[list(names)] if is_other_order else y


def _match_channels(sequences, n_channels):
    """Return sequences of that many channels, which rows without any step are too, or raise."""
    if sequences.n_channels == n_channels:
        return sequences
    if not sequences.fixed_length and not row_lengths(sequences.rows).any():
        rows = np.empty((len(sequences), 0, n_channels), dtype=np.float32)
        return dataclasses.replace(sequences, rows=rows, n_channels=n_channels, channel_names=None)
    one = sequences.n_columns == n_channels
    raise ValueError(
        f"X has {sequences.n_channels} channels, but training had {n_channels}"
        + ("; one sequence (time, channels) goes into a list: [X]." if one else ".")
    )


def _as_scikit_learn_counts(X, sequences):
    """A table of the columns, or of the channels, that scikit-learn counts and names."""
    if sequences.fixed_length:
        return X if hasattr(X, "columns") else np.empty((1, sequences.n_columns))
    if sequences.channel_names is None:
        return np.empty((1, sequences.n_channels))
    return pd.DataFrame(columns=list(sequences.channel_names))
