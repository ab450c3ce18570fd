"""TensorFlow's products and convolutions by oneDNN, on every processor that has it.

TensorFlow brings it along, and by itself takes it where AVX-512 has instructions for networks.
With AVX2 alone a training step of LSTM and GRU takes .6 of the time by it, one of convolutions .6
to .8 (AMD EPYC, two cores and one, `benchmarks/bench.py`), with other last bits.
"""

import contextlib
import os
import platform
import sys

SWITCH = "TF_ENABLE_ONEDNN_OPTS"


def install():
    """Ask for it before TensorFlow begins, which reads that once; what the user set is kept."""
    # ARM has another library behind the same switch, and nothing was measured there.
    if SWITCH in os.environ or platform.machine().lower() not in ("x86_64", "amd64"):
        return
    if "tensorflow" not in sys.modules:
        os.environ[SWITCH] = "1"
        return
    with contextlib.suppress(ImportError):
        # Processes that begin in this one compute as it does.
        os.environ[SWITCH] = str(int(is_on()))


def is_on():
    """Whether TensorFlow, which has begun, computes by it."""
    from tensorflow.python.util import _pywrap_util_port

    return _pywrap_util_port.IsMklEnabled()
