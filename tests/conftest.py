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
