"""Regressors whose numbers are averaged."""

from sklearn.base import RegressorMixin, is_regressor

from keraseq.encoding import RegressionTarget
from keraseq.wrappers.ensembles.ensemble import Ensemble
from keraseq.wrappers.sequence_regressor import SequenceRegressor


class RegressorEnsemble(RegressorMixin, Ensemble):
    """Regressors that differ in their seed; their numbers are averaged.

    scikit-learn's VotingRegressor would serve one target a row, and no more.

    Attributes
    ----------
    estimators_ : list of regressors
    """

    _tasks = SequenceRegressor._tasks

    @staticmethod
    def suits(estimator):
        return is_regressor(estimator)

    def _finish(self, fitted, y):
        target = fitted[0].target_ if y is None else RegressionTarget().fit(y)
        self.estimators_, self.target_ = fitted, target

    def predict(self, X):
        """Return the mean of the predicted numbers: `(n,)`, or `(n, targets)`."""
        return self._mean(lambda member: member.predict(X))

    score = SequenceRegressor.score
    # The members', which the mixin would begin anew.
    __sklearn_tags__ = Ensemble.__sklearn_tags__
