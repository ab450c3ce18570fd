"""What a model is asked for: one file a task, and in it all that depends on the task."""

from keraseq.tasks._central_quantile import central_quantile
from keraseq.tasks._find import get_task, task_names

__all__ = ["central_quantile", "get_task", "task_names"]
