"""Save an estimator as one file."""

import os
from pathlib import Path

from keraseq.export._archive import ARRAYS, STATE, write_archive
from keraseq.export._json import write_json
from keraseq.export.artifact_error import ArtifactError

ENDING = ".keraseq"


def save(obj, path):
    """Save an estimator as one file that :func:`keraseq.load` makes it from again.

    The file is a zip of JSON and arrays with the weights, the configuration, vocabulary, classes,
    scalings and versions. There is no pickle in it and loading runs nothing of it, so it may be
    given away and taken from strangers. It replaces an older file whole or not at all.

    joblib.dump and pickle work too, and know more: statsmodels' models, searches, parameters
    without a form such as callbacks. They are for files that stay with whoever wrote them, since
    loading one runs whatever is in it, and for the same versions of all packages.

    Parameters
    ----------
    obj : estimator
        One of keraseq's, fitted or not; or a pipeline, an ensemble or another estimator of
        scikit-learn's around it, the other steps keraseq's or scikit-learn's own.
    path : str or path-like
        Ends in ``.keraseq``.

    Raises
    ------
    ArtifactError
        For what has no form in such a file, which the text names, and where the file cannot be
        written; what was there before is then as it was. Functions of your own are named in the
        file, not held. Parameters that have a default and no form (callbacks, a RandomState, a
        checkpoint's folder) are left out and listed by :func:`keraseq.inspect`.

    Examples
    --------
    >>> import keraseq, pathlib, tempfile
    >>> reg = keraseq.SequenceRegressor("gru", units=4, epochs=1, random_state=0)
    >>> X = [[0.0, 1, 2], [2.0, 1, 0], [1.0, 1, 1]]
    >>> path = pathlib.Path(tempfile.mkdtemp(), "model.keraseq")
    >>> reg.fit(X, [1.0, 2, 3]).save(path)
    >>> bool((keraseq.load(path).predict(X) == reg.predict(X)).all())
    True
    """
    path = _check_path(path)
    _check_kind(obj)
    from keraseq.export._arrays import pack_arrays
    from keraseq.export._encoder import Encoder
    from keraseq.export._facts import card_of, facts_of, versions

    encoder = Encoder()
    root = encoder.encode(obj, type(obj).__name__)
    parts = {
        STATE: [write_json({"objects": encoder.objects, "root": root})],
        ARRAYS: pack_arrays(encoder.arrays),
        **{f"sklearn/{place}.skops": [data] for place, data in enumerate(encoder.foreign)},
    }
    manifest = {
        "facts": facts_of(obj),
        "card": card_of(obj),
        "left_out": encoder.left_out,
        "needs": encoder.needs.entries,
        "versions": versions(),
    }
    write_archive(path, manifest, parts)


def _check_path(path):
    path = Path(os.fspath(path))
    # Not path.is_dir(), which raises for a name that is too long.
    if os.path.isdir(path):
        raise ArtifactError(
            f"path={str(path)!r} is a folder; give a file in it, such as "
            f"{str(path / f'model{ENDING}')!r}."
        )
    if path.suffix != ENDING:
        named = path.with_name(f"{path.stem or 'model'}{ENDING}")
        has = f"ends in {path.suffix!r}" if path.suffix else "has no ending"
        raise ArtifactError(
            f"path={str(path)!r} {has}; an artifact's name ends in {ENDING!r}: {str(named)!r}."
        )
    return path


def _check_kind(obj):
    if hasattr(obj, "get_params") and not isinstance(obj, type):
        return
    called = f"{type(obj).__module__}.{type(obj).__qualname__}"
    mend = "give an estimator of keraseq's, or a pipeline or an ensemble of such"
    if isinstance(obj, type):
        mend = "it is a class: make and fit an estimator of it"
    elif any(kind.__name__ == "Model" for kind in type(obj).__mro__):
        mend = "a Keras model is saved by model.save('name.keras')"
    raise ArtifactError(f"obj is a {called}, which is no estimator: {mend}.")
