"""Predict numbers from sequences."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score

from keraseq.encoding import check_lengths
from keraseq.wrappers._rows import row_weights
from keraseq.wrappers._stream_rows import answers_and_truth
from keraseq.wrappers.sequence_estimator import SequenceEstimator


class SequenceRegressor(RegressorMixin, SequenceEstimator):
    """Predict one or several numbers from texts, time series or token sequences.

    Targets are standardised on the training rows, without those held back, and given back in the
    user's units, both in float64. The parameters are :class:`keraseq.SequenceClassifier`'s,
    `class_weight` aside.

    Attributes
    ----------
    model_ : keras.Model
    history_ : dict of list
        Its losses are in variances of the training targets: a model that always answers with
        their mean has 1.
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

    Ordinal targets, such as 1 to 5 stars, are numbers here: their order counts, which a classifier
    does not know, and a prediction may be 3.7, or 5.2. scikit-learn's wrapper keeps it within the
    scale, in searches too; `numpy.rint` makes it whole stars.

    >>> from functools import partial
    >>> from sklearn.compose import TransformedTargetRegressor
    >>> stars = np.clip(np.rint(3 + 6 * X.mean(axis=1)), 1, 5)
    >>> within = partial(np.clip, a_min=1, a_max=5)
    >>> rated = TransformedTargetRegressor(reg, func=np.asarray, inverse_func=within)
    >>> answers = rated.fit(X, stars).predict(10 * X)
    >>> bool(answers.min() >= 1 and answers.max() <= 5)
    True
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
        embeddings=None,
        pretrained=None,
        missing="error",
        epochs="auto",
        batch_size="auto",
        optimizer="auto",
        learning_rate="auto",
        dtype_policy="auto",
        jit_compile="auto",
        strategy=None,
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
        """Return the predicted numbers as float64: `(n,)`, or `(n, targets)` of several targets."""
        values = self._raw(X)
        return self.target_.inverse_transform(self._task.answer(values))

    def score(self, X, y=None, sample_weight=None):
        """Return the R² of the predictions; of several targets its mean over them."""
        answers, y, sample_weight = answers_and_truth(self, X, y, sample_weight)
        check_lengths(answers, y)
        truth = self.target_.read(y)
        weights = row_weights(len(truth), sample_weight)
        return r2_score(truth, answers.reshape(truth.shape), sample_weight=weights)

    def _keys(self, targets):
        # Ranks, so that y in another unit leaves the rows in the same order.
        ranks = [np.unique(column, return_inverse=True)[1] for column in targets.T]
        return np.column_stack(ranks).astype(np.float64)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
