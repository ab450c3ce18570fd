"""X and y as the data of a comparison, in the form that the task has."""

from collections.abc import Iterator, Mapping

from keraseq._checks import check_choice, shown
from keraseq.comparison._data import Data
from keraseq.comparison._inputs import (
    compared_tasks,
    forecast_settings,
    infer_task,
    read_rows,
    read_targets,
    task_of,
)
from keraseq.comparison._series_data import SeriesData
from keraseq.comparison._text_data import TextData
from keraseq.tasks import get_task


def read_data(models, X, y, task, test, estimator_params, season):
    """Return the data of :func:`keraseq.compare`, which was given these arguments.

    Raises
    ------
    ValueError, TypeError
        For a task that is not known or cannot be inferred, and data that does not go with it.
    """
    # What can be read once only is read here.
    y = list(y) if isinstance(y, Iterator) else y
    task = task_of(models) if task is None else task
    if task is not None:
        check_choice("task", task, compared_tasks())
    else:
        task = infer_task(read_rows(X), read_targets(y))
    if estimator_params is not None and not isinstance(estimator_params, Mapping):
        raise TypeError(
            f"estimator_params={shown(estimator_params)} must be a dict of parameters, such as "
            "{'epochs': 10}."
        )
    asked = get_task(task)
    if not asked.takes_y and y is not None:
        raise ValueError(
            f"task={task!r} takes no y: X is its own target. Leave y out, and give what is to be "
            "judged as test=."
        )
    if season is not None and not asked.reads_history:
        raise ValueError(f"season={season} is for forecasts; this is {task}.")
    if asked.reads_history:
        reading = forecast_settings(models, estimator_params)
        return SeriesData(X, task, test, season, reading)
    if not asked.takes_y:
        return TextData(X, task, test)
    return Data(X, y, task, test, input=(estimator_params or {}).get("input", "auto"))
