"""A saved model, and the rows of a file as it reads them."""

import dataclasses

from keraseq.cli.command_line import (
    DATA_HELP,
    UsageError,
    column_options,
    names,
    reading_options,
)
from keraseq.cli.messages import say

_CHUNK = 8_192
_COLUMNS = {
    "date": "of rows with dates: the dates",
    "series": "of several series: what tells them apart",
    "past": "numbers known up to now",
    "future": "numbers known ahead",
    "static": "what is the same in all rows of a series",
}


def add_fitted_options(parser, **settings):
    """Add the options of a command that takes a saved model and a file."""
    parser.add_argument("model", metavar="FILE.keraseq", help="a model that was saved")
    parser.add_argument("data", metavar="DATA", help=DATA_HELP, **settings)
    add_columns(parser)


def add_columns(parser):
    """Add the options that say what columns are called."""
    own = "A model fitted by `keraseq fit` knows its columns; here is what is called otherwise."
    group = parser.add_argument_group("columns", own)
    several = {"type": names, "action": "extend", "metavar": "COLUMNS"}
    group.add_argument("--target", **several, help="what is to be predicted")
    group.add_argument("--text", **several, help="texts")
    group.add_argument("--ignore", **several, help="columns that are not read")
    column_options(group, _COLUMNS)
    reading_options(parser.add_argument_group("how to read the file"))


class Fitted:
    """A saved model and what it reads of a file.

    Parameters
    ----------
    options : Namespace
        Of :func:`add_fitted_options`.

    Attributes
    ----------
    estimator : estimator
    columns : TableColumns or None
        None where neither the file of the model nor the options say, but the table's own columns.
    """

    def __init__(self, options):
        import keraseq

        self._options = options
        self.estimator = keraseq.load(options.model)
        self.columns = self._known_columns()

    @property
    def task(self):
        """Its task, as its file says."""
        import keraseq

        return keraseq.inspect(self._options.model).facts["task"]

    @property
    def is_forecaster(self):
        from keraseq.tasks import get_task, task_names

        tasks = map(get_task, task_names())
        return any(task.reads_history and task.suits(self.estimator) for task in tasks)

    def _known_columns(self):
        from keraseq.cli.table_columns import TableColumns

        table = getattr(self.estimator, "table_", None)
        columns = TableColumns() if table is None else TableColumns.from_dict(table)
        options = vars(self._options)
        several = ("target", "text", "series", "past", "future", "static")
        given = {name: tuple(options[name]) for name in several if options[name]}
        if options["date"]:
            given["date"] = options["date"]
        if "text" in given:
            given.update(steps=(), lists=())
        if table is None:
            given["by_words"] = self._tags_words()
        if self.is_forecaster:
            given = {**_of_parameters(self.estimator), **given} if table is None else given
        columns = dataclasses.replace(columns, **given)
        if self.is_forecaster and (columns.date is None or not columns.target):
            raise UsageError(
                f"{self._options.model} was not fitted on a table with dates: name the columns "
                "with --date and --target."
            )
        is_known = columns.text or columns.steps or columns.lists or columns.date
        return columns if is_known else None

    def _tags_words(self):
        """Whether texts are cut at their blanks, for a model that was fitted in Python."""
        from keraseq.tasks import get_task

        return self._reads_words and get_task(self.task).tags_words

    @property
    def _reads_words(self):
        return getattr(self.estimator, "kind_", None) == "words"

    def tables(self, *, with_target):
        """Yield the file's tables of a limited size, those columns in them that are read."""
        from keraseq.cli.data_file import reading
        from keraseq.cli.tables import read_chunks

        chunks = read_chunks(
            self._options.data, self._named(with_target), _CHUNK, **reading(self._options)
        )
        n = 0
        for table in chunks:
            if n == 0:
                self._look_at(table)
            n += len(table.cells)
            yield table
        if n == 0:
            raise ValueError(f"{self._options.data} holds a header and no rows.")

    def _named(self, with_target):
        columns = self.columns
        target = self._options.target or () if columns is None else columns.target
        named = [("--target", name) for name in target] if with_target else []
        if with_target and not named:
            raise UsageError("say what was to be predicted with --target.")
        if columns is not None:
            # Of ragged series the last columns may be missing, as where all rows are short.
            steps = columns.steps[:1] if columns.ragged else columns.steps
            read = (*columns.text, *steps, *columns.lists)
            named += [("the model reads", name) for name in read]
        return named

    def _look_at(self, table):
        """Find what is read by the first table, and say what is not."""
        from keraseq.cli.sequence_rows import find_columns, holds_lists

        held, options = list(table.cells.columns), self._options
        if self.columns is None:
            self.columns, notes = find_columns(
                table, target=options.target or (), ignore=options.ignore or ()
            )
            self.columns = dataclasses.replace(self.columns, by_words=self._tags_words())
            for note in notes:
                say(f"{table.path}: {note}")
            return
        columns = self.columns
        if columns.text and self._reads_words and holds_lists(table.cells[columns.text[0]]):
            self.columns = columns = dataclasses.replace(columns, by_words=True)
        steps = tuple(name for name in columns.steps if name in held)
        if steps != columns.steps[: len(steps)]:
            missing = next(name for name in columns.steps if name not in held)
            raise ValueError(f"the model reads {missing}, which {table.path} has not.")
        used = {*columns.text, *steps, *columns.lists, *columns.target, *(options.ignore or ())}
        others = [name for name in held if name not in used and name]
        if others and steps:
            more = f" and {len(others) - 5:,} more" if len(others) > 5 else ""
            say(f"{table.path}: the model does not read {', '.join(others[:5])}{more}")

    def reader(self):
        """What reads X from the tables."""
        from keraseq.cli.sequence_rows import SequenceReader

        decimal = self._options.decimal
        return SequenceReader(self.columns, decimal, "The model was fitted on numbers there.")

    def rows(self, *, with_target=False):
        """All rows of the file that have something to read, and their answers or None."""
        from keraseq.cli.targets import as_labels, read_targets

        classes = getattr(self.estimator, "classes_", None)
        reader, parts, n_left_out = None, [], 0
        for table in self.tables(with_target=with_target):
            reader = reader or self.reader()
            n = len(table.cells)
            if with_target:
                table = table.rows((table.cells[list(self.columns.target)] != "").all(axis=1))
            X, is_empty = reader.read(table)
            keep, y = ~is_empty, None
            if with_target:
                y, is_known = read_targets(
                    table, self.columns, self.task, decimal=reader.columns.decimal
                )
                y, keep = take_rows(y, keep[is_known]), keep & is_known
                y = as_labels(y, classes, table.path)
            parts.append((take_rows(X, keep), y))
            n_left_out += n - keep.sum()
        if n_left_out:
            say(f"{self._options.data}: left out {n_left_out:,} rows that are not filled")
        if not any(len(X) for X, _ in parts):
            raise ValueError(f"{self._options.data} has no row that is filled.")
        X, y = (list(part) for part in zip(*parts, strict=True))
        return _join(X), _join(y) if with_target else None

    def texts(self):
        """What a model that writes is judged by: the file as one text, its lines, or a column."""
        from keraseq.cli.corpus import read_corpus
        from keraseq.cli.table_columns import TableColumns

        estimator = self.estimator
        return read_corpus(
            self._options,
            TableColumns(text=self.columns.text if self.columns else ()),
            lines=not estimator.is_one_text_,
            by_words=estimator.kind_ == "words",
        )

    def frame(self):
        """All rows of a file with dates, in their order."""
        from keraseq.cli.data_file import reading
        from keraseq.cli.series_frame import read_series_frame, told_decimal
        from keraseq.cli.tables import read_table

        columns, options = self.columns, self._options
        read = [columns.date, *columns.series]
        named = [("the model reads", name) for name in read]
        table = read_table(options.data, named, **reading(options))
        dayfirst = columns.dayfirst if options.dayfirst is None else options.dayfirst
        decimal = options.decimal or told_decimal(table, columns)
        frame = read_series_frame(table, columns, decimal=decimal, dayfirst=dayfirst)
        return frame.sort_values(columns.date, kind="stable").reset_index(drop=True)

    def history(self):
        """The rows of a file with dates from the first to the last known target of each series."""
        from keraseq.cli.series_frame import known_part

        frame, columns = self.frame(), self.columns
        missing = [name for name in columns.target if name not in frame]
        if missing:
            raise ValueError(
                f"the model forecasts {missing[0]}, which {self._options.data} has not."
            )
        return known_part(frame, columns)[0]


def _of_parameters(forecaster):
    """The columns that a forecaster's own parameters name."""
    params, found = forecaster.get_params(), {}
    for name, parameter in {"series": "series_col", "target": "value_cols"}.items():
        value = params.get(parameter)
        if value is not None:
            found[name] = (value,) if isinstance(value, str) else tuple(value)
    if params.get("date_col") is not None:
        found["date"] = params["date_col"]
    return found


def take_rows(rows, mask):
    """The rows of an array or a list where the mask is true."""
    if hasattr(rows, "shape"):
        return rows[mask]
    return [row for row, is_kept in zip(rows, mask, strict=True) if is_kept]


def _join(parts):
    import numpy as np

    if hasattr(parts[0], "shape"):
        return np.concatenate(parts)
    return [row for part in parts for row in part]
