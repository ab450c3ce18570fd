"""The zip file of an artifact: written in one order, and checked before anything is used."""

import contextlib
import hashlib
import os
import re
import stat
import zipfile
import zlib

from keraseq.export._json import read_json, write_json
from keraseq.export._other_kinds import MANIFEST, name_reader
from keraseq.export._replacing import replacing
from keraseq.export.artifact_error import ArtifactError

FORMAT = "keraseq artifact"
FORMAT_VERSION = 1
# Written into every file, for those who are too old to read it.
READ_BY = "0.1 or later"
STATE, ARRAYS = "state.json", "arrays.safetensors"
_PARTS = re.compile(r"state\.json|arrays\.safetensors|sklearn/[0-9]{1,5}\.skops")
# Text is at most some ten times smaller as zip; what promises more is a bomb.
_MOST_RATIO = 100
# Before it is known what the file is; a manifest has some kilobytes.
_MOST_MANIFEST = 2**24
_CHUNK = 2**20
_PLAIN_DATE = (1980, 1, 1, 0, 0, 0)


def write_archive(path, manifest, parts):
    """Write an artifact in place of what is at `path`.

    Parameters
    ----------
    path : pathlib.Path
    manifest : dict
        What `inspect` shows; the format and the hashes are put to it.
    parts : dict of str to list of buffers
        By their names in the zip.
    """
    sizes = {
        name: {"size": sum(map(len, buffers)), "sha256": _hash(buffers)}
        for name, buffers in parts.items()
    }
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "read_by": READ_BY,
        **manifest,
        "parts": sizes,
    }
    with replacing(path) as file, zipfile.ZipFile(file, "w") as archive:
        _write(archive, MANIFEST, [write_json(manifest)], zipfile.ZIP_STORED)
        for name, buffers in parts.items():
            is_text = name.endswith(".json")
            _write(archive, name, buffers, _compression(buffers) if is_text else 0)


def _compression(buffers):
    """Deflated, but for what would be taken for a bomb."""
    size = sum(map(len, buffers))
    packed = zlib.compressobj()
    length = sum(len(packed.compress(buffer)) for buffer in buffers) + len(packed.flush())
    fits = size <= length * _MOST_RATIO / 2
    return zipfile.ZIP_DEFLATED if fits else zipfile.ZIP_STORED


def _write(archive, name, buffers, compression):
    # Without the hour and the owner: equal artifacts are equal files.
    info = zipfile.ZipInfo(name, _PLAIN_DATE)
    info.compress_type, info.file_size = compression, sum(map(len, buffers))
    with archive.open(info, "w") as member:
        for buffer in buffers:
            member.write(buffer)


def _hash(buffers):
    digest = hashlib.sha256()
    for buffer in buffers:
        digest.update(buffer)
    return digest.hexdigest()


class Archive:
    """An artifact that is open for reading, its structure checked.

    Attributes
    ----------
    manifest : dict
    size : int
        Of the file.
    """

    def __init__(self, path, file):
        self._path, self.size = path, os.fstat(file.fileno()).st_size
        self.manifest = None
        with self.reading():
            self._zip = zipfile.ZipFile(file)
            self._members = check_members(self._zip, file, self.size)
        if MANIFEST not in self._members:
            raise ArtifactError(f"path={str(path)!r} {_complaint(path)}")
        with self.reading():
            if self._members[MANIFEST].file_size > _MOST_MANIFEST:
                raise ValueError("the manifest is too large")
            self.manifest = read_json(b"".join(self._chunks(MANIFEST)))
            self._check_format()
            self._parts = self.manifest["parts"]
            self._check_parts()

    @contextlib.contextmanager
    def reading(self):
        """A block in which every error is one of the file."""
        try:
            yield
        except ArtifactError:
            raise
        except ImportError as error:
            needed = (error.name or str(error)).partition(".")[0]
            raise ArtifactError(
                f"path={str(self._path)!r} needs the package {needed}, which is not installed."
            ) from error
        # Whatever a damaged file makes the libraries raise: that is what is wrong with it.
        except (Exception, MemoryError, RecursionError) as error:
            raise ArtifactError(f"path={str(self._path)!r} {self._fault(error)}") from error

    def _fault(self, error):
        known = name_reader(self._path, "artifact")
        if known is not None and self.manifest is None:
            return known
        writer = ""
        if self.manifest is not None:
            versions = self.manifest.get("versions")
            version = versions.get("keraseq") if isinstance(versions, dict) else None
            writer = f" It says to be of keraseq {version!s:.60}, which reads it if it is whole."
        return (
            f"is no whole artifact of keraseq ({str(error) or type(error).__name__}); it is cut "
            f"short, damaged or made by something else.{writer} Save the estimator again, or copy "
            "the file anew."
        )

    def names(self):
        """The names of the parts."""
        return list(self._parts)

    def read(self, name):
        """Return the bytes of a part, which are those that the manifest tells of."""
        with self.reading():
            data, end = bytearray(self._members[name].file_size), 0
            for chunk in self._chunks(name):
                data[end : end + len(chunk)] = chunk
                end += len(chunk)
            self._check_hash(name, hashlib.sha256(data))
        return data

    def check(self):
        """Read every part once."""
        with self.reading():
            for name in self._parts:
                digest = hashlib.sha256()
                for chunk in self._chunks(name):
                    digest.update(chunk)
                self._check_hash(name, digest)

    def _chunks(self, name):
        """Yield a part piece by piece: asked for all at once, zipfile unpacks more than it says."""
        with self._zip.open(name) as member:
            while chunk := member.read(_CHUNK):
                yield chunk

    def _check_hash(self, name, digest):
        if digest.hexdigest() != self._parts[name]["sha256"]:
            raise ValueError(f"the SHA-256 of {name} is not that of the manifest")

    def _check_format(self):
        if self.manifest.get("format") != FORMAT:
            raise ValueError("its manifest is not keraseq's")
        version = self.manifest["format_version"]
        if type(version) is not int or version < 1:
            raise ValueError(f"format_version is {version!r}")
        if version > FORMAT_VERSION:
            needed = str(self.manifest.get("read_by", "of a later release"))[:60]
            raise ArtifactError(
                f"path={str(self._path)!r} has the artifact format {version}; this keraseq reads "
                f"up to {FORMAT_VERSION}. It is read by keraseq {needed}: "
                "pip install --upgrade keraseq."
            )

    def _check_parts(self):
        names = set(self._members) - {MANIFEST}
        if names != set(self._parts):
            differ = sorted(names ^ set(self._parts))
            raise ValueError(f"the manifest and the zip differ in {differ[0]!r:.60}")
        for name, facts in self._parts.items():
            if not _PARTS.fullmatch(name):
                raise ValueError(f"{name!r:.60} is no part of an artifact")
            if self._members[name].file_size != facts["size"]:
                raise ValueError(f"{name} has not the size that the manifest tells")


@contextlib.contextmanager
def open_archive(path):
    """Open the artifact at `path`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ArtifactError
        If it is no artifact, or none that can be read here.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise FileNotFoundError(f"path={str(path)!r}: there is no such file.") from None
    if not stat.S_ISREG(mode):
        raise ArtifactError(f"path={str(path)!r} {_complaint(path)}")
    try:
        file = open(path, "rb")  # noqa: SIM115
    except OSError as error:
        raise ArtifactError(f"path={str(path)!r} cannot be read: {error.strerror}.") from error
    with file:
        yield Archive(path, file)


def _complaint(path):
    if path.is_dir():
        known = name_reader(path, "artifact")
        return known or "is a folder; give the file that keraseq.save wrote."
    if not path.is_file():
        return "is no file."
    return name_reader(path, "artifact") or "is a zip file, but no artifact of keraseq."


def check_members(archive, file, size):
    """Return the members of a zip file by name, with nothing read of them yet.

    Raises
    ------
    ValueError
        For names that come twice or lead elsewhere, for what is encrypted, for more bytes than
        such a file can hold, and for anything before, after or between its parts.
    """
    members = {}
    for info in archive.infolist():
        if info.filename in members:
            raise ValueError(f"it holds {info.filename!r:.60} twice")
        parts = info.filename.split("/")
        if info.is_dir() or "\\" in info.filename or not all(parts) or ".." in parts:
            raise ValueError(f"it holds a part named {info.filename!r:.60}")
        if info.flag_bits & 1 or info.compress_type not in (0, zipfile.ZIP_DEFLATED):
            raise ValueError(f"{info.filename!r:.60} is encrypted or packed in an unknown way")
        if info.compress_type == 0 and info.compress_size != info.file_size:
            raise ValueError(f"{info.filename!r:.60} has two sizes")
        members[info.filename] = info
    total = sum(info.file_size for info in members.values())
    if total > size * _MOST_RATIO or any(
        info.file_size > info.compress_size * _MOST_RATIO for info in members.values()
    ):
        raise ValueError(f"{size:,} bytes promise {total:,} when unpacked")
    file.seek(0)
    begin = file.read(4)
    file.seek(max(0, size - 22))
    if begin != b"PK\x03\x04" or file.read(4) != b"PK\x05\x06":
        raise ValueError("something stands before or after the zip file")
    return members
