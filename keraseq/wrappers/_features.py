"""What X is after training: of the same kind, with the same columns."""

import contextlib
import warnings

from keraseq._checks import shown
from keraseq.encoding import SeriesEncoder, TextEncoder, TokenEncoder, as_sequences
from keraseq.encoding.columns import match_columns, note_columns, reorder_channels
from keraseq.encoding.sequences import Sequences, row_lengths
from keraseq.encoding.series_encoder import check_complete

EMPTY_ROW = {"text": "", "words": []}
# What an encoder of texts or tokens learns by.
_OF_THE_VOCABULARY = ("tokenizer", "max_tokens", "max_length", "min_count")
KINDS_CALLED = {
    "text": "strings",
    "words": "lists of words",
    "tokens": "token ids",
    "series": "series of numbers",
}


def note_features(estimator, X, sequences):
    """Hold a 2-D array or frame to its columns, everything else to its channels."""
    note_columns(estimator, X, sequences)
    estimator._input = "tokens" if sequences.kind == "tokens" else estimator.input
    # A list of equally long lists is scikit-learn's other way to write a table.
    is_table = isinstance(X, list | tuple) and hasattr(sequences.rows, "shape")
    estimator._length = sequences.n_columns
    if is_table and sequences.n_channels == 1:
        estimator._length = sequences.rows.shape[1]


def read_first(estimator, X):
    """Read X where nothing was trained that it must be like.

    Warns
    -----
    UserWarning
        Where no row has more than one step, but several numbers in it: more often than not X is
        `(rows, channels, time)`.
    """
    sequences = as_sequences(X, estimator.input, on_disk=True)
    width = sequences.n_channels if sequences.kind == "series" else 1
    if width > 1 and sequences.longest() == 1:
        warnings.warn(
            f"Every sequence of X is one step of {width} numbers: X is read as (rows, time, "
            "channels), and there is nothing in time to learn from. If it is (rows, channels, "
            "time), swap the last two axes; if these numbers are the steps, give (rows, time).",
            UserWarning,
            stacklevel=5,
        )
    return sequences


def read_like_training(estimator, X):
    """Read X, and hold it to the kind and the columns of training's."""
    sequences = as_sequences(X, estimator._input, on_disk=True)
    if estimator.kind_ in EMPTY_ROW and not row_lengths(sequences.rows).any():
        # Nothing but empty rows, such as [[]], is of every kind.
        return Sequences(estimator.kind_, [EMPTY_ROW[estimator.kind_]] * len(sequences))
    if (sequences.kind in EMPTY_ROW) != (estimator.kind_ in EMPTY_ROW):
        raise ValueError(
            f"X holds {KINDS_CALLED[sequences.kind]}, but this {type(estimator).__name__} was "
            f"fitted on {KINDS_CALLED[estimator.kind_]}."
        )
    if sequences.kind == "series":
        _refuse_one_frame(estimator, X)
    if sequences.fixed_length and not estimator._is_table and estimator._length is not None:
        _check_length(estimator, sequences)
    n_channels = getattr(estimator.encoder_, "n_channels_", None)
    return match_columns(estimator, X, sequences, n_channels)


def encode_training(estimator, sequences, params, former):
    """Return the encoder, a former fit's, a pretrained generator's or a new one, and the rows."""
    if former is not None:
        refuse_other_encoder(former["encoder_"], make_encoder(estimator, former["kind_"], params))
        return former["encoder_"], former["encoder_"].transform(sequences)
    encoder = make_encoder(estimator, sequences.kind, params)
    if estimator._start is not None:
        return encoder, encoder.transform(sequences)
    return encoder, encoder.fit_transform(sequences)


def make_encoder(estimator, kind, params):
    """Return the encoder of sequences of a kind: a pretrained generator's, or one to be fitted."""
    if estimator._start is not None:
        return estimator._start.encoder(kind, params)
    if kind == "series":
        # A frame, which the user may have set for all transformers, has no third dimension.
        return SeriesEncoder(missing=estimator.missing).set_output(transform="default")
    if kind == "tokens":
        return TokenEncoder(max_length=params["max_length"])
    return TextEncoder(
        tokenizer=estimator.tokenizer,
        max_tokens=params["max_tokens"],
        max_length=params["max_length"],
        min_count=params["min_count"],
    )


def refuse_other_encoder(encoder, other):
    """Raise where a fitted encoder, which training goes on with, is not as one that is set now."""
    was, now = encoder.get_params(deep=False), other.get_params(deep=False)
    changed = [name for name in _OF_THE_VOCABULARY if was.get(name) != now.get(name)]
    if changed:
        each = (f"{name}={shown(now[name])} (it was {shown(was[name])})" for name in changed)
        raise ValueError(
            f"{', '.join(each)}: training that goes on keeps the vocabulary that was learned, and "
            "how long texts are cut. Set it back, or begin anew by fit with warm_start=False."
        )


def refuse_gaps(sequences, owner):
    """Raise for NaN that is no padding, if `owner.missing` says so, an estimator's or encoder's.

    Now, and not when they are encoded in another order: the error says in which row.
    """
    if sequences.kind == "series" and owner.missing == "error":
        check_complete(sequences)


@contextlib.contextmanager
def naming(argument):
    """Say in every error of a block which argument its X and y are parts of."""
    try:
        yield
    except TypeError as error:
        raise TypeError(f"In {argument}: {error}") from None
    except ValueError as error:
        raise ValueError(f"In {argument}: {error}") from None


def read_validation(estimator, X, sequences, other_X):
    """Read the X of validation data with its columns as those of training, or raise.

    Parameters
    ----------
    estimator : SequenceEstimator
    X, other_X : as they came
    sequences : Sequences
        What X was read as.
    """
    other = as_sequences(other_X, estimator.input, on_disk=True)
    refuse_gaps(other, estimator)
    return like_first(X, sequences, other_X, other)


def like_first(X, sequences, other_X, other):
    """Return what `other_X` was read as with the columns in the order of X's, or raise."""
    if (other.kind in EMPTY_ROW) != (sequences.kind in EMPTY_ROW):
        raise ValueError(
            f"X holds {KINDS_CALLED[other.kind]}, that of training {KINDS_CALLED[sequences.kind]}."
        )
    other = reorder_channels(other, sequences.channel_names)
    if other.n_channels != sequences.n_channels:
        raise ValueError(
            f"X has {other.n_channels} channels, that of training {sequences.n_channels}."
        )
    for columns, others in (
        (_names(X), _names(other_X)),
        (sequences.channel_names, other.channel_names),
    ):
        if None not in (columns, others) and columns != others:
            raise ValueError(
                f"X has the columns {list(others)}, that of training {list(columns)}; they must be "
                "the same" + (", in the same order." if sequences.fixed_length else ".")
            )
    if sequences.fixed_length and other.fixed_length and sequences.n_columns != other.n_columns:
        raise ValueError(
            f"X has {other.n_columns} columns, that of training {sequences.n_columns}."
        )
    return other


def _names(X):
    return list(X.columns) if hasattr(X, "columns") else None


def _refuse_one_frame(estimator, X):
    """Raise for the one frame of a sequence's steps where training had a list of such frames."""
    if estimator._channel_names is not None and _names(X) == list(estimator._channel_names):
        raise ValueError(
            f"X is one frame with the columns {_names(X)} of a sequence; put it into a list: [X]."
        )


def _check_length(estimator, sequences):
    """A table must be as wide as the rows of a list of equally long ones."""
    if sequences.n_columns != estimator._length:
        raise ValueError(
            f"X has {sequences.n_columns} columns, but this {type(estimator).__name__} was fitted "
            f"on rows of {estimator._length} steps. Sequences of other lengths come as a list."
        )
