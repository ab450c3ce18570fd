"""Predict numbers from sequences."""

from sklearn.base import RegressorMixin

from keraseq.encoding import RegressionTarget
from keraseq.wrappers._base import SequenceEstimator


class SequenceRegressor(RegressorMixin, SequenceEstimator):
    """Predict one or several numbers from texts, time series or token sequences.

    Targets are standardised on the training rows and given back in the user's units. The
    parameters are :class:`keraseq.SequenceClassifier`'s, `class_weight` aside.

    Attributes
    ----------
    model_ : keras.Model
    history_ : dict of list
    n_iter_ : int
    params_ : dict

    Examples
    --------
    >>> import keraseq, numpy as np
    >>> X = np.random.default_rng(0).normal(size=(64, 10))
    >>> reg = keraseq.SequenceRegressor("gru", units=8, epochs=30, random_state=0)
    >>> reg.fit(X, X.mean(axis=1)).predict(X[:3]).shape
    (3,)
    """

    _task = "regression"

    def predict(self, X):
        """Return the predicted numbers, shape `(n,)` or `(n, targets)` as in training."""
        return self.target_.inverse_transform(self._raw(X))

    def _make_target(self):
        return RegressionTarget()
