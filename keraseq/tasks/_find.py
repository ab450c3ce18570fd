"""A task by its name: that of its file, or of a subclass of `Task` that was defined elsewhere."""

import functools
import importlib
import pkgutil
from pathlib import Path

from keraseq._checks import check_choice

# Filled as subclasses of `Task` are defined.
KNOWN = {}


def task_names():
    """Return the names of the tasks, without importing any of them."""
    return sorted({*_file_names(), *KNOWN})


def get_task(name):
    """Return the task of this name; an unknown one is an error that proposes the nearest."""
    if not isinstance(name, str) or name not in KNOWN:
        check_choice("task", name, task_names())
        importlib.import_module(f"{__package__}.{name}")
    return KNOWN[name]


@functools.cache
def _file_names():
    """Read once: every prediction asks for its task."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    return [m.name for m in modules if not m.ispkg and not m.name.startswith("_")]
