"""Handwritten digits, read row by row."""

import numpy as np
from sklearn.datasets import load_digits

from keraseq.datasets._bunch import About, as_bunch, check_subset

_N_TRAIN = 1437
_PARTS = {"train": slice(None, _N_TRAIN), "test": slice(_N_TRAIN, None)}
_ABOUT = About(
    "Digit rows: 1,797 handwritten digits of 8 x 8 pixels with ink from 0 to 16, each read as a "
    "sequence of its 8 rows from the top, from the copy that scikit-learn brings. The first "
    "1,437 images are the train part, the last 360 the test part: the file is ordered by writer, "
    "so that most writers of the test part are new.",
    "CC BY 4.0",
    "Alpaydin, Kaynak (1998). Optical recognition of handwritten digits. UCI Machine Learning "
    "Repository.",
)


def load_digit_rows(*, subset="train", return_X_y=False):
    """Load scikit-learn's digits as sequences of 8 steps with 8 pixels each (no network).

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The first 1,437 images, the last 360, or all 1,797. The cut is keraseq's own; the images
        are ordered by writer, and a cut in the order keeps most writers on one side.
    return_X_y : bool, default=False
        Return `(data, target)` rather than a Bunch.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (float32 array `(n, 8, 8)`: images, rows from the top, pixels from the left, from
        0 to 16), `target` (integer array, the digit), `target_names` ("0" to "9"), `subset`,
        `DESCR`, `license`, `citation`.

    Raises
    ------
    ValueError
        If the data set has no such part.

    Examples
    --------
    >>> from keraseq.datasets import load_digit_rows
    >>> digits = load_digit_rows()
    >>> digits.data.shape, digits.target[:5]
    ((1437, 8, 8), array([0, 1, 2, 3, 4]))
    """
    check_subset(subset, _PARTS)
    digits = load_digits()
    rows = _PARTS.get(subset, slice(None))
    return as_bunch(
        _ABOUT,
        digits.images[rows].astype(np.float32),
        digits.target[rows].astype(np.int64),
        [str(digit) for digit in digits.target_names],
        subset=subset,
        return_X_y=return_X_y,
    )
