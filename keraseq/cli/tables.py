"""The rows of a CSV file as text: its separator, header and row lengths.

What can be found in the file without a doubt is found; what cannot is asked for by an option.
"""

import csv
import io
import re
import sys
from dataclasses import dataclass

import pandas as pd

from keraseq._checks import nearest_names, shown
from keraseq.cli.file_text import check_ascii, decode_file

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class Table:
    """A CSV file, read but not understood.

    Attributes
    ----------
    path : str
    cells : DataFrame of str
        An empty cell is "". The index counts rows as a spreadsheet does: the header is row 1.
    sep : str
    """

    path: str
    cells: pd.DataFrame
    sep: str


def read_table(path, named, *, sep=None, encoding=None, quotes=None):
    """Read a CSV file in which every row holds the columns that are asked for.

    Parameters
    ----------
    path : str
    named : list of (str, str or None)
        Options and the column that each names, such as ``[("--text-col", "review")]``.
    sep : str, optional
        What separates cells. By default the one of comma, semicolon, tab and bar by which the
        header has these columns.
    encoding : str, optional
        By default that of the file's first bytes, or UTF-8. Others are not guessed, but where the
        columns asked for are plain ASCII they do not matter.
    quotes : bool, optional
        Whether cells may stand in double quotes, or quotes are part of texts. By default what
        gives each row as many cells as the header.

    Returns
    -------
    Table

    Raises
    ------
    OSError, ValueError
        Naming the row, or the option that tells what the file leaves open.
    """
    text, is_certain = decode_file(path, encoding)
    wanted = [column for _, column in named if column is not None]
    text, sep = _find_separator(path, text, wanted, sep)
    header, rows = _split_rows(path, text, sep, quotes)
    _check_columns(path, header, named)
    places = [header.index(column) for column in wanted]
    _check_lengths(path, header, rows, places, sep)
    if not rows:
        raise ValueError(f"--data {path} holds a header and no rows.")
    width = len(header)
    cells = pd.DataFrame(
        [row + [""] * (width - len(row)) for row in rows.values()],
        index=pd.Index(rows),
        columns=header,
        dtype=object,
    )
    if not is_certain:
        check_ascii(path, cells.iloc[:, places])
    return Table(path, cells, sep)


def _find_separator(path, text, wanted, sep):
    """The text without a line that only tells the separator, and the separator."""
    # Excel reads and writes this line.
    told = re.match(r'"?sep=(.)"?\r?\n', text, re.IGNORECASE)
    text = text[told.end() :] if told else text
    if sep is not None:
        sep = {"tab": "\t", "\\t": "\t"}.get(sep, sep)
        if len(sep) != 1 or sep in '"\r\n':
            raise ValueError(f"--sep {sep!r} must be one character, such as ';', or tab.")
        return text, sep
    if told:
        return text, told[1]
    headers = {sep: _first_row(text, sep) for sep in SEPARATORS}
    fits = [sep for sep, header in headers.items() if set(wanted) <= set(header)]
    if not fits or not wanted:
        return text, max(SEPARATORS, key=lambda sep: len(headers[sep]))
    # Equal headers are one column, which nothing separates.
    if len({tuple(headers[sep]) for sep in fits}) > 1:
        said = " or ".join(SEPARATORS[sep] for sep in fits)
        raise ValueError(f"--data {path} may be separated by {said}: say which with --sep.")
    return text, fits[0]


def _first_row(text, sep):
    try:
        return _stripped(next(_reader(text, sep), []))
    except csv.Error:
        return []


def _reader(text, sep, **settings):
    # A cell may be a book; the module's limit is 131,072 letters.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=sep,
        skipinitialspace=sep != " ",
        strict=True,
        **settings,
    )


def _stripped(row):
    return [cell.strip() for cell in row]


def _split_rows(path, text, sep, quotes):
    """The header, and the cells of the rows that hold anything by their number."""
    plain = None
    if quotes is False or (quotes is None and '"' in text):
        plain, _ = _rows(text, sep, quoting=csv.QUOTE_NONE)
    if quotes is False:
        rows, error = plain, None
    else:
        rows, error = _rows(text, sep)
    if quotes is None and plain and len({len(row) for row in plain.values()}) == 1:
        if error:
            rows, error = plain, None
        elif len(plain) > len(rows):
            raise ValueError(
                f"--data {path} has {len(plain) - 1} rows if quotes are part of its texts, and "
                f"{len(rows) - 1} if cells in quotes may hold line breaks: say which with "
                "--no-quotes or --quotes."
            )
    if error:
        raise ValueError(
            f"--data {path}: row {max(rows, default=0) + 1} is broken off or quoted wrongly "
            f'({error}). A cell with a quote in it is written "like ""this"" one"; if quotes are '
            "part of the texts, use --no-quotes."
        )
    if not rows:
        raise ValueError(f"--data {path} is empty.")
    return rows.pop(min(rows)), rows


def _rows(text, sep, **settings):
    """Rows that hold anything, by their number, and what ended the reading before its time."""
    rows = {}
    try:
        for number, row in enumerate(_reader(text, sep, **settings), 1):
            cells = _stripped(row)
            if any(cells):
                rows[number] = cells
    except csv.Error as error:
        return rows, error
    return rows, None


def _check_columns(path, header, named):
    held = ", ".join(header[:30]) + (", ..." if len(header) > 30 else "")
    options = {}
    for option, column in named:
        if column is None:
            raise ValueError(f"--data {path} has the columns {held}: say which with {option}.")
        if column in options:
            raise ValueError(
                f"{options[column]} and {option} both name the column {column}; {path} has {held}."
            )
        options[column] = option
        if column not in header:
            one_by_one = set(column.split(",")) <= set(header)
            raise ValueError(
                f"{option} {column}: {path} has no such column; its first row has {held}."
                + (" Give several with blanks between." if one_by_one else "")
                + nearest_names(column, header)
            )
        if header.count(column) > 1:
            raise ValueError(
                f"{option} {column}: {path} has {header.count(column)} columns of that name; give "
                "each its own in the first row."
            )


def _check_lengths(path, header, rows, places, sep):
    """Refuse rows whose cells have shifted, and such as end before a column that is asked for."""
    least, name = max(places, default=-1) + 1, SEPARATORS.get(sep, repr(sep))
    for number, row in rows.items():
        if len(row) > len(header):
            cause = (
                f"It ends in a {name} that the header does not have: remove it."
                if not any(row[len(header) :])
                else f"A cell with a {name} in it must be quoted."
            )
            raise ValueError(
                f"--data {path}: row {number} has {len(row)} cells, the header {len(header)}, so "
                f"cells may have shifted to other columns: {shown(sep.join(row))}. {cause}"
            )
        if len(row) < least:
            raise ValueError(
                f"--data {path}: row {number} has {len(row)} cells and so none for "
                f"{header[least - 1]}; the header has {len(header)}: {shown(sep.join(row))}. "
                "A cell with a line break in it must be quoted."
            )
