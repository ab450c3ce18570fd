"""The texts and series with classes that recipes read, by name or from a file."""

import numpy as np

from keraseq.cli.columns import complete_rows, holds_numbers, read_numbers
from keraseq.cli.data_file import read_file
from keraseq.cli.file_text import is_table
from keraseq.cli.labelled_rows import few, split_rows
from keraseq.cli.published_data import TEXTS, published_series_of_classes, published_texts


def text_data(options):
    """Load the texts and classes of --data, by name or from a file, as :class:`LabelledRows`."""
    read = _texts_of_file if is_table(options.data) else published_texts
    return few(options, read(options))


def series_data(options):
    """Load the series and classes of --data, a series a row, as :class:`LabelledRows`."""
    read = _series_of_file if is_table(options.data) else published_series_of_classes
    return few(options, read(options))


def any_data(options):
    """Load texts or series, whichever --data holds, as :class:`LabelledRows`."""
    is_text = options.text_col is not None if is_table(options.data) else options.data in TEXTS
    return text_data(options) if is_text else series_data(options)


def _texts_of_file(options):
    table = read_file(options, "text-col", "label-col")
    rows, left_out = complete_rows(table, [options.text_col, options.label_col])
    texts = rows[options.text_col]
    if holds_numbers(texts):
        raise ValueError(f"--text-col {options.text_col} holds numbers, not texts.")
    return split_rows(options, texts.to_list(), rows[options.label_col], left_out)


def _series_of_file(options):
    table = read_file(options, "label-col")
    rows, left_out = complete_rows(table, [options.label_col])
    names = table.cells.columns
    is_step = (names != options.label_col) & ((names != "") | (table.cells != "").any().to_numpy())
    if is_step[0] and _counts_rows(table.cells.iloc[:, 0]):
        is_step[0] = False
        left_out += f"; left out the first column ({names[0]!r}), which counts the rows"
    advice = "Every column beside --label-col is a step of the series; remove what is none"
    advice += ", or for texts give --text-col." if hasattr(options, "text_col") else "."
    steps = rows.loc[:, is_step]
    values = read_numbers(table, steps, decimal=options.decimal, advice=advice)
    _check_inside(steps, values.isna().to_numpy())
    return split_rows(options, values.to_numpy(), rows[options.label_col], left_out)


def _check_inside(steps, is_missing):
    """Refuse missing steps that others follow; those at the end are those of a shorter series."""
    if not is_missing.shape[1]:
        raise ValueError("--data has no column beside --label-col; a series needs its steps.")
    follows = np.logical_or.accumulate(~is_missing[:, ::-1], axis=1)[:, ::-1]
    inside = np.argwhere(is_missing & follows)
    if len(inside):
        row, column = inside[0]
        raise ValueError(
            f"--data: row {steps.index[row]} has no number for {steps.columns[column]!r}, though "
            f"steps follow it ({len(inside):,} such cells): fill them."
        )


def _counts_rows(cells):
    """Whether this is no measurement but the number of each row, as pandas writes it."""
    first = cells.iloc[0]
    n = len(cells)
    return first in ("0", "1") and cells.tolist() == [str(int(first) + i) for i in range(n)]
