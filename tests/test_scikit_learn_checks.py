"""scikit-learn's own checks of estimators, at plain defaults: none is declared to fail."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_inplace_ensure_writeable,
    parametrize_with_checks,
)

import keraseq
from keraseq.baselines import MiniRocket, NaiveBayesWeights, StretchedSeries


class RowTagger(keraseq.SequenceTagger):
    """A tagger for scikit-learn's checks, whose y is a label a row: every step has its row's."""

    def fit(self, X, y, sample_weight=None):
        return super().fit(X, self.every_step(X, y), sample_weight)

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        return super().partial_fit(X, self.every_step(X, y), classes, sample_weight)

    def score(self, X, y, sample_weight=None):
        return super().score(X, self.every_step(X, y), sample_weight)

    @staticmethod
    def every_step(X, y):
        # What is no table, or has no label for it, is for the tagger to refuse.
        shape, labels = np.asarray(X).shape, np.asarray(y)
        fits = len(shape) == 2 and labels.shape == shape[:1]
        return [[label] * shape[1] for label in labels] if fits else y


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@parametrize_with_checks(
    [
        keraseq.SequenceClassifier(random_state=0),
        keraseq.SequenceRegressor(random_state=0),
        RowTagger("simple_rnn", units=2, epochs=1, random_state=0),
        StretchedSeries(),
        MiniRocket(n_features=84, random_state=0),
        NaiveBayesWeights(),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "check", [check_dataframe_column_names_consistency, check_inplace_ensure_writeable]
)
@pytest.mark.parametrize(
    "estimator",
    [
        keraseq.SequenceClassifier("simple_rnn", units=2, epochs=1, random_state=0),
        keraseq.SequenceRegressor("simple_rnn", units=2, epochs=1, random_state=0),
        RowTagger("simple_rnn", units=2, epochs=1, random_state=0),
        StretchedSeries(),
        MiniRocket(n_features=84, random_state=0),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_checks_that_scikit_learn_calls_for_its_own_estimators(estimator, check):
    check(type(estimator).__name__, estimator)
