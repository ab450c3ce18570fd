"""The UCR and UEA archives of time series classification."""

import re
import zipfile
from pathlib import PurePosixPath

import numpy as np

from keraseq._checks import nearest_names
from keraseq.datasets._bunch import About, as_bunch, check_subset
from keraseq.datasets._files import cache_file, get_file, mirror_file, reading
from keraseq.datasets._ts_format import parse_ts
from keraseq.datasets._ucr_names import UCR_NAMES

_PARTS = ("train", "test")
_WHOLE_NUMBER = re.compile(r"[+-]?\d+(\.0*)?")
_CITATION = (
    "Dau, Bagnall, Kamgar, Yeh, Zhu, Gharghabi, Ratanamahatana, Keogh (2019). The UCR time "
    "series archive. IEEE/CAA Journal of Automatica Sinica 6(6), 1293-1305; for the multivariate "
    "problems Bagnall et al. (2018). The UEA multivariate time series classification archive. "
    "arXiv:1811.00075."
)


def fetch_ucr(name, *, subset="train", return_X_y=False, data_home=None):
    """Load a problem of the UCR (univariate) or UEA (multivariate) archive, with its own split.

    Parameters
    ----------
    name : str
        The problem's name as the archive spells it, such as "ItalyPowerDemand" or
        "JapaneseVowels"; see timeseriesclassification.com.
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
        `data`: a float32 array `(n, time)` for one channel, `(n, time, channels)` for several,
        and where lengths differ a list of arrays `(time_i, channels)`; missing values are NaN.
        `target`: the labels as published, an integer array where all are whole numbers, else an
        array of str (for a regression problem, floats). `target_names`: the classes as str, in
        order (None for regression). `subset`, `DESCR`, `license`, `citation`.

    Raises
    ------
    TypeError
        If `name` is not a str.
    ValueError
        If the archive has no such problem (the message names the nearest), the problem no such
        part, or a file is damaged.
    FileNotFoundError
        If the file can be neither found nor downloaded.

    Examples
    --------
    >>> from keraseq.datasets import fetch_ucr
    >>> X, y = fetch_ucr("ItalyPowerDemand", return_X_y=True)  # doctest: +SKIP
    >>> X.shape, y[:3]  # doctest: +SKIP
    ((67, 24), array([1, 1, 2]))
    """
    _check_spelling(name)
    parts = check_subset(subset, _PARTS)
    data, labels = _read(name, parts, data_home)
    target, classes = _labels(labels)
    about = About(
        f"{name}, a problem of the UCR and UEA archives of time series classification "
        "(timeseriesclassification.com), in the archive's own train and test parts. The values "
        "are as published: many univariate problems are z-scored a sequence, others are not.",
        "none stated; the archive asks for the citation",
        _CITATION,
    )
    return as_bunch(about, data, target, classes, subset=subset, return_X_y=return_X_y)


def _check_spelling(name):
    if not isinstance(name, str):
        raise TypeError(
            f"name={name!r} is a {type(name).__name__}; it must be the name of a problem, "
            f"such as 'ItalyPowerDemand'."
        )
    # Also what keeps the name inside the cache folder.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise ValueError(
            f"name={name!r} is not the name of a problem: it must consist of letters, digits, - "
            f"and _, such as 'ItalyPowerDemand'.{nearest_names(name, UCR_NAMES)}"
        )


def _read(name, parts, data_home):
    """Read from the mirror's npz, the mirror's .ts files, or the original zip, in this order."""
    arrays = mirror_file(f"ucr/{name}.npz")
    if arrays:
        return _read_npz(arrays, parts)
    mirror_keys = [f"uea/{name}_{part.upper()}.ts" for part in parts]
    texts = [mirror_file(key) for key in mirror_keys]
    if all(texts):
        files = []
        for path in texts:
            with reading(path, "a .ts file"), path.open("rb") as file:
                files.append(parse_ts(file))
        return _join(name, files)
    key = "ucr/{name}.zip"
    cached = cache_file(key.format(name=name), data_home)
    if name not in UCR_NAMES and not mirror_file(key.format(name=name)) and not cached.is_file():
        raise ValueError(
            f"name={name!r} is not a problem of the UCR and UEA archives."
            f"{nearest_names(name, UCR_NAMES)} If the archive has added it since, download its "
            f"zip from timeseriesclassification.com and put it at {cached}."
        )
    mirror_form = f"ucr/{name}.npz or {' and '.join(mirror_keys)}"
    path = get_file(key, name=name, data_home=data_home, mirror_form=mirror_form)
    return _read_zip(path, name, parts)


def _read_npz(path, parts):
    form = "an npz file with X_train, y_train, X_test and y_test"
    with reading(path, form), path.open("rb") as file, np.load(file) as arrays:
        data = np.concatenate([arrays[f"X_{part}"] for part in parts])
        labels = np.concatenate([arrays[f"y_{part}"] for part in parts])
    return data.astype(np.float32, copy=False), labels


def _read_zip(path, name, parts):
    """Read the .ts members in memory: nothing of the archive is ever written to disk."""
    with reading(path, "a zip with .ts files"), zipfile.ZipFile(path) as archive:
        members = {PurePosixPath(m).name.casefold(): m for m in archive.namelist()}
        files = []
        for part in parts:
            wanted = f"{name}_{part.upper()}.ts"
            if wanted.casefold() not in members:
                raise ValueError(f"it has no {wanted}, only {', '.join(sorted(members.values()))}")
            with archive.open(members[wanted.casefold()]) as file:
                try:
                    files.append(parse_ts(file))
                except ValueError as error:
                    raise ValueError(f"{wanted}, {error}") from error
        return _join(name, files)


def _join(name, files):
    """Join parts: an array where all lengths are equal, else a list; one channel drops its axis."""
    sequences = [sequence for file in files for sequence in file.sequences]
    labels = np.array([label for file in files for label in file.labels])
    channels = {sequence.shape[1] for sequence in sequences}
    if len(channels) > 1:
        raise ValueError(
            f"The parts of {name} have different numbers of channels ({sorted(channels)}); the "
            f"files do not belong together. Put the originals in their place."
        )
    if not all(file.equal_length for file in files) or len(set(map(len, sequences))) > 1:
        return sequences, labels
    data = np.stack(sequences)
    return (data[..., 0] if data.shape[-1] == 1 else data), labels


def _labels(labels):
    """Return the labels, as integers where all are whole numbers, and the classes' names."""
    if labels.dtype == object:  # a file without labels
        return None, None
    if labels.dtype.kind == "f":
        return labels, None
    if labels.dtype.kind != "U" or all(_WHOLE_NUMBER.fullmatch(label) for label in labels):
        labels = labels.astype(float).astype(np.int64)
    return labels, [str(label) for label in np.unique(labels)]
