"""What a model is asked for: head, loss, metrics and decoding, once for every architecture."""

from keraseq._checks import check_choice
from keraseq.tasks.classification import Classification
from keraseq.tasks.forecasting import Forecasting
from keraseq.tasks.multilabel import Multilabel
from keraseq.tasks.regression import Regression
from keraseq.tasks.tagging import Tagging

TASKS = {
    task.name: task
    for task in (Classification(), Multilabel(), Regression(), Tagging(), Forecasting())
}


def get_task(name):
    """Return the task of this name; an unknown one is an error that proposes the nearest."""
    return TASKS[check_choice("task", name, TASKS)]


__all__ = ["TASKS", "get_task"]
