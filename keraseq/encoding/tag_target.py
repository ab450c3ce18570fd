"""A label a step, as codes, and back."""

import itertools

import numpy as np
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_choice
from keraseq.encoding._target import UNSEEN, Target, refuse_one_class
from keraseq.encoding.convert import describe_place
from keraseq.encoding.labels import (
    integer_codes,
    joined_labels,
    label_array,
    label_codes,
    label_rows,
    labels_of,
    unique_labels,
)
from keraseq.encoding.missing import missing_values
from keraseq.encoding.row_hashes import row_hashes
from keraseq.encoding.unwrap import unwrap_target


class TagTarget(Target):
    """Sequences of labels, one label a step, as sequences of codes.

    Attributes
    ----------
    classes_ : ndarray
    outputs_ : int
        Number of tags.

    Examples
    --------
    >>> from keraseq.encoding import TagTarget
    >>> target = TagTarget().fit([["DET", "NOUN"], ["NOUN"]])
    >>> [codes.tolist() for codes in target.transform([["NOUN", "DET"]])]
    [[1, 0]]
    >>> target.inverse_transform([[1, 0, -1]])
    [['NOUN', 'DET']]
    """

    _y_dimensions = 2

    def fit(self, y):
        """Learn the tags of a list of label sequences.

        Raises
        ------
        ValueError, TypeError
            If y is no list of sequences, has one tag alone, or a label is missing.
        """
        labels, _ = _flat_labels(y)
        if not len(labels):
            raise ValueError("y holds no label at all; give a label for every step.")
        self.classes_ = unique_labels(labels)
        self.outputs_ = len(self.classes_)
        refuse_one_class(self.classes_, "tagger")
        return self

    def partial_fit(self, y, sample_weight=None):
        """Learn the tags of the next part of the label sequences; :meth:`finish` counts them."""
        labels, _ = _flat_labels(y)
        if len(labels):
            known, labels = getattr(self, "classes_", None), unique_labels(labels)
            self.classes_ = labels if known is None else joined_labels(known, labels)
            self.outputs_ = len(self.classes_)
        return self

    def finish(self):
        if not hasattr(self, "classes_"):
            raise ValueError("y holds no label at all; give a label for every step.")
        refuse_one_class(self.classes_, "tagger")
        return self

    def transform(self, y, unseen="error"):
        """Return a list of int32 arrays of codes.

        Parameters
        ----------
        y : list of sequences of labels
        unseen : {"error", "code"}, default="error"
            Labels that training did not see are an error that lists them, or have the code -1.
        """
        check_is_fitted(self)
        check_choice("unseen", unseen, UNSEEN)
        labels, lengths = _flat_labels(y)
        codes = label_codes(labels, self.classes_, unseen)
        return np.split(codes, np.cumsum(lengths)[:-1])

    def hashes(self, y):
        """Return 64 bits for each row of labels, the same in every part of y."""
        labels, lengths = _flat_labels(y)
        found = np.zeros(len(lengths), dtype=np.uint64)
        if len(labels):
            places = np.concatenate([np.arange(n) for n in lengths])
            rows = np.repeat(np.arange(len(lengths)), lengths)
            np.add.at(found, rows, row_hashes([labels, places]))
        return found

    def inverse_transform(self, codes):
        """Return lists of labels; the -1 that pads rows of codes is left out."""
        check_is_fitted(self)
        rows = map(integer_codes, unwrap_target(codes, "codes"))
        return [labels_of(row[row != -1], self.classes_).tolist() for row in rows]


def _flat_labels(y):
    """Return all labels of a list of label sequences as one array, and the rows' lengths."""
    rows = label_rows(y)
    lengths = [len(row) for row in rows]
    labels = np.fromiter(itertools.chain.from_iterable(rows), dtype=object, count=sum(lengths))
    missing = missing_values(labels)
    if missing.any():
        first = int(np.argmax(missing))
        row = int(np.searchsorted(np.cumsum(lengths), first, side="right"))
        place = describe_place((row, first - sum(lengths[:row])))
        raise ValueError(f"Input y contains NaN: no label in {place}.")
    return label_array(labels) if len(labels) else labels, lengths
