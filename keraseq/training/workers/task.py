"""A fit on a worker, and what becomes of it."""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from keraseq.training.threads import set_threads

# Warnings and the growth of memory belong to a process, so that threads take turns.
TURN = threading.RLock()


@dataclass(frozen=True)
class Lost:
    """The outcome of a job whose worker died, and the next one too.

    Attributes
    ----------
    cause : Exception
        What told of the second death.
    """

    cause: Exception

    def __str__(self):
        return (
            "WorkerDied: the worker ended while it fitted, and so did the next one "
            f"({type(self.cause).__name__}). Most often its memory did not suffice: give each "
            "worker more, or make the batch, the model or the data smaller."
        )


@dataclass(frozen=True)
class Raised:
    """The outcome of a job that raised."""

    error: Exception


@dataclass(frozen=True)
class Task:
    """What all jobs of a run have in common.

    Attributes
    ----------
    fit : callable
        Takes what is shared and a job.
    shared : object
        Says where what is shared can be found.
    threads : int or None
        For TensorFlow; None in this process, whose threads stay as they are.
    """

    fit: Callable
    shared: object
    threads: int | None

    def run(self, shared, job):
        """Return what the fit gives or, as `Raised`, raises."""
        with TURN:
            if self.threads is not None:
                set_threads(self.threads)
            try:
                return self.fit(shared, job)
            except Exception as error:
                error.add_note(f"On a worker:\n{traceback.format_exc()}")
                return Raised(error)


def answer(outcome):
    """Return an outcome, or raise what the fit has raised."""
    if isinstance(outcome, Raised):
        raise outcome.error
    return outcome
