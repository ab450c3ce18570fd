"""Labels of any type as one array, and as codes."""

import contextlib

import numpy as np
import pandas as pd
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d


def label_array(y):
    """Return labels as a 1-D array, of objects where their type has no array of its own.

    Raises
    ------
    ValueError, TypeError
        If y is None, not one-dimensional, continuous or mixed, or a label is missing.
    """
    if y is None:
        raise ValueError("This estimator requires y to be passed, but the target y is None.")
    labels = _as_array(y)
    if not labels.size:
        raise ValueError("y is empty; give one label a sequence.")
    if labels.ndim == 2 and labels.shape[1] > 1:
        raise ValueError(
            f"y should be a 1d array, got an array of shape {labels.shape} instead; several "
            "outputs go through sklearn.multioutput.MultiOutputClassifier, and several labels a "
            "row are an indicator matrix."
        )
    if labels.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: y is {labels.dtype}.")
    labels = column_or_1d(labels, warn=True)
    missing = pd.isna(labels)
    if missing.any():
        raise ValueError(
            f"Input y contains NaN: the label in row {int(np.argmax(missing))} is missing; drop "
            "that row or give it a label."
        )
    if labels.dtype.kind == "f" and np.isinf(labels).any():
        row = int(np.argmax(np.isinf(labels)))
        raise ValueError(f"Input y contains infinity (inf) in row {row}; drop it or give a label.")
    if labels.dtype.kind == "O":
        labels = _plain(labels)
    if labels.dtype.kind != "O":
        # It casts floats to integers to see whether they are whole; large ones warn.
        with np.errstate(invalid="ignore"):
            check_classification_targets(labels)
    return labels


def unique_labels(labels):
    """Return the distinct labels, sorted where they can be, else as they first came."""
    if labels.dtype.kind != "O":
        return np.unique(labels)
    try:
        distinct = list(dict.fromkeys(labels))
    except TypeError as error:
        raise TypeError(f"y holds labels that are not hashable: {error}.") from None
    with contextlib.suppress(TypeError):
        distinct.sort()
    return _objects(distinct)


def label_codes(labels, classes, unseen):
    """Return int32 codes of labels, -1 for unseen ones unless they are an error."""
    known = {label: code for code, label in enumerate(classes.tolist())}
    try:
        codes = [known.get(label, -1) for label in labels.tolist()]
    except TypeError as error:
        raise TypeError(f"y holds labels that are not hashable: {error}.") from None
    codes = np.array(codes, dtype=np.int32)
    if unseen == "error" and (codes < 0).any():
        strange = dict.fromkeys(map(repr, labels[codes < 0].tolist()))
        raise ValueError(
            f"y holds labels unseen in training: {_list(strange)}; training had "
            f"{_list(map(repr, classes.tolist()))}."
        )
    return codes


def comparable_labels(labels, classes):
    """Return labels in a form that scikit-learn's metrics compare.

    Dates, enums and tuples, which they refuse, become codes, unseen ones -1.
    """
    return label_codes(label_array(labels), classes, "code") if classes.dtype == object else labels


def labels_of(codes, classes):
    """Return the labels of integer codes."""
    codes = np.asarray(codes)
    if codes.size and not 0 <= codes.min() <= codes.max() < len(classes):
        raise ValueError(
            f"codes run from {codes.min()} to {codes.max()}; those of {len(classes)} classes are "
            f"0 to {len(classes) - 1}."
        )
    return classes[codes]


def _as_array(y):
    if isinstance(y, str | dict | set) or not (hasattr(y, "__len__") or hasattr(y, "__array__")):
        raise TypeError(
            f"y should be a 1d array, got {y!r:.60} instead; give a list of one label a sequence."
        )
    if isinstance(y, pd.DataFrame | np.ndarray):
        return np.asarray(y)
    if isinstance(y, pd.Series | pd.Index) or hasattr(y, "to_pandas"):
        cells = list(y)
        return np.asarray(y) if getattr(y.dtype, "kind", "O") in "biuf" else _objects(cells)
    try:
        array = np.asarray(y)
    except ValueError:
        raise ValueError(
            "y holds rows of different lengths; a label a row is a 1d array, a label a step is for "
            "tagging, several labels a row are an indicator matrix."
        ) from None
    if array.dtype.kind in "US" and isinstance(y, list | tuple):
        # numpy turns the numbers of a mixture into strings, silently.
        return np.array(y, dtype=object)
    return array


def _plain(labels):
    """Give labels of one plain type an array of that type; refuse strings beside numbers."""
    strings = {isinstance(label, str) for label in labels}
    numbers = {isinstance(label, bool | int | float | np.number | np.bool_) for label in labels}
    if strings == {True} or numbers == {True}:
        return np.array(labels.tolist())
    if True in strings and True in numbers:
        raise TypeError(
            "Mix of label input types (string and number) in y; labels are all strings or all "
            "numbers."
        )
    return labels


def _objects(values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _list(names, limit=10):
    names = list(names)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
