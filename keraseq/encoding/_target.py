"""What the encoders of y share."""

import warnings

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.exceptions import DataConversionWarning

from keraseq._checks import shown

UNSEEN = ("error", "code")


class Target(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):
    """A transformer of y, as scikit-learn's LabelEncoder is one; its tags say so."""

    _y_dimensions = 1

    def read(self, y):
        """Return y as numbers that tell equal targets from different ones, a row each."""
        return self.transform(y)

    def fit_scale(self, values, weights=None):
        """Learn level and spread of what `read` gives, where targets have them."""
        return self

    def scaled(self, values):
        """Return what `read` gives as a network learns it."""
        return values

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.target_tags.one_d_labels = self._y_dimensions == 1
        tags.target_tags.two_d_labels = self._y_dimensions == 2
        return tags


def refuse_one_class(classes, what):
    if len(classes) < 2:
        raise ValueError(
            f"y holds one class ({shown(classes.tolist()[0])}); a {what} needs at least 2 classes."
        )


def check_width(values, wanted, what):
    if values.shape[1] != wanted:
        raise ValueError(f"y has {values.shape[1]} {what}; training had {wanted}.")


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
        "y['name'] of a frame.",
        DataConversionWarning,
        stacklevel=2,
    )
    return column


def _only_cells(rows):
    """The cells of a list of rows of one cell each; None if it is no such list."""
    cells = []
    for row in rows:
        is_row = isinstance(row, list | tuple) or getattr(row, "ndim", 0) == 1
        if not is_row or len(row) != 1 or np.ndim(row[0]):
            return None
        cells.append(row[0])
    return cells or None
