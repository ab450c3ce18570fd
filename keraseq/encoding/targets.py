"""Targets as numbers that a model learns, and back to the user's own form."""

import itertools

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, column_or_1d

from keraseq._checks import check_choice, shown
from keraseq.encoding._containers import cell_values, unwrap_target
from keraseq.encoding._labels import (
    integer_codes,
    label_array,
    label_codes,
    label_rows,
    labels_of,
    unique_labels,
)
from keraseq.encoding._numbers import FLOAT32, as_floats, describe_place, missing_values

_UNSEEN = ("error", "code")


def check_lengths(X, y, *, every_step=False):
    """Raise ValueError unless X and y have the same number of rows.

    Parameters
    ----------
    X, y : sized
        Rows, and a target for each.
    every_step : bool, default=False
        Whether each row must also have as many steps in y as in X, which tagging needs.

    Examples
    --------
    >>> from keraseq.encoding import check_lengths
    >>> check_lengths(["to be", "or not"], [0, 1])
    """
    if y is None:
        raise ValueError("This estimator requires y to be passed, but the target y is None.")
    y = unwrap_target(y)
    rows = y.shape[0] if hasattr(y, "shape") else len(y)
    if len(X) != rows:
        raise ValueError(
            f"X has {len(X)} rows and y has {rows} (inconsistent numbers of samples); they must "
            "be equal, one target a sequence."
        )
    if every_step:
        for row, (steps, labels) in enumerate(zip(X, label_rows(y), strict=True)):
            if len(steps) != len(labels):
                raise ValueError(
                    f"X has {len(steps)} steps and y has {len(labels)} labels in row {row}; "
                    "tagging needs one label a step."
                )


class _Target(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):
    """A transformer of y, as scikit-learn's LabelEncoder is one; its tags say so."""

    _y_dimensions = 1

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.target_tags.one_d_labels = self._y_dimensions == 1
        tags.target_tags.two_d_labels = self._y_dimensions == 2
        return tags


class ClassTarget(_Target):
    """Labels of any hashable type as codes 0, 1, ... in sorted order.

    Attributes
    ----------
    classes_ : ndarray
    outputs_ : int
        Number of classes.

    Examples
    --------
    >>> from keraseq.encoding import ClassTarget
    >>> target = ClassTarget().fit(["no", "yes", "no"])
    >>> target.transform(["yes"]).tolist(), target.inverse_transform([0]).tolist()
    ([1], ['no'])
    """

    def fit(self, y):
        """Learn the classes.

        Raises
        ------
        ValueError, TypeError
            If y has one class alone, a missing label, or is continuous.
        """
        self.classes_ = unique_labels(label_array(y))
        self.outputs_ = len(self.classes_)
        _refuse_one_class(self.classes_, "classifier")
        return self

    def transform(self, y, unseen="error"):
        """Return int32 codes ``(n,)``.

        Parameters
        ----------
        y : array-like ``(n,)``
        unseen : {"error", "code"}, default="error"
            Labels that training did not see are an error that lists them, or have the code -1.
        """
        check_is_fitted(self)
        check_choice("unseen", unseen, _UNSEEN)
        return label_codes(label_array(y), self.classes_, unseen)

    def inverse_transform(self, codes):
        """Return the labels of codes."""
        check_is_fitted(self)
        return labels_of(codes, self.classes_)


class MultilabelTarget(_Target):
    """Indicator matrices: a column a label, 1 where a row has it.

    Attributes
    ----------
    classes_ : ndarray
        The labels: a frame's columns, else 0, 1, ...
    outputs_ : int
        Number of labels.

    Examples
    --------
    >>> from keraseq.encoding import MultilabelTarget
    >>> target = MultilabelTarget().fit([[1, 0], [1, 1]])
    >>> target.transform([[0, 1]]).tolist(), target.inverse_transform([[1.0, 0.0]]).tolist()
    ([[0.0, 1.0]], [[1, 0]])
    """

    _y_dimensions = 2

    def fit(self, y):
        """Learn the labels' names and number."""
        y = unwrap_target(y)
        values = _indicators(y)
        names = y.columns if isinstance(y, pd.DataFrame) else range(values.shape[1])
        self.classes_ = np.asarray(names)
        self.outputs_ = values.shape[1]
        return self

    def transform(self, y):
        """Return a float32 matrix ``(n, labels)`` of 0 and 1."""
        check_is_fitted(self)
        values = _indicators(y)
        _check_width(values, self.outputs_, "labels")
        return values

    def inverse_transform(self, codes):
        """Return an integer indicator matrix ``(n, labels)``."""
        check_is_fitted(self)
        return _indicators(codes).astype(np.int64)


class RegressionTarget(_Target):
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
        _check_width(values, self.outputs_, "targets")
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


class TagTarget(_Target):
    """Sequences of labels, one label a step, as sequences of codes.

    Attributes
    ----------
    classes_ : ndarray
    outputs_ : int
        Number of tags.

    Examples
    --------
    >>> from keraseq.encoding import TagTarget
    >>> target = TagTarget().fit([["DET", "NOUN"], ["NOUN"]])
    >>> [codes.tolist() for codes in target.transform([["NOUN", "DET"]])]
    [[1, 0]]
    >>> target.inverse_transform([[1, 0, -1]])
    [['NOUN', 'DET']]
    """

    _y_dimensions = 2

    def fit(self, y):
        """Learn the tags of a list of label sequences.

        Raises
        ------
        ValueError, TypeError
            If y is no list of sequences, has one tag alone, or a label is missing.
        """
        labels, _ = _flat_labels(y)
        if not len(labels):
            raise ValueError("y holds no label at all; give a label for every step.")
        self.classes_ = unique_labels(labels)
        self.outputs_ = len(self.classes_)
        _refuse_one_class(self.classes_, "tagger")
        return self

    def transform(self, y, unseen="error"):
        """Return a list of int32 arrays of codes.

        Parameters
        ----------
        y : list of sequences of labels
        unseen : {"error", "code"}, default="error"
            Labels that training did not see are an error that lists them, or have the code -1.
        """
        check_is_fitted(self)
        check_choice("unseen", unseen, _UNSEEN)
        labels, lengths = _flat_labels(y)
        codes = label_codes(labels, self.classes_, unseen)
        return np.split(codes, np.cumsum(lengths)[:-1])

    def inverse_transform(self, codes):
        """Return lists of labels; the -1 that pads rows of codes is left out."""
        check_is_fitted(self)
        rows = map(integer_codes, unwrap_target(codes, "codes"))
        return [labels_of(row[row != -1], self.classes_).tolist() for row in rows]


def _refuse_one_class(classes, what):
    if len(classes) < 2:
        raise ValueError(
            f"y holds one class ({shown(classes.tolist()[0])}); a {what} needs at least 2 classes."
        )


def _check_width(values, wanted, what):
    if values.shape[1] != wanted:
        raise ValueError(f"y has {values.shape[1]} {what}; training had {wanted}.")


def _indicators(y):
    y = unwrap_target(y)
    if sparse.issparse(y):
        y = y.toarray()
    wrong = (
        "give an indicator matrix (n, labels) of 0 and 1; sets of labels become one by "
        "sklearn.preprocessing.MultiLabelBinarizer().fit_transform(y)."
    )
    try:
        values = as_floats(cell_values(y, "y"), "y")
    except (TypeError, ValueError) as error:
        raise ValueError(f"y is not a matrix of 0 and 1: {error} Instead, {wrong}") from None
    if values.ndim != 2 or not values.size:
        raise ValueError(f"y has shape {values.shape}; {wrong}")
    strange = ~np.isin(values, (0.0, 1.0))
    if strange.any():
        row, column = np.argwhere(strange)[0]
        raise ValueError(f"y holds {values[row, column]} in row {row}, label {column}; {wrong}")
    return values.astype(np.float32)


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


def _flat_labels(y):
    """Return all labels of a list of label sequences as one array, and the rows' lengths."""
    rows = label_rows(y)
    lengths = [len(row) for row in rows]
    labels = np.fromiter(itertools.chain.from_iterable(rows), dtype=object, count=sum(lengths))
    missing = missing_values(labels)
    if missing.any():
        first = int(np.argmax(missing))
        row = int(np.searchsorted(np.cumsum(lengths), first, side="right"))
        place = describe_place((row, first - sum(lengths[:row])))
        raise ValueError(f"Input y contains NaN: no label in {place}.")
    return label_array(labels) if len(labels) else labels, lengths
