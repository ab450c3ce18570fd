"""Numbers as a network learns them best, and back to the user's units."""

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from keraseq.encoding._target import Target, check_width
from keraseq.encoding.convert import FLOAT32, as_floats, describe_place
from keraseq.encoding.moments import Moments
from keraseq.encoding.one_target_a_row import one_target_a_row
from keraseq.encoding.unwrap import cell_values, unwrap_target

_LEAST_SPREAD = 1e-15


class RegressionTarget(Target):
    """Numbers, standardised on the training rows column by column.

    Level and spread are taken and undone in float64, so that 1e9 + s is learned as well as s.

    Parameters
    ----------
    scaling : bool, default=True
        Without it numbers pass as they are; networks learn targets of about unit spread best.

    Attributes
    ----------
    centre_, scale_ : ndarray ``(targets,)``
        Mean and standard deviation; a constant target is divided by its level.
    outputs_ : int
        Number of targets.
    one_dimensional_ : bool
        Whether targets came as ``(n,)`` or one column, and predictions return as ``(n,)``.

    Examples
    --------
    >>> from keraseq.encoding import RegressionTarget
    >>> target = RegressionTarget().fit([1.0, 3.0])
    >>> target.transform([3.0]).tolist(), target.inverse_transform([[1.0]]).tolist()
    ([[1.0]], [3.0])
    """

    def __init__(self, scaling=True):
        self.scaling = scaling

    def fit(self, y, sample_weight=None):
        """Learn level and spread of each target.

        Parameters
        ----------
        y : array-like ``(n,)`` or ``(n, targets)``
        sample_weight : ndarray ``(n,)``, optional
            A row of weight two counts as the same row twice.

        Raises
        ------
        ValueError, TypeError
            If y holds anything but finite numbers, ``(n,)`` or ``(n, targets)``, of a size that
            float32 holds.
        """
        values = _finite_numbers(y)
        _refuse_tiny(values)
        self._names = _column_names(y)
        self.one_dimensional_ = values.ndim == 1
        values = values.reshape(len(values), -1)
        self.outputs_ = values.shape[1]
        return self.fit_scale(values, sample_weight)

    def fit_scale(self, values, weights=None):
        """Learn level and spread of numbers ``(n, targets)``; see :meth:`fit`."""
        if self.scaling:
            self.centre_, self.scale_ = _level_and_spread(values, weights)
        else:
            self.centre_, self.scale_ = np.zeros(self.outputs_), np.ones(self.outputs_)
        return self

    def partial_fit(self, y, sample_weight=None):
        """Learn level and spread of the next part of the numbers, in one pass over all parts."""
        if not hasattr(self, "outputs_"):
            values, self._names = _finite_numbers(y), _column_names(y)
            self.one_dimensional_ = values.ndim == 1
            self.outputs_ = 1 if values.ndim == 1 else values.shape[1]
            self.centre_, self.scale_ = np.zeros(self.outputs_), np.ones(self.outputs_)
            self._moments = Moments(self.outputs_)
        self._moments.update(self.read(y), sample_weight)
        return self

    def finish(self):
        moments = vars(self).pop("_moments")
        _refuse_tiny(np.stack([moments.low, moments.high]))
        if self.scaling:
            farthest = np.maximum(moments.high - moments.mean, moments.mean - moments.low)
            self.centre_ = moments.mean
            self.scale_ = _safe_spread(moments.mean, moments.spread, farthest)
        return self

    def read(self, y):
        """Return targets in the user's units as float64 ``(n, targets)``; a frame's go by name."""
        check_is_fitted(self)
        values = _finite_numbers(self.in_order(y))
        values = values.reshape(len(values), -1)
        check_width(values, self.outputs_, "targets")
        return values

    def scaled(self, values):
        """Return standardised float32 targets of numbers ``(n, targets)``."""
        with np.errstate(over="ignore"):
            scaled = ((values - self.centre_) / self.scale_).astype(np.float32)
        if np.isinf(scaled).any():
            place = describe_place(np.argwhere(np.isinf(scaled))[0][:1])
            raise ValueError(
                f"y is so far from the training rows in {place} that float32 cannot hold the "
                "distance; check its units."
            )
        return scaled

    def transform(self, y):
        """Return standardised float32 targets ``(n, targets)``."""
        return self.scaled(self.read(y))

    def inverse_transform(self, values):
        """Return numbers in the user's units, float64: ``(n,)`` if targets came so, or a matrix.

        The least and the largest float32 stand for what lies beyond them.
        """
        check_is_fitted(self)
        try:
            values = as_floats(cell_values(values, "values"), "values").reshape(-1, self.outputs_)
        except ValueError as error:
            raise ValueError(f"values are no numbers (n, {self.outputs_}): {error}") from None
        # In float64, since a small spread about a large level has no digits left in float32.
        values = np.clip(values * self.scale_ + self.centre_, FLOAT32.min, FLOAT32.max)
        return values[:, 0] if self.one_dimensional_ else values


def _level_and_spread(values, weights):
    """Mean and standard deviation of each column; what is constant has its level as spread."""
    if weights is not None:
        # The largest is one, so that no sum of tiny ones is zero.
        weights = weights / weights.max()
    # From the first row on: the mean of equal numbers is then exactly that number.
    centre = values[0] + np.average(values - values[0], axis=0, weights=weights)
    distance = values - centre
    spread = np.sqrt(np.average(distance**2, axis=0, weights=weights))
    return centre, _safe_spread(centre, spread, np.abs(distance).max(axis=0))


def _safe_spread(centre, spread, farthest):
    """What to divide by, where the farthest number lies that far from the centre."""
    level = np.abs(centre)
    constant = spread <= level * np.finfo(np.float64).eps
    spread = np.where(constant, np.where(level > 0, level, 1.0), spread)
    # float32 must hold the square of every row's distance, be its weight ever so small.
    return np.maximum(spread, farthest * _LEAST_SPREAD)


def _column_names(y):
    columns = getattr(unwrap_target(y), "columns", None)
    return None if columns is None else columns.tolist()


def _finite_numbers(y):
    """Return y as float64 `(n,)`, also of one column, or `(n, targets)`."""
    if y is None:
        raise ValueError("This estimator requires y to be passed, but the target y is None.")
    if sparse.issparse(y):
        raise TypeError("y is a sparse matrix; targets are dense. Convert it by y.toarray().")
    y = unwrap_target(y)
    try:
        values = cell_values(y, "y")
    except ValueError as error:
        raise ValueError(f"y is no array (n,) or (n, targets) of numbers: {error}") from None
    if values.ndim not in (1, 2) or not values.size:
        raise ValueError(
            f"y has shape {values.shape}; it must be (n,) or (n, targets), with at least one row."
        )
    values = as_floats(values, "y").astype(np.float64, copy=False)
    if np.isnan(values).any():
        row = np.argwhere(np.isnan(values))[0][0]
        raise ValueError(f"Input y contains NaN: row {row}; drop that row or give its value.")
    return one_target_a_row(values)


def _refuse_tiny(values):
    """Raise for numbers that would all come back as zero from float32."""
    largest = np.atleast_1d(np.abs(values).max(axis=0))
    tiny = largest[(largest > 0) & (largest < FLOAT32.tiny)]
    if tiny.size:
        raise ValueError(
            f"y reaches {tiny[0]:.3g} only, too small for float32; multiply y by a constant."
        )
