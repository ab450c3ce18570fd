"""What every estimator that holds a network has."""

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from keraseq.models import users_models


class NetworkEstimator(BaseEstimator):
    """A subclass sets `_network` when it is fitted."""

    def _store(self, arguments):
        """Set every argument of a constructor as scikit-learn wants it: untouched."""
        vars(self).update({k: v for k, v in arguments.items() if k not in ("self", "__class__")})

    @property
    def model_(self):
        """The trained keras.Model; a private copy, made when first asked for.

        Trained further, it is what predicts.
        """
        check_is_fitted(self, "_network")
        return self._network.model

    def summary(self):
        """Print the layers of the trained model."""
        self.model_.summary()

    def __getstate__(self):
        state = super().__getstate__()
        registered = users_models()
        # Unpickling registers them, so that a worker process knows every name that a search tries.
        return {**state, "_users_models": registered} if registered else state

    def __setstate__(self, state):
        super().__setstate__({k: v for k, v in state.items() if k != "_users_models"})
