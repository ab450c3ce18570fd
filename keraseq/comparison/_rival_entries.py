"""The baselines of a comparison, which cannot be left out by accident."""

from collections.abc import Iterator

import numpy as np

from keraseq.baselines import Facts, rival_names, rivals_left_out, rivals_of
from keraseq.comparison._entry import Entry
from keraseq.tasks import get_task


def make_baselines(names, entries, data):
    """The rivals of this task and kind of data, and why others are left out.

    Parameters
    ----------
    names : bool, "all" or list of str
        As of :func:`keraseq.compare`.
    """
    if isinstance(names, np.bool_):
        names = bool(names)
    if names is False:
        return [], {}
    # They are read more than once.
    names = list(names) if isinstance(names, Iterator) else names
    facts, taken = _facts(entries, data), {entry.name for entry in entries}
    place = {name: place for place, name in enumerate(rival_names(facts))}
    found = [
        Entry(_free_name(name, taken), rival, place[name], is_baseline=True)
        for name, rival in rivals_of(facts, names).items()
    ]
    return found, rivals_left_out(facts, names)


def _free_name(name, taken):
    while name in taken:
        name += " (baseline)"
    return name


def _facts(entries, data):
    several = not get_task(data.task).per_step and np.ndim(data.y) == 2
    sizes = {"rows": data.n_rows, "steps": data.n_steps}
    return Facts(data.task, data.kind, several=several, **sizes, **data.rival_facts(entries))
