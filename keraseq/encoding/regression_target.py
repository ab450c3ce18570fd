"""Numbers as a network learns them best, and back to the user's units."""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.validation import check_is_fitted, column_or_1d

from keraseq.encoding._containers import cell_values, unwrap_target
from keraseq.encoding._numbers import FLOAT32, as_floats, describe_place
from keraseq.encoding._target import Target, check_width


class RegressionTarget(Target):
    """Numbers, standardised on the training rows column by column.

    Parameters
    ----------
    scaling : bool, default=True
        Without it numbers pass as they are; networks learn targets of about unit spread best.

    Attributes
    ----------
    centre_, scale_ : ndarray ``(targets,)``
    outputs_ : int
        Number of targets.
    one_dimensional_ : bool
        Whether targets came as ``(n,)``, and predictions return so.

    Examples
    --------
    >>> from keraseq.encoding import RegressionTarget
    >>> target = RegressionTarget().fit([1.0, 3.0])
    >>> target.transform([3.0]).tolist(), target.inverse_transform([[1.0]]).tolist()
    ([[1.0]], [3.0])
    """

    def __init__(self, scaling=True):
        self.scaling = scaling

    def fit(self, y):
        """Learn level and spread of each target.

        Raises
        ------
        ValueError, TypeError
            If y holds anything but finite numbers, ``(n,)`` or ``(n, targets)``, of a size that
            float32 holds.
        """
        values = _finite_numbers(y)
        _refuse_tiny(values)
        self.one_dimensional_ = values.ndim == 1
        values = values.reshape(len(values), -1)
        self.outputs_ = values.shape[1]
        self.centre_, self.scale_ = np.zeros(self.outputs_), np.ones(self.outputs_)
        if self.scaling:
            self.centre_, spread = values.mean(axis=0), values.std(axis=0)
            # The mean's rounding error alone gives constant targets a spread of this size.
            rounding = len(values) * np.abs(self.centre_) * np.finfo(np.float64).eps
            self.scale_ = np.where(spread > rounding, spread, 1.0)
        return self

    def transform(self, y):
        """Return standardised float32 targets ``(n, targets)``."""
        check_is_fitted(self)
        values = _finite_numbers(y)
        values = values.reshape(len(values), -1)
        check_width(values, self.outputs_, "targets")
        with np.errstate(over="ignore"):
            scaled = ((values - self.centre_) / self.scale_).astype(np.float32)
        if np.isinf(scaled).any():
            place = describe_place(np.argwhere(np.isinf(scaled))[0][:1])
            raise ValueError(f"y is too large for float32 in {place}; divide y by a constant.")
        return scaled

    def inverse_transform(self, values):
        """Return numbers in the user's units: ``(n,)`` in float32 if targets came so, or a matrix.

        float32 says how exact they are, but scikit-learn asks for a matrix in float64.
        """
        check_is_fitted(self)
        try:
            values = as_floats(cell_values(values, "values"), "values").reshape(-1, self.outputs_)
        except ValueError as error:
            raise ValueError(f"values are no numbers (n, {self.outputs_}): {error}") from None
        # The least and the largest float32 stand for what lies beyond them.
        values = np.clip(values * self.scale_ + self.centre_, FLOAT32.min, FLOAT32.max)
        values = values.astype(np.float32)
        return values[:, 0] if self.one_dimensional_ else values.astype(np.float64)


def _finite_numbers(y):
    """Return y as float64 `(n,)` or `(n, targets)`; a single column warns as in scikit-learn."""
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
    if values.ndim == 2 and values.shape[1] == 1 and not isinstance(y, pd.DataFrame):
        values = column_or_1d(values, warn=True)
    return values


def _refuse_tiny(values):
    """Raise for numbers that would all come back as zero from float32."""
    largest = np.atleast_1d(np.abs(values).max(axis=0))
    tiny = largest[(largest > 0) & (largest < FLOAT32.tiny)]
    if tiny.size:
        raise ValueError(
            f"y reaches {tiny[0]:.3g} only, too small for float32; multiply y by a constant."
        )
