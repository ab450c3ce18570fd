"""Five architectures and an estimator of each task under JAX; `make test-backends` runs all."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FIVE = "(simple_rnn or bilstm or tcn or nhits or (transformer and not itransformer))"
# JAX compiles each of them for itself, so that the whole contract takes minutes.
PARTS = "(two_layers or from_a_forecast)"


@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="jax is not installed: pip install jax"
)
def test_five_architectures_and_every_task_run_under_jax():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0"]
    files = [HERE / "test_models.py", HERE / "on_any_backend.py"]
    done = subprocess.run(
        [*command, *files, "-k", f"tensorflow_is_imported or ({FIVE} and {PARTS})"],
        # Compiled once and run once: optimising takes longer than it saves.
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_DISABLE_MOST_OPTIMIZATIONS": "1"},
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
    # A forecast of each, two layers of the four that are bodies, and all tasks in one.
    assert "10 passed" in done.stdout, done.stdout[-2000:]
