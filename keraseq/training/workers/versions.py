"""Whether workers have the versions that this process has."""

from importlib.metadata import version

import keraseq

_PACKAGES = ("keras", "tensorflow")
# An expression, since a worker without keraseq has none of its functions.
ASK = (
    "[__import__('keraseq').__version__, "
    f"*map(__import__('importlib.metadata').metadata.version, {_PACKAGES!r})]"
)


def check_versions(found):
    """Raise RuntimeError unless all have the versions of keraseq, Keras and TensorFlow of here.

    Parameters
    ----------
    found : dict
        By the worker's address what `ASK` evaluates to there, or the exception.
    """
    ours = [keraseq.__version__, *map(version, _PACKAGES)]
    for worker, theirs in found.items():
        if isinstance(theirs, ImportError):
            raise RuntimeError(
                f"{worker} lacks a package that this process has: {theirs} Install "
                f"{_said(ours)} there."
            )
        if isinstance(theirs, Exception):
            raise theirs
        if theirs != ours:
            raise RuntimeError(
                f"{worker} has {_said(theirs)}, and this process has {_said(ours)}: one table "
                "would hold fits of both. Install the same versions everywhere."
            )


def _said(versions):
    return ", ".join(f"{n} {v}" for n, v in zip(("keraseq", *_PACKAGES), versions, strict=True))
