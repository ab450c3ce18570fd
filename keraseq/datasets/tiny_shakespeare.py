"""Tiny Shakespeare, for models of characters."""

from keraseq.datasets._bunch import About, as_bunch, check_subset
from keraseq.datasets._files import get_file, reading

_PARTS = ("train", "test")
_ABOUT = About(
    "Tiny Shakespeare: 1,115,394 characters of Shakespeare's plays, 65 different ones. The first "
    "90 % are the train part, the rest is the test part, as it is usually cut.",
    "public domain",
    "Karpathy (2015). char-rnn, github.com/karpathy/char-rnn, data/tinyshakespeare.",
)


def fetch_tiny_shakespeare(*, subset="train", return_X_y=False, data_home=None):
    """Load 1.1 million characters of Shakespeare as one text (1.1 MB at the first call).

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The first 90 % of the characters, the rest, or the whole text.
    return_X_y : bool, default=False
        Return `(data, None)` rather than a Bunch.
    data_home : path-like, default=None
        The cache folder; by default the one that the environment variable KERASEQ_HOME names,
        else the system's cache. A folder that KERASEQ_DATA names is looked into first.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (str), `target` (None), `target_names` (None), `subset`, `DESCR`, `license`,
        `citation`.

    Raises
    ------
    ValueError
        If the data set has no such part, or the file is damaged.
    FileNotFoundError
        If the file can be neither found nor downloaded.

    Examples
    --------
    >>> from keraseq.datasets import fetch_tiny_shakespeare
    >>> fetch_tiny_shakespeare().data[:14]  # doctest: +SKIP
    'First Citizen:'
    """
    check_subset(subset, _PARTS)
    path = get_file("shakespeare/input.txt", data_home=data_home)
    with reading(path, "a text in UTF-8"):
        text = path.read_bytes().decode("utf-8")
    border = int(0.9 * len(text))
    data = {"train": text[:border], "test": text[border:], "all": text}[subset]
    return as_bunch(_ABOUT, data, subset=subset, return_X_y=return_X_y)
