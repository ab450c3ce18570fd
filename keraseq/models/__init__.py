"""The zoo: a registry, and one architecture a file."""

from keraseq.models._registry import find_model, list_models, model_file_names, register_model

__all__ = ["find_model", "list_models", "model_file_names", "register_model"]
