"""The rows of a data file as text, all at once or a chunk at a time."""

import itertools
from dataclasses import dataclass, replace

import pandas as pd

from keraseq._checks import nearest_names, shown
from keraseq.cli.csv_rows import SEPARATORS, open_csv
from keraseq.cli.file_text import check_ascii, is_utf8, open_data, peek, shown_letters
from keraseq.cli.typed_rows import find_kind

# Letters by which the separator and quotes of a file are found that is read in chunks.
_SAMPLE = 2**22


@dataclass(frozen=True)
class Table:
    """A file of rows, read but not understood.

    Attributes
    ----------
    path : str
    cells : DataFrame of str
        An empty cell is "". The index counts rows as a spreadsheet does: the header is row 1. Of
        Parquet and JSON a cell may be a list.
    sep : str
    """

    path: str
    cells: pd.DataFrame
    sep: str = ","

    def rows(self, mask):
        """The table of some of its rows."""
        return replace(self, cells=self.cells[mask])


@dataclass(frozen=True)
class Reading:
    """How a file is to be read, where the file itself leaves it open.

    Attributes
    ----------
    sep : str, optional
        What separates cells. By default the one of comma, semicolon, tab and bar by which the
        header has the columns asked for.
    encoding : str, optional
        By default that of the file's first bytes, or UTF-8. Others are not guessed, but where the
        columns asked for are plain ASCII they do not matter.
    quotes : bool, optional
        Whether cells may stand in double quotes, or quotes are part of texts. By default what
        gives each row as many cells as the header.
    header : bool
        Whether the first row names the columns; else they are called 1, 2, 3 and so on.
    """

    sep: str | None = None
    encoding: str | None = None
    quotes: bool | None = None
    header: bool = True


def read_table(path, named, **settings):
    """Read a file in which every row holds the columns that are asked for.

    Parameters
    ----------
    path : str
        Of a CSV or Parquet file or JSON lines, packed or not; "-" is standard input.
    named : list of (str, str or None)
        Options and the column that each names, such as ``[("--text", "review")]``.
    **settings
        Of :class:`Reading`.

    Returns
    -------
    Table

    Raises
    ------
    OSError, ValueError
        Naming the row, or the option that tells what the file leaves open.
    """
    tables = list(read_chunks(path, named, None, **settings))
    if not tables:
        raise ValueError(f"{path} holds a header and no rows.")
    return tables[0]


def read_chunks(path, named, size, **settings):
    """Yield tables of at most `size` rows, of which the next is read when it is asked for.

    With a `size` separator and quotes are found by the file's first four million letters, and rows
    of empty cells are kept, which have their place among the answers.
    """
    reading = Reading(**settings)
    with open_data(path) as stream:
        kind = find_kind(peek(path, stream))
        if kind is None:
            yield from _csv_chunks(path, stream, named, size, reading)
            return
        for cells in kind(path, stream, size or 2**40):
            _check_columns(path, list(cells), named)
            yield Table(path, cells)


def _csv_chunks(path, stream, named, size, reading):
    wanted = [column for _, column in named if column is not None]
    is_chunk = size is not None
    sample = _SAMPLE if is_chunk else None
    found = open_csv(path, stream, wanted, sample=sample, empty_rows=is_chunk, **vars(reading))
    # pandas finds no column beside one whose name is no text.
    header = [shown_letters(name) for name in found.header]
    _check_columns(path, header, named)
    places = [header.index(column) for column in wanted]
    while rows := dict(itertools.islice(found.rows, size)):
        _check_lengths(path, header, rows, places, found.sep)
        width = len(header)
        cells = pd.DataFrame(
            [row + [""] * (width - len(row)) for row in rows.values()],
            index=pd.Index(rows),
            columns=header,
            dtype=object,
        )
        asked = cells.iloc[:, places]
        found.is_certain &= all(is_utf8("".join(asked[column])) for column in asked)
        if not found.is_certain:
            check_ascii(path, asked)
        yield Table(path, cells, found.sep)


def _check_columns(path, header, named):
    held = ", ".join(header[:30]) + (", ..." if len(header) > 30 else "")
    options = {}
    for option, column in named:
        if column is None:
            raise ValueError(f"{path} has the columns {held}: say which with {option}.")
        if column in options:
            raise ValueError(
                f"{options[column]} and {option} both name the column {column}; {path} has {held}."
            )
        options[column] = option
        if column not in header:
            raise ValueError(
                f"{option} {column}: {path} has no such column; its first row has {held}."
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
                f"{path}: row {number} has {len(row)} cells, the header {len(header)}, so "
                f"cells may have shifted to other columns: {shown(sep.join(row))}. {cause}"
            )
        if len(row) < least:
            raise ValueError(
                f"{path}: row {number} has {len(row)} cells and so none for "
                f"{header[least - 1]}; the header has {len(header)}: {shown(sep.join(row))}. "
                "A cell with a line break in it must be quoted."
            )
