"""The version; of a checkout, with the commit and the changes that it stands at."""

import functools
import hashlib
import os
import subprocess
from pathlib import Path

# setup.cfg reads this line, and neither imports the package nor asks git.
RELEASE = "0.1.0.dev0"


@functools.cache
def find_version():
    """Return `RELEASE`; in a git checkout ``RELEASE+g<commit>``, and ``.d<hash>`` where changed.

    The hash is that of the package's Python files, so that two different changes are told apart.
    Where git is missing or does not know the folder, it is the release alone.
    """
    package = Path(__file__).parent
    if not (package.parent / ".git").exists():
        return RELEASE
    commit = _git(package, "rev-parse", "--short=9", "HEAD")
    changes = _git(package, "status", "--porcelain", "--", ".")
    if not commit or changes is None:
        return RELEASE
    return f"{RELEASE}+g{commit}" + (f".d{_hash_files(package)}" if changes else "")


def _git(folder, *command):
    """What git says, or None where it cannot."""
    # Within a hook of git these name another repository.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        return subprocess.run(
            ["git", "--no-optional-locks", "-C", str(folder), *command],
            capture_output=True, text=True, timeout=10, check=True, env=clean,
        ).stdout.strip()  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None


def _hash_files(package):
    hashed = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        hashed.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return hashed.hexdigest()[:9]
