"""Sequence models in Keras that can be compared fairly, behind scikit-learn's fit and predict.

Names load on first use: ``import keraseq`` itself brings in neither TensorFlow nor Keras.
"""

import importlib
import importlib.util

from keraseq import _onednn, _quiet

_STAGES = (
    "datasets",
    "encoding",
    "batching",
    "tasks",
    "stems",
    "models",
    "builders",
    "training",
    "baselines",
    "wrappers",
    "comparison",
    "plots",
    "export",
    "cli",
)
_EXPORTS = {
    "ArtifactError": "keraseq.export.artifact_error",
    "Comparison": "keraseq.comparison.comparison",
    "Padding": "keraseq.stems.layers",
    "SequenceClassifier": "keraseq.wrappers.sequence_classifier",
    "SequenceForecaster": "keraseq.wrappers.sequence_forecaster",
    "SequenceGenerator": "keraseq.wrappers.sequence_generator",
    "SequenceRegressor": "keraseq.wrappers.sequence_regressor",
    "SequenceTagger": "keraseq.wrappers.sequence_tagger",
    "SequenceTransducer": "keraseq.wrappers.sequence_transducer",
    "build": "keraseq.builders",
    "compare": "keraseq.comparison.compare",
    "count_flops": "keraseq.builders",
    "count_parameters": "keraseq.builders",
    "ensemble": "keraseq.wrappers.ensemble",
    "inspect": "keraseq.export.inspect",
    "list_models": "keraseq.models",
    "load": "keraseq.export.load",
    "load_model": "keraseq.export.load_model",
    "model_info": "keraseq.builders",
    "register_forecaster": "keraseq.models",
    "register_model": "keraseq.models",
    "register_preset": "keraseq.models",
    "save": "keraseq.export.save",
    "show_versions": "keraseq._show_versions",
}

_quiet.install()
_onednn.install()


def _builder_names():
    return importlib.import_module("keraseq.models").model_file_names()


def __getattr__(name):
    if name == "__version__":
        return importlib.import_module("keraseq._version").find_version()
    if name in _STAGES:
        return importlib.import_module(f"keraseq.{name}")
    if name in _EXPORTS:
        value = getattr(importlib.import_module(_EXPORTS[name]), name)
    elif not name.startswith("_") and name in _builder_names():
        value = importlib.import_module("keraseq.builders").make_builder(name)
    else:
        from keraseq._checks import nearest_names

        raise AttributeError(
            f"module 'keraseq' has no attribute {name!r}.{nearest_names(name, __dir__())}"
        )
    globals()[name] = value
    return value


def __dir__():
    return sorted({"__version__", *_STAGES, *_EXPORTS, *_builder_names()})
