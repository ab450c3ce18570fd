"""Containers of sequences, unwrapped to an array of numbers or a list of cells."""

import collections.abc
import functools
import operator

import numpy as np
import pandas as pd
from scipy import sparse

from keraseq._checks import shown
from keraseq.encoding.exact_integers import exact_integers
from keraseq.encoding.unmask import unmask


def unwrap(X, name):
    """Return X as an ndarray of numbers or a list of cells, and its pandas index or None."""
    if isinstance(X, str | bytes):
        raise TypeError(f"{name} is one string; put it in a list: [{name}].")
    if sparse.issparse(X):
        raise TypeError(
            f"{name} is a sparse matrix; sequences are dense. Convert it by {name}.toarray()."
        )
    X = to_pandas(X, name)
    if isinstance(X, pd.DataFrame | pd.Series):
        _refuse_multi_index(X, name)
        values = _frame_values(X, name) if isinstance(X, pd.DataFrame) else _series_cells(X, name)
        return _masked_as_missing(values), X.index
    if not isinstance(X, list | tuple) and _is_array(X):
        return _masked_as_missing(_array_values(unmask(X), name)), None
    if isinstance(X, collections.abc.Sequence):
        return _masked_as_missing(list(X)), None
    raise TypeError(
        f"{name} is of type {type(X).__name__}; it must be a list, an array, a Series or a "
        "DataFrame with a sequence a row (an iterator or a generator first becomes a list, and a "
        f"dict of sequences list({name}.values()))."
    )


def unwrap_target(y, name="y"):
    """Return y as a list, an ndarray of one axis at least, a sparse matrix, a Series or a frame.

    Raises
    ------
    TypeError
        If it is anything else, such as a string, a dict, a set, a number or a generator.
    """
    if sparse.issparse(y):
        return y
    y = to_pandas(y, name)
    one_column = pd.Index | pd.api.extensions.ExtensionArray
    if isinstance(y, one_column) and not isinstance(y, pd.MultiIndex):
        return pd.Series(y, dtype=y.dtype)
    if isinstance(y, pd.Series | pd.DataFrame):
        return y
    if not isinstance(y, list) and _is_array(y):
        y = unmask(y)
        if y.ndim:
            # Strings of a fixed width, and numpy's others, are objects to all that follows.
            return y.astype(object) if y.dtype.kind in "ST" else y
    elif isinstance(y, collections.abc.Sequence) and not isinstance(y, str | bytes):
        return _masked_as_missing(list(y))
    what = "target" if name == "y" else "value"
    raise TypeError(f"{name}={shown(y)} is not a list or an array; give one {what} a sequence.")


def cell_values(cell, name):
    """Return one cell's values as an array; missing values of nullable dtypes become NaN."""
    cell = to_pandas(cell, name)
    if isinstance(cell, pd.Series | pd.DataFrame):
        return _nullable_to_numpy(cell)
    if isinstance(cell, list | tuple):
        return exact_integers(np.asarray(cell), lambda: np.array(cell, dtype=object))
    return unmask(cell)


def _is_array(X):
    return hasattr(X, "__array__") or isinstance(X, memoryview)


def _masked_as_missing(values):
    """Give lists, however deep, NaN for what is masked in their arrays, which numpy forgets."""
    if isinstance(values, np.ma.MaskedArray):
        # A single one becomes a number.
        return unmask(values)[()]
    nested = (list, tuple, np.ma.MaskedArray)
    if not isinstance(values, list | tuple) or not any(
        issubclass(kind, nested) for kind in set(map(type, values))
    ):
        return values
    made = [_masked_as_missing(value) for value in values]
    return values if all(map(operator.is_, made, values)) else made


def align_frames(cells, name):
    """Give the frames of a list the order of columns of the first of them.

    Returns
    -------
    cells : list
        What is no frame stands as it was.
    names : tuple or None
        The columns; None without any frame.

    Raises
    ------
    ValueError, TypeError
        If two frames differ in the names of their columns.
    """
    cells = [to_pandas(cell, f"{name}[{row}]") for row, cell in enumerate(cells)]
    frames = [row for row, cell in enumerate(cells) if isinstance(cell, pd.DataFrame)]
    names = tuple(cells[frames[0]].columns) if frames else None
    for row in frames:
        _refuse_column_names(cells[row], f"{name}[{row}]")
        found = tuple(cells[row].columns)
        if set(found) != set(names):
            raise ValueError(
                f"{name}[{row}] has the columns {list(found)}, {name}[{frames[0]}] has "
                f"{list(names)}; frames of a list are matched by column, so all must have the same."
            )
        if found != names:
            cells[row] = cells[row][list(names)]
    return cells, names


def to_pandas(X, name):
    """Return Polars, Arrow and their like as pandas; without pyarrow Polars still gives arrays."""
    if isinstance(X, pd.DataFrame | pd.Series) or not hasattr(X, "to_pandas"):
        return X
    if getattr(X, "ndim", 0) > 2:
        # Of xarray, which pandas has no form for.
        return X
    arrow = type(X).__module__.startswith(("polars", "pyarrow"))
    try:
        # Integers beside nulls would become floats, which round large ones.
        return X.to_pandas(integer_object_nulls=True) if arrow else X.to_pandas()
    except ImportError:
        cells = operator.methodcaller("rows" if hasattr(X, "rows") else "to_list")
        return exact_integers(X.to_numpy(), lambda: np.array(cells(X), dtype=object))
    except Exception as error:
        # Each library has exceptions of its own, and types that pandas has not.
        raise TypeError(
            f"{name} is of type {type(X).__name__} and cannot be made a pandas object: {error}"
        ) from error


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


def _refuse_column_names(X, name):
    """Raise for names by which scikit-learn could not tell columns apart."""
    if not X.columns.is_unique:
        twice = X.columns[X.columns.duplicated()][0]
        raise ValueError(
            f"{name} has two columns named {shown(twice)}; rename one, or give the values alone: "
            f"{name}.to_numpy()."
        )
    if len({isinstance(column, str) for column in X.columns}) == 2:
        raise TypeError(
            f"{name} has columns named by strings and others by numbers; name all by strings: "
            f"{name}.columns = {name}.columns.astype(str)."
        )


def _frame_values(X, name):
    _refuse_column_names(X, name)
    first = next(X.itertuples(index=False, name=None), ())
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
    texts = [column for column in X if _holds_strings(X[column])]
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
    """Numbers of numpy, nullable or Arrow dtypes; anything else becomes objects for the checks."""
    dtypes = list(X.dtypes) if isinstance(X, pd.DataFrame) else [X.dtype]
    objects = functools.partial(X.to_numpy, dtype=object)
    if all(isinstance(dtype, np.dtype) for dtype in dtypes):
        values = X.to_numpy()
    elif all(map(_is_real_number, dtypes)):
        try:
            values = X.to_numpy(dtype=np.float64, na_value=np.nan)
        except ValueError:
            # Arrow's own error for integers that no float holds.
            return objects()
    else:
        return objects()
    only_floats = all(dtype.kind == "f" for dtype in dtypes)
    return values if only_floats else exact_integers(values, objects)


def _is_real_number(dtype):
    is_number, is_complex = pd.api.types.is_numeric_dtype, pd.api.types.is_complex_dtype
    return is_number(dtype) and not is_complex(dtype)


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
    return X


def _all_strings(X):
    return X.size > 0 and all(isinstance(value, str) for value in X.flat)
