"""Numbers scaled channel by channel, and back."""

import dataclasses

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_choice
from keraseq.encoding._steps import Steps, forward_fill, step_blocks
from keraseq.encoding.columns import match_columns, note_columns
from keraseq.encoding.convert import describe_place
from keraseq.encoding.disk_rows import DiskRows
from keraseq.encoding.moments import Moments
from keraseq.encoding.row_blocks import row_blocks
from keraseq.encoding.sequences import Sequences, as_sequences

_SCALINGS = ("standard", "minmax", "none")
_MISSING = ("error", "fill")
# Numbers that are scaled at a time: 1 MB in float64 stays in the cache.
_IN_CACHE = 2**17


class SeriesEncoder(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Scale sequences of numbers, each channel over all real steps of the training rows.

    A 2-D array or frame is n sequences of one channel: one mean and one standard deviation serve
    all its columns. ``set_output(transform="pandas")`` serves tables alone; see `transform`.

    Parameters
    ----------
    scaling : {"standard", "minmax", "none"} or None, default="standard"
        Mean 0 and standard deviation 1; or 0 to 1; a constant channel is only shifted.
    missing : {"error", "fill"}, default="error"
        NaN before a row's end is an error that says where; or it takes the last value before it
        (the training mean where there is none), and a channel of flags is added per channel.

    Attributes
    ----------
    mean_, centre_, scale_ : ndarray ``(channels,)``
        The training mean, and what is subtracted and then divided by; float64.
    n_features_in_ : int
        Columns of a 2-D array or frame; channels of a list or 3-D array (the columns of frames in
        a list, which are matched by name).
    fixed_length_ : bool
        Whether a 2-D array or frame came, to whose columns others are held.
    n_channels_ : int
        Channels of what came.
    n_channels_out_ : int
        Channels of what `transform` gives: twice as many with ``missing="fill"``.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.encoding import SeriesEncoder
    >>> SeriesEncoder().fit_transform(np.array([[1.0, 3.0], [1.0, 3.0]])).tolist()
    [[-1.0, 1.0], [-1.0, 1.0]]
    """

    def __init__(self, scaling="standard", missing="error"):
        self.scaling = scaling
        self.missing = missing

    def fit(self, X, y=None):
        """Learn level and spread of each channel.

        Raises
        ------
        ValueError, TypeError
            If X is no sequence of numbers, holds no step at all, or NaN with ``missing="error"``.
        """
        self._check_parameters()
        sequences = _read(X)
        self._note(X, sequences)
        counts, total, low, high = _sums(steps.values for steps in self._steps(sequences))
        self._check_counts(counts)
        self.mean_ = total / counts
        return self._set_scale(*self._level_and_spread(sequences, counts, total, low, high))

    def fit_blocks(self, blocks):
        """Learn level and spread in one pass over series that come in blocks.

        Parameters
        ----------
        blocks : iterable
            Of what :meth:`fit` takes, all of equal channels.

        Returns
        -------
        self

        Examples
        --------
        >>> import numpy as np
        >>> from keraseq.encoding import SeriesEncoder
        >>> encoder = SeriesEncoder().fit_blocks(iter([np.array([[1.0]]), np.array([[3.0]])]))
        >>> encoder.mean_.tolist(), encoder.scale_.tolist()
        ([2.0], [1.0])
        """
        self._check_parameters()
        moments = None
        for X in blocks:
            sequences = _read(X)
            if moments is None:
                self._note(X, sequences)
                moments = Moments(sequences.n_channels)
            for values in self._values(sequences):
                moments.update(values)
        if moments is None:
            raise ValueError("X is empty: no block came.")
        self._check_counts(moments.counts)
        self.mean_ = moments.mean
        level, scale = self.mean_, moments.spread
        if self.scaling in (None, "none"):
            level, scale = np.zeros_like(level), np.ones_like(level)
        elif self.scaling == "minmax":
            level, scale = moments.low, moments.high - moments.low
        else:
            scale = self._without_rounding(scale, moments.counts)
        return self._set_scale(level, scale)

    def transform(self, X):
        """Return scaled float32 sequences.

        Returns
        -------
        ndarray or list of ndarray
            ``(n, time, channels)`` for an array or lists of one length, else a list of
            ``(time_i, channels)``; a 2-D array or frame comes back ``(n, time)`` unless flags
            make it two channels.

        Raises
        ------
        ValueError
            If X has other columns or channels than training; if ``set_output`` asks for a frame
            where the result is not ``(n, time)``.
        """
        check_is_fitted(self)
        sequences = match_columns(self, X, _read(X), self.n_channels_)
        if isinstance(sequences.rows, DiskRows):
            return sequences.rows.encoded(self._encode, self.n_channels_out_)
        result = self._encoded(sequences)
        if self.n_channels_out_ == 1 and _is_table(X, sequences):
            return result[:, :, 0]
        self._refuse_frame()
        return result

    def inverse_transform(self, X):
        """Return scaled sequences in the user's units as float64, without their flags."""
        check_is_fitted(self)
        sequences = as_sequences(X, "series")
        if sequences.n_channels not in (self.n_channels_, self.n_channels_out_):
            raise ValueError(
                f"X has {sequences.n_channels} channels; transform gave {self.n_channels_out_}."
            )
        steps = Steps(sequences.rows)
        values = steps.values[:, : self.n_channels_] * self.scale_ + self.centre_
        result = steps.restore(values)
        return result[:, :, 0] if _is_table(X, sequences) else result

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.missing == "fill"
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _check_parameters(self):
        if self.scaling is not None:
            check_choice("scaling", self.scaling, _SCALINGS)
        check_choice("missing", self.missing, _MISSING)
        self._missing = self.missing

    def _note(self, X, sequences):
        self.n_channels_ = sequences.n_channels
        self.fixed_length_ = sequences.fixed_length
        self.n_channels_out_ = self.n_channels_ * (2 if self._missing == "fill" else 1)
        note_columns(self, X, sequences)

    def _check_counts(self, counts):
        if not counts.all():
            raise ValueError(
                f"X holds no number in channel {np.argmin(counts)}; drop that channel, or give at "
                "least one step with a value."
            )

    def _set_scale(self, level, scale):
        self.centre_, self.scale_ = level, np.where(scale > 0, scale, 1.0)
        return self

    def _refuse_frame(self):
        """Raise if the user wants a frame, which has no place for channels or unequal lengths."""
        wanted = _get_output_config("transform", self)["dense"]
        if wanted != "default":
            raise ValueError(
                f"transform_output={wanted!r} is for tables (n, time); these are sequences with "
                "channels or of unequal lengths; use "
                "set_output(transform='default'), or a 2-D X without missing='fill'."
            )

    def _steps(self, sequences):
        """The steps, some rows at a time."""
        return (complete_steps if self._missing == "error" else step_blocks)(sequences.rows)

    def _values(self, sequences):
        for steps in self._steps(sequences):
            yield steps.values.astype(np.float64, copy=False)

    def _encoded(self, sequences):
        rows = sequences.rows
        if not isinstance(rows, np.ndarray):
            return [row for steps in self._steps(sequences) for row in self._encode_steps(steps)]
        result = np.empty((*rows.shape[:2], self.n_channels_out_), np.float32)
        for block in row_blocks(rows, _IN_CACHE):
            result[block] = self._encode(rows[block], range(block.start, block.stop))
        return result

    def _encode(self, rows, numbers):
        """What `transform` gives for rows of these numbers."""
        steps = Steps(rows, numbers)
        if self._missing == "error":
            _refuse_gaps(steps)
        return self._encode_steps(steps)

    def _encode_steps(self, steps):
        values = steps.values
        missing = np.isnan(values) if self._missing == "fill" else None
        if missing is not None:
            values = forward_fill(values, steps.starts, self.mean_)
        scaled = self._scaled(values, steps)
        if missing is not None:
            scaled = np.concatenate([scaled, missing.astype(np.float32)], axis=1)
        return steps.restore(scaled)

    def _level_and_spread(self, sequences, counts, total, low, high):
        if self.scaling in (None, "none"):
            return np.zeros_like(self.mean_), np.ones_like(self.mean_)
        if self.scaling == "minmax":
            return low, high - low
        # A power of two, which rounds nothing, since the squares of tiny numbers are zero.
        largest = np.maximum(np.abs(low), np.abs(high))
        unit = np.exp2(np.frexp(largest)[1].clip(-1000, 1000))
        mean = total / unit / counts
        squares = (_squares(steps.values / unit, mean) for steps in step_blocks(sequences.rows))
        spread = np.sqrt(sum(squares) / counts) * unit
        return self.mean_, self._without_rounding(spread, counts)

    def _without_rounding(self, spread, counts):
        # The mean's rounding error alone gives a constant channel a spread of this size.
        rounding = counts * np.abs(self.mean_) * np.finfo(np.float64).eps
        return np.where(spread > rounding, spread, 0.0)

    def _scaled(self, values, steps):
        with np.errstate(over="ignore"):
            scaled = values - self.centre_
            scaled = np.divide(scaled, self.scale_, out=scaled).astype(np.float32)
        infinite = np.isinf(scaled)
        if infinite.any():
            place = describe_place(steps.place(np.argmax(infinite.any(axis=1))))
            raise ValueError(
                f"Input X contains a value ({place}) so far from the training rows that its scaled "
                "form is infinite (inf) in float32; check its units."
            )
        return scaled


def _sums(blocks):
    """How many numbers each channel has, their sum, the lowest and the highest; NaN left out."""
    counts, total, low, high = 0, 0, np.float64(np.inf), np.float64(-np.inf)
    for block in blocks:
        values = block.astype(np.float64, copy=False)
        n, sums = _count_and_sum(values)
        counts, total = counts + n, total + sums
        low = np.fmin(low, np.fmin.reduce(block, axis=0, initial=np.inf))
        high = np.fmax(high, np.fmax.reduce(block, axis=0, initial=-np.inf))
    return counts, total, low, high


def _squares(values, mean):
    """The sum of each channel's squared distances from the mean, made in the place of `values`."""
    values -= mean
    return _count_and_sum(np.square(values, out=values))[1]


def _count_and_sum(values):
    """Of each channel's numbers; NaN, which few series have, is looked for in the sums."""
    total = values.sum(axis=0)
    if np.isnan(total).any():
        return np.count_nonzero(~np.isnan(values), axis=0), np.nansum(values, axis=0)
    return np.full(len(total), len(values)), total


def check_complete(sequences):
    """Raise for NaN that is not padding in sequences of numbers."""
    for _ in complete_steps(sequences.rows):
        pass


def complete_steps(rows):
    """Yield the Steps of rows of numbers; NaN that is not padding is an error."""
    for steps in step_blocks(rows):
        _refuse_gaps(steps)
        yield steps


def _refuse_gaps(steps):
    missing = np.isnan(steps.values)
    if missing.any():
        place = describe_place(steps.place(np.argmax(missing.any(axis=1))))
        raise ValueError(
            f"Input X contains NaN: {place}. Steps of nothing but NaN at a row's end are "
            "padding; any other NaN must be filled first, or use missing='fill'."
        )


def _read(X):
    sequences = as_sequences(X, "series")
    # The channels of sequences that were read before were matched by who read them.
    return dataclasses.replace(sequences, channel_names=None) if sequences is X else sequences


def _is_table(X, sequences):
    """Whether X is a 2-D array or frame, and not the Sequences read from one."""
    return sequences.fixed_length and not isinstance(X, Sequences)
