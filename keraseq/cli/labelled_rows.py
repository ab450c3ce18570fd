"""Rows with classes, and which of them are the test part."""

from typing import NamedTuple

import numpy as np
from sklearn.model_selection import train_test_split

from keraseq.cli.columns import holds_numbers


class LabelledRows(NamedTuple):
    """Training and test rows.

    Attributes
    ----------
    X, X_test : list of str, or ndarray `(rows, time)` or `(rows, time, channels)`
    y, y_test : ndarray `(rows,)`
        Their classes.
    split : str
        What to print of it.
    """

    X: object
    y: np.ndarray
    X_test: object
    y_test: np.ndarray
    split: str


def split_rows(options, X, labels, left_out):
    """Take a stratified fifth as the test part."""
    y = labels.to_numpy(dtype=str)
    counts = labels.value_counts()
    rarest = f", the rarest ({counts.index[-1]!r}) in {counts.iloc[-1]}" if len(counts) > 1 else ""
    if len(counts) < 2 or counts.iloc[-1] < 2 or len(y) // 5 < len(counts):
        is_count = len(counts) > 20 and holds_numbers(labels)
        raise ValueError(
            f"--target {options.target} has {len(counts)} "
            + ("value" if len(counts) == 1 else "different values")
            + f" in {len(y)} rows{rarest}{left_out}. To classify, it takes 2 or more values, each "
            "in at least 2 rows, and 5 rows a value on average; "
            + (
                "numbers are for keraseq.SequenceRegressor."
                if is_count
                else "join or drop rare ones."
            )
        )
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.2, random_state=options.seed, stratify=y
    )
    split = f"a stratified fifth as test: {len(X):,} and {len(X_test):,} rows{left_out}"
    known = {_key(row) for row in X}
    n_known = sum(_key(row) in known for row in X_test)
    if n_known:
        split += f"; {n_known:,} of the test rows are training rows too"
    return LabelledRows(X, y, X_test, y_test, split)


def _key(row):
    return row if isinstance(row, str) else row.tobytes()


def few(options, rows):
    """Keep 300 training and 200 test rows with --quick."""
    if not options.quick:
        return rows
    random = np.random.default_rng(options.seed)
    train, test = (random.permutation(len(X))[:n] for X, n in ((rows.X, 300), (rows.X_test, 200)))
    return LabelledRows(
        _take(rows.X, train),
        rows.y[train],
        _take(rows.X_test, test),
        rows.y_test[test],
        f"{rows.split}; --quick: {len(train)} and {len(test)} of them, one epoch",
    )


def _take(rows, index):
    return rows[index] if isinstance(rows, np.ndarray) else [rows[i] for i in index]
