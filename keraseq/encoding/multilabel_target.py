"""Indicator matrices of several labels a row."""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from keraseq.encoding._target import Target, check_width
from keraseq.encoding.convert import as_floats
from keraseq.encoding.unwrap import cell_values, unwrap_target


class MultilabelTarget(Target):
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

    @property
    def _names(self):
        return self.classes_.tolist()

    def fit(self, y):
        """Learn the labels' names and number."""
        y = unwrap_target(y)
        values = _indicators(y)
        names = y.columns if isinstance(y, pd.DataFrame) else range(values.shape[1])
        self.classes_ = np.asarray(names)
        self.outputs_ = values.shape[1]
        return self

    def transform(self, y):
        """Return a float32 matrix ``(n, labels)`` of 0 and 1; a frame's columns go by name."""
        check_is_fitted(self)
        values = _indicators(self.in_order(y))
        check_width(values, self.outputs_, "labels")
        return values

    def inverse_transform(self, codes):
        """Return an integer indicator matrix ``(n, labels)``."""
        check_is_fitted(self)
        return _indicators(codes).astype(np.int64)


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
