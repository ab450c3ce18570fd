"""One column of targets is one target a row."""

import warnings

import numpy as np
import pandas as pd
from sklearn.exceptions import DataConversionWarning


def one_target_a_row(y):
    """Return an unwrapped y of one column as its values, with scikit-learn's warning.

    Any other y comes back as it is.
    """
    if isinstance(y, pd.DataFrame):
        column = y.iloc[:, 0] if y.shape[1] == 1 else None
    elif isinstance(y, np.ndarray):
        column = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else None
    else:
        column = _only_cells(y) if isinstance(y, list) else None
    if column is None:
        return y
    warnings.warn(
        "A column-vector y was passed when a 1d array was expected: y has one column, which is "
        "taken as one target a row. Give it as such, for example by y.ravel() of an array or "
        "y.iloc[:, 0] of a frame.",
        DataConversionWarning,
        stacklevel=2,
    )
    return column


def _only_cells(rows):
    """The cells of a list of rows of one cell each; None if it is no such list."""
    cells = []
    for row in rows:
        is_row = isinstance(row, list | tuple) or (isinstance(row, np.ndarray) and row.ndim)
        if not is_row or len(row) != 1 or np.ndim(row[0]):
            return None
        cells.append(row[0])
    return cells or None
