"""Load a saved Keras model with keraseq's layers known."""

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
    if not _is_whole(path):
        raise ValueError(f"path={str(path)!r} {_complaint(path)}")
    if path.suffix != ".keras":
        raise ValueError(
            f"path={str(path)!r} holds a whole Keras model, and Keras asks for a name that ends in "
            f".keras: rename it to {path.stem}.keras."
        )
    # Keras draws from Python's generator when it makes the layers anew.
    with python_random(0):
        return keras.saving.load_model(path)


def _is_whole(path):
    """Whether the parts of a `.keras` archive are there, each with its checksum."""
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist()) >= _PARTS and archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, IsADirectoryError):
        return False


_WEIGHTS = (
    "holds a model's weights alone; build the same model and call "
    "model.load_weights(path), with a name that ends in .weights.h5."
)
_PICKLE = (
    "was written by joblib or pickle, an estimator for instance; if you trust where it comes from, "
    "read it with joblib.load(path), or what pickle.dump wrote with pickle.load(open(path, 'rb'))."
)
_OF_SUFFIX = {
    ".joblib": _PICKLE,
    ".pkl": _PICKLE,
    ".pickle": _PICKLE,
    ".onnx": "is an ONNX model; read it with onnxruntime.InferenceSession(path).",
    ".tflite": "is a LiteRT model; read it with ai_edge_litert.interpreter.Interpreter(path).",
    ".npz": "holds arrays of NumPy; read it with numpy.load(path).",
    ".json": "is JSON, of a model the architecture at most: keras.models.model_from_json(text).",
}
# How pickles begin, and what joblib compresses them to: zlib, gzip, bz2, xz, lzma, lz4.
_PICKLES = (b"\x80", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b", b"BZh")
_PICKLES += (b"\xfd7zXZ", b"\x5d\x00\x00", b"\x04\x22\x4d\x18")


def _complaint(path):
    """What a path is in place of a whole `.keras` file, and what reads it."""
    if path.is_dir():
        if (path / "saved_model.pb").exists():
            return (
                "is a SavedModel folder; read it with tensorflow.saved_model.load(path), or as a "
                "layer with keras.layers.TFSMLayer(path, call_endpoint='serve')."
            )
        return "is a folder; give the .keras file that model.save wrote."
    with path.open("rb") as file:
        begin = file.read(8)
    if begin == b"\x89HDF\r\n\x1a\n":
        if path.name.endswith(".weights.h5"):
            return _WEIGHTS
        return (
            "is HDF5, in which Keras saved models before .keras: read it with "
            f"keras.saving.load_model(path), with a name that ends in .h5. If it {_WEIGHTS}"
        )
    if begin.startswith(_PICKLES):
        return _PICKLE
    if path.suffix.lower() in _OF_SUFFIX:
        return _OF_SUFFIX[path.suffix.lower()]
    return (
        f"is not a whole .keras file ({path.stat().st_size:,} bytes); it may be cut short, damaged "
        "or of another kind. Save the model again by model.save, or copy the file anew."
    )
