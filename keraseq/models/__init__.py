"""The zoo: a registry and its kinds, and one architecture a file."""

from keraseq.models._body import BACKWARD_END
from keraseq.models._register import register_forecaster, register_model, register_preset
from keraseq.models._registry import (
    find_model,
    is_registered,
    known_names,
    list_models,
    model_file_names,
    models_that_read,
    users_models,
)
from keraseq.models._spec import FAMILIES, ModelSpec

__all__ = [
    "BACKWARD_END",
    "FAMILIES",
    "ModelSpec",
    "Stepper",
    "find_model",
    "is_registered",
    "known_names",
    "list_models",
    "model_file_names",
    "models_that_read",
    "register_forecaster",
    "register_model",
    "register_preset",
    "users_models",
]


def __getattr__(name):
    if name == "Stepper":
        # It needs Keras, which the names of models do without.
        from keraseq.models._stepper import Stepper

        return Stepper
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
