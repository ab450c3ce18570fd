"""Columns of a CSV file, all text so far, as labels, texts, numbers and dates.

Where cells can be read in two ways, the option that decides is asked for.
"""

import re

import numpy as np
import pandas as pd

from keraseq._checks import shown

# What programs write for a number that is missing; in labels and texts these are words.
_NO_NUMBER = {"", "na", "n/a", "#n/a", "nan", "null", "none"}
_TRUTH = {"true": "1", "false": "0"}
_PLAIN = set("0123456789+-.eE")
_SPACES = " \u00a0\u202f'’"
_MARKS = {".": "point", ",": "comma"}


def complete_rows(table, columns):
    """Return the rows in which none of these columns is empty, and a clause on the others."""
    cells = table.cells
    empty = cells[columns] == ""
    left_out = empty.any(axis=1)
    if not left_out.any():
        return cells, ""
    if left_out.all():
        raise ValueError(
            f"{table.path} has no row in which neither is empty: {', '.join(columns)}."
            if len(columns) > 1
            else f"{table.path}: the column {columns[0]} is empty in every row."
        )
    said = ", ".join(
        f"{column} is empty in row {where.idxmax()}"
        + (f" and {where.sum() - 1:,} more" if where.sum() > 1 else "")
        for column, where in empty.items()
        if where.any()
    )
    return cells[~left_out], f"; left out {left_out.sum():,} of {len(cells):,} rows: {said}"


def read_numbers(table, cells, *, decimal=None, advice=""):
    """Read cells as numbers that are all written alike.

    Parameters
    ----------
    table : Table
        That they come from.
    cells : DataFrame of str
    decimal : {".", ","}, optional
        By default the only mark by which every cell is a number; the other mark, blanks and
        apostrophes may group thousands.
    advice : str
        What the error on a cell that is no number ends with.

    Returns
    -------
    DataFrame of float64
        NaN where a cell is empty, or holds "NA" or the like.

    Raises
    ------
    ValueError
        Naming the row, or --decimal.
    """
    if decimal == "." or (decimal is None and table.sep == ","):
        values = _plain_numbers(cells)
        if values is not None:
            return values
    lower, words, readings = _read_both_ways(cells)
    mark = decimal or _find_mark(table, cells, words, readings)[0]
    values = readings[mark]
    strange = set(words[values.isna()])
    if strange:
        row, column, value = _find(cells, strange)
        is_near = re.fullmatch(r"[-+0-9.,\s]+", value)
        so_far = f" (the decimal mark is a {_MARKS[mark]})" if is_near else ""
        raise ValueError(
            f"{table.path}: column {column} holds no numbers throughout: row {row} has "
            f"{shown(value)}{so_far}. {advice}"
        )
    known = dict(zip(words, values, strict=True))
    return lower.apply(lambda column: column.map(known)).astype(float)


def find_decimal(table, cells, *, usual=None):
    """The decimal mark of these cells; None where both read them alike, `usual` where it is open.

    Raises
    ------
    ValueError
        Where it is open and there is no `usual`.
    """
    if table.sep == "," and _plain_numbers(cells) is not None:
        has_point = any("." in cell for cell in cells.to_numpy().ravel())
        return "." if has_point else None
    _, words, readings = _read_both_ways(cells)
    mark, is_certain = _find_mark(table, cells, words, readings, usual)
    return mark if is_certain else None


def _plain_numbers(cells):
    """The cells as numbers where all are written as Python writes them; else None. It is fast."""
    values = cells.to_numpy().ravel()
    if not set("".join(values)) <= _PLAIN:
        return None
    values = np.where(values == "", "nan", values)
    try:
        numbers = values.astype(float).reshape(cells.shape)
    except ValueError:
        return None
    return pd.DataFrame(numbers, index=cells.index, columns=cells.columns)


def _read_both_ways(cells):
    """The cells in lower case, their different words, and these as numbers by each mark."""
    lower = cells.apply(lambda column: column.str.lower())
    words = pd.Series(pd.unique(lower.to_numpy().ravel()), dtype=object)
    words = words[~words.isin(_NO_NUMBER)]
    plain = words.replace(_TRUTH).str.replace("−", "-")
    return lower, words, {mark: _numbers(plain, mark) for mark in _MARKS}


def _numbers(words, mark):
    """The words as numbers with this decimal mark; NaN where they are none."""
    other = re.escape("," if mark == "." else ".")
    mark = re.escape(mark)
    whole = rf"[1-9][0-9]{{0,2}}(?:([{other}{_SPACES}])[0-9]{{3}})(?:\1[0-9]{{3}})*|[0-9]+"
    pattern = rf"[+-]?(?=[0-9]|{mark}[0-9])(?:{whole})?(?:{mark}[0-9]*)?(?:[eE][+-]?[0-9]+)?"
    fits = words.str.fullmatch(pattern).astype(bool)
    plain = words[fits].str.replace(f"[{other}{_SPACES}]", "", regex=True)
    return plain.str.replace(mark, ".", regex=True).astype(float).reindex(words.index)


def _find_mark(table, cells, words, readings, usual=None):
    """The decimal mark, and whether the cells tell it."""
    possible = [mark for mark, values in readings.items() if values.notna().all()]
    if len(possible) < 2:
        # Where none fits, the error names what does not under the one that fits more.
        return min(_MARKS, key=lambda mark: readings[mark].isna().sum()), True
    differs = (readings["."] != readings[","]).to_numpy()
    has_comma = words.str.contains(",").any()
    if not differs.any():
        return ".", False
    if table.sep == "," and not has_comma:
        return ".", True
    if usual is not None:
        return usual, True
    example = words[differs].iloc[0]
    row, column, example = _find(cells, {example})
    raise ValueError(
        f"{table.path}: row {row} holds {example!r} in {column}, which is "
        f"{readings['.'][differs].iloc[0]:.15g} if the decimal mark is a point and "
        f"{readings[','][differs].iloc[0]:.15g} if it is a comma: say which with --decimal."
    )


def _find(cells, wanted):
    """Row, column and text of the first cell that is one of these words, in lower case."""
    hits = cells.apply(lambda column: column.str.lower().isin(wanted)).to_numpy()
    row, place = np.argwhere(hits)[0]
    return cells.index[row], cells.columns[place], cells.iat[row, place]


def holds_numbers(cells):
    """Whether every cell that is not empty is a number, whatever its decimal mark."""
    words = cells[cells != ""].str.lower()
    return any(_numbers(words, mark).notna().all() for mark in _MARKS)
