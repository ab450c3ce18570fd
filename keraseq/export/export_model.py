"""Write an estimator for another runtime."""

import importlib.util
import json
import logging
import math
import os
from pathlib import Path

import numpy as np

from keraseq.export._formats import Format
from keraseq.export._network_function import NetworkFunction
from keraseq.export._script import write_script
from keraseq.export._together import replacing_together
from keraseq.export.artifact_error import ArtifactError
from keraseq.export.exported import Exported

MOST = 1e-4
_logger = logging.getLogger(__name__)


def export_model(estimator, path, *, format="onnx", quantize=None, X=None, y=None):
    """Write an estimator's network for another runtime, with a script that answers as it does.

    Beside the file stand ``<path>.json`` (inputs, vocabulary, classes, scaling, lengths) and
    ``<path>_predict.py``, a script of at most 120 lines that takes raw strings or numbers and
    needs NumPy and the runtime alone (for words `regex`, for subwords `tokenizers`, for dates
    pandas). It is run at once, in its own runtime, and compared with the estimator.

    Parameters
    ----------
    estimator : SequenceClassifier, SequenceRegressor, SequenceTagger or SequenceForecaster
        Fitted.
    path : str or path-like
        Ends in ``.onnx`` or ``.tflite``; a SavedModel is a folder.
    format : {"onnx", "litert", "saved_model"}, default="onnx"
        ONNX for any number of rows and steps; LiteRT of its own operators alone, a row of any
        number of steps; TensorFlow's SavedModel.
    quantize : {"float16", "int8"}, optional
        Smaller weights, of LiteRT alone; "int8" needs X to find the range of numbers by.
    X : as in `predict`, optional
        Rows to compare on; of a forecaster a history. Without it rows are generated, and a
        forecaster takes the end of its training series.
    y : as in `score`, optional
        The truth of X: the score before and after is then found too.

    Returns
    -------
    Exported
        The largest difference, a float, of numbers beyond one in shares of them; and what else was
        found, which is logged too.

    Raises
    ------
    ArtifactError
        Where the format cannot hold a layer (the text names it, and the formats that can), where
        the difference is above 1e-4 without `quantize`, and where the files cannot be written.
        Those that were there before stay as they were.
    ImportError
        Without the packages of the extra ``export``.

    Examples
    --------
    >>> import keraseq, pathlib, tempfile
    >>> X = [[0.0, 1, 2], [2.0, 1, 0], [1.0, 1, 1]]
    >>> reg = keraseq.SequenceRegressor("fcn", units=4, epochs=1, random_state=0).fit(X, [1, 2, 3])
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> bool(reg.export(folder / "model.onnx", X=X) < 1e-4)
    True
    >>> sorted(file.name for file in folder.iterdir())
    ['model.onnx', 'model.onnx.json', 'model.onnx_predict.py']
    """
    refused = getattr(estimator, "no_export", None)
    if refused is not None:
        raise TypeError(
            f"{type(estimator).__name__} has no export: {refused}. Keep it by "
            "save('model.keraseq'), which keraseq.load reads, or take the bare network, "
            "estimator.model_.save('model.keras')."
        )
    format = Format.find(format)
    format.check_quantize(quantize)
    path = _check_path(path, format)
    subject = _subject(estimator)
    if quantize == "int8" and X is None and not subject.has_rows:
        raise ValueError("quantize='int8' needs X, rows by which it finds the range of numbers.")
    if y is not None and subject.has_rows:
        raise ValueError("y is for classes, numbers and tags; leave it out, and score by backtest.")
    if y is not None and X is None:
        raise ValueError("y is the truth of X; give X too.")
    _check_backend()
    format.check_installed()
    with subject.network.borrow() as model, replacing_together(path) as folder:
        _check_precision(model, format)
        function = NetworkFunction.of(model)
        rows = subject.read(X, function)
        samples = subject.samples(rows, function) if quantize == "int8" else None
        format.write(function, folder / path.name, quantize, samples)
        settings = {"file": path.name, "format": format.name, **subject.settings(function)}
        _write_json(folder, path, settings)
        _write_script(folder, path, format, subject, function)
        script = _load(folder / f"{path.name}_predict.py")
        found = Exported(
            subject.difference(script, rows),
            path=str(path),
            format=format.name,
            quantize=quantize,
            size=_size(folder / path.name),
            on=subject.words(rows, X is not None),
            scores=_scores(subject, script, rows, y),
        )
        _check(found)
        _write_json(folder, path, {**settings, "quantize": quantize, "check": found.facts()})
    _logger.info("%s: %s", path, found)
    return found


def _check_path(path, format):
    path = Path(os.fspath(path))
    if path.suffix != format.ending and format.ending:
        has = f"ends in {path.suffix!r}" if path.suffix else "has no ending"
        named = path.with_name(f"{path.stem or 'model'}{format.ending}")
        raise ArtifactError(
            f"path={str(path)!r} {has}; for format={format.name!r} it ends in {format.ending!r}: "
            f"{str(named)!r}."
        )
    if not os.path.isdir(path.parent):
        raise ArtifactError(f"path={str(path)!r}: there is no such folder.")
    if os.path.isdir(path) and (format.ending or not os.path.exists(path / "saved_model.pb")):
        raise ArtifactError(
            f"path={str(path)!r} is a folder; give a name in it, such as "
            f"{str(path / f'model{format.ending}')!r}."
        )
    return path


def _subject(estimator):
    # Here, so that reading what is in a file does not wait for scikit-learn.
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    if not hasattr(estimator, "_network"):
        raise ArtifactError(
            "An ensemble is several networks, each with the vocabulary or scaling that it learned, "
            "which one file does not hold. Export its members, estimators_[0] and so on, each to a "
            "file of its own, and average what their scripts answer."
        )
    if hasattr(estimator, "_core"):
        from keraseq.export._forecasts import Forecasts

        return Forecasts(estimator)
    from keraseq.export._sequences import Sequences

    return Sequences(estimator)


def _check_backend():
    import keras

    if keras.backend.backend() != "tensorflow":
        raise ArtifactError(
            f"Keras runs on {keras.backend.backend()}, and export needs TensorFlow: save the "
            "estimator, and load and export it where KERAS_BACKEND=tensorflow."
        )


def _check_precision(model, format):
    """Refuse half precision where a runtime has it in part, or rounds it elsewhere."""
    dtype = model.compute_dtype
    if format.name != "saved_model" and dtype in ("float16", "bfloat16"):
        raise ArtifactError(
            f"The network computes in {dtype}, which format={format.name!r} cannot answer as it "
            "does. Fit with dtype_policy='float32' for it, or give format='saved_model'."
        )


def _write_json(folder, path, settings):
    text = json.dumps(settings, allow_nan=False, indent=1, default=_plain)
    (folder / f"{path.name}.json").write_text(text + "\n", encoding="utf-8")


def _plain(value):
    """A number of NumPy's, as a search of parameters gives them, as Python's."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{value!r} is a {type(value).__name__}, which JSON cannot hold.")


def _write_script(folder, path, format, subject, function):
    text = write_script(
        path.name,
        subject.runtime(format.name),
        subject.script(function),
        what=subject.what,
        usage=subject.usage,
    )
    (folder / f"{path.name}_predict.py").write_text(text, encoding="utf-8")


def _load(path):
    """The script as a module; nobody else sees it."""
    spec = importlib.util.spec_from_file_location("keraseq_exported_script", path)
    module = importlib.util.module_from_spec(spec)
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), vars(module))
    return module


def _size(path):
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _scores(subject, script, rows, y):
    if y is None:
        return None
    before, after = subject.scores(script, rows, y)
    return {"before": before, "after": after}


def _check(found):
    """Raise where what was written answers otherwise."""
    limit = MOST if found.quantize is None else math.inf
    if not found <= limit or not math.isfinite(found):
        raise ArtifactError(
            f"What was written answers otherwise: on {found.on} it differs by up to "
            f"{float(found):.3g}, and {MOST:g} is allowed. No file was left. So does a model of "
            "your own whose answers padding changes, which keraseq.Padding tells it apart; else "
            "try another format."
        )
