"""Several files that take their places together."""

import contextlib
import os
import secrets
import shutil
from pathlib import Path

from keraseq.export._replacing import failed
from keraseq.export.artifact_error import ArtifactError


@contextlib.contextmanager
def replacing_together(path):
    """Give a folder for new files; once the block has ended they stand beside `path`.

    What fails within the block, or in moving a file, leaves all of them as they were; a kill
    between two moves leaves some old and some new.

    Parameters
    ----------
    path : pathlib.Path

    Raises
    ------
    ArtifactError
        Where they cannot be written.
    """
    home = Path(os.path.realpath(path.parent))
    work = home / f".{secrets.token_hex(6)}.keraseq-part"
    new, old = work / "new", work / "old"
    try:
        for folder in (work, new, old):
            folder.mkdir()
        yield new
        _bring_to_disk(new)
        _move(sorted(os.listdir(new)), new, home, old)
    except OSError as error:
        raise ArtifactError(failed(path, error)) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _move(names, new, home, old):
    """Move new files in, the old ones aside; back where one cannot be moved."""
    try:
        for name in names:
            if os.path.lexists(home / name):
                os.rename(home / name, old / name)
            os.rename(new / name, home / name)
    except BaseException:
        kept = os.listdir(old)
        for name in set(names) - set(os.listdir(new)):
            _remove(home / name)
        for name in kept:
            os.rename(old / name, home / name)
        raise


def _remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _bring_to_disk(folder):
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
