"""Label every step of sequences."""

import itertools

import numpy as np
from sklearn.metrics import accuracy_score

from keraseq._checks import import_extra
from keraseq.batching import sequence_lengths
from keraseq.encoding import TagTarget, check_lengths
from keraseq.encoding.labels import comparable_labels, label_rows
from keraseq.wrappers._features import naming
from keraseq.wrappers._rows import row_weights
from keraseq.wrappers._stream_rows import answers_and_truth
from keraseq.wrappers.sequence_estimator import SequenceEstimator


class SequenceTagger(SequenceEstimator):
    """Give every word of a sentence, or every step of a series, its label.

    The parameters are :class:`keraseq.SequenceClassifier`'s, without those that make one answer
    of a whole sequence (`pooling`, `class_weight`) or that shorten it (`max_length`).

    Attributes
    ----------
    classes_ : ndarray
    model_ : keras.Model
        It gives logits `(batch, time, classes)` for what :meth:`encode` returns.
    history_ : dict of list
    n_iter_ : int
    params_ : dict
    callbacks_ : list of keras.callbacks.Callback
        The copies of `callbacks` that ran; no part of a pickle.

    Examples
    --------
    >>> import keraseq
    >>> X = [["the", "cat", "sleeps"], ["a", "dog", "barks"]] * 8
    >>> y = [["DET", "NOUN", "VERB"]] * 16
    >>> tagger = keraseq.SequenceTagger("bilstm", units=8, epochs=20, random_state=0)
    >>> tagger.fit(X, y).predict([["the", "dog"]])
    [['DET', 'NOUN']]
    """

    # A label for every step: nothing is pooled and nothing cut off.
    pooling = None
    max_length = None

    _tasks = ("tagging",)

    def __init__(
        self,
        model="bilstm",
        *,
        units="auto",
        num_layers="auto",
        dropout="auto",
        parameter_budget=None,
        flop_budget=None,
        model_params=None,
        input="auto",
        tokenizer="words",
        max_tokens="auto",
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

    def fit(self, X, y=None, sample_weight=None, validation_data=None):
        """Learn from sequences and the label of every step.

        Parameters
        ----------
        X : list
            Lists of words, series `(time_i, channels)` or `(time_i,)`, or, with
            ``tokenizer="characters"``, strings; or a stream of them, as of
            :meth:`SequenceClassifier.fit`.
        y : list of sequences of labels
            As long as the sequences.
        sample_weight : array-like `(n,)`, optional
            A weight for each sequence, which all its steps have; steps have none of their own.
        validation_data : tuple (X, y) or stream, optional
            Judges early stopping in place of a part of X.

        Returns
        -------
        self
        """
        return super().fit(X, y, sample_weight, validation_data)

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Train one epoch on these sequences, at a constant learning rate.

        Parameters
        ----------
        X, y, sample_weight
            As of :meth:`fit`.
        classes : array-like or set, optional
            All labels that later calls will bring; those of the first call by default.

        Returns
        -------
        self
        """
        return self._partial_fit(X, y, sample_weight, classes)

    @property
    def classes_(self):
        """The labels in sorted order."""
        if not hasattr(self, "target_"):
            raise AttributeError("This SequenceTagger has no classes_ before fit.")
        return self.target_.classes_

    def predict(self, X):
        """Return the most probable label of every step, as a list of lists."""
        rows = self._raw(X)
        return self.target_.inverse_transform([self._task.answer(row) for row in rows])

    def predict_proba(self, X):
        """Return the probability of each of ``classes_``: a list of arrays `(time_i, classes)`."""
        return [self._task.decode(row) for row in self._raw(X)]

    def score(self, X, y=None, sample_weight=None):
        """Return the share of steps whose label is right (token accuracy).

        Labels unseen in training count as wrong.
        """
        answers, y, sample_weight = answers_and_truth(self, X, y, sample_weight)
        check_lengths(answers, y, every_step=True)
        y = label_rows(y)
        if not any(answers):
            raise ValueError("X holds no step, so that there is nothing to score.")
        _check_labels(y)
        weights = row_weights(len(y), sample_weight)
        if weights is not None:
            weights = np.repeat(weights, [len(row) for row in answers])
        truth, answers = (
            comparable_labels([label for row in rows for label in row], self.classes_)
            for rows in (y, answers)
        )
        return accuracy_score(truth, answers, sample_weight=weights)

    def entity_f1(self, X, y):
        """Return the F1 score of whole entities, for labels such as ``B-PER, I-PER, O``.

        Raises
        ------
        ImportError
            Without the package seqeval; the text has the command that brings it.
        TypeError
            For labels that are no strings.
        """
        metrics = import_extra("seqeval.metrics", "tagging")
        answers, y = self.predict(X), label_rows(y)
        check_lengths(answers, y, every_step=True)
        _check_labels(y)
        for label in itertools.chain(self.classes_.tolist(), *y):
            if not isinstance(label, str):
                raise TypeError(
                    f"entity_f1 is for labels such as 'B-PER' and 'O', and {label!r} is no string."
                )
        return float(metrics.f1_score([list(row) for row in y], answers))

    def _check_kind(self, sequences, former):
        # Set afterwards, `tokenizer` would say nothing of what was learned.
        characters = former["kind_"] == "text" if former else self.tokenizer == "characters"
        if sequences.kind == "text" and not characters:
            raise ValueError(
                "X holds strings; a tagger needs them cut as they are labelled: lists of words (of "
                "one sentence [['the', 'cat']]), or tokenizer='characters' for a label a character."
            )

    def _check_y(self, sequences, y):
        rows = super()._check_y(sequences, y)
        lengths = sequence_lengths(sequences.rows)
        check_lengths([range(n) for n in lengths], rows, every_step=True)
        return rows

    def _as_target(self, y):
        return label_rows(y)

    def _make_target(self, task, y, classes=None):
        target = task.make_target()
        if classes is None:
            return target.fit(y)
        with naming("classes"):
            return target.fit([list(classes)])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.two_d_labels = True
        tags.target_tags.one_d_labels = False
        tags.target_tags.required = True
        return tags


def _check_labels(rows):
    """Raise for missing labels and numbers that are none, which metrics have no words for."""
    TagTarget().partial_fit(rows)
