"""The task's score as a sum over test rows, so that rows can be drawn anew."""

import numpy as np

from keraseq.tasks import get_task


def total(gain, weight):
    """The score."""
    return float(gain.sum() / weight.sum()) if weight.sum() > 0 else float("nan")


def row_luck(task, gain, weight, block=1):
    """Return the score's variance over test rows, and how many independent ones there are.

    Two rows are added to those seen, one answered perfectly and one worse by a whole unit of the
    score (Laplace's rule of succession), so that no test set is so small or so easy that it
    leaves nothing to luck.

    Parameters
    ----------
    task : str
    gain, weight : ndarray `(rows,)`
        As of the task's `gains`.
    block : int, default=1
        Neighbouring rows that are one: windows of a forecast share `horizon` steps.
    """
    starts = np.arange(0, len(gain), block)
    gain, weight = (np.add.reduceat(values, starts) for values in (gain, weight))
    best = get_task(task).score_limits[1] * weight.mean()
    gain = np.r_[gain, best, best - weight.mean()]
    weight = np.r_[weight, weight.mean(), weight.mean()]
    if weight.sum() <= 0:
        return np.nan, len(starts)
    n = len(gain)
    squares = (gain - total(gain, weight) * weight) ** 2
    return float(squares.sum() * n / (n - 1) / weight.sum() ** 2), len(starts)
