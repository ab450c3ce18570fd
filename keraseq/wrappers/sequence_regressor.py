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
    callbacks_ : list of keras.callbacks.Callback
        The copies of `callbacks` that ran; no part of a pickle.

    Examples
    --------
    >>> import keraseq, numpy as np
    >>> X = np.random.default_rng(0).normal(size=(64, 10))
    >>> reg = keraseq.SequenceRegressor("gru", units=8, epochs=30, random_state=0)
    >>> reg.fit(X, X.mean(axis=1)).predict(X[:3]).shape
    (3,)
    """

    _tasks = ("regression",)

    def __init__(
        self,
        model="gru",
        *,
        units="auto",
        num_layers="auto",
        dropout="auto",
        parameter_budget=None,
        flop_budget=None,
        pooling=None,
        model_params=None,
        input="auto",
        tokenizer="words",
        max_tokens="auto",
        max_length="auto",
        min_count="auto",
        missing="error",
        epochs="auto",
        batch_size="auto",
        optimizer="auto",
        learning_rate="auto",
        early_stopping="auto",
        validation_fraction=0.1,
        n_iter_no_change=5,
        warm_start=False,
        checkpoint=None,
        callbacks=None,
        random_state=None,
        verbose=0,
    ):
        self._store(locals())

    def partial_fit(self, X, y, sample_weight=None):
        """Train one epoch on these rows, at a constant learning rate.

        The first call decides vocabulary, scaling of X and of y.

        Parameters
        ----------
        X, y, sample_weight
            As of :meth:`fit`.

        Returns
        -------
        self
        """
        return self._partial_fit(X, y, sample_weight)

    def predict(self, X):
        """Return the predicted numbers, shape `(n,)` or `(n, targets)` as in training."""
        values = self._raw(X)
        return self.target_.inverse_transform(values)

    def _task_of(self, target):
        return "regression"

    def _make_target(self, y):
        return RegressionTarget()

    def _keys(self, y):
        # Not standardised: level and spread are those of the different rows alone.
        return RegressionTarget(scaling=False).fit(y).transform(y)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
