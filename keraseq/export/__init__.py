"""Saving, loading and other formats."""

from keraseq.export.load_model import load_model

__all__ = ["load_model"]
