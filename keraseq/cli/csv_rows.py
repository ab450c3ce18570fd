"""The rows of a CSV file as text: its separator, quotes and header.

What can be found in the file without a doubt is found; what cannot is asked for by an option.
"""

import csv
import io
import itertools
import re
import sys
from dataclasses import dataclass

from keraseq.cli.file_text import decode_blocks, is_utf8, lines_of

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass
class CsvRows:
    """A CSV file that is being read.

    Attributes
    ----------
    header : list of str
    rows : iterator of (int, list of str)
        With their number as a spreadsheet counts: the header is row 1.
    sep : str
    is_certain : bool
        Whether the letters beyond ASCII are.
    """

    header: list
    rows: object
    sep: str
    is_certain: bool


def open_csv(path, stream, wanted, *, sep, encoding, quotes, header, sample, empty_rows=False):
    """Begin to read a CSV file.

    Parameters
    ----------
    path : str
        For errors.
    stream : binary file
    wanted : list of str
        Columns that its header must have; they tell the separator.
    sep, encoding, quotes, header
        As of :class:`keraseq.cli.tables.Reading`.
    sample : int or None
        Letters by which separator and quotes are found; None for all.
    empty_rows : bool, default=False
        Whether rows of empty cells are rows, too; blank lines are not.
    """
    blocks = decode_blocks(path, stream, encoding)
    text, is_whole = _begin(blocks, sample)
    is_certain = is_utf8(text)
    text, sep = _find_separator(path, text, wanted if header else [], sep)
    quoting = {} if _has_quotes(path, text, sep, quotes, is_whole) else {"quoting": csv.QUOTE_NONE}
    rows = _rows(path, lines_of(itertools.chain([text] if text else [], blocks)), sep, quoting)
    first = next((row for row in rows if any(row[1])), None)
    if first is None:
        raise ValueError(f"{path} is empty.")
    width = len(first[1])
    rows = (row for row in rows if any(row[1]) or (empty_rows and len(row[1]) == width))
    if header:
        return CsvRows(first[1], rows, sep, is_certain)
    names = [str(place) for place in range(1, width + 1)]
    return CsvRows(names, itertools.chain([first], rows), sep, is_certain)


def _begin(blocks, sample):
    """The text's first letters, and whether they are all."""
    taken, n = [], 0
    for block in blocks:
        taken.append(block)
        n += len(block)
        if sample is not None and n >= sample:
            return "".join(taken), False
    return "".join(taken), True


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
        raise ValueError(f"{path} may be separated by {said}: say which with --sep.")
    return text, fits[0]


def _first_row(text, sep):
    try:
        return _stripped(next(_reader(io.StringIO(text, newline=""), sep), []))
    except csv.Error:
        return []


def _reader(lines, sep, **settings):
    # A cell may be a book; the module's limit is 131,072 letters.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    return csv.reader(lines, delimiter=sep, skipinitialspace=sep != " ", strict=True, **settings)


def _stripped(row):
    return [cell.strip() for cell in row]


def _has_quotes(path, text, sep, quotes, is_whole):
    """Whether cells stand in quotes, or quotes are part of texts."""
    if quotes is not None or '"' not in text:
        return quotes is not False
    if not is_whole:
        text = text[: text.rfind("\n") + 1]
    lengths, n_plain, _ = _shape(text, sep, quoting=csv.QUOTE_NONE)
    if len(lengths) != 1:
        return True
    _, n_quoted, error = _shape(text, sep)
    if error is not None and (is_whole or "end of data" not in str(error)):
        return False
    if n_plain > n_quoted + (0 if is_whole else 1):
        raise ValueError(
            f"{path} has {n_plain - 1} rows if quotes are part of its texts, and "
            f"{n_quoted - 1} if cells in quotes may hold line breaks: say which with "
            "--no-quotes or --quotes."
        )
    return True


def _shape(text, sep, **settings):
    """How many cells rows have, how many rows there are, and what ended the reading early."""
    lengths, n = set(), 0
    try:
        for row in _reader(io.StringIO(text, newline=""), sep, **settings):
            # A row of empty cells in quotes is one by either reading.
            n += len(row) > 0
            if any(map(str.strip, row)):
                lengths.add(len(row))
    except csv.Error as error:
        return lengths, n, error
    return lengths, n, None


def _rows(path, lines, sep, settings):
    last = 0
    try:
        for number, row in enumerate(_reader(lines, sep, **settings), 1):
            if row:
                last = number
                yield number, _stripped(row)
    except csv.Error as error:
        raise ValueError(
            f"{path}: row {last + 1} is broken off or quoted wrongly "
            f'({error}). A cell with a quote in it is written "like ""this"" one"; if quotes are '
            "part of the texts, use --no-quotes."
        ) from None
