"""Saving, loading and other formats."""

from keraseq.export._replacing import replacing
from keraseq.export.artifact_error import ArtifactError
from keraseq.export.export_model import export_model
from keraseq.export.inspect import Artifact, inspect
from keraseq.export.load import load
from keraseq.export.load_model import load_model
from keraseq.export.save import save

__all__ = ["Artifact", "ArtifactError", "export_model", "inspect", "load", "load_model"]
__all__ += ["replacing", "save"]
