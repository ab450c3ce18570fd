"""Predict the rows of a file, or the steps to come, with a saved model.

  keraseq predict stars.keraseq new.csv -o answers.csv
  keraseq predict stars.keraseq new.csv --keep id --proba
  zcat new.csv.gz | keraseq predict stars.keraseq - | head

Each row of the file has one of answers; of a row with nothing to read it is empty. Rows are read a
chunk at a time, so that the file may be larger than memory.

  keraseq predict sales.keraseq -o next.csv                  # what follows the training rows
  keraseq predict sales.keraseq plan.csv --interval 0.9      # plan.csv: what is known ahead
  keraseq predict sales.keraseq history.csv                  # goes on from another history

A file without known targets has the covariates of the steps to come. One with them is a history;
rows after its last known target then hold the covariates of the steps to come.
"""

import argparse

from keraseq.cli.command_line import UsageError, names, positive
from keraseq.cli.fitted import add_fitted_options


def add_options(parser):
    add_fitted_options(parser, nargs="?")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help=".csv, .tsv, .jsonl or .parquet; stdout by default"
    )
    group = parser.add_argument_group("answers")
    group.add_argument(
        "--keep", type=names, metavar="COLUMNS", help="columns of DATA to write beside; or all"
    )
    group.add_argument("--proba", action="store_true", help="the probability of each class, too")
    group.add_argument(
        "--steps", type=positive, metavar="N", help="of a forecast; its horizon by default"
    )
    group.add_argument("--interval", type=_share, metavar="SHARE", help="of a forecast, such as .9")


def _share(text):
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text} must lie between 0 and 1")
    return value


def run(options):
    from keraseq.cli.fitted import Fitted
    from keraseq.cli.output import TABLES, check_output

    check_output(options.output, TABLES)
    fitted = Fitted(options)
    if not hasattr(fitted.estimator, "predict"):
        raise UsageError(
            f"{options.model} answers no rows: it writes, with `keraseq generate`, and judges "
            "texts, with `keraseq evaluate`."
        )
    if fitted.is_forecaster:
        _forecast(options, fitted)
    else:
        _predict_rows(options, fitted)


def _predict_rows(options, fitted):
    from keraseq._progress import progress_bar
    from keraseq.cli.answers import answers_of
    from keraseq.cli.messages import say
    from keraseq.cli.output import writing_rows

    for name in ("steps", "interval"):
        if getattr(options, name) is not None:
            raise UsageError(f"--{name} is for forecasts, which {options.model} does not make.")
    if options.data is None:
        raise UsageError("give the file with the rows to predict.")
    if options.proba and not hasattr(fitted.estimator, "predict_proba"):
        raise UsageError(f"--proba: {options.model} has no probabilities to give.")
    reader, n_empty = None, 0
    with (
        progress_bar(None, desc="predict", unit="row", leave=False) as bar,
        writing_rows(options.output) as write,
    ):
        for table in fitted.tables(with_target=False):
            reader = reader or fitted.reader()
            X, is_empty = reader.read(table)
            answers = answers_of(fitted, X, is_empty, table.cells.index, proba=options.proba)
            write(_beside(options, table, answers))
            n_empty += is_empty.sum()
            bar.update(len(answers))
    if n_empty:
        say(f"{options.data}: {n_empty:,} rows hold nothing to read; their answers are empty")


def _beside(options, table, answers):
    """Kept columns and answers as one frame, lists as JSON where cells are text."""
    import json
    from pathlib import Path

    import pandas as pd

    if options.keep is None:
        return answers
    held, is_all = list(table.cells.columns), options.keep == ["all"]
    has_keys = Path(options.output or ".csv").suffix in (".jsonl", ".parquet")
    for name in held if is_all else options.keep:
        if name not in held:
            raise ValueError(f"--keep {name}: {table.path} has no such column.")
        # A line of text has room for both, a record none.
        if held.count(name) > 1 and (has_keys or not is_all):
            raise ValueError(
                f"--keep {name}: {table.path} has {held.count(name)} columns of that name; give "
                "each its own in the first row."
            )
    kept = table.cells if is_all else table.cells[options.keep]
    if not has_keys:
        kept = kept.map(lambda cell: json.dumps(cell) if isinstance(cell, list) else cell)
    return pd.concat([kept, answers.rename(columns=_free_names(answers, kept))], axis=1)


def _free_names(answers, kept):
    """New names of the answers whose own the kept columns have."""
    taken, free = {*kept, *answers}, {}
    for name in answers:
        if name in kept:
            free[name] = f"predicted {name}"
            while free[name] in taken:
                free[name] = f"predicted {free[name]}"
    return free


def _forecast(options, fitted):
    from keraseq.cli.answers import forecasts_of
    from keraseq.cli.output import writing_rows

    for name in ("proba", "keep", "text", "ignore"):
        if getattr(options, name):
            raise UsageError(f"--{name} is not for forecasts, which {options.model} makes.")
    frame = None if options.data is None else fitted.frame()
    answers = forecasts_of(fitted, frame, options.steps, options.interval)
    with writing_rows(options.output) as write:
        write(answers)
