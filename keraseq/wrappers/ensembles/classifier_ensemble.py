"""Classifiers whose probabilities are averaged."""

import numpy as np
from sklearn.base import ClassifierMixin, is_classifier
from sklearn.utils.validation import check_is_fitted

from keraseq.wrappers.ensembles.ensemble import Ensemble
from keraseq.wrappers.sequence_classifier import SequenceClassifier


class ClassifierEnsemble(ClassifierMixin, Ensemble):
    """Classifiers that differ in their seed; their probabilities are averaged.

    scikit-learn's VotingClassifier numbers the classes before its members see them, so that
    `class_weight` by label would fail, and refuses indicator matrices.

    Attributes
    ----------
    classes_ : ndarray
    estimators_ : list of classifiers
    """

    _tasks = SequenceClassifier._tasks

    @staticmethod
    def suits(estimator):
        if not is_classifier(estimator):
            return False
        if not hasattr(estimator, "predict_proba"):
            raise TypeError(
                f"{type(estimator).__name__} has no predict_proba(); the members of an ensemble "
                "give probabilities, which are averaged."
            )
        return True

    def _finish(self, fitted, y):
        if y is None:
            # Of a stream, which each member has read.
            task, target = fitted[0]._task, fitted[0].target_
        else:
            task = SequenceClassifier._find_task(self, y)
            # The members', who leave out what has no weight.
            target = task.make_target().fit(y if task.many_labels else fitted[0].classes_)
        # All at once and last: a fit that fails leaves the former one whole.
        self.estimators_, self._task, self.target_ = fitted, task, target

    classes_ = SequenceClassifier.classes_

    def predict_proba(self, X):
        """Return the mean probability of each of ``classes_``, shape `(n, classes)`."""
        return self._mean(lambda member: _as_matrix(member, member.predict_proba(X)))

    def _raw(self, X):
        check_is_fitted(self)
        return self._task.undecode(self.predict_proba(X))

    decision_function = SequenceClassifier.decision_function
    predict = SequenceClassifier.predict
    score = SequenceClassifier.score
    # The members', which the mixin would begin anew.
    __sklearn_tags__ = Ensemble.__sklearn_tags__


def _as_matrix(member, proba):
    """The probability of each label, of which some of scikit-learn's give an array a label."""
    if not isinstance(proba, list):
        return proba
    columns = zip(proba, member.classes_, strict=True)
    # One that no training row has, or every one, has a single column.
    return np.column_stack([part[:, classes == 1].sum(axis=1) for part, classes in columns])
