"""The Large Movie Review Dataset."""

import gzip
import re
import tarfile

import numpy as np
import pandas as pd

from keraseq.datasets._bunch import About, as_bunch, check_subset
from keraseq.datasets._files import get_file, mirror_file, reading

_PARTS = ("train", "test")
_CLASSES = ["negative", "positive"]
_MEMBER = re.compile(r"aclImdb/(train|test)/(neg|pos)/(\d+)_\d+\.txt")
_ABOUT = About(
    "IMDB (Large Movie Review Dataset): 25,000 train and 25,000 test reviews of films, half of "
    "them positive (7 to 10 stars), half negative (1 to 4 stars); no film is in both parts. The "
    "text is raw: HTML line breaks (<br />) are kept. The 50,000 reviews without a label are "
    "left out.",
    "none stated; the authors ask for the citation",
    "Maas, Daly, Pham, Huang, Ng, Potts (2011). Learning word vectors for sentiment analysis. "
    "ACL-HLT, 142-150.",
)


def fetch_imdb(*, subset="train", return_X_y=False, data_home=None):
    """Load IMDB film reviews and whether they are positive (84 MB at the first call).

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
        `data` (list of str), `target` (integer array: 0 negative, 1 positive), `target_names`,
        `subset`, `DESCR`, `license`, `citation`.

    Raises
    ------
    ValueError
        If the data set has no such part, or the file is damaged.
    FileNotFoundError
        If the file can be neither found nor downloaded.

    Examples
    --------
    >>> from keraseq.datasets import fetch_imdb
    >>> reviews = fetch_imdb(subset="test")  # doctest: +SKIP
    >>> len(reviews.data), reviews.target_names  # doctest: +SKIP
    (25000, ['negative', 'positive'])
    """
    parts = check_subset(subset, _PARTS)
    keys = [f"imdb/{part}.tsv.gz" for part in parts]
    tables = [mirror_file(key) for key in keys]
    if all(tables):
        rows = [row for table in tables for row in _read_table(table)]
    else:
        path = get_file(
            "imdb/aclImdb_v1.tar.gz", data_home=data_home, mirror_form=" and ".join(keys)
        )
        rows = _read_archive(path, parts)
    labels, texts = zip(*rows, strict=True)
    return as_bunch(
        _ABOUT, list(texts), np.array(labels), _CLASSES, subset=subset, return_X_y=return_X_y
    )


def _read_table(path):
    with reading(path, "a gzipped table of label, rating and text"):
        # No quoting and no missing values: a review may hold a lone quote or be the word "null".
        table = pd.read_csv(
            path, sep="\t", quoting=3, keep_default_na=False, lineterminator="\n", encoding="utf-8"
        )
        return list(zip(table["label"].astype(int), table["text"].astype(str), strict=True))


def _read_archive(path, parts):
    """Read the reviews straight from the archive: nothing of it is ever written to disk."""
    found = {part: [] for part in parts}
    with (
        reading(path, "the gzipped tar archive aclImdb"),
        gzip.open(path) as unzipped,
        tarfile.open(fileobj=unzipped, mode="r|") as archive,
    ):
        for member in archive:
            match = _MEMBER.fullmatch(member.name)
            if match and member.isfile() and match[1] in found:
                text = archive.extractfile(member).read().decode("utf-8")
                found[match[1]].append((int(match[3]), int(match[2] == "pos"), text))
        while unzipped.read(1 << 20):  # to the end, where gzip compares its checksum
            pass
        missing = [part for part in parts if not found[part]]
        if missing:
            raise ValueError(f"it holds no reviews of the part {missing[0]!r}")
    # By number, then label: the order does not depend on how the archive was packed.
    return [row[1:] for part in parts for row in sorted(found[part])]
