"""A task by its name: that of its file, or of a subclass of `Task` that was defined elsewhere."""

import importlib
import pkgutil
from pathlib import Path

from keraseq._checks import check_choice

# Filled as subclasses of `Task` are defined.
KNOWN = {}


def task_names():
    """Return the names of the tasks, without importing any of them."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    files = (m.name for m in modules if not m.ispkg and not m.name.startswith("_"))
    return sorted({*files, *KNOWN})


def get_task(name):
    """Return the task of this name; an unknown one is an error that proposes the nearest."""
    check_choice("task", name, task_names())
    if name not in KNOWN:
        importlib.import_module(f"{__package__}.{name}")
    return KNOWN[name]
