"""One score a task, as a sum over test rows, so that rows can be drawn anew."""

import numpy as np

METRICS = {
    "classification": "accuracy",
    "regression": "R²",
    "tagging": "token accuracy",
    "forecasting": "−MASE",
}
# What no score can lie outside of, so that no interval does.
LIMITS = {
    "classification": (0, 1),
    "regression": (None, 1),
    "tagging": (0, 1),
    "forecasting": (None, 0),
}


def row_gains(task, truth, predicted):
    """Return what each row adds to the score and what it could; the score is the sums' ratio.

    Parameters
    ----------
    task : {"classification", "regression", "tagging"}
    truth, predicted : array-like
        In the user's own form.

    Returns
    -------
    gain, weight : ndarray `(rows,)`
    """
    if task == "tagging":
        right = [np.asarray(t) == np.asarray(p) for t, p in zip(truth, predicted, strict=True)]
        return np.array([float(np.sum(r)) for r in right]), np.array([float(len(t)) for t in truth])
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.shape != predicted.shape:
        raise ValueError(f"predict gave shape {predicted.shape} for targets of {truth.shape}.")
    if task == "classification":
        right = truth == predicted
        right = right.all(axis=1) if right.ndim == 2 else right
        return right.astype(float), np.ones(len(right))
    truth, predicted = (v.reshape(len(v), -1).astype(float) for v in (truth, predicted))
    around_mean = (truth - truth.mean(axis=0)) ** 2
    spread = around_mean.mean(axis=0)
    # A target that does not vary cannot be explained; it counts as it is.
    around_mean, squared = (
        (v / np.where(spread > 0, spread, 1)).mean(axis=1)
        for v in (around_mean, (truth - predicted) ** 2)
    )
    return around_mean - squared, around_mean


def forecast_gains(forecast, truth, scale):
    """Return each window's part of minus the mean absolute scaled error, and its weight.

    Parameters
    ----------
    forecast, truth : ndarray `(windows, horizon, targets)`
        A truth that is NaN, and a target without a scale, count in nothing.
    scale : ndarray `(targets,)`
        Of :func:`keraseq.baselines.mase_scale`.
    """
    error = np.abs(forecast - truth) / scale
    return -np.nansum(error, axis=(1, 2)), (~np.isnan(error)).sum(axis=(1, 2)).astype(float)


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
        As of `row_gains` and `forecast_gains`.
    block : int, default=1
        Neighbouring rows that are one: windows of a forecast share `horizon` steps.
    """
    starts = np.arange(0, len(gain), block)
    gain, weight = (np.add.reduceat(values, starts) for values in (gain, weight))
    best = LIMITS[task][1] * weight.mean()
    gain = np.r_[gain, best, best - weight.mean()]
    weight = np.r_[weight, weight.mean(), weight.mean()]
    if weight.sum() <= 0:
        return np.nan, len(starts)
    n = len(gain)
    squares = (gain - total(gain, weight) * weight) ** 2
    return float(squares.sum() * n / (n - 1) / weight.sum() ** 2), len(starts)
