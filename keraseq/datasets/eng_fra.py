"""English sentences and their French translations."""

import gzip
import io
import zipfile

from keraseq._checks import check_integer
from keraseq.datasets._bunch import About, as_bunch
from keraseq.datasets._files import get_file, mirror_file, reading

_PACKED, _ZIPPED, _MEMBER = "eng_fra/fra.txt.gz", "eng_fra/fra-eng.zip", "fra.txt"
_ABOUT = About(
    "English and French: sentences of the Tatoeba project and their translations, the shortest "
    "first; 142,787 pairs in the file of 2017. Many sentences stand there several times, with "
    "another translation each: split by the English one, or a test part is known from training.",
    "CC BY 2.0 France (tatoeba.org)",
    "Tatoeba project, tatoeba.org; pairs by manythings.org/anki.",
)


def fetch_eng_fra(*, n_pairs=None, return_X_y=False, data_home=None):
    """Load English sentences and their French translations (3 to 8 MB at the first call).

    Parameters
    ----------
    n_pairs : int, optional
        The first so many, which are the shortest; all by default.
    return_X_y : bool, default=False
        Return `(data, target)` rather than a Bunch.
    data_home : path-like, default=None
        The cache folder; by default the one that the environment variable KERASEQ_HOME names,
        else the system's cache. A folder that KERASEQ_DATA names is looked into first.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (list of str, English), `target` (list of str, French), `target_names` (None),
        `subset`, `DESCR`, `license`, `citation`. The publisher adds sentences from time to time, so
        that a download of another day has other pairs.

    Raises
    ------
    ValueError
        If a file is damaged, or has fewer than `n_pairs` pairs.
    FileNotFoundError
        If a file can be neither found nor downloaded.

    Examples
    --------
    >>> from keraseq.datasets import fetch_eng_fra
    >>> pairs = fetch_eng_fra(n_pairs=1)  # doctest: +SKIP
    >>> pairs.data, pairs.target  # doctest: +SKIP
    (['Go.'], ['Va !'])
    """
    if n_pairs is not None:
        n_pairs = check_integer("n_pairs", n_pairs, 1)
    packed = mirror_file(_PACKED)
    path = packed or get_file(_ZIPPED, data_home=data_home, mirror_form=_PACKED)
    with reading(path, "pairs of sentences"):
        if packed:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                pairs = _read(file, n_pairs)
        else:
            with zipfile.ZipFile(path) as archive, archive.open(_MEMBER) as member:
                pairs = _read(io.TextIOWrapper(member, "utf-8"), n_pairs)
    if n_pairs is not None and len(pairs) < n_pairs:
        raise ValueError(f"n_pairs={n_pairs:,}: {path} has {len(pairs):,} pairs; give fewer.")
    data, target = map(list, zip(*pairs, strict=True))
    return as_bunch(_ABOUT, data, target, return_X_y=return_X_y)


def _read(lines, n_pairs):
    pairs = []
    for number, line in enumerate(lines, start=1):
        if n_pairs is not None and len(pairs) == n_pairs:
            break
        # Newer files name the translators in a third column.
        columns = line.rstrip("\n").split("\t")
        if len(columns) < 2 or not all(columns[:2]):
            raise ValueError(f"line {number} has no sentence and its translation: {line[:60]!r}")
        pairs.append(columns[:2])
    if not pairs:
        raise ValueError("it has no line")
    return pairs
