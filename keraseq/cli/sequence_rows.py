"""The rows of a table as X and y: texts, series of numbers in columns or lists, and targets."""

import dataclasses
import json

import numpy as np

from keraseq._checks import shown
from keraseq.cli.columns import find_decimal, holds_numbers, read_numbers
from keraseq.cli.file_text import NO_LETTER, check_ascii, is_utf8
from keraseq.cli.table_columns import TableColumns


def find_columns(table, *, target=(), text=(), ignore=()):
    """Find which columns hold what is read; the others beside `target` are steps of a series.

    Returns
    -------
    columns : TableColumns
    notes : list of str
        What was found, for whoever did not say it.

    Raises
    ------
    ValueError
        Where that is open.
    """
    columns = TableColumns(target=tuple(target), text=tuple(text))
    if text:
        _check_texts(table, text)
        return columns, []
    candidates, notes = _candidates(table, target, ignore)
    if not candidates:
        beside = " beside --target" if target else ""
        raise ValueError(f"{table.path} has no column{beside}; a series needs its steps.")
    lists = [name for name in candidates if holds_lists(table.cells[name])]
    if lists:
        rest = [name for name in candidates if name not in lists]
        notes += [f"left out {', '.join(rest)}, which hold no lists"] if rest else []
        return dataclasses.replace(columns, lists=tuple(lists)), notes
    if len(candidates) == 1 and not holds_numbers(table.cells[candidates[0]]):
        return dataclasses.replace(columns, text=tuple(candidates)), [
            *notes,
            f"{candidates[0]} holds the texts",
        ]
    return dataclasses.replace(columns, steps=tuple(candidates)), notes


def _check_texts(table, text):
    for name in text:
        if holds_lists(table.cells[name]):
            continue
        if holds_numbers(table.cells[name]):
            raise ValueError(f"--text {name} of {table.path} holds numbers, not texts.")


def _candidates(table, target, ignore):
    """The columns that may be read, and what is said of those that are not."""
    names = [
        name
        for place, name in enumerate(table.cells.columns)
        if name not in (*target, *ignore) and (name or (table.cells.iloc[:, place] != "").any())
    ]
    _check_names(table, names)
    if names and _counts_rows(table.cells.iloc[:, list(table.cells.columns).index(names[0])]):
        return names[1:], [f"left out the first column ({names[0]!r}), which counts the rows"]
    return names, []


def _check_names(table, names):
    """Refuse columns of one name, and letters whose encoding is open, in what nobody has named."""
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f"{table.path} has {names.count(name)} columns "
                + (f"of the name {name!r}" if name else "without a name")
                + "; give each its own in the first row."
            )
        if NO_LETTER in name:
            raise ValueError(
                f"{table.path} is not UTF-8, and what the letters of its column {name!r} are is "
                "open: say which with --encoding; cp1252 is Windows in Western Europe."
            )
    cells = table.cells[names]
    texts = [cell for cell in cells.to_numpy().ravel() if isinstance(cell, str)]
    if not is_utf8("".join(texts)):
        check_ascii(table.path, cells)


def _counts_rows(cells):
    """Whether this is no measurement but the number of each row, as pandas writes it."""
    first = cells.iloc[0]
    n = len(cells)
    if n == 1 and cells.name:
        # Of one row a first step may well be 0 or 1.
        return False
    return first in ("0", "1") and cells.tolist() == [str(int(first) + i) for i in range(n)]


def holds_lists(cells):
    """Whether every cell that is not empty is a list, or JSON of one as far as the first tells."""
    known = [cell for cell in cells if not isinstance(cell, str) or cell]
    texts = [cell for cell in known if isinstance(cell, str)]
    # A text may stand in brackets too: "[laughs]".
    is_json = all(cell[0] == "[" and cell[-1] == "]" for cell in texts)
    return bool(known) and is_json and all(map(_is_json, texts[:1]))


def _is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


class SequenceReader:
    """Reads X from tables with these columns, one after another, all with one decimal mark.

    Parameters
    ----------
    columns : TableColumns
    decimal : {".", ","}, optional
        By default what the first table tells that does.
    advice : str
        What the error on a cell that is no number ends with.
    """

    def __init__(self, columns, decimal=None, advice=""):
        self._columns, self._decimal, self._advice = columns, decimal, advice

    @property
    def columns(self):
        """The columns, with what has been learned of them."""
        return dataclasses.replace(self._columns, decimal=self._decimal)

    def read(self, table):
        """Return X with a row for each of the table's, and which of these are empty.

        Returns
        -------
        X : list of str, list of list or of ndarray, or ndarray `(rows, time)`
        is_empty : ndarray of bool
        """
        columns = self._columns
        if columns.text:
            return _texts(table, columns)
        return self._channels(table) if columns.lists else self._steps(table)

    def _steps(self, table):
        held = [name for name in self._columns.steps if name in table.cells]
        # A file of shorter series alone may lack the last columns.
        cells = table.cells[held].reindex(columns=list(self._columns.steps), fill_value="")
        try:
            if self._decimal is None:
                self._decimal = find_decimal(table, cells, usual=self._columns.decimal)
            values = read_numbers(table, cells, decimal=self._decimal, advice=self._advice)
        except TypeError:
            # Looked for once it is needed: a file may have millions of cells.
            _refuse_lists(table, cells)
            raise
        is_missing = values.isna().to_numpy()
        _check_inside(table, cells, is_missing)
        if is_missing[:, -1].any():
            self._columns = dataclasses.replace(self._columns, ragged=True)
        return values.to_numpy(), is_missing.all(axis=1)

    def _channels(self, table):
        cells = table.cells[list(self._columns.lists)]
        is_empty = np.array([not all(row) for row in cells.to_numpy()], dtype=bool)
        X = []
        for number, row in zip(cells.index, cells.to_numpy(), strict=True):
            channels = [_numbers_of(table, number, cell) if cell else np.zeros(0) for cell in row]
            lengths = {len(channel) for channel in channels}
            if len(lengths) > 1 and all(row):
                raise ValueError(
                    f"{table.path}: row {number} has lists of {sorted(lengths)} numbers; the "
                    "channels of a series must be as long as each other."
                )
            X.append(np.stack(channels, axis=-1) if len(lengths) == 1 else np.zeros((0, len(row))))
        return X, is_empty


def _texts(table, columns):
    cells = table.cells[list(columns.text)]
    if cells.map(lambda cell: isinstance(cell, list)).any(axis=None) or columns.by_words:
        if len(columns.text) > 1:
            raise ValueError(
                f"--text {', '.join(columns.text)}: words that have a tag each, and lists of "
                "words, are of one column; name one."
            )
        words = words_of(cells[columns.text[0]])
        return words, np.array([not row for row in words], dtype=bool)
    texts = [" ".join(filter(None, row)) for row in cells.to_numpy()]
    return texts, np.array([not text for text in texts], dtype=bool)


def words_of(cells):
    """Cells as lists: such they are, or JSON of such, or words between blanks."""
    if holds_lists(cells):
        for row, cell in cells.items():
            if isinstance(cell, str) and cell and not _is_json(cell):
                raise ValueError(
                    f"Row {row} holds {shown(cell)}, which is no whole list as JSON has it, unlike "
                    "the first."
                )
        return [json.loads(cell) if isinstance(cell, str) and cell else cell for cell in cells]
    return [cell.split() for cell in cells]


def _numbers_of(table, number, cell):
    try:
        values = np.asarray(json.loads(cell) if isinstance(cell, str) else cell, dtype=float)
        if values.ndim == 1:
            return values
    except (ValueError, TypeError):
        pass
    raise ValueError(
        f"{table.path}: row {number} holds {shown(cell)}; it must be a plain list of numbers."
    )


def _refuse_lists(table, steps):
    """Refuse a list where a column is a step."""
    for number, row in zip(steps.index, steps.to_numpy(), strict=True):
        for name, cell in zip(steps.columns, row, strict=True):
            if isinstance(cell, list):
                raise ValueError(
                    f"{table.path}: row {number} holds a list in {name!r}, which is one step of a "
                    "series: a number."
                )


def _check_inside(table, steps, is_missing):
    """Refuse missing steps that others follow; those at the end are those of a shorter series."""
    follows = np.logical_or.accumulate(~is_missing[:, ::-1], axis=1)[:, ::-1]
    inside = np.argwhere(is_missing & follows)
    if len(inside):
        row, column = inside[0]
        raise ValueError(
            f"{table.path}: row {steps.index[row]} has no number for {steps.columns[column]!r}, "
            f"though steps follow it ({len(inside):,} such cells): fill them."
        )
