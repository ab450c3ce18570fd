"""What ensembles of every kind share."""

import copy
from functools import partial

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_integer
from keraseq.encoding.one_target_a_row import one_target_a_row
from keraseq.encoding.streams import is_stream
from keraseq.encoding.unwrap import unwrap_target
from keraseq.wrappers._given import refuse_settings
from keraseq.wrappers.ensembles._members import check_member, fit_members, make_members
from keraseq.wrappers.network_estimator import NetworkEstimator


class Ensemble(MetaEstimatorMixin, BaseEstimator):
    """A subclass says which estimators are of its kind, and how its members' answers become one.

    Parameters
    ----------
    estimator, n, n_jobs
        As of :func:`keraseq.ensemble`.

    Attributes
    ----------
    estimators_ : list of estimators
        The members.
    """

    def __init__(self, estimator, n=5, n_jobs=None):
        self.estimator = estimator
        self.n = n
        self.n_jobs = n_jobs

    @staticmethod
    def suits(estimator):
        """Whether ensembles of this kind are made of such estimators."""
        raise NotImplementedError

    @refuse_settings
    def fit(self, X, y=None, sample_weight=None, validation_data=None):
        """Fit the members, each on all rows and with a seed of its own.

        Parameters
        ----------
        X, y, sample_weight, validation_data
            As of the members' own `fit`.

        Returns
        -------
        self

        Raises
        ------
        KeyboardInterrupt
            After Ctrl-C. The ensemble is fitted then, with the members that were whole.
        """
        given = {"sample_weight": sample_weight, "validation_data": validation_data}
        given = {name: value for name, value in given.items() if value is not None}
        y = y if is_stream(X) else self._as_target(y)
        fitted, interrupt = self._fit_members(partial(_fit, X=X, y=y, given=given))
        self._finish(fitted, None if is_stream(X) else y)
        if interrupt is not None:
            raise interrupt
        return self

    def _fit_members(self, fit):
        n = check_integer("n", self.n, 1)
        check_member(self.estimator)
        if not self.suits(self.estimator):
            raise TypeError(
                f"estimator is a {type(self.estimator).__name__}, of which a {type(self).__name__} "
                "is not made; make another ensemble of it: keraseq.ensemble(estimator)."
            )
        return fit_members(make_members(self.estimator, n), fit, self.n_jobs)

    def _as_target(self, y):
        return y if y is None else one_target_a_row(unwrap_target(y))

    def _finish(self, fitted, y):
        self.estimators_ = fitted

    def _mean(self, answer):
        """The mean of what a function gives for every member."""
        check_is_fitted(self)
        return np.mean([answer(member) for member in self.estimators_], axis=0)

    save = NetworkEstimator.save
    export = NetworkEstimator.export

    @property
    def _model_name(self):
        inner = getattr(self.estimator, "_model_name", type(self.estimator).__name__)
        return f"{self.n} x {inner}"

    @property
    def _fitted_name(self):
        fitted = self._fitted()
        inner = getattr(fitted[0], "_fitted_name", type(fitted[0]).__name__)
        return f"{len(fitted)} x {inner}"

    @property
    def n_features_in_(self):
        return self._of_first("n_features_in_")

    @property
    def feature_names_in_(self):
        return self._of_first("feature_names_in_")

    @property
    def n_parameters_(self):
        """Trainable weights of all members."""
        return sum(member.n_parameters_ for member in self._fitted())

    @property
    def n_flops_(self):
        """Operations of all members to read one sequence; None where they cannot be counted."""
        counted = [member.n_flops_ for member in self._fitted()]
        return None if None in counted else sum(counted)

    @property
    def n_iter_(self):
        """Epochs of the member that ran longest."""
        return max(member.n_iter_ for member in self._fitted())

    def _fitted(self):
        check_is_fitted(self)
        return self.estimators_

    def _of_first(self, name):
        if not hasattr(self, "estimators_"):
            raise AttributeError(f"This {type(self).__name__} has no {name} before fit.")
        return getattr(self.estimators_[0], name)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimators_")

    def __sklearn_tags__(self):
        return copy.copy(get_tags(self.estimator))


def _fit(member, X, y, given):
    if isinstance(member, Pipeline) and not get_config()["enable_metadata_routing"]:
        # Its fit knows weights by the name of the step that they are for.
        names = {"sample_weight": f"{member.steps[-1][0]}__sample_weight"}
        given = {names.get(name, name): value for name, value in given.items()}
    return member.fit(X, y, **given)
