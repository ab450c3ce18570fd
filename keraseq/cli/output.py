"""Files that the program writes: whole or not at all, rows a chunk at a time."""

import contextlib
import io
import os
import sys
from pathlib import Path

from keraseq.cli.command_line import UsageError
from keraseq.cli.file_text import STANDARD_INPUT as STANDARD_OUTPUT

TABLES = [".csv", ".tsv", ".jsonl", ".parquet"]


def check_output(path, endings):
    """Refuse, before the work, a path that cannot be written to after it."""
    if path in (None, STANDARD_OUTPUT):
        return
    if Path(path).suffix not in endings:
        allowed = " or ".join(filter(None, (", ".join(endings[:-1]), endings[-1])))
        raise UsageError(f"{path}: the name must end in {allowed}.")
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise FileNotFoundError(f"{path}: there is no such folder; make it first.")
    if Path(path).is_dir():
        raise IsADirectoryError(f"{path} is a folder.")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"{path}: the folder may not be written to.")


@contextlib.contextmanager
def writing_rows(path):
    """Give a function that writes frames one after another, to a file or standard output.

    Parameters
    ----------
    path : str or None
        By its ending CSV, TSV, JSON lines or Parquet; None or "-" is CSV on standard output.
    """
    if path in (None, STANDARD_OUTPUT):
        yield _TextRows(sys.stdout, ".csv")
        return
    from keraseq.export import replacing

    kind = Path(path).suffix
    with replacing(Path(path)) as file, contextlib.ExitStack() as opened:
        if kind == ".parquet":
            rows = opened.enter_context(_ParquetRows(file))
        else:
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            opened.callback(text.detach)
            rows = _TextRows(text, kind)
        yield rows


def write_text(path, text):
    """Write a text, whole or not at all."""
    from keraseq.export import replacing

    with replacing(Path(path)) as file:
        file.write(text.encode("utf-8"))


class _TextRows:
    def __init__(self, stream, kind):
        self._stream, self._kind, self._is_first = stream, kind, True

    def __call__(self, frame):
        if self._kind == ".jsonl":
            frame.to_json(
                self._stream,
                orient="records",
                lines=True,
                date_format="iso",
                double_precision=15,
                force_ascii=False,
            )
        else:
            sep = "\t" if self._kind == ".tsv" else ","
            frame.to_csv(
                self._stream, index=False, header=self._is_first, sep=sep, lineterminator="\n"
            )
        self._is_first = False


class _ParquetRows:
    def __init__(self, file):
        from keraseq._checks import import_extra

        self._parquet = import_extra("pyarrow.parquet", "parquet")
        self._file, self._writer = file, None

    def __enter__(self):
        return self

    def __call__(self, frame):
        import pyarrow

        schema = None if self._writer is None else self._writer.schema
        table = pyarrow.Table.from_pandas(frame, schema=schema, preserve_index=False)
        if self._writer is None:
            self._writer = self._parquet.ParquetWriter(self._file, table.schema)
        self._writer.write_table(table)

    def __exit__(self, *_):
        if self._writer is not None:
            self._writer.close()
