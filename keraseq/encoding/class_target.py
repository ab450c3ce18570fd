"""Labels as codes, and back to the user's own."""

from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_choice
from keraseq.encoding._target import UNSEEN, Target, refuse_one_class
from keraseq.encoding.labels import (
    joined_labels,
    label_array,
    label_codes,
    labels_of,
    unique_labels,
)
from keraseq.encoding.row_hashes import row_hashes


class ClassTarget(Target):
    """Labels of any hashable type as codes 0, 1, ... in sorted order.

    Attributes
    ----------
    classes_ : ndarray
    outputs_ : int
        Number of classes.

    Examples
    --------
    >>> from keraseq.encoding import ClassTarget
    >>> target = ClassTarget().fit(["no", "yes", "no"])
    >>> target.transform(["yes"]).tolist(), target.inverse_transform([0]).tolist()
    ([1], ['no'])
    """

    def fit(self, y):
        """Learn the classes.

        Raises
        ------
        ValueError, TypeError
            If y has one class alone, a missing label, or is continuous.
        """
        self.classes_ = unique_labels(label_array(y))
        self.outputs_ = len(self.classes_)
        refuse_one_class(self.classes_, "classifier")
        return self

    def partial_fit(self, y, sample_weight=None):
        """Learn the classes of the next part of the labels; :meth:`finish` counts them."""
        labels = unique_labels(label_array(y))
        known = getattr(self, "classes_", None)
        self.classes_ = labels if known is None else joined_labels(known, labels)
        self.outputs_ = len(self.classes_)
        return self

    def finish(self):
        refuse_one_class(self.classes_, "classifier")
        return self

    def transform(self, y, unseen="error"):
        """Return int32 codes ``(n,)``.

        Parameters
        ----------
        y : array-like ``(n,)``
        unseen : {"error", "code"}, default="error"
            Labels that training did not see are an error that lists them, or have the code -1.
        """
        check_is_fitted(self)
        check_choice("unseen", unseen, UNSEEN)
        return label_codes(label_array(y), self.classes_, unseen)

    def hashes(self, y):
        """Return 64 bits for each label, the same in every part of y."""
        return row_hashes([label_array(y)])

    def inverse_transform(self, codes):
        """Return the labels of codes."""
        check_is_fitted(self)
        return labels_of(codes, self.classes_)
