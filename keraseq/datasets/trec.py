"""The TREC question types."""

import numpy as np

from keraseq.datasets._bunch import About, as_bunch, check_subset
from keraseq.datasets._files import get_file
from keraseq.datasets._labelled_lines import read_labelled_lines

_PARTS = ("train", "test")
_CLASSES = ["description", "entity", "abbreviation", "human", "location", "number"]
_ABOUT = About(
    "TREC question types: 5,452 train and 500 test questions by what their answer would be: "
    "a description, an entity, an abbreviation, a human being, a location or a number. The text "
    "is tokenised: words and punctuation stand between spaces.",
    "MIT (harvardnlp/sent-conv-torch, which holds the files)",
    "Li, Roth (2002). Learning question classifiers. COLING.",
)


def fetch_trec(*, subset="train", return_X_y=False, data_home=None):
    """Load TREC questions and the type of their answer, 6 classes (0.3 MB at the first call).

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The part of the data set; "all" is train, then test.
    return_X_y : bool, default=False
        Return `(data, target)` rather than a Bunch.
    data_home : path-like, default=None
        The cache folder; by default the one that the environment variable KERASEQ_HOME names,
        else the system's cache. A folder that KERASEQ_DATA names is looked into first.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (list of str), `target` (integer array, an index into `target_names`),
        `target_names`, `subset`, `DESCR`, `license`, `citation`.

    Raises
    ------
    ValueError
        If the data set has no such part, or a file is damaged.
    FileNotFoundError
        If a file can be neither found nor downloaded.

    Examples
    --------
    >>> from keraseq.datasets import fetch_trec
    >>> questions = fetch_trec(subset="test")  # doctest: +SKIP
    >>> questions.data[0], questions.target_names[questions.target[0]]  # doctest: +SKIP
    ('How far is it from Denver to Aspen ?', 'number')
    """
    texts, labels = [], []
    for part in check_subset(subset, _PARTS):
        path = get_file(f"trec/TREC.{part}.all", data_home=data_home)
        # The train file is latin-1, the test file plain ASCII.
        part_texts, part_labels = read_labelled_lines(path, len(_CLASSES), "latin-1")
        texts += part_texts
        labels.append(part_labels)
    return as_bunch(
        _ABOUT, texts, np.concatenate(labels), _CLASSES, subset=subset, return_X_y=return_X_y
    )
