"""Pairs of a source and a target for the recipes that write."""

import itertools
import re
from typing import NamedTuple

import numpy as np

from keraseq import datasets
from keraseq._checks import nearest_names
from keraseq.cli.columns import complete_rows
from keraseq.cli.data_file import read_file
from keraseq.cli.file_text import is_table

_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z\"“])")
_QUICK = 200, 50


class Pairs(NamedTuple):
    """Training and test pairs.

    Attributes
    ----------
    X, y, X_test, y_test : list of str
    split : str
        What to print of it.
    """

    X: list
    y: list
    X_test: list
    y_test: list
    split: str


def _dates():
    return datasets.make_dates(6_000, random_state=0, return_X_y=True)


def _python_docs():
    """Each sentence of Python's documentation, and the one that follows it in its paragraph."""
    text = datasets.load_python_docs(subset="all", as_text=True).data
    rows = [_SENTENCE_END.split(line) for line in text.splitlines()]
    pairs = [pair for row in rows for pair in itertools.pairwise(row)]
    return tuple(map(list, zip(*pairs, strict=True)))


def _eng_fra():
    return datasets.fetch_eng_fra(n_pairs=30_000, return_X_y=True)


PAIRS = {"dates": _dates, "python_docs": _python_docs, "eng_fra": _eng_fra}


def pair_data(options):
    """Load the pairs that --data names; a tenth of the different sources is the test part.

    Parameters
    ----------
    options : argparse.Namespace
        With `source` and `target`, the columns of a file.

    Returns
    -------
    Pairs
        No source of the test part stands in training.

    Raises
    ------
    ValueError
        For a name that is not known, or fewer than ten different sources.
    """
    left_out = ""
    if is_table(options.data):
        columns = [options.source, options.target]
        table = read_file(options, "source", "target")
        rows, left_out = complete_rows(table, columns)
        sources, targets = (rows[column].tolist() for column in columns)
    elif options.data in PAIRS:
        sources, targets = PAIRS[options.data]()
    else:
        raise ValueError(
            f"--data {options.data} is not known; give {', '.join(PAIRS)}, or a file ending in "
            f".csv.{nearest_names(options.data, PAIRS)}"
        )
    return _split(options, sources, targets, left_out)


def _split(options, sources, targets, left_out):
    different, group = np.unique(sources, return_inverse=True)
    n_test = len(different) // 10
    if n_test < 1:
        raise ValueError(
            f"--data {options.data} has {len(different)} different sources{left_out}; a tenth of "
            "them is the test part, so that it takes ten or more."
        )
    draw = np.random.default_rng(options.seed)
    is_test = np.isin(group, draw.permutation(len(different))[:n_test])
    parts = [draw.permutation(np.flatnonzero(which)) for which in (~is_test, is_test)]
    quick = ""
    if options.quick:
        parts = [part[:n] for part, n in zip(parts, _QUICK, strict=True)]
        quick = "; --quick: some of them, one epoch"
    X, X_test = ([sources[i] for i in part] for part in parts)
    y, y_test = ([targets[i] for i in part] for part in parts)
    said = f"a tenth of the sources as test: {len(X):,} and {len(X_test):,} pairs"
    return Pairs(X, y, X_test, y_test, f"{said}{left_out}{quick}")
