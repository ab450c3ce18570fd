"""TensorFlow computes by oneDNN where keraseq is imported first, and as the user says elsewhere."""

import os
import platform
import subprocess
import sys

import pytest

from keraseq._onednn import SWITCH, is_on

HAS_IT = platform.machine().lower() in ("x86_64", "amd64")
_TELL = f"import os, keraseq; print(os.environ.get({SWITCH!r}))"
# A TensorFlow that has begun, as far as its being imported goes, and answers no question.
_BEGUN = "import sys, types; sys.modules['tensorflow'] = types.ModuleType('tensorflow'); "


def told(code, **environment):
    clean = {name: value for name, value in os.environ.items() if name != SWITCH}
    run = subprocess.run(
        [sys.executable, "-c", code], env=clean | environment, capture_output=True, check=True
    )
    return run.stdout.decode().strip()


@pytest.mark.skipif(not HAS_IT, reason="oneDNN is asked for on x86 alone")
def test_tensorflow_computes_by_it_in_this_process():
    if os.environ[SWITCH] != "1":
        pytest.skip(f"whoever runs the tests has set {SWITCH}={os.environ[SWITCH]}")
    import tensorflow  # noqa: F401

    assert is_on()


@pytest.mark.skipif(not HAS_IT, reason="oneDNN is asked for on x86 alone")
def test_it_is_asked_for_before_tensorflow_begins():
    assert told(_TELL) == "1"


@pytest.mark.parametrize("set_to", ["0", "1", "false"])
def test_what_the_user_set_is_kept(set_to):
    assert told(_TELL, **{SWITCH: set_to}) == set_to


@pytest.mark.parametrize("parts", [[], ["", ".python", ".python.util"]])
def test_a_tensorflow_that_has_begun_and_cannot_be_asked_is_left_alone(parts):
    # Without the module by which it is asked, and without the function in it.
    names = [f"tensorflow{part}" for part in parts]
    have = "".join(f"sys.modules[{name!r}] = types.ModuleType({name!r}); " for name in names)
    last = "tensorflow.python.util"
    have += f"sys.modules[{last!r}]._pywrap_util_port = 0; " if parts else ""
    assert told(_BEGUN + have + _TELL) == "None"


@pytest.mark.skipif(not HAS_IT, reason="oneDNN is asked for on x86 alone")
def test_workers_compute_as_a_process_that_had_begun_without_it():
    # Whether it has it by itself depends on the processor; those it starts are told which.
    code = f"""
import os, subprocess, sys
import tensorflow
import keraseq
from keraseq._onednn import is_on
worker = subprocess.run([sys.executable, "-c", {_TELL!r}], capture_output=True, text=True)
print(str(int(is_on())) == os.environ[{SWITCH!r}] == worker.stdout.strip())
"""
    assert told(code) == "True"
