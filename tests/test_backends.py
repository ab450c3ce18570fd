"""Five architectures and an estimator of each task under JAX; `make test-backends` runs all."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FIVE = "simple_rnn or bilstm or tcn or nhits or (transformer and not itransformer)"


@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="jax is not installed: pip install jax"
)
def test_five_architectures_and_every_task_run_under_jax():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0"]
    files = [HERE / "test_models.py", HERE / "on_any_backend.py"]
    done = subprocess.run(
        [*command, *files, "-k", f"on_any_backend or {FIVE}"],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
    assert " skipped" not in done.stdout
