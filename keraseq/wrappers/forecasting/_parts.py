"""Methods of an estimator that a part which `fit` leaves answers."""

import functools

from sklearn.utils.validation import check_is_fitted


def of_part(attribute, method):
    """Return `method`, of a part's class, as a method of the estimator that holds the part.

    Parameters
    ----------
    attribute : str
        Where `fit` puts the part.
    method : function

    Returns
    -------
    function
        Of the same signature and docstring; before `fit` it raises NotFittedError.
    """

    @functools.wraps(method)
    def answer(self, *args, **kwargs):
        check_is_fitted(self)
        return method(getattr(self, attribute), *args, **kwargs)

    return answer
