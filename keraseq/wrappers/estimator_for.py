"""The estimator that serves a task."""

from keraseq.wrappers.sequence_classifier import SequenceClassifier
from keraseq.wrappers.sequence_forecaster import SequenceForecaster
from keraseq.wrappers.sequence_generator import SequenceGenerator
from keraseq.wrappers.sequence_regressor import SequenceRegressor
from keraseq.wrappers.sequence_tagger import SequenceTagger
from keraseq.wrappers.sequence_transducer import SequenceTransducer

_ESTIMATORS = (
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
    SequenceForecaster,
    SequenceGenerator,
    SequenceTransducer,
)


def estimator_for(task):
    """Return the class of estimators that serve the task of this name.

    >>> from keraseq.wrappers.estimator_for import estimator_for
    >>> estimator_for("multilabel").__name__
    'SequenceClassifier'
    """
    return next(estimator for estimator in _ESTIMATORS if task in estimator._tasks)
