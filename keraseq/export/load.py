"""Load an estimator from one file."""

from pathlib import Path

from keraseq.export._archive import ARRAYS, STATE, open_archive
from keraseq.export._json import read_json
from keraseq.export._needs import bring, check_functions


def load(path, functions=None):
    """Load an estimator that :func:`keraseq.save` has saved.

    Nothing from the file runs: it holds numbers and text, and names classes of keraseq's and
    scikit-learn's that are looked up in a fixed list. Sizes and checksums are checked before.

    Parameters
    ----------
    path : str or path-like
    functions : dict of str to callable, optional
        Functions of your own that the estimator was made with (a tokenizer, a model), by the names
        that the file has for them; :func:`keraseq.inspect` lists them. Of an architecture it is
        enough that it was registered before.

    Returns
    -------
    estimator
        It predicts the same numbers, to the last bit on the same machine with the same packages.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ArtifactError
        If it is cut short, damaged, of another kind or of a later format, or needs a function that
        is not there; the text says which, and what to do.

    Examples
    --------
    >>> import keraseq, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "model.keraseq")
    >>> keraseq.SequenceClassifier("lstm", units=4).save(path)
    >>> keraseq.load(path).units
    4
    """
    functions = check_functions(functions)
    with open_archive(Path(path)) as archive:
        state = archive.read(STATE)
        data = archive.read(ARRAYS)
        foreign = [
            archive.read(f"sklearn/{place}.skops") for place in range(len(archive.names()) - 2)
        ]
        with archive.reading():
            from keraseq.export._arrays import unpack_arrays
            from keraseq.export._decoder import Decoder

            values = read_json(state)
            brought = bring(archive.manifest["needs"], functions)
            decoder = Decoder(unpack_arrays(data), foreign, brought)
            estimator = decoder.decode(values["objects"], values["root"])
            _check(estimator, decoder.objects)
    return estimator


def _check(estimator, objects):
    if not hasattr(estimator, "get_params"):
        raise ValueError(f"it holds a {type(estimator).__name__} and no estimator")
    networks = [value for value in objects if type(value).__name__ == "Network"]
    if networks:
        from keraseq.export._weights import check_weights

        for network in networks:
            check_weights(network)
