"""Load a saved Keras model with keraseq's layers known."""

import random
import zipfile
import zlib
from pathlib import Path

_PARTS = {"config.json", "metadata.json", "model.weights.h5"}


def load_model(path):
    """Load a model from a `.keras` file.

    Plain Keras loads the same file with ``keras.saving.load_model`` after
    ``import keraseq.models.layers``, which makes our few layers known to it.

    Parameters
    ----------
    path : str or path-like
        A file written by ``model.save("name.keras")``.

    Returns
    -------
    keras.Model
        With the weights, and compiled if it was compiled when saved.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not a whole `.keras` file.

    Examples
    --------
    >>> import keraseq, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "model.keras")
    >>> keraseq.lstm((None, 2), 3, units=4).save(path)
    >>> keraseq.load_model(path).output_shape
    (None, 3)
    """
    import keras

    import keraseq.models.layers  # noqa: F401

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"path={str(path)!r}: there is no such file.")
    if path.suffix != ".keras" or not _is_whole(path):
        raise ValueError(
            f"path={str(path)!r} is not a whole .keras file ({path.stat().st_size:,} bytes); it "
            "may be cut short, damaged or of another kind. Give a file that ends in .keras as "
            "model.save wrote it; save the model again, or copy the file anew."
        )
    state = random.getstate()
    try:
        return keras.saving.load_model(path)
    finally:
        # Keras draws from Python's generator when it makes the layers anew.
        random.setstate(state)


def _is_whole(path):
    """Whether the parts of a `.keras` archive are there, each with its checksum."""
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist()) >= _PARTS and archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error):
        return False
