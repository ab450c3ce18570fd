"""What a y is, by its form."""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.multiclass import type_of_target

_MOST_INTEGER_CLASSES = 20


def target_kind(y):
    """scikit-learn's word for y, "unknown", or "many different whole numbers"."""
    try:
        kind = type_of_target(y, input_name="y")
    except (ValueError, TypeError):
        return "unknown"
    return "many different whole numbers" if kind == "multiclass" and _many_integers(y) else kind


def is_one_series(X):
    """Whether X is a single series of numbers, with a channel or several."""
    if isinstance(X, list | tuple):
        return len(X) > 0 and all(np.ndim(value) == 0 and not isinstance(value, str) for value in X)
    is_polars = type(X).__module__.partition(".")[0] == "polars"
    known = isinstance(X, pd.Series | pd.DataFrame | np.ndarray) or is_polars
    return known and len(getattr(X, "shape", (0,))) <= 2


def labels_steps(X, y):
    """Whether y is lists with a label for each step of X's rows, and nothing else."""
    if not isinstance(y, list) or not len(y) or not isinstance(y[0], list | tuple | np.ndarray):
        return False
    rows = X if isinstance(X, list) else list(X)
    as_long = all(
        np.ndim(row) > 0 and len(row) == len(tags) for row, tags in zip(rows, y, strict=False)
    )
    return as_long and not _rectangular(y)


def is_matrix(y):
    """Whether y is of rows, which are indicators; not by numpy, to which strings are costly."""
    if isinstance(y, list | tuple):
        return bool(y) and (isinstance(y[0], list | tuple) or getattr(y[0], "ndim", 0) > 0)
    return sparse.issparse(y) or getattr(y, "ndim", 1) == 2


def _rectangular(y):
    """Whether lists of labels could as well be an indicator matrix or several targets."""
    return len({len(tags) for tags in y}) == 1 and not (len(y[0]) and isinstance(y[0][0], str))


def _many_integers(y):
    values = np.asarray(y)
    if values.ndim != 1 or values.dtype.kind not in "iu":
        return False
    n_values = len(np.unique(values))
    return n_values > _MOST_INTEGER_CLASSES and len(values) < 5 * n_values
