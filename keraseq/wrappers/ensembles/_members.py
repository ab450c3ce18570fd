"""The members of an ensemble: which estimators can be one, their seeds, and their fits."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import shown
from keraseq.training.workers import Lost, check_sendable, find_workers
from keraseq.wrappers._seeds import draw_seed
from keraseq.wrappers.learned import convergence_noted


def check_member(estimator):
    """Raise unless equal copies of an estimator with other seeds can be fitted.

    Raises
    ------
    TypeError, ValueError
        For what is no estimator, a class, or an estimator without a seed.
    """
    name = type(estimator).__name__
    if isinstance(estimator, type):
        raise TypeError(
            f"estimator={estimator.__name__} is a class; give an instance: {estimator.__name__}()."
        )
    if not isinstance(estimator, BaseEstimator) or not callable(getattr(estimator, "fit", None)):
        hint = (
            f"; a model's name goes into one: keraseq.SequenceClassifier({estimator!r})"
            if isinstance(estimator, str)
            else ""
        )
        raise TypeError(
            f"estimator={shown(estimator)} is a {name}, which has no fit(); give an unfitted "
            f"estimator{hint}."
        )
    given = estimator.get_params()
    if not _random_names(given):
        raise ValueError(
            f"{name} has no random_state, so that the members of an ensemble would all be equal."
        )
    for setting, remedy in (
        ("checkpoint", "its members would write into one file; set it to None"),
        ("warm_start", "its members are new at every fit; set it to False"),
    ):
        for full, value in given.items():
            if full.rpartition("__")[2] == setting and value not in (None, False):
                raise ValueError(f"{full}={value!r} is not for an ensemble: {remedy}.")


def make_members(estimator, n):
    """Return n copies of an estimator, each with a seed that derives from its random_state.

    The first of ten are the members that an ensemble of fewer has.
    """
    names = _random_names(estimator.get_params())
    given = (estimator.get_params()[name] for name in names)
    seed = draw_seed(next((state for state in given if state is not None), None))
    members = []
    for place in range(n):
        state = np.random.SeedSequence(seed, spawn_key=(place,)).generate_state(1)[0]
        members.append(clone(estimator).set_params(**dict.fromkeys(names, int(state >> 1))))
    return members


def _random_names(params):
    """The parameters from which chance starts, the estimator's own before those of its parts."""
    names = [name for name in params if name.rpartition("__")[2] == "random_state"]
    return sorted(names, key=lambda name: (name.count("__"), name))


def fit_members(members, fit, n_jobs):
    """Fit all of them, on workers where `n_jobs` or joblib's active backend says so.

    Parameters
    ----------
    members : list of estimators
    fit : callable
        Takes a member and returns it, fitted; holds what all of them are fitted on.
    n_jobs : int or None

    Returns
    -------
    fitted : list of estimators
    interrupt : KeyboardInterrupt or None
        What ended it early; then there are the members that were whole, or else the first with its
        best weights so far.

    Raises
    ------
    RuntimeError
        If a member's worker died, and the next one too.
    """
    workers, found = find_workers(n_jobs, len(members)), {}
    if not workers.is_here:
        check_sendable({"estimator": members[0]})
    try:
        with workers.run(_fit, fit, members) as outcomes:
            for place, outcome in outcomes:
                if isinstance(outcome, Lost):
                    raise RuntimeError(f"Member {place} of the ensemble: {outcome}")
                found[place] = outcome
    except KeyboardInterrupt as interrupt:
        fitted = [found[place][0] for place in sorted(found)]
        if not fitted and _is_fitted(members[0]):
            fitted.append(members[0])
        if not fitted:
            raise
        interrupt.add_note(f"The ensemble is fitted and has {len(fitted)} of {len(members)}.")
        return fitted, interrupt
    fitted, noted = zip(*(found[place] for place in sorted(found)), strict=True)
    noted = [messages[0] for messages in noted if messages]
    if noted:
        warnings.warn(
            f"In {len(noted)} of {len(members)} members of the ensemble: {noted[0]}",
            ConvergenceWarning,
            stacklevel=4,
        )
    return list(fitted), None


def _fit(fit, member):
    """Fit, and return the member and what it warned of."""
    with convergence_noted() as noted:
        member = fit(member)
    return member, noted


def _is_fitted(member):
    try:
        check_is_fitted(member)
    except NotFittedError:
        return False
    return True
