"""From the name of a data file to its path: a mirror, the cache, or a checked download."""

import contextlib
import gzip
import os
import sys
import tarfile
import textwrap
import zipfile
import zlib
from pathlib import Path

import pooch
import requests

from keraseq.datasets import _sources

_MIRROR = "KERASEQ_DATA"
_HOME = "KERASEQ_HOME"


def mirror_file(key):
    """Return the path of `key` in the folder that KERASEQ_DATA names, or None."""
    root = os.environ.get(_MIRROR)
    path = Path(root).expanduser() / key if root else None
    return path if path is not None and path.is_file() else None


def cache_file(key, data_home=None):
    """Return where `key` belongs in the cache: `data_home`, KERASEQ_HOME or the system's."""
    home = os.environ.get(_HOME) or pooch.os_cache("keraseq") if data_home is None else data_home
    if not isinstance(home, str | os.PathLike):
        raise TypeError(
            f"data_home={home!r} is a {type(home).__name__}; it must be the path of a "
            f"folder, or None for the folder that {_HOME} names or the system's cache."
        )
    home = Path(home).expanduser()
    if home.exists() and not home.is_dir():
        raise NotADirectoryError(
            f"data_home={str(home)!r} is a file; give the path of a folder (made if need be)."
        )
    return home.absolute() / key


def get_file(key, *, name="", data_home=None, mirror_form="", by_hand=None):
    """Return the path of an original file, downloaded if it is not on this machine yet.

    A download's hash is recorded beside it, where no publisher states one, and checked at every
    later call; a file that was put into the cache by hand has no record and is taken as it is.

    Parameters
    ----------
    key : str
        An entry of `_sources.URLS`, or a path below the cache for a file without an address.
    name : str, default=""
        What `{name}` in `key` and its address stands for.
    data_home : path-like, default=None
        The cache; see `cache_file`.
    mirror_form : str, default=""
        The files in which a mirror would hold the same data, where they are not `key`; for the
        error message alone.
    by_hand : str, default=None
        How to get a file that cannot be downloaded.

    Raises
    ------
    FileNotFoundError
        If the file is not there and cannot be downloaded; says which file to put where.
    ValueError
        If the file has another checksum than the publisher's or the recorded one.
    """
    url = _sources.URLS[key].format(name=name) if by_hand is None else None
    known = _sources.CHECKSUMS.get(key)
    key = key.format(name=name)
    in_mirror = mirror_file(key)
    if in_mirror:
        return in_mirror
    path = cache_file(key, data_home)
    record = path.with_name(path.name + ".sha256")
    recorded = f"sha256:{record.read_text().strip()}" if record.is_file() else None
    if path.is_file():
        _verify(path, known or recorded, record)
        return path
    elsewhere = _elsewhere(path, mirror_form or key)
    if url is None:
        raise FileNotFoundError(f"{path} is not there. {by_hand} {elsewhere}")
    _download(url, path, known or recorded, record, elsewhere)
    if known is None:
        _write_atomically(record, pooch.file_hash(str(path), alg="sha256") + "\n")
    return path


@contextlib.contextmanager
def reading(path, form):
    """Turn whatever a damaged or foreign file raises into one ValueError that names the file."""
    damage = (ValueError, KeyError, EOFError, zlib.error, gzip.BadGzipFile)
    try:
        yield
    except (*damage, tarfile.TarError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path} cannot be read as {form}: {_short(error)}. It is damaged, or another file "
            f"under that name; put the original in its place, or delete it (and its .sha256 file) "
            f"to have it downloaded again."
        ) from error


def _verify(path, known, record):
    if known is None or pooch.hashes.hash_matches(str(path), known):
        return
    algorithm = known.partition(":")[0]
    found = pooch.file_hash(str(path), alg=algorithm)
    if record.is_file():
        whose = f"the one recorded at its first download, in {record},"
        mend = (
            f"Delete both files to download it again; if you changed it on purpose, delete only "
            f"{record.name}."
        )
    else:
        whose, mend = "its publisher's", "Delete it to have it downloaded again."
    raise ValueError(
        f"{path} has changed: its {algorithm} is {found}, {whose} is {known.partition(':')[2]}. "
        f"{mend}"
    )


def _download(url, path, known, record, elsewhere):
    """Download to a temporary file beside `path`, check it, and only then move it there."""
    fetcher = pooch.create(
        path=path.parent, base_url="", registry={path.name: known}, urls={path.name: url}
    )
    try:
        fetcher.fetch(path.name, downloader=_download_whole)
    except requests.RequestException as error:
        raise FileNotFoundError(
            f"{path.name} is not on this machine and could not be downloaded from {url} "
            f"({type(error).__name__}: {_short(error)}). Try again with a network, or download "
            f"it yourself. {elsewhere}"
        ) from error
    except ValueError as error:
        source = f"recorded in {record}" if record.is_file() else "that its publisher states"
        raise ValueError(
            f"What {url} sent has not the checksum {source} ({known}), so it was not kept. The "
            f"download was damaged or the file was replaced: try again"
            f"{', or delete that record to accept the new file' if record.is_file() else ''}. "
            f"{elsewhere}"
        ) from error


def _download_whole(url, output_file, fetcher):
    """Download by pooch, and raise if fewer or more bytes came than the server announced."""
    responses = []
    downloader = pooch.HTTPDownloader(
        progressbar=sys.stderr.isatty(),
        # Compressed on the way, the bytes could not be counted against Content-Length.
        headers={"Accept-Encoding": "identity"},
        hooks={"response": lambda response, *args, **kwargs: responses.append(response)},
    )
    try:
        downloader(url, output_file, fetcher)
    finally:
        for response in responses:  # pooch leaves the connection of a failed download open
            response.close()
    headers = responses[-1].headers
    announced = headers.get("Content-Length")
    received = os.path.getsize(output_file)
    if announced is not None and "Content-Encoding" not in headers and received != int(announced):
        raise requests.ConnectionError(f"the download ended after {received} of {announced} bytes")


def _elsewhere(path, mirror_form):
    root = os.environ.get(_MIRROR)
    state = f"it is {root!r}, which does not" if root else "it is not set"
    return (
        f"Put the file at {path}, or let the environment variable {_MIRROR} name a folder that "
        f"holds {mirror_form} ({state})."
    )


def _write_atomically(path, text):
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_text(text)
    os.replace(temporary, path)


def _short(error):
    return textwrap.shorten(str(error) or type(error).__name__, 160).rstrip(".")
