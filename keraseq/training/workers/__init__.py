"""Worker processes that fit, of this machine or of a cluster."""

from keraseq.training.workers.find_workers import check_n_jobs, find_workers
from keraseq.training.workers.sendable import check_sendable
from keraseq.training.workers.task import Lost

__all__ = ["Lost", "check_n_jobs", "check_sendable", "find_workers"]
