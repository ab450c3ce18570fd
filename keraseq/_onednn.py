"""TensorFlow's products and convolutions by oneDNN, on every processor that has it.

TensorFlow brings it along, and by itself takes it where AVX-512 has instructions for networks.
With AVX2 alone a training step of LSTM and GRU takes two thirds of the time by it, one of
convolutions .6 to .8 (AMD EPYC, one core and two), with other last bits.
"""

import contextlib
import os
import sys
import sysconfig

SWITCH = "TF_ENABLE_ONEDNN_OPTS"
# ARM has another library behind the same switch, and nothing was measured there.
_MEASURED = "x86_64", "amd64"


def install():
    """Ask for it before TensorFlow begins, which reads that once; what the user set is kept."""
    if SWITCH in os.environ or not sysconfig.get_platform().endswith(_MEASURED):
        return
    if "tensorflow" not in sys.modules:
        os.environ[SWITCH] = "1"
        return
    # What it is asked by is no public part of TensorFlow.
    with contextlib.suppress(ImportError, AttributeError):
        # Processes that begin in this one compute as it does.
        os.environ[SWITCH] = str(int(is_on()))


def is_on():
    """Whether TensorFlow, which has begun, computes by it."""
    from tensorflow.python.util import _pywrap_util_port

    return _pywrap_util_port.IsMklEnabled()
