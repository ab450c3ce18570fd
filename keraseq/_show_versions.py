"""What a bug report needs."""

import importlib.metadata
import os
import platform
import sys

import keraseq

_PACKAGES = [
    *("keras", "tensorflow", "numpy", "scipy", "scikit-learn", "pandas", "pooch"),
    *("tqdm", "regex", "tokenizers", "matplotlib", "statsmodels", "jax", "torch"),
]


def show_versions():
    """Print the versions that a bug report needs: Python, the machine, and the packages.

    Examples
    --------
    >>> import keraseq
    >>> keraseq.show_versions()
    python ...
    """
    print(f"python        {sys.version.split()[0]} on {platform.platform()}")
    print(f"processors    {os.cpu_count()}")
    print(f"keraseq       {keraseq.__version__}")
    for package in _PACKAGES:
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            version = "not installed"
        print(f"{package:13} {version}")
    print(f"KERAS_BACKEND {os.environ.get('KERAS_BACKEND', 'not set')}")
