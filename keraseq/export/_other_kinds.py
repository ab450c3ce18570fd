"""What a file of another kind is, and what reads it."""

import zipfile
import zlib

MANIFEST = "manifest.json"
_OF_KERAS = {"config.json", "metadata.json", "model.weights.h5"}
_WEIGHTS = (
    "holds a model's weights alone; build the same model and call "
    "model.load_weights(path), with a name that ends in .weights.h5."
)
_PICKLE = (
    "was written by joblib or pickle, an estimator for instance; if you trust where it comes from, "
    "read it with joblib.load(path), or what pickle.dump wrote with pickle.load(open(path, 'rb'))."
)
_ARRAYS = "holds arrays of NumPy; read it with numpy.load(path)."
_OF_SUFFIX = {
    ".joblib": _PICKLE,
    ".pkl": _PICKLE,
    ".pickle": _PICKLE,
    ".onnx": "is an ONNX model; read it with onnxruntime.InferenceSession(path).",
    ".tflite": "is a LiteRT model; read it with ai_edge_litert.interpreter.Interpreter(path).",
    ".npz": _ARRAYS,
    ".json": "is JSON, of a model the architecture at most: keras.models.model_from_json(text).",
}
# How pickles begin, and what joblib compresses them to: zlib, gzip, bz2, xz, lzma, lz4.
_PICKLES = (b"\x80", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b", b"BZh")
_PICKLES += (b"\xfd7zXZ", b"\x5d\x00\x00", b"\x04\x22\x4d\x18")


def name_reader(path, sought):
    """Return what a file or folder is and what reads it, as the end of a sentence.

    Parameters
    ----------
    path : pathlib.Path
    sought : {"artifact", "keras"}
        What who asks reads itself, and has found no whole one.

    Returns
    -------
    str or None
        None for what nobody knows.
    """
    if path.is_dir():
        if (path / "saved_model.pb").exists():
            return (
                "is a SavedModel folder; read it with tensorflow.saved_model.load(path), or as a "
                "layer with keras.layers.TFSMLayer(path, call_endpoint='serve')."
            )
        return None
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
    return _of_zip(names_in_zip(path), sought) or _OF_SUFFIX.get(path.suffix.lower())


def names_in_zip(path):
    """The names of the parts of a zip file; none of what is no zip, or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError):
        return set()


def holds_keras_model(path):
    """Whether the parts of a `.keras` archive are there, each with its checksum."""
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist()) >= _OF_KERAS and archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, IsADirectoryError):
        return False


def _of_zip(names, sought):
    if MANIFEST in names and sought != "artifact":
        return "is an artifact of keraseq; read it with keraseq.load(path)."
    if names >= _OF_KERAS and sought != "keras":
        return "is a Keras model; read it with keraseq.load_model(path)."
    if "schema.json" in names:
        return "was written by skops; read it with skops.io.load(path)."
    if any(name.endswith("/data.pkl") for name in names):
        return "was written by PyTorch; read it with torch.load(path, weights_only=True)."
    return None
