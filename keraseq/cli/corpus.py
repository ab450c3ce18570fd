"""Texts to learn to write from, or to judge: a file as one, its lines, or a table's column."""

import re

from keraseq.cli.command_line import UsageError
from keraseq.cli.file_text import decode_blocks, is_utf8, lines_of, open_data
from keraseq.cli.messages import say

_TABLE = re.compile(r"\.(csv|tsv|parquet|pq|json|jsonl|ndjson)(\.(gz|bz2|xz))?$", re.IGNORECASE)


def read_corpus(options, columns, *, lines, by_words=False):
    """Return the file's whole text, or a list of texts, and say what was read.

    Parameters
    ----------
    options : Namespace
        With `data` and how to read it.
    columns : TableColumns
        With `text` where the file is a table.
    lines : bool
        Whether each line of a file that is no table is a text.
    by_words : bool
        Whether texts are lists of tokens, in lines between blanks.

    Raises
    ------
    UsageError, ValueError
    """
    path = options.data
    if columns.text:
        X = _column(options, columns)
        say(f"{path}: {len(X):,} texts")
    elif _TABLE.search(path):
        raise UsageError(f"{path} is a table: name the column of its texts with --text.")
    elif lines or by_words:
        X = [line.split() if by_words else line for line in read_lines(options) if line.strip()]
        say(f"{path}: {len(X):,} lines, each a text")
    else:
        X = "".join(_blocks(options))
        say(f"{path}: one text of {len(X):,} characters")
    if not X:
        raise ValueError(f"{path} holds no text.")
    return X


def read_lines(options):
    """Yield the lines of a plain text file, or of standard input, without their ends."""
    for line in lines_of(_blocks(options)):
        yield line.rstrip("\r\n")


def _blocks(options):
    path = options.data
    with open_data(path) as stream:
        for block in decode_blocks(path, stream, options.encoding):
            if not is_utf8(block):
                raise ValueError(
                    f"{path} is not UTF-8, and what its letters are is open. Say which with "
                    "--encoding; cp1252 is Windows in Western Europe."
                )
            yield block


def _column(options, columns):
    from keraseq.cli.data_file import reading
    from keraseq.cli.sequence_rows import SequenceReader
    from keraseq.cli.tables import read_table

    table = read_table(options.data, columns.named("text"), **reading(options))
    X, is_empty = SequenceReader(columns).read(table)
    if is_empty.any():
        say(f"{options.data}: left out {is_empty.sum():,} rows without a text")
    return [row for row, empty in zip(X, is_empty, strict=True) if not empty]
