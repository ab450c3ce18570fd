"""The texts and series with classes that recipes read, by name or from a file."""

from dataclasses import replace

from keraseq.cli.columns import complete_rows
from keraseq.cli.data_file import read_file
from keraseq.cli.file_text import is_table
from keraseq.cli.labelled_rows import few, split_rows
from keraseq.cli.published_data import TEXTS, published_series_of_classes, published_texts
from keraseq.cli.sequence_rows import SequenceReader, find_columns


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
    is_text = options.text is not None if is_table(options.data) else options.data in TEXTS
    return text_data(options) if is_text else series_data(options)


def _texts_of_file(options):
    table = read_file(options, "text", "target")
    columns, _ = find_columns(table, target=[options.target], text=[options.text])
    rows, left_out = complete_rows(table, [options.text, options.target])
    texts, _ = SequenceReader(columns).read(replace(table, cells=rows))
    return split_rows(options, texts, rows[options.target], left_out)


def _series_of_file(options):
    table = read_file(options, "target")
    rows, left_out = complete_rows(table, [options.target])
    takes_text = hasattr(options, "text")
    columns, notes = find_columns(table, target=[options.target])
    left_out += "".join(f"; {note}" for note in notes)
    advice = "Every column beside --target is a step of the series; remove what is none"
    advice += ", or for texts give --text." if takes_text else "."
    if columns.text:
        # One column, which the recipe is for if it is asked for by name.
        columns = replace(columns, text=(), steps=columns.text)
    reader = SequenceReader(columns, options.decimal, advice)
    X, _ = reader.read(replace(table, cells=rows))
    return split_rows(options, X, rows[options.target], left_out)
