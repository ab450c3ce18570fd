"""Load a saved Keras model with keraseq's layers known."""

from pathlib import Path

from keraseq._keras import without_tensorflow
from keraseq.export._other_kinds import holds_keras_model, name_reader


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
        If the file is not a whole `.keras` file; the text says what reads it, where that can be
        seen.

    Examples
    --------
    >>> import keraseq, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "model.keras")
    >>> keraseq.lstm((None, 2), 3, units=4).save(path)
    >>> keraseq.load_model(path).output_shape
    (None, 3)
    """
    import keras

    # What makes our layers known to Keras.
    import keraseq.models.layers  # noqa: F401
    from keraseq.builders import python_random

    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"path={str(path)!r}: there is no such file.")
    if not holds_keras_model(path):
        raise ValueError(f"path={str(path)!r} {_complaint(path)}")
    if path.suffix != ".keras":
        raise ValueError(
            f"path={str(path)!r} holds a whole Keras model, and Keras asks for a name that ends in "
            f".keras: rename it to {path.stem}.keras."
        )
    # Keras draws from Python's generator when it makes the layers anew.
    with python_random(0), without_tensorflow():
        return keras.saving.load_model(path)


def _complaint(path):
    """What a path is in place of a whole `.keras` file, and what reads it."""
    known = name_reader(path, "keras")
    if known is not None:
        return known
    if path.is_dir():
        return "is a folder; give the .keras file that model.save wrote."
    return (
        f"is not a whole .keras file ({path.stat().st_size:,} bytes); it may be cut short, damaged "
        "or of another kind. Save the model again by model.save, or copy the file anew."
    )
