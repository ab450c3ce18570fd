"""Public names of a package that are loaded on first use."""

import importlib
import sys
import types


class _Package(types.ModuleType):
    def __setattr__(self, name, value):
        # An import puts a module into its package, where what has the module's name shall stand.
        if name not in self._public_names or not isinstance(value, types.ModuleType):
            super().__setattr__(name, value)


def lazy_names(package, modules):
    """Return the `__getattr__` and `__dir__` of a package whose names are loaded when asked for.

    Parameters
    ----------
    package : str
        Its `__name__`.
    modules : dict of str to str
        Public name -> module of the package that holds it.
    """
    home = sys.modules[package]
    home._public_names = frozenset(modules)
    home.__class__ = _Package

    def getattr_(name):
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{package}.{modules[name]}"), name)
        setattr(home, name, value)
        return value

    def dir_():
        return sorted({*vars(home), *modules})

    return getattr_, dir_
