"""A task by its name: the name of its file."""

import importlib
import pkgutil
from pathlib import Path

from keraseq._checks import check_choice

# Filled as their files are imported.
KNOWN = {}


def task_names():
    """Return the names of the tasks, without importing any of them."""
    folder = str(Path(__file__).parent)
    return sorted(
        module.name
        for module in pkgutil.iter_modules([folder])
        if not module.ispkg and not module.name.startswith("_")
    )


def get_task(name):
    """Return the task of this name; an unknown one is an error that proposes the nearest."""
    check_choice("task", name, task_names())
    importlib.import_module(f"{__package__}.{name}")
    return KNOWN[name]
