"""What a bug report needs."""

import importlib.metadata
import os
import platform
import sys

import keraseq
from keraseq._onednn import SWITCH

_PACKAGES = [
    *("keras", "tensorflow", "numpy", "scipy", "scikit-learn", "pandas", "pooch"),
    *("tqdm", "regex", "skops", "tokenizers", "matplotlib", "statsmodels", "jax", "torch"),
]


def show_versions():
    """Print the versions that a bug report needs: Python, the machine, and the packages.

    Examples
    --------
    >>> import keraseq
    >>> keraseq.show_versions()
    python ...
    """
    versions = find_versions()
    print(f"python        {versions.pop('python')} on {platform.platform()}")
    print(f"processors    {os.cpu_count()}")
    for package, version in versions.items():
        print(f"{package:13} {version}")
    for name in ("KERAS_BACKEND", SWITCH):
        print(f"{name:13} {os.environ.get(name, 'not set')}")


def find_versions():
    """Return the versions of Python, keraseq and the packages it may use, as a dict."""
    found = {"python": sys.version.split()[0], "keraseq": keraseq.__version__}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found
