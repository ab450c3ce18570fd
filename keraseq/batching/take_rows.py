"""Rows by their position."""

import numpy as np

from keraseq.encoding.disk_rows import DiskRows


def take_rows(rows, index):
    """Return the rows at `index` of an array, a list, or a Series or frame by position."""
    if hasattr(rows, "iloc"):
        return rows.iloc[index]
    if isinstance(rows, np.ndarray | DiskRows):
        return rows[index]
    return [rows[i] for i in index]
