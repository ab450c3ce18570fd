"""What a model is asked for: one file a task, and in it all that depends on the task."""

from keraseq.tasks._find import get_task, task_names

__all__ = ["get_task", "task_names"]
