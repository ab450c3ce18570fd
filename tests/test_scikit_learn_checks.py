"""scikit-learn's own checks of estimators, at plain defaults: none is declared to fail."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import keraseq


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@parametrize_with_checks(
    [keraseq.SequenceClassifier(random_state=0), keraseq.SequenceRegressor(random_state=0)]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)
