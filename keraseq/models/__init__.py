"""The zoo: a registry, and one architecture a file."""

from keraseq.models._registry import (
    find_model,
    is_registered,
    list_models,
    model_file_names,
    register_model,
    users_models,
)

__all__ = [
    "find_model",
    "is_registered",
    "list_models",
    "model_file_names",
    "register_model",
    "users_models",
]
