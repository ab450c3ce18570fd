"""The bytes of a file or of standard input: unpacked, and decoded where that is certain."""

import bz2
import codecs
import contextlib
import gzip
import io
import lzma
import re
import sys
import zlib
from pathlib import Path

STANDARD_INPUT = "-"
_UNPACK = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
_BLOCK = 2**20
# The longer marks first, since that of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_OLD_ENCODINGS = ("cp1252", "cp1250", "cp1251", "mac_roman", "shift_jis", "gb18030")
# What a byte that is no UTF-8 is decoded to.
_ESCAPED = re.compile("[\udc80-\udcff]")
NO_LETTER = "\ufffd"


def is_table(name):
    """Whether this names a file of rows, packed or not, and no data set."""
    endings = r"\.(csv|tsv|txt|parquet|pq|json|jsonl|ndjson)(\.(gz|bz2|xz))?$"
    is_named_so = name == STANDARD_INPUT or re.search(endings, name.lower())
    return bool(is_named_so or (Path(name).suffix and Path(name).is_file()))


@contextlib.contextmanager
def open_data(path):
    """Open a file, or standard input where it is "-", as unpacked bytes that can be peeked at."""
    with contextlib.ExitStack() as opened:
        if path == STANDARD_INPUT:
            stream = sys.stdin.buffer
        elif Path(path).is_dir():
            raise IsADirectoryError(f"{path} is a folder; give a file in it.")
        elif not Path(path).exists():
            raise FileNotFoundError(f"{path}: there is no such file.")
        else:
            stream = opened.enter_context(open(path, "rb"))
        if not hasattr(stream, "peek"):
            stream = io.BufferedReader(stream)
        begin = stream.peek(6)[:6]
        if begin.startswith(b"PK\x03\x04"):
            raise ValueError(
                f"{path} is an Excel file or a zip archive; save the sheet as CSV, or unpack it."
            )
        unpack = next((unpack for mark, unpack in _UNPACK.items() if begin.startswith(mark)), None)
        yield stream if unpack is None else opened.enter_context(unpack(stream))


def peek(path, stream):
    """The first bytes of a stream, which are read again."""
    with _unpacking(path):
        return stream.peek(1000)[:1000]


@contextlib.contextmanager
def _unpacking(path):
    """A block whose errors name the file."""
    try:
        yield
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise ValueError(f"{path} is packed and damaged: {error}.") from None


def read_blocks(path, stream):
    """Yield the bytes of a stream."""
    while True:
        with _unpacking(path):
            block = stream.read(_BLOCK)
        if not block:
            return
        yield block


def decode_blocks(path, stream, encoding):
    """Yield the text of a stream; where `encoding` is open, with marks for what is no UTF-8."""
    begin = peek(path, stream)
    given = encoding
    if encoding is None:
        encoding = next((name for mark, name in _MARKS.items() if begin.startswith(mark)), None)
    if encoding is None and begin.count(b"\x00") * 4 > len(begin):
        # Every other byte of plain letters in UTF-16 is zero.
        encoding = "utf-16-le" if begin.find(b"\x00") % 2 else "utf-16-be"
    if encoding is None and b"\x00" in begin:
        raise ValueError(f"{path} is no text; save it as CSV, Parquet or JSON lines.")
    try:
        errors = "surrogateescape" if given is None and encoding is None else "strict"
        decoder = codecs.getincrementaldecoder(encoding or "utf-8")(errors)
    except LookupError:
        raise ValueError(
            f"--encoding {encoding} is not known; give utf-8, utf-16, cp1252 (Windows in Western "
            "Europe), latin-1, or another of Python's codecs."
        ) from None
    return _decoded(path, stream, decoder, encoding)


def _decoded(path, stream, decoder, encoding):
    line, is_first = 1, True
    for block in _ends(read_blocks(path, stream)):
        try:
            text = decoder.decode(block or b"", final=block is None)
        except UnicodeDecodeError as error:
            place = line + error.object.count(b"\n", 0, error.start)
            raise ValueError(
                f"{path} is not {encoding}: line {place} has bytes that are none of its letters "
                f"({error.reason}). Give another --encoding."
            ) from None
        line += text.count("\n")
        if text:
            yield text.removeprefix("\ufeff") if is_first else text
            is_first = False


def _ends(blocks):
    """The blocks, and None for the end."""
    yield from blocks
    yield None


def lines_of(blocks):
    """Yield the lines of a text that comes in blocks, their ends as they are."""
    rest = ""
    for block in blocks:
        # The last may go on, or end in half of "\r\n".
        *whole, rest = io.StringIO(rest + block, newline="")
        yield from whole
    if rest:
        yield rest


def is_utf8(text):
    """Whether every byte of a decoded text was UTF-8."""
    return text.isascii() or not _ESCAPED.search(text)


def shown_letters(text):
    """A decoded text with a mark in place of each byte that was no UTF-8."""
    return _ESCAPED.sub(NO_LETTER, text)


def check_ascii(path, cells):
    """Refuse letters whose encoding is open; showing what they would be."""
    for place, column in enumerate(cells.columns):
        for row, value in [(1, column), *cells.iloc[:, place].items()]:
            if value.isascii():
                continue
            letters = re.search(r".{0,15}[^\x00-\x7f]+.{0,15}", value, re.DOTALL)[0]
            raw, meant = letters.encode("utf-8", "surrogateescape"), {}
            for encoding in _OLD_ENCODINGS:
                try:
                    meaning = raw.decode(encoding)
                except UnicodeDecodeError:
                    continue
                meant.setdefault(meaning, []).append(encoding)
            said = ", ".join(f"{text!r} in {' and '.join(e)}" for text, e in meant.items())
            raise ValueError(
                f"{path} is not UTF-8, and what its letters are is open. Row {row} of "
                f"{column.encode('ascii', 'replace').decode()!r} holds {said}. Say which with "
                "--encoding; cp1252 is Windows in Western Europe."
            )
