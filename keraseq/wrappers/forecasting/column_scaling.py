"""Standardise the columns of a series."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ColumnScaling:
    """Each column's level and spread in the training rows; what is missing (NaN) stays so."""

    centre: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, values, name, columns):
        absent = np.isnan(values).all(axis=0)
        if absent.any():
            raise ValueError(
                f"{name} has no value of {columns[np.argmax(absent)]!r} in the {len(values)} rows "
                "to learn from; begin later, or leave that column or series out."
            )
        with np.errstate(over="ignore", invalid="ignore"):
            centre, spread = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
        if not np.isfinite(centre + spread).all():
            raise ValueError(
                f"{name} reaches {np.nanmax(np.abs(values)):.3g}, too large to compute a variance "
                "of; divide it by a constant."
            )
        # A spread below the rounding error of the level is a constant column's.
        constant = spread <= 1e-12 * np.abs(centre)
        # Not 1, next to which a constant of 1e-9 would drown in the model's slightest output.
        level = np.where(centre == 0, 1.0, np.abs(centre))
        return cls(centre, np.where(constant, level, spread))

    def apply(self, values):
        return ((values - self.centre) / self.scale).astype(np.float32)

    def undo(self, values):
        return values * self.scale + self.centre


def undo(values, scalings):
    """Return forecasts, `(n, targets)` or `(n, targets, labels)`, in the units of each series."""
    return [
        scaling.undo(v) if v.ndim == 2 else np.moveaxis(scaling.undo(np.moveaxis(v, -1, 0)), 0, -1)
        for v, scaling in zip(values, scalings, strict=True)
    ]
