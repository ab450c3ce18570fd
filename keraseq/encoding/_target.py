"""What the encoders of y share."""

from sklearn.base import BaseEstimator, TransformerMixin

from keraseq._checks import shown
from keraseq.encoding.columns import in_column_order
from keraseq.encoding.row_hashes import row_hashes

UNSEEN = ("error", "code")


class Target(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):
    """A transformer of y, as scikit-learn's LabelEncoder is one; its tags say so."""

    _y_dimensions = 1

    # The columns of the frame that was learned from, by which those of others go.
    _names = None

    def read(self, y):
        """Return y as numbers that tell equal targets from different ones, a row each."""
        return self.transform(y)

    def hashes(self, y):
        """Return 64 bits for each target, which tell equal from different ones in every part of y.

        Codes would not: they are others where a part before has brought another label.
        """
        return row_hashes(list(self.read(y).T))

    def in_order(self, y):
        """Give the columns of a frame that has training's in another order that of training."""
        return in_column_order(y, self._names)

    def partial_fit(self, y, sample_weight=None):
        """Learn from the next part of a y that comes in parts; see :meth:`finish`."""
        if not hasattr(self, "outputs_"):
            return self.fit(y)
        self.read(y)
        return self

    def finish(self):
        """Raise for what only the end of a y that came in parts tells."""
        return self

    def fit_scale(self, values, weights=None):
        """Learn level and spread of what `read` gives, where targets have them."""
        return self

    def scaled(self, values):
        """Return what `read` gives as a network learns it."""
        return values

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.target_tags.one_d_labels = self._y_dimensions == 1
        tags.target_tags.two_d_labels = self._y_dimensions == 2
        return tags


def refuse_one_class(classes, what):
    if len(classes) < 2:
        raise ValueError(
            f"y holds one class ({shown(classes.tolist()[0])}); a {what} needs at least 2 classes."
        )


def check_width(values, wanted, what):
    if values.shape[1] != wanted:
        raise ValueError(f"y has {values.shape[1]} {what}; training had {wanted}.")
