"""The text of a file: unpacked, and decoded where its encoding is certain or does not matter."""

import bz2
import codecs
import gzip
import lzma
import re
import zlib
from pathlib import Path

_UNPACK = {b"\x1f\x8b": gzip.decompress, b"BZh": bz2.decompress, b"\xfd7zXZ": lzma.decompress}
# The longer marks first, since that of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_OLD_ENCODINGS = ("cp1252", "cp1250", "cp1251", "mac_roman", "shift_jis", "gb18030")


def is_table(name):
    """Whether this names a file of rows, packed or not, and no data set."""
    is_named_so = re.search(r"\.(csv|tsv|txt)(\.(gz|bz2|xz))?$", name.lower())
    return bool(is_named_so or (Path(name).suffix and Path(name).is_file()))


def _unpacked(path):
    if not Path(path).is_file():
        raise FileNotFoundError(f"--data {path}: there is no such file.")
    raw = Path(path).read_bytes()
    if raw.startswith(b"PK\x03\x04"):
        raise ValueError(
            f"--data {path} is an Excel file or a zip archive; save the sheet as CSV, or unpack it."
        )
    for mark, unpack in _UNPACK.items():
        if raw.startswith(mark):
            try:
                return unpack(raw)
            except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
                raise ValueError(f"--data {path} is packed and damaged: {error}.") from None
    return raw


def decode_file(path, encoding):
    """The file's text, and whether its letters beyond ASCII are certain."""
    raw = _unpacked(path)
    if encoding is None:
        encoding = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), None)
    if encoding is None and raw[:1000].count(b"\x00") * 4 > len(raw[:1000]):
        # Every other byte of plain letters in UTF-16 is zero.
        encoding = "utf-16-le" if raw[:1000].find(b"\x00") % 2 else "utf-16-be"
    if encoding is None and b"\x00" in raw[:1000]:
        raise ValueError(f"--data {path} is no text; save it as CSV.")
    try:
        return raw.decode(encoding or "utf-8").removeprefix("\ufeff"), True
    except LookupError:
        raise ValueError(
            f"--encoding {encoding} is not known; give utf-8, utf-16, cp1252 (Windows in Western "
            "Europe), latin-1, or another of Python's codecs."
        ) from None
    except UnicodeDecodeError as error:
        if encoding is None:
            return raw.decode("latin-1"), False
        place = raw.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"--data {path} is not {encoding}: line {place} has bytes that are none of its letters "
            f"({error.reason}). Give another --encoding."
        ) from None


def check_ascii(path, cells):
    """Refuse letters whose encoding is open; showing what they would be."""
    for place, column in enumerate(cells.columns):
        for row, value in [(1, column), *cells.iloc[:, place].items()]:
            if value.isascii():
                continue
            letters = re.search(r".{0,15}[^\x00-\x7f]+.{0,15}", value, re.DOTALL)[0]
            meant = {}
            for encoding in _OLD_ENCODINGS:
                try:
                    meaning = letters.encode("latin-1").decode(encoding)
                except UnicodeDecodeError:
                    continue
                meant.setdefault(meaning, []).append(encoding)
            said = ", ".join(f"{text!r} in {' and '.join(e)}" for text, e in meant.items())
            raise ValueError(
                f"--data {path} is not UTF-8, and what its letters are is open. Row {row} of "
                f"{column.encode('ascii', 'replace').decode()!r} holds {said}. Say which with "
                "--encoding; cp1252 is Windows in Western Europe."
            )
