"""Taggers whose probabilities are averaged step by step."""

import numpy as np

from keraseq.wrappers.ensembles.ensemble import Ensemble
from keraseq.wrappers.sequence_tagger import SequenceTagger


class TaggerEnsemble(Ensemble):
    """Taggers that differ in their seed; the probabilities of every step are averaged.

    Attributes
    ----------
    classes_ : ndarray
    estimators_ : list of SequenceTagger
    """

    _tasks = SequenceTagger._tasks

    @staticmethod
    def suits(estimator):
        return isinstance(estimator, SequenceTagger)

    def _as_target(self, y):
        return y

    @property
    def classes_(self):
        """The labels in sorted order."""
        return self._of_first("classes_")

    def predict_proba(self, X):
        """Return the mean probability of each of ``classes_``: arrays `(time_i, classes)`."""
        answers = [member.predict_proba(X) for member in self._fitted()]
        return [np.mean(rows, axis=0) for rows in zip(*answers, strict=True)]

    def predict(self, X):
        """Return the most probable label of every step, as a list of lists."""
        proba = self.predict_proba(X)
        target = self.estimators_[0].target_
        return target.inverse_transform([row.argmax(axis=-1) for row in proba])

    score = SequenceTagger.score
    entity_f1 = SequenceTagger.entity_f1
