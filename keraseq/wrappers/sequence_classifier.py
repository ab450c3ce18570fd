"""Classify sequences."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import compute_sample_weight

from keraseq.encoding import ClassTarget
from keraseq.tasks import get_task
from keraseq.wrappers._base import SequenceEstimator


class SequenceClassifier(ClassifierMixin, SequenceEstimator):
    """Classify texts, time series or token sequences with any architecture of the zoo.

    Raw data in, labels in the user's own form out: it encodes, batches by length, builds, trains
    and decodes, and works in scikit-learn's pipelines, searches and cross-validation.

    Parameters
    ----------
    model : str or callable, default="gru"
        One of :func:`keraseq.list_models`, or a function registered with
        :func:`keraseq.register_model`.
    units, dropout : "auto" or number, default="auto"
        Width of a layer and dropout behind it; 64 and 0.
    num_layers : int, default=1
    parameter_budget : int, optional
        Solve the width for so many weights instead of giving `units`.
    pooling : str, optional
        As of the builders.
    model_params : dict, optional
        Further arguments of the builder, such as ``{"embedding_dim": 32}``.
    input : {"auto", "text", "tokens", "series"}, default="auto"
        Strings are text and numbers are series; token ids must be asked for.
    tokenizer : {"words", "characters", "subwords"} or callable, default="words"
    max_tokens, max_length : "auto" or int, default="auto"
        Size of the vocabulary (20,000), and tokens kept of longer texts (400: the first quarter
        and the last three).
    missing : {"error", "fill"}, default="error"
        What to do with NaN that is not padding.
    epochs, batch_size, learning_rate : "auto" or number, default="auto"
        Resolved from the kind and the number of rows; see ``params_``.
    early_stopping : "auto" or bool, default="auto"
        Hold back a part of the rows, and keep the weights that do best on it.
    validation_fraction : float, default=0.1
        Share of the rows held back.
    n_iter_no_change : int, default=5
        Epochs without improvement after which training stops.
    class_weight : dict or "balanced", optional
        Weight of each class.
    callbacks : list of keras.callbacks.Callback, optional
        Copied for each fit.
    random_state : int, RandomState or None, default=None
        Equal numbers give equal predictions.
    verbose : int, default=0
        1 shows a progress bar.

    Attributes
    ----------
    classes_ : ndarray
    model_ : keras.Model
        The trained model; it gives logits for what :meth:`encode` returns.
    history_ : dict of list
        A value an epoch.
    n_iter_ : int
        Epochs run.
    params_ : dict
        What "auto" became.

    Examples
    --------
    >>> import keraseq
    >>> texts = ["a good film", "good fun", "a bad film", "bad, dull"] * 8
    >>> labels = ["pos", "pos", "neg", "neg"] * 8
    >>> clf = keraseq.SequenceClassifier("gru", units=8, epochs=20, random_state=0)
    >>> clf.fit(texts, labels).predict(["good", "bad"]).tolist()
    ['pos', 'neg']
    """

    _task = "classification"

    def __init__(
        self,
        model="gru",
        *,
        units="auto",
        num_layers=1,
        dropout="auto",
        parameter_budget=None,
        pooling=None,
        model_params=None,
        input="auto",
        tokenizer="words",
        max_tokens="auto",
        max_length="auto",
        missing="error",
        epochs="auto",
        batch_size="auto",
        learning_rate="auto",
        early_stopping="auto",
        validation_fraction=0.1,
        n_iter_no_change=5,
        class_weight=None,
        callbacks=None,
        random_state=None,
        verbose=0,
    ):
        super().__init__(
            model,
            units=units,
            num_layers=num_layers,
            dropout=dropout,
            parameter_budget=parameter_budget,
            pooling=pooling,
            model_params=model_params,
            input=input,
            tokenizer=tokenizer,
            max_tokens=max_tokens,
            max_length=max_length,
            missing=missing,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change,
            callbacks=callbacks,
            random_state=random_state,
            verbose=verbose,
        )
        self.class_weight = class_weight

    def decision_function(self, X):
        """Return the logits: `(n, classes)`, or `(n,)` for two classes (positive: the second)."""
        logits = self._raw(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def predict_proba(self, X):
        """Return the probability of each of ``classes_``, shape `(n, classes)`."""
        return get_task(self._task).decode(self._raw(X))

    def predict(self, X):
        """Return the most probable label of each sequence, in the form in which labels came."""
        return self.target_.inverse_transform(np.argmax(self._raw(X), axis=1))

    def _make_target(self):
        return ClassTarget()

    def _row_weights(self, sequences, y, sample_weight):
        weights = super()._row_weights(sequences, y, sample_weight)
        if self.class_weight is None:
            return weights
        balance = compute_sample_weight(self.class_weight, y).astype(np.float32)
        return balance if weights is None else weights * balance

    def _strata(self, codes, held_back):
        counts = np.bincount(codes)
        possible = counts[counts > 0].min() >= 2 and held_back >= len(counts)
        return codes if possible else None

    def _after_fit(self):
        self.classes_ = self.target_.classes_
