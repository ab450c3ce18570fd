"""What a file and the options pose: the task, its rows, and how an estimator is made for them."""

import dataclasses
import json
from dataclasses import dataclass, field

from keraseq.cli.command_line import (
    UsageError,
    column_options,
    names,
    positive,
    reading_options,
    step,
)
from keraseq.cli.messages import say

_ADVICE = (
    "Every column beside --target is a step of a series; name texts with --text, and what is none "
    "with --ignore."
)
# Parameters of estimators that have an option of their own, which would go before --set or after.
_OF_OPTIONS = {
    "random_state": "--seed",
    "horizon": "--horizon",
    "date_col": "--date",
    "series_col": "--series",
    "value_cols": "--target",
}
_COLUMNS = {
    "date": "of rows with dates: the dates; the task is then forecasting",
    "series": "of several series: what tells them apart",
    "past": "numbers known up to now",
    "future": "numbers known ahead, such as promotions and prices",
    "static": "what is the same in all rows of a series, such as a region",
}


@dataclass
class Problem:
    """Rows to learn from.

    Attributes
    ----------
    task : str
    columns : TableColumns
    X : list, ndarray, or DataFrame of dated rows
    y : list, ndarray or None
        None where X is to be forecast.
    settings : dict
        Parameters of the estimator.
    fit_arguments : dict
        Further ones of its `fit`.
    """

    task: str
    columns: object
    X: object
    y: object = None
    settings: dict = field(default_factory=dict)
    fit_arguments: dict = field(default_factory=dict)

    def estimator(self, model, **settings):
        """An estimator for it, not fitted."""
        return self.estimator_class(model, **{**self.settings, **settings})

    @property
    def estimator_class(self):
        from keraseq.wrappers.estimator_for import estimator_for

        return estimator_for(self.task)

    def fit(self, estimator):
        """Fit it, and return it."""
        targets = () if self.y is None else (self.y,)
        return estimator.fit(self.X, *targets, **self.fit_arguments)

    def terms_of_comparison(self):
        """What `keraseq.compare` is told of it."""
        settings = {k: v for k, v in self.settings.items() if not k.endswith(("_col", "_cols"))}
        return {
            "task": self.task,
            "season": settings.pop("season", None),
            "parameter_budget": settings.pop("parameter_budget", None),
            "estimator_params": settings,
        }


def add_problem_options(parser):
    """Add the options that :func:`read_problem` reads."""
    parser.add_argument(
        "data", metavar="DATA", help='CSV, TSV, Parquet or JSON lines; "-" is stdin'
    )
    group = parser.add_argument_group("columns (several are joined by commas)")
    several = {"type": names, "action": "extend", "metavar": "COLUMNS", "default": None}
    group.add_argument("--target", **several, help="what is to be predicted")
    group.add_argument("--text", **several, help="texts, joined where there are several")
    group.add_argument("--ignore", **several, help="columns that are not read")
    column_options(group, _COLUMNS)
    parser.add_argument(
        "--task",
        help="classification, regression, multilabel, tagging, transduction (a text for each row), "
        "language_model (DATA is what to learn to write from); the first four are inferred",
    )
    parser.add_argument(
        "--lines", action="store_true", help="of language_model: each line of DATA is a text"
    )
    group = parser.add_argument_group("forecasts")
    group.add_argument("--horizon", type=positive, metavar="N", help="steps to forecast")
    group.add_argument("--lookback", type=positive, metavar="N", help="steps of history to read")
    group.add_argument(
        "--season", type=positive, metavar="N", help="its steps; by the dates by default"
    )
    group.add_argument("--freq", type=step, help="step of the dates; found by default")
    group.add_argument("--calendar", action="store_true", help="tell the model what dates say")
    group.add_argument(
        "--missing",
        choices=["error", "interpolate", "ignore", "fill"],
        help="where a value or date is missing: interpolate or ignore in forecasts, else fill",
    )
    group = parser.add_argument_group("training")
    group.add_argument("--epochs", type=positive, metavar="N", help="passes over the training rows")
    group.add_argument("--budget", type=positive, metavar="N", help="weights of a model")
    group.add_argument(
        "--set",
        action="append",
        default=[],
        type=setting,
        metavar="NAME=VALUE",
        help="a parameter of the estimator, such as dropout=0.2; may be given several times",
    )
    reading_options(parser.add_argument_group("how to read the file"))


def setting(text):
    """Read --set: a name and a value, which is JSON or else a word."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ValueError(text)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def read_problem(options):
    """Read the file, and say on standard error what was found.

    Raises
    ------
    UsageError
        For options that cannot be meant so.
    ValueError, OSError
        For what is wrong with the data.
    """
    _check_task(options)
    if options.date:
        problem = _read_dated(options)
    elif _learns_alone(options):
        problem = _read_texts(options)
    else:
        problem = _read_rows(options)
    given = {"missing": options.missing, "parameter_budget": options.budget}
    if options.epochs is not None:
        given["epochs"] = options.epochs
    problem.settings.update({name: value for name, value in given.items() if value is not None})
    problem.settings.update(options.set)
    _check_settings(problem, options)
    return problem


def _check_task(options):
    from keraseq._checks import check_choice
    from keraseq.tasks import get_task, task_names

    if options.task is not None:
        try:
            check_choice("task", options.task, task_names())
        except ValueError as error:
            raise UsageError(str(error).replace("task=", "--task ")) from None
        if get_task(options.task).reads_history and not options.date:
            raise UsageError(f"--task {options.task} needs --date, the column of dates.")
    if _learns_alone(options) == bool(options.target):
        raise UsageError(
            f"--task {options.task} has no --target: what follows in a text is what it learns."
            if options.target
            else "say what is to be predicted with --target; of texts to learn to write from, "
            "--task language_model."
        )
    if options.lines and not _learns_alone(options):
        raise UsageError("--lines is for texts to learn to write from, --task language_model.")
    of_dates = ("series", "past", "future", "static", "horizon", "lookback", "season", "freq")
    given = [name for name in of_dates if getattr(options, name) is not None]
    if options.date:
        if options.task is not None and not get_task(options.task).reads_history:
            raise UsageError(f"--date is for forecasts, and --task {options.task} makes none.")
        if options.horizon is None:
            raise UsageError("--date makes it a forecast: say --horizon, the steps to forecast.")
        if options.static and not options.series:
            raise UsageError("--static tells how series differ, which needs --series.")
        if options.text or options.ignore:
            name = "text" if options.text else "ignore"
            raise UsageError(f"--{name} is not for rows with a --date.")
    elif given or options.calendar:
        raise UsageError(f"--{(given or ['calendar'])[0]} is for forecasts, which need --date.")


def _learns_alone(options):
    """Whether texts are their own target."""
    from keraseq.tasks import get_task

    task = None if options.task is None else get_task(options.task)
    return task is not None and not task.takes_y and not task.reads_history


def _read_texts(options):
    from keraseq.cli.corpus import read_corpus
    from keraseq.cli.table_columns import TableColumns

    columns = TableColumns(text=tuple(options.text or ()))
    return Problem(options.task, columns, read_corpus(options, columns, lines=options.lines))


def _check_settings(problem, options):
    models = "--models" if hasattr(options, "models") else "--model"
    said_by = {"model": models, "encoder": models, **_OF_OPTIONS}
    for name, _ in options.set:
        if name in said_by:
            raise UsageError(f"--set {name}=: this is what {said_by[name]} says.")
        if name == "callbacks":
            raise UsageError("--set callbacks=: they are objects, which only Python code can give.")
    known = problem.estimator_class().get_params()
    for name in problem.settings:
        if name not in known:
            from keraseq._checks import nearest_names

            raise UsageError(
                f"--set {name}=: there is no such parameter; there are {', '.join(known)}."
                f"{nearest_names(name, known)}"
            )


def _read_rows(options):
    from keraseq.cli.data_file import read_file
    from keraseq.cli.sequence_rows import SequenceReader, find_columns
    from keraseq.cli.targets import infer_task, read_targets
    from keraseq.tasks import get_task

    table = read_file(options, "target", optional=("text", "ignore"))
    columns, notes = find_columns(
        table, target=options.target, text=options.text or (), ignore=options.ignore or ()
    )
    if options.task is not None:
        columns = dataclasses.replace(columns, by_words=get_task(options.task).tags_words)
    table, left_out = _without_empty(table, columns)
    reader = SequenceReader(columns, options.decimal, _ADVICE)
    X, _ = reader.read(table)
    decimal = reader.columns.decimal
    task = options.task
    if task is None:
        task = infer_task(table, columns, X, decimal=decimal)
        notes.append(f"task {task}; --task says otherwise")
    y, is_known = read_targets(table, columns, task, decimal=decimal)
    if not is_known.all():
        X = X[is_known] if hasattr(X, "shape") else [X[i] for i in is_known.nonzero()[0]]
        left_out.append(f"left out {(~is_known).sum():,} rows without a number to predict")
    say("; ".join([f"{table.path}: {len(X):,} rows", *left_out, *notes]))
    by_words = get_task(task).tags_words
    return Problem(task, dataclasses.replace(reader.columns, by_words=by_words), X, y)


def _without_empty(table, columns):
    """The rows that have a target and something to read, and what was left out."""
    import numpy as np

    read = list(columns.text or columns.lists or columns.steps)
    empty = {name: (table.cells[name] == "").to_numpy() for name in (*columns.target, *read)}
    reasons = {f"{name} is empty": empty[name] for name in columns.target}
    reasons[f"{', '.join(read[:3])} {'is' if len(read) == 1 else 'are all'} empty"] = (
        np.logical_and.reduce([empty[name] for name in read])
    )
    is_left_out = sum(reasons.values()) > 0
    if is_left_out.all():
        raise ValueError(f"{table.path} has no row with both a target and something to read.")
    said = [
        f"left out {mask.sum():,} rows, in which {reason} (the first is row "
        f"{table.cells.index[mask.argmax()]})"
        for reason, mask in reasons.items()
        if mask.any()
    ]
    return table.rows(~is_left_out), said


def _read_dated(options):
    from keraseq.cli.data_file import read_file
    from keraseq.cli.series_frame import (
        check_static,
        covariates,
        frame_columns,
        known_part,
        read_series_frame,
        told_dayfirst,
        told_decimal,
    )
    from keraseq.cli.table_columns import TableColumns
    from keraseq.tasks import get_task, task_names

    several = ("target", "series", "past", "future", "static")
    table = read_file(options, "date", "target", optional=several[1:])
    columns = TableColumns(
        date=options.date, **{name: tuple(getattr(options, name) or ()) for name in several}
    )
    told = {"decimal": options.decimal, "dayfirst": options.dayfirst}
    frame = read_series_frame(table, columns, **told)
    dayfirst = options.dayfirst
    if dayfirst is None:
        dayfirst = told_dayfirst(table, columns.date, frame[columns.date])
    decimal = options.decimal or told_decimal(table, columns)
    utc = getattr(frame[columns.date].dtype, "tz", None) is not None
    columns = dataclasses.replace(columns, dayfirst=dayfirst, decimal=decimal, utc=utc)
    if columns.static:
        check_static(frame, columns)
    known, n_series = known_part(frame, columns)
    notes = [f"{table.path}: {len(known):,} rows of {n_series:,} series"]
    if len(known) < len(frame):
        notes.append(
            f"left out {len(frame) - len(known):,} before the first or after the last "
            f"known {', '.join(columns.target)}"
        )
    task = next(name for name in task_names() if get_task(name).reads_history)
    say("; ".join([*notes, f"task {task}, {options.horizon} steps ahead"]))
    named = ("horizon", "lookback", "season", "freq", "calendar")
    settings = {name: getattr(options, name) for name in named}
    return Problem(
        task,
        columns,
        known,
        settings={**{n: v for n, v in settings.items() if v is not None}, **frame_columns(columns)},
        fit_arguments=covariates(columns),
    )
