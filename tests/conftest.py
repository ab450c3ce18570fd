import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SCIPY_ARRAY_API", "1")

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_folder():
    """The folder of the real reference data."""
    if not os.environ.get("KERASEQ_DATA"):
        pytest.skip("KERASEQ_DATA names no folder with reference data")
    return Path(os.environ["KERASEQ_DATA"])


@pytest.fixture
def registry_as_before(monkeypatch):
    """What a test registers is gone after it."""
    from keraseq.models import _registry, find_model, model_file_names

    # A file registers at its first import alone, so all must have been read.
    for name in model_file_names():
        find_model(name)
    monkeypatch.setattr(_registry, "_registry", dict(_registry._registry))
