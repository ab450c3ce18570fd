"""What the cells of a list are: texts, words or numbers."""

import os
from collections.abc import Mapping

import numpy as np

from keraseq.encoding.missing import is_missing


def classify(cells, input, name):
    """Return what all cells are.

    Parameters
    ----------
    cells : list
    input : {"auto", "text", "tokens", "series"}
        What empty cells are where there is nothing else: words for "text", else numbers.
    name : str
        What errors call the argument.

    Returns
    -------
    {"text", "words", "numbers"}

    Raises
    ------
    ValueError, TypeError
        Where they are of several kinds, of another one, or missing.

    Examples
    --------
    >>> from keraseq.encoding.classify import classify
    >>> classify([["to", "be"], []], "auto", "X"), classify([[1, 2], []], "auto", "X")
    ('words', 'numbers')
    """
    kinds = [_cell_kind(cell) for cell in cells]
    present = set(kinds)
    if present == {"text"}:
        return "text"
    if present == {"text", "missing"}:
        raise ValueError(
            f"{name} has no text in row {kinds.index('missing')} (None or NaN); drop the row, or "
            "give an empty string (a Series: .fillna(''))."
        )
    if present in ({"words"}, {"words", "empty"}) or (present == {"empty"} and input == "text"):
        return "words"
    if present <= {"numbers", "empty"}:
        return "numbers"
    return _refuse_cells(cells, kinds, sorted(present), name)


def _cell_kind(cell):
    if isinstance(cell, str):
        return "text"
    if isinstance(cell, list | tuple):
        return _kind_of_items(cell)
    if hasattr(cell, "__array__") and np.ndim(cell) > 0:
        if np.ndim(cell) > 1 or getattr(getattr(cell, "dtype", None), "kind", "O") in "biufcmMS":
            return "numbers"
        return _kind_of_items(np.asarray(cell).tolist())
    if isinstance(cell, bytes):
        return "bytes"
    if is_missing(cell):
        return "missing"
    return "single numbers" if np.isscalar(cell) else "objects"


def _kind_of_items(items):
    strings = {issubclass(kind, str) for kind in set(map(type, items))}
    if not strings:
        return "empty"
    if len(strings) == 2:
        others = (item for item in items if not isinstance(item, str))
        return "words with gaps" if all(map(is_missing, others)) else "mixture"
    return "words" if strings == {True} else "numbers"


def _refuse_cells(cells, kinds, present, name):
    first = {kind: kinds.index(kind) for kind in present}
    if "words with gaps" in present:
        row = first["words with gaps"]
        step = next(i for i, word in enumerate(cells[row]) if is_missing(word))
        raise ValueError(
            f"{name} has no word in row {row}, step {step} (None or NaN). Give a string, '' if it "
            "is unknown; words such as 'None' or 'NA' that pandas read from a file as missing stay "
            "words with keep_default_na=False."
        )
    if "mixture" in present:
        raise TypeError(
            f"{name} mixes strings and numbers within row {first['mixture']}; a sequence is of "
            "words alone or of numbers alone."
        )
    if "bytes" in present:
        raise TypeError(f"{name} holds bytes in row {first['bytes']}; decode them: .decode().")
    if present == ["single numbers"] or present == ["missing", "single numbers"]:
        raise ValueError(
            f"{name} is a list of single numbers, not of sequences. Reshape your data: [{name}] if "
            f"it is one sequence, [[number] for number in {name}] if each is a sequence."
        )
    if len(present) > 1:
        raise TypeError(
            f"{name} is a mixture of "
            + " and ".join(f"{kind} (first in row {row})" for kind, row in first.items())
            + "; every sequence must be of one kind: all strings, all words or all numbers."
        )
    cell = cells[0]
    mended = ""
    if isinstance(cell, os.PathLike):
        mended = f" Files are not read: [numpy.load(path) for path in {name}]."
    elif isinstance(cell, Mapping):
        mended = f" Columns by name are a frame: [pandas.DataFrame(row) for row in {name}]."
    raise TypeError(
        f"{name} holds {type(cell).__name__} in row 0; the argument must be a sequence of "
        f"strings, or of number sequences.{mended}"
    )
