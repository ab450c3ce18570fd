"""Containers of sequences, unwrapped to an array of numbers or a list of cells."""

import collections.abc

import numpy as np
import pandas as pd
from scipy import sparse

from keraseq.encoding._numbers import refuse_other_dtypes


def unwrap(X, name):
    """Return X as an ndarray of numbers or a list of cells, and its pandas index or None."""
    if isinstance(X, str | bytes):
        raise TypeError(f"{name} is one string; put it in a list: [{name}].")
    if sparse.issparse(X):
        raise TypeError(
            f"{name} is a sparse matrix; sequences are dense. Convert it by {name}.toarray()."
        )
    X = _to_pandas(X)
    if isinstance(X, pd.DataFrame | pd.Series):
        _refuse_multi_index(X, name)
        values = _frame_values(X, name) if isinstance(X, pd.DataFrame) else _series_cells(X, name)
        return values, X.index
    if isinstance(X, np.ma.MaskedArray):
        X = np.ma.filled(X.astype(float), np.nan)
    if isinstance(X, list | tuple):
        return list(X), None
    if hasattr(X, "__array__"):
        return _array_values(np.asarray(X), name), None
    if isinstance(X, collections.abc.Sequence):
        return list(X), None
    raise TypeError(
        f"{name} is of type {type(X).__name__}; it must be a list, an array, a Series or a "
        "DataFrame with a sequence a row (an iterator or a generator first becomes a list)."
    )


def cell_values(cell):
    """Return one cell's values as an array; missing values of nullable dtypes become NaN."""
    if isinstance(cell, pd.Series | pd.DataFrame):
        return _nullable_to_numpy(cell)
    if isinstance(cell, np.ma.MaskedArray):
        return np.ma.filled(cell.astype(float), np.nan)
    return np.asarray(cell)


def _to_pandas(X):
    """Polars, Arrow and their like; without pyarrow polars still gives its arrays."""
    if isinstance(X, pd.DataFrame | pd.Series) or not hasattr(X, "to_pandas"):
        return X
    try:
        return X.to_pandas()
    except ImportError:
        return X.to_numpy()


def _refuse_multi_index(X, name):
    if isinstance(X.index, pd.MultiIndex):
        raise ValueError(
            f"{name} has a MultiIndex; make it a list of arrays, one a sequence: "
            f"[group.to_numpy() for _, group in {name}.groupby(level=0, sort=False)]."
        )
    if isinstance(X, pd.DataFrame) and isinstance(X.columns, pd.MultiIndex):
        raise ValueError(
            f"{name} has a MultiIndex of columns; make it an array (n, time, channels), for "
            f"columns (channel, time): {name}.to_numpy().reshape(len({name}), "
            f"-1, {name}.columns.levshape[1]).transpose(0, 2, 1)."
        )


def _frame_values(X, name):
    first = X.iloc[0] if len(X) else ()
    if any(isinstance(cell, pd.Series | np.ndarray | list | tuple) for cell in first):
        mended = (
            f"{name}.iloc[:, 0].tolist()"
            if X.shape[1] == 1
            else f"[numpy.column_stack(list(row)) for row in {name}.to_numpy()]"
        )
        raise ValueError(
            f"{name} is a nested frame (sequences in its cells); make it a list of arrays, one a "
            f"sequence: {mended}."
        )
    texts = [column for column in X if _holds_strings(X[column])] if X.columns.is_unique else []
    if texts and X.shape[1] == 1:
        return X.iloc[:, 0].tolist()
    if texts:
        raise TypeError(
            f"{name} has {X.shape[1]} columns and {texts[0]!r} holds strings; text is one string a "
            f"row ({name}[{texts[0]!r}]), and numbers are columns of numbers alone."
        )
    return _nullable_to_numpy(X)


def _holds_strings(column):
    if column.dtype.kind in "biufcmM":
        return False
    return any(isinstance(value, str) for value in column)


def _nullable_to_numpy(X):
    """Numbers of numpy, nullable or Arrow dtypes; anything else stays as it is for the checks."""
    dtypes = X.dtypes if isinstance(X, pd.DataFrame) else [X.dtype]
    if all(isinstance(dtype, np.dtype) for dtype in dtypes):
        return X.to_numpy()
    if all(pd.api.types.is_numeric_dtype(dtype) for dtype in dtypes):
        whole = all(pd.api.types.is_integer_dtype(dtype) for dtype in dtypes)
        if whole and not X.isna().to_numpy().any():
            return X.to_numpy(dtype=np.int64)
        return X.to_numpy(dtype=np.float64, na_value=np.nan)
    return X.to_numpy()


def _series_cells(X, name):
    if X.dtype.kind in "biufcmM":
        return _array_values(_nullable_to_numpy(X), name)
    return X.tolist()


def _array_values(X, name):
    kind = X.dtype.kind
    if kind == "S":
        raise TypeError(f"{name} holds bytes; decode them to strings: numpy.char.decode({name}).")
    if X.ndim == 1 and kind in "OUT":
        return X.tolist()
    if X.ndim == 2 and kind in "OUT" and (kind != "O" or _all_strings(X)):
        return X[:, 0].tolist() if X.shape[1] == 1 else X.tolist()
    refuse_other_dtypes(X, name)
    if X.ndim > 3:
        raise ValueError(
            f"{name} has shape {X.shape}, but it may be (n, time) or (n, time, channels) only. "
            f"Reshape your data: {name}.reshape(*{name}.shape[:2], -1) joins the last axes."
        )
    if X.ndim < 2:
        raise ValueError(
            f"Expected 2D array (n, time) or 3D array (n, time, channels), got {name} of shape "
            f"{X.shape} instead. Reshape your data: {name}.reshape(1, -1) if it is one sequence, "
            f"{name}.reshape(-1, 1) if every number is a sequence of one step."
        )
    return X


def _all_strings(X):
    return X.size > 0 and all(isinstance(value, str) for value in X.flat)
