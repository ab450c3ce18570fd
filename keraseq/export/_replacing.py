"""A file that is replaced whole or not at all."""

import contextlib
import errno
import os
import secrets
import stat

from keraseq.export.artifact_error import ArtifactError

_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of disk space is used up",
    errno.EACCES: "the folder may not be written to",
    errno.EPERM: "the folder may not be written to",
    errno.EROFS: "the disk may only be read",
    errno.ENOENT: "there is no such folder",
    errno.ENOTDIR: "a part of it is a file and no folder",
    errno.ENAMETOOLONG: "the name is too long",
}


@contextlib.contextmanager
def replacing(path):
    """Open a file that takes the place of `path` once the block has ended.

    It is written beside `path`, brought to the disk and renamed, so that whoever looks at `path`,
    after a kill or a loss of power too, finds what was there before or what is there now.

    Parameters
    ----------
    path : pathlib.Path

    Raises
    ------
    ArtifactError
        Where that cannot be done; `path` is as it was before.
    """
    # A link goes on pointing to the file.
    target = os.path.realpath(path)
    # Not the file's own name with something added, which may then be too long.
    unfinished = os.path.join(os.path.dirname(target), f".{secrets.token_hex(6)}.keraseq-part")
    try:
        with open(unfinished, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            _keep_mode(target, file)
        os.replace(unfinished, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        if isinstance(error, OSError):
            raise ArtifactError(failed(path, error)) from error
        raise
    _sync_folder(os.path.dirname(target))


def _keep_mode(target, file):
    """What only its owner may read stays so."""
    if os.name == "posix" and os.path.exists(target):
        os.fchmod(file.fileno(), stat.S_IMODE(os.stat(target).st_mode))


def _sync_folder(folder):
    """Bring the new name to the disk; not every file system can, and the file is whole by now."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def failed(path, error):
    why = _WORDS.get(error.errno, error.strerror or str(error))
    before = " What was there before is as it was." if os.path.exists(path) else ""
    return f"path={str(path)!r} cannot be written: {why}.{before}"
