"""The columns of a table that are to be predicted, as y."""

import itertools

import numpy as np

from keraseq.cli.columns import holds_numbers, read_numbers
from keraseq.cli.sequence_rows import holds_lists, words_of
from keraseq.tasks import get_task, task_names

_TRUTH = {"true", "false"}


def infer_task(table, columns, X, *, decimal=None):
    """Return the task that the rows pose, as :func:`keraseq.compare` infers it.

    Raises
    ------
    ValueError
        Where they can be read in several ways.
    """
    y = _as_found(table, columns, decimal)
    compared = [
        name for name in task_names() if get_task(name).score_name and get_task(name).takes_y
    ]
    posed = [name for name in compared if get_task(name).poses(X, y)]
    if len(posed) == 1:
        return posed[0]
    raise ValueError(
        f"--target {', '.join(columns.target)} of {table.path} may be classes or numbers: say "
        f"which with --task, one of {', '.join(compared)}."
    )


def _as_found(table, columns, decimal):
    cells = table.cells[list(columns.target)]
    if any(isinstance(cell, list) for cell in cells.to_numpy().ravel()):
        return words_of(cells[columns.target[0]])
    if not all(holds_numbers(cells[name]) for name in columns.target):
        return cells.to_numpy(dtype=str) if len(columns.target) > 1 else cells.iloc[:, 0].to_list()
    values = read_numbers(table, cells, decimal=decimal).to_numpy()
    values = values[~np.isnan(values).any(axis=1)]
    values = values.astype(np.int64) if (values == np.rint(values)).all() else values
    return values if len(columns.target) > 1 else values[:, 0]


def read_targets(table, columns, task, *, decimal=None):
    """Return y for a task, and of which rows it is known.

    Returns
    -------
    y : list or ndarray
        Classes as they are written in the file, numbers, indicators, or lists of tags.
    is_known : ndarray of bool

    Raises
    ------
    ValueError
        Naming the row, or columns that the task does not take.
    """
    from sklearn.base import is_classifier

    from keraseq.wrappers.estimator_for import estimator_for

    cells, kind = table.cells[list(columns.target)], get_task(task)
    every = np.ones(len(cells), dtype=bool)
    one = kind.per_step or (is_classifier(estimator_for(task)()) and not kind.many_labels)
    if one and len(columns.target) > 1:
        raise ValueError(f"--task {task} has one --target, and {len(columns.target)} are given.")
    if kind.writes and not holds_lists(cells.iloc[:, 0]):
        return cells.iloc[:, 0].to_list(), every
    if kind.per_step:
        return words_of(cells.iloc[:, 0]), every
    if one:
        return np.array(cells.iloc[:, 0].to_list(), dtype=str), every
    values = read_numbers(table, cells, decimal=decimal, advice=f"--task {task} needs numbers.")
    is_known = values.notna().all(axis=1).to_numpy()
    values = values.to_numpy()[is_known]
    if kind.many_labels:
        if not np.isin(values, (0, 1)).all():
            raise ValueError(f"--task {task}: each --target must hold 0 and 1, or true and false.")
        return values.astype(np.int64), is_known
    return (values if len(columns.target) > 1 else values[:, 0]), is_known


def as_labels(y, classes, path):
    """Classes or tags of a file as the model has them: 1 and not "1" where it is Python's.

    Raises
    ------
    ValueError
        For a cell that is none of such a model's classes.
    """
    if classes is None or getattr(y, "ndim", 1) > 1:
        return y
    if classes.dtype.kind in "UT" and not set(map(str.lower, classes)) <= _TRUTH:
        return y
    known = {word: label for label in classes.tolist() for word in _words_for(label)}
    rows = y if isinstance(y, list) else [y]
    for cell in itertools.chain.from_iterable(rows):
        if str(cell) not in known:
            listed = ", ".join(map(str, classes[:10])) + ", ..." * (len(classes) > 10)
            raise ValueError(
                f"{path} holds {str(cell)!r:.60}, which is none of the model's classes: {listed}."
            )
    found = [[known[str(cell)] for cell in row] for row in rows]
    return found if isinstance(y, list) else np.array(found[0], dtype=classes.dtype)


def _words_for(label):
    """How files write a class."""
    if str(label).lower() in _TRUTH:
        # By Python, and by JSON and Parquet.
        return str(label).title(), str(label).lower(), label
    return (str(label), f"{label:g}") if isinstance(label, float) else (str(label),)
