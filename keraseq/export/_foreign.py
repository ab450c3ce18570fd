"""scikit-learn's objects, as skops writes and reads them."""

import io
import zipfile

from keraseq.export._archive import check_members
from keraseq.export.artifact_error import ArtifactError

_PACKAGES = ("sklearn", "scipy")
_SEARCHES = ("BaseSearchCV",)


def is_foreign(value):
    """Whether a value is skops's to write."""
    return type(value).__module__.partition(".")[0] in _PACKAGES


def write_foreign(value, path):
    """Return an object as bytes.

    Raises
    ------
    ArtifactError
        For what skops would not read again without being told to trust it.
    """
    if any(kind.__name__ in _SEARCHES for kind in type(value).__mro__):
        raise ArtifactError(
            f"{path} is a {type(value).__name__}; save what it has found: "
            "search.best_estimator_.save(path), or keraseq.save(search.best_estimator_, path)."
        )
    import skops.io

    try:
        data = skops.io.dumps(value)
        unknown = skops.io.get_untrusted_types(data=data)
    # skops raises what its libraries raise.
    except Exception as error:
        raise ArtifactError(
            f"{path} is a {_called(value)}, which skops cannot write: {error}"
        ) from error
    if unknown:
        raise ArtifactError(
            f"{path} is a {_called(value)} and holds {', '.join(unknown)}, by which a file could "
            "do harm. Leave that part out, or use joblib.dump, which only whoever trusts the file "
            "may load."
        )
    return data


def read_foreign(data):
    """Return the object that bytes hold.

    Raises
    ------
    ValueError
        For types beyond skops's own list, none of which is looked up, and whatever else is wrong.
    """
    try:
        _check_zip(data)
        import skops.io

        return skops.io.loads(bytes(data), trusted=[])
    # As many kinds as there are ways of being damaged.
    except Exception as error:
        said = str(error).partition(". ")[0] or type(error).__name__
        raise ValueError(f"a part of scikit-learn's cannot be read: {said}") from error


def _check_zip(data):
    """Zip files within a zip file are held to the same."""
    file = io.BytesIO(data)
    with zipfile.ZipFile(file) as archive:
        for name in check_members(archive, file, len(data)):
            if name.endswith(".npz"):
                _check_zip(archive.read(name))


def _called(value):
    return f"{type(value).__module__}.{type(value).__qualname__}"
