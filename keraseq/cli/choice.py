"""The model that --model names, or that a small comparison chooses."""

import argparse

from keraseq._checks import nearest_names
from keraseq.cli.messages import say
from keraseq.models import model_file_names

AUTO = "auto"
_ROWS, _RUNS, _SERIES = 4_000, 2, 20
# One of each kind that is quick on a processor.
_OF_TEXTS = ["gru", "bilstm", "text_cnn"]
_OF_NUMBERS = ["gru", "lite", "inception_time"]
_OF_FORECASTS = ["gru", "dlinear", "nhits"]


def model_name(text):
    """Read --model."""
    known = [AUTO, *model_file_names()]
    if text not in known:
        raise argparse.ArgumentTypeError(
            f"there is no model named {text!r}; `keraseq list` has all.{nearest_names(text, known)}"
        )
    return text


def model_names(text):
    """Read --models: several, joined by commas."""
    return [model_name(name.strip()) for name in text.split(",")]


def choose_model(problem, seed):
    """Compare a few models on training rows, say the result, and return the best one's name."""
    import keraseq

    if not _is_compared(problem):
        default = problem.estimator_class().model
        say(f"--model auto: took {default}, the default. --model names another.")
        return default
    models = _candidates(problem)
    X, y, said = _few(problem, seed)
    if X is None:
        say(f"--model auto: {said}; took {models[0]}, the default. --model names another.")
        return models[0]
    say(f"--model auto: compares {', '.join(models)} on {said}, {_RUNS} runs each")
    result = keraseq.compare(
        models, X, y, n_seeds=_RUNS, random_state=seed, **problem.terms_of_comparison()
    )
    table = result.table
    columns = [name for name in ("score", "low", "high", "seconds") if name in table]
    say_table(f"{result.metric} on held-back training rows:", table[columns])
    scores = table.loc[models, "score"]
    if scores.isna().all():
        # As where so few rows are held back that all have one number.
        why = result.runs.set_index("model").loc[models, "error"].iloc[0]
        say(f"--model auto: no fit has a score ({why}); took {models[0]}. --model names another.")
        return models[0]
    best = scores.idxmax()
    rivals = table["score"].drop(models)
    said = f"took {best}; with {_RUNS} runs the order of close ones is luck"
    if len(rivals) and rivals.max() > scores.max():
        said += f", and {rivals.idxmax()}, which is no network, scored more"
    say(f"--model auto: {said}.")
    return best


def say_table(title, table):
    """Print a table on standard error."""
    import sys

    print(f"{title}\n{table.round(3).to_string(na_rep='')}", file=sys.stderr, flush=True)


def _is_compared(problem):
    """Whether a few fits tell more than they cost: those of models that write take minutes each."""
    from keraseq.tasks import get_task

    task = get_task(problem.task)
    return task.score_name is not None and (task.takes_y or task.reads_history)


def _candidates(problem):
    from keraseq.models import models_that_read

    columns = problem.columns
    if columns.date is None:
        return _OF_TEXTS if columns.text else _OF_NUMBERS
    covariates = [name for name in ("past", "future", "static") if getattr(columns, name)]
    if not covariates:
        return _OF_FORECASTS
    known = models_that_read(covariates)
    return [name for name in (*_OF_FORECASTS, "tcn", "transformer") if name in known]


def _few(problem, seed):
    """Rows to compare on, and what they are in words; None where there are none to be had."""
    import numpy as np

    random, X, y = np.random.default_rng(seed), problem.X, problem.y
    if y is None:
        frame, said = one_frame(problem, _SERIES, random)
        return frame, None, said
    if len(y) <= _ROWS:
        return X, y, "the training rows"
    chosen = np.sort(random.permutation(len(y))[:_ROWS])
    X, y = (
        rows[chosen] if isinstance(rows, np.ndarray) else [rows[i] for i in chosen]
        for rows in (X, y)
    )
    return X, y, f"{_ROWS:,} of the training rows"


def one_frame(problem, most=None, random=None):
    """The series side by side at their dates in common, since `compare` takes no others.

    Parameters
    ----------
    problem : Problem
    most : int, optional
        Of more series so many are drawn.
    random : numpy.random.Generator, optional

    Returns
    -------
    frame : DataFrame or None
        A row a date; None where too few are in common.
    said : str
        What was taken, or why nothing was.
    """
    columns, frame = problem.columns, problem.X
    targets, said = list(columns.target), "the series"
    if not columns.series:
        return frame.set_index(columns.date)[targets], said + _without_covariates(columns)
    key = frame[list(columns.series)].agg(" / ".join, axis=1)
    every = key.unique()
    if most is not None and len(every) > most:
        chosen = key.isin(random.choice(every, most, replace=False))
        frame, key, said = frame[chosen], key[chosen], f"{most} of the {len(every):,} series"
    wide = frame.assign(series=key).pivot(index=columns.date, columns="series", values=targets)
    wide.columns = [" / ".join(map(str, name)) for name in wide.columns]
    shared = wide.dropna()
    if len(shared) < 0.5 * len(wide) or len(shared) < 5 * problem.settings["horizon"]:
        return None, (
            f"all series share {len(shared):,} of {len(wide):,} dates, too few to compare on side "
            "by side; leave out short series, or set the `keraseq backtest` of each model beside "
            "the others"
        )
    return shared, f"{said} at the dates that all have{_without_covariates(columns)}"


def _without_covariates(columns):
    covariates = [name for name in ("past", "future", "static") if getattr(columns, name)]
    return f", without their {' and '.join(covariates)} covariates" if covariates else ""
