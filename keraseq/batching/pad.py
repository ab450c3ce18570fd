"""Rows of differing length as one right-padded array."""

import numpy as np

from keraseq._checks import check_integer
from keraseq.encoding.sequences import row_lengths


def pad(rows, length=None, *, value=None):
    """Pad rows on the right to one array.

    Parameters
    ----------
    rows : list of ndarray, or ndarray
        ``(time_i,)`` integers (token ids, tags) or ``(time_i, channels)`` floats. An array is
        already padded: it only loses or gains padding.
    length : int, optional
        Steps of the result; the longest row's by default, and never less than one.
    value : number, optional
        What to pad with: 0 for integers and NaN for floats by default, which is what
        :class:`keraseq.Padding` reads as padding; -1 for tags.

    Returns
    -------
    ndarray
        ``(n, time)`` int32 or ``(n, time, channels)`` float32.

    Raises
    ------
    ValueError
        If there are no rows, or one is longer than `length`.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.batching import pad
    >>> pad([np.array([3, 1]), np.array([2])]).tolist()
    [[3, 1], [2, 0]]
    """
    if len(rows) == 0:
        raise ValueError("rows is empty; there is nothing to pad.")
    padded = isinstance(rows, np.ndarray)
    # Zeros of an array that is padded with something else are values.
    lengths = row_lengths(rows if value is None or not padded else list(rows))
    longest = int(lengths.max())
    time = max(1, longest) if length is None else check_integer("length", length, 1)
    if longest > time:
        raise ValueError(
            f"length={length} is less than the longest row's {longest} steps; raise it or cut the "
            "rows."
        )
    whole = np.asarray(rows[0]).dtype.kind in "iub"
    dtype = np.int32 if whole else np.float32
    if padded and rows.shape[1] >= time:
        return rows[:, :time].astype(dtype, copy=False)
    if value is None:
        value = 0 if whole else np.nan
    result = np.full((len(rows), time, *np.shape(rows[0])[1:]), value, dtype)
    if padded:
        result[:, : rows.shape[1]] = rows
    else:
        result[np.arange(time) < lengths[:, None]] = np.concatenate(rows)
    return result
