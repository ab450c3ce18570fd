"""Rows by their position."""

import numpy as np


def take_rows(rows, index):
    """Return the rows at `index` of an array, a list, or a Series or frame by position."""
    if hasattr(rows, "iloc"):
        return rows.iloc[index]
    return rows[index] if isinstance(rows, np.ndarray) else [rows[i] for i in index]
