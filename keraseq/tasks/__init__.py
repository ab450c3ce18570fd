"""What a model is asked for: one file a task, and in it all that depends on the task."""

from keraseq.tasks._find import get_task, task_names
from keraseq.tasks._targets import target_kind

__all__ = ["get_task", "target_kind", "task_names"]
