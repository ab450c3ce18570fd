"""Several fits of one estimator as one."""

from keraseq._checks import check_integer
from keraseq.wrappers.ensembles._members import check_member
from keraseq.wrappers.ensembles.classifier_ensemble import ClassifierEnsemble
from keraseq.wrappers.ensembles.ensemble import Ensemble
from keraseq.wrappers.ensembles.forecaster_ensemble import ForecasterEnsemble
from keraseq.wrappers.ensembles.regressor_ensemble import RegressorEnsemble
from keraseq.wrappers.ensembles.tagger_ensemble import TaggerEnsemble

_KINDS = (TaggerEnsemble, ForecasterEnsemble, ClassifierEnsemble, RegressorEnsemble)


def ensemble(estimator, n=5, n_jobs=None):
    """Return an estimator that fits n copies of another, and answers with the mean of theirs.

    The copies differ in their seed alone. What they answer differs by the luck of first weights,
    order and held-back rows; the mean has less of it, and is nearly always better than one of
    them. InceptionTime (Ismail Fawaz 2020) is five of :func:`keraseq.inception_time`.

    Parameters
    ----------
    estimator : SequenceClassifier, SequenceRegressor, SequenceTagger or SequenceForecaster
        Unfitted; it stays as it is. A pipeline that ends in a classifier or regressor, and any of
        scikit-learn's that has a ``random_state``, will do as well.
    n : int, default=5
        Members.
    n_jobs : int, optional
        Worker processes, one thread each, that fit them; each takes some 9 s and 820 MB to start.
        What the members learn is the same but for the last digits, since sums are taken in
        another order with other numbers of threads.

    Returns
    -------
    estimator of the same kind
        Its attribute ``estimators_`` holds the fitted members. Probabilities (of each label, of
        each step), numbers, forecasts and learned quantiles are averaged. `estimator__NAME` is a
        parameter of the members in `set_params` and searches.

    Raises
    ------
    TypeError, ValueError
        For n below 1, or an estimator that is a class, cannot be fitted, has no ``random_state``
        (its copies would all be equal), is an ensemble itself, or is none of these kinds.

    Examples
    --------
    >>> import keraseq
    >>> from keraseq.datasets import make_reviews
    >>> X, y = make_reviews(60, return_X_y=True, random_state=0)
    >>> clf = keraseq.SequenceClassifier("gru", units=4, epochs=1, random_state=0)
    >>> several = keraseq.ensemble(clf, n=2).fit(X, y)
    >>> one, other = (member.predict_proba(X) for member in several.estimators_)
    >>> bool(abs(several.predict_proba(X) - (one + other) / 2).max() < 1e-6)
    True
    """
    check_integer("n", n, 1)
    if isinstance(estimator, Ensemble):
        raise TypeError(
            f"estimator is a {type(estimator).__name__}; an ensemble of ensembles is one of more "
            f"members: keraseq.ensemble(estimator.estimator, n={n} * {estimator.n})."
        )
    check_member(estimator)
    for kind in _KINDS:
        if kind.suits(estimator):
            return kind(estimator, n, n_jobs)
    raise TypeError(
        f"{type(estimator).__name__} is neither a classifier, regressor, tagger nor forecaster, so "
        "that nothing says how to average its answers."
    )
