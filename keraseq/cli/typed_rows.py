"""Parquet files and JSON lines: their cells as the texts that a CSV file has, or as lists."""

import io
import itertools
import json
import re

import pandas as pd

from keraseq._checks import import_extra, shown
from keraseq.cli.file_text import decode_blocks, lines_of, read_blocks

_LINES = re.compile(rb'(\xef\xbb\xbf)?\s*\{\s*"')
_RECORDS = re.compile(rb"(\xef\xbb\xbf)?\s*\[\s*\{")


def find_kind(begin):
    """Which kind of file begins with these bytes; None for text in columns."""
    if begin.startswith(b"PAR1"):
        return _parquet
    if _LINES.match(begin):
        return _json_lines
    return _json_records if _RECORDS.match(begin) else None


def _parquet(path, stream, size):
    """Yield frames of at most `size` rows."""
    parquet = import_extra("pyarrow.parquet", "parquet")
    import pyarrow

    try:
        # Its table of contents is at the end, which a pipe cannot jump to.
        source = stream if stream.seekable() else io.BytesIO(b"".join(read_blocks(path, stream)))
        file, row = parquet.ParquetFile(source), 1
        for batch in file.iter_batches(size):
            columns = {
                name: _texts(path, name, column, pyarrow)
                for name, column in zip(batch.schema.names, batch.columns, strict=True)
                if not re.fullmatch(r"__index_level_\d+__", name)
            }
            index = range(row, row + batch.num_rows)
            yield pd.DataFrame(columns, index=index, dtype=object)
            row += batch.num_rows
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError, OSError) as error:
        raise ValueError(f"{path} is no whole Parquet file: {error}.") from None


def _texts(path, name, column, pyarrow):
    types, kind = pyarrow.types, column.type
    if types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return ["" if cell is None else cell for cell in column.to_pylist()]
    if types.is_struct(kind) or types.is_map(kind) or types.is_binary(kind):
        raise ValueError(f"{path}: the column {name} holds {kind}, which is no plain column.")
    if types.is_floating(kind):
        return ["" if cell is None or cell != cell else repr(cell) for cell in column.to_pylist()]
    return ["" if cell is None else cell for cell in column.cast(pyarrow.string()).to_pylist()]


def _json_lines(path, stream, size):
    """Yield frames of at most `size` rows; the first says which columns there are."""
    lines = enumerate(lines_of(decode_blocks(path, stream, "utf-8")), 1)
    rows = ((number, _parsed(path, number, line)) for number, line in lines if line.strip())
    yield from _frames(path, rows, size)


def _parsed(path, number, line):
    try:
        return json.loads(line)
    except ValueError as error:
        raise ValueError(f"{path}: line {number} is no whole JSON ({error}).") from None


def _json_records(path, stream, size):
    text = "".join(decode_blocks(path, stream, "utf-8"))
    yield from _frames(path, enumerate(_parsed(path, 1, text), 1), size)


def frame_of(path, rows):
    """Return objects of JSON as a frame."""
    return next(_frames(path, enumerate(rows, 1), len(rows)))


def _frames(path, rows, size):
    header = None
    while batch := dict(itertools.islice(rows, size)):
        for number, row in batch.items():
            if not isinstance(row, dict):
                raise ValueError(
                    f"{path}: row {number} is {shown(row)}; each must be an object such as "
                    '{"text": "good", "label": 1}.'
                )
        # In the order in which the names are met; what a row does not name is empty.
        header = header or list(dict.fromkeys(name for row in batch.values() for name in row))
        yield pd.DataFrame(
            [[_cell(path, n, name, row.get(name)) for name in header] for n, row in batch.items()],
            index=list(batch),
            columns=header,
            dtype=object,
        )


def _cell(path, number, name, value):
    if value is None or value != value:
        return ""
    if isinstance(value, dict):
        raise ValueError(
            f"{path}: row {number} holds an object in {name!r}; give plain values or lists."
        )
    if isinstance(value, str | list):
        return value
    return repr(value).lower() if isinstance(value, bool) else repr(value)
