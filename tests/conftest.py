import io
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SCIPY_ARRAY_API", "1")

from pathlib import Path

import pytest

# Before TensorFlow, whichever a test file imports first.
import keraseq  # noqa: F401


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


@pytest.fixture
def call(capsys, monkeypatch):
    """Call the program; its status, standard output and standard error."""
    from keraseq.cli.program import main

    # It says warnings its own way, and a test its own.
    monkeypatch.setattr(warnings, "formatwarning", warnings.formatwarning)

    def run(*arguments, stdin=None):
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                main([str(argument) for argument in arguments])
            except SystemExit as end:
                status = end.code
        said = capsys.readouterr()
        # Lines are broken where paths are long.
        return status, said.out, " ".join(said.err.split())

    return run
