"""Public names of a package that are loaded on first use."""

import importlib
import sys


def lazy_names(package, modules):
    """Return the `__getattr__` and `__dir__` of a package whose names are loaded when asked for.

    Parameters
    ----------
    package : str
        Its `__name__`.
    modules : dict of str to str
        Public name -> module of the package that holds it. No module may have the name of one
        of these, since it would stand in its place once imported.
    """

    def getattr_(name):
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{package}.{modules[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def dir_():
        return sorted({*vars(sys.modules[package]), *modules})

    return getattr_, dir_
