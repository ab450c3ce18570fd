"""What every naive forecast checks of the values that it goes on from."""

import numpy as np

from keraseq.encoding.unmask import unmask


def check_history(history, minimum, reason):
    """Return the history as an array with time at `axis`, and that axis.

    Raises
    ------
    TypeError, ValueError
        If it is not numbers, has no time axis, fewer than `minimum` steps, or missing values.
    """
    history = unmask(history, exact=False)
    if history.dtype.kind not in "iuf":
        raise TypeError(
            f"history holds {history.dtype}; it must be numbers of shape (time,) or "
            "(..., time, targets)."
        )
    if history.ndim == 0:
        raise ValueError("history is a single number; it must be (time,) or (..., time, targets).")
    axis = 0 if history.ndim == 1 else history.ndim - 2
    if history.shape[axis] < minimum:
        raise ValueError(
            f"history has {history.shape[axis]} steps, but {reason} at least {minimum}; give more."
        )
    if not np.isfinite(history).all():
        raise ValueError(
            "history holds NaN or infinity, which a naive forecast would hand on; fill or drop "
            "those steps first."
        )
    return history, axis
