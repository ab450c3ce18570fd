"""Labels of any type as one array, and as codes."""

import contextlib
import numbers

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from keraseq._checks import shown
from keraseq.encoding.exact_integers import exact_integers
from keraseq.encoding.missing import missing_values
from keraseq.encoding.one_target_a_row import one_target_a_row
from keraseq.encoding.unwrap import unwrap_target

# numpy gives every string of an array the width of the longest.
_LONGEST_STRING = 1_000


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
    if labels.ndim > 2 or (labels.ndim == 2 and labels.shape[1] > 1):
        raise ValueError(
            f"y should be a 1d array, got an array of shape {labels.shape} instead; several "
            "outputs go through sklearn.multioutput.MultiOutputClassifier, and several labels a "
            "row are an indicator matrix."
        )
    kinds = set(map(type, labels.flat)) if labels.dtype.kind == "O" else {labels.dtype.type}
    if any(issubclass(kind, complex | np.complexfloating) for kind in kinds):
        raise ValueError("Complex data not supported: y holds complex numbers.")
    labels = column_or_1d(one_target_a_row(labels))
    missing = missing_values(labels)
    if missing.any():
        raise ValueError(
            f"Input y contains NaN: the label in row {int(np.argmax(missing))} is missing; drop "
            "that row or give it a label."
        )
    if labels.dtype.kind == "O":
        labels = _plain(labels)
    if labels.dtype.kind == "f" and np.isinf(labels).any():
        row = int(np.argmax(np.isinf(labels)))
        raise ValueError(f"Input y contains infinity (inf) in row {row}; drop it or give a label.")
    if labels.dtype.kind != "O":
        _refuse_continuous(labels)
    return labels


def label_rows(y):
    """Return label sequences, whatever their container, as a list of lists.

    Raises
    ------
    TypeError
        If y, or a row of it, is no list of labels.
    """
    y = unwrap_target(y)
    if sparse.issparse(y):
        raise TypeError("y is a sparse matrix; tags are dense. Convert it by y.toarray().")
    if isinstance(y, pd.DataFrame):
        rows = y.to_numpy(dtype=object).tolist()
        # A column of label sequences, and not a row of labels.
        y = [row[0] for row in rows] if all(map(_is_one_sequence, rows)) else rows
    return [row if isinstance(row, list) else _label_row(row, i) for i, row in enumerate(y)]


def _is_one_sequence(row):
    return len(row) == 1 and isinstance(row[0], list | tuple | np.ndarray | pd.Series)


def _label_row(row, i):
    try:
        labels = one_target_a_row(unwrap_target(row))
    except TypeError:
        raise TypeError(
            f"y holds {shown(row)} in row {i}; tagging needs a list of labels a row, one a step."
        ) from None
    if getattr(labels, "ndim", 1) != 1:
        raise ValueError(f"y has shape {labels.shape} in row {i}; tagging needs one label a step.")
    return list(labels)


def unique_labels(labels):
    """Return the distinct labels, sorted where they can be, else as they first came."""
    if labels.dtype.kind != "O":
        return np.unique(labels)
    try:
        distinct = list(dict.fromkeys(labels))
    except TypeError as error:
        raise TypeError(f"y holds labels that are not hashable: {error}.") from None
    with contextlib.suppress(TypeError):
        distinct = sorted(distinct)
    return _objects(distinct)


def joined_labels(known, more):
    """Return the distinct labels of two arrays as :func:`unique_labels` does."""
    if known.dtype.kind == more.dtype.kind:
        return unique_labels(np.concatenate([known, more]))
    return unique_labels(label_array([*known.tolist(), *more.tolist()]))


def label_codes(labels, classes, unseen):
    """Return int32 codes of labels, -1 for unseen ones unless they are an error."""
    known = {label: code for code, label in enumerate(_hashable(classes))}
    try:
        codes = [known.get(label, -1) for label in _hashable(labels)]
    except TypeError as error:
        raise TypeError(f"y holds labels that are not hashable: {error}.") from None
    codes = np.array(codes, dtype=np.int32)
    if unseen == "error" and (codes < 0).any():
        strange = dict.fromkeys(map(shown, labels[codes < 0].tolist()))
        raise ValueError(
            f"y holds labels unseen in training: {_list(strange)}; training had "
            f"{_list(map(shown, classes.tolist()))}."
        )
    return codes


def comparable_labels(labels, classes):
    """Return labels in a form that scikit-learn's metrics compare.

    Dates, enums and tuples, which they refuse, become codes, unseen ones -1.
    """
    return label_codes(label_array(labels), classes, "code") if classes.dtype == object else labels


def integer_codes(codes):
    """Return codes as an array of integers, or raise."""
    try:
        codes = np.asarray(codes)
    except ValueError as error:
        raise ValueError(f"codes are no array of integers: {error}") from None
    if not codes.size:
        return np.empty(codes.shape, dtype=np.intp)
    if codes.dtype.kind not in "iu":
        raise TypeError(f"codes are {codes.dtype}; they must be integers, as transform gives them.")
    return codes.astype(np.intp)


def labels_of(codes, classes):
    """Return the labels of integer codes."""
    codes = integer_codes(codes)
    if codes.size and not 0 <= codes.min() <= codes.max() < len(classes):
        raise ValueError(
            f"codes run from {codes.min()} to {codes.max()}; those of {len(classes)} classes are "
            f"0 to {len(classes) - 1}."
        )
    return classes[codes]


def _as_array(y):
    y = unwrap_target(y)
    if sparse.issparse(y):
        raise TypeError("y is a sparse matrix; labels are dense. Convert it by y.toarray().")
    if isinstance(y, pd.DataFrame):
        return y.to_numpy(dtype=object)
    if isinstance(y, pd.Series):
        simple = isinstance(y.dtype, np.dtype) and y.dtype.kind in "biuf"
        return y.to_numpy() if simple else _objects(y)
    if isinstance(y, np.ndarray):
        return y
    rows = (list, tuple, np.ndarray, pd.Series)
    # An array of no axis is the one label in it.
    y = [label[()] if isinstance(label, np.ndarray) and not label.ndim else label for label in y]
    if not any(issubclass(kind, rows) for kind in set(map(type, y))):
        return _objects(y)
    with contextlib.suppress(ValueError):
        array = np.array(y, dtype=object)
        if not any(isinstance(label, rows) for label in array.flat):
            return array
    raise ValueError(
        "y holds rows of different lengths; a label a row is a 1d array, a label a step is for "
        "tagging, several labels a row are an indicator matrix."
    )


def _plain(labels):
    """Give labels of one plain type an array of that type; refuse strings beside numbers."""
    types = set(map(type, labels))
    kinds = {_label_kind(kind) for kind in types}
    if kinds == {"string", "number"}:
        raise TypeError(
            "Mix of label input types (string and number) in y; labels are all strings or all "
            "numbers."
        )
    if len(kinds) > 1 or "other" in kinds:
        return labels
    if kinds == {"string"} and max(map(len, labels)) > _LONGEST_STRING:
        return labels
    try:
        array = np.array(labels.tolist())
    except OverflowError:
        return labels
    if array.dtype.kind != "f" or not any(issubclass(kind, numbers.Integral) for kind in types):
        # numpy drops a string's last NUL.
        return array if (array == labels).all() else labels
    # Large integers beside floats or small ones are rounded, and their floats are no classes.
    exact = exact_integers(array, lambda: labels)
    floats = [label for label in labels if isinstance(label, float | np.floating)]
    if exact is labels and floats:
        _refuse_continuous(np.array(floats))
    return exact


def _label_kind(kind):
    """What numpy would make of labels of a type."""
    if issubclass(kind, str):
        return "string"
    # Before numbers, of which timedelta64 is one to numpy.
    if issubclass(kind, np.datetime64 | np.timedelta64):
        return kind
    number = bool | int | float | np.number | np.bool_
    return "number" if issubclass(kind, number) else "other"


def _refuse_continuous(labels):
    try:
        # It casts floats to integers to see whether they are whole; large ones warn.
        with np.errstate(invalid="ignore"):
            check_classification_targets(labels)
    except (TypeError, ValueError) as error:
        raise type(error)(f"y holds no labels of classes. {error}") from None


def _hashable(labels):
    """Return labels as Python objects that are equal where the labels are."""
    # numpy's nanoseconds become integers, which equal no other date.
    return pd.Series(labels).tolist() if labels.dtype.kind in "mM" else labels.tolist()


def _objects(values):
    return np.fromiter(values, dtype=object, count=len(values))


def _list(names, limit=10):
    names = list(names)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
