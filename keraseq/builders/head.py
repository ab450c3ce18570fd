"""The end of every model: a task's reading and head, with what they were asked for."""

from dataclasses import dataclass

from keraseq._checks import check_choice
from keraseq._keras import ops
from keraseq._precision import full_precision
from keraseq.tasks import get_task
from keraseq.tasks import layers as task_layers


@dataclass(frozen=True)
class Head:
    """What is read from a body's steps, and what is answered.

    Attributes
    ----------
    task : str
    outputs : int or tuple of int
    pooling : str or None
        None where every step is answered.
    quantiles : tuple of float or None
    logits : bool
    """

    task: str
    outputs: int | tuple
    pooling: str | None
    quantiles: tuple | None
    logits: bool

    @property
    def n_quantiles(self):
        """Numbers answered in place of each one."""
        return 1 if self.quantiles is None else len(self.quantiles)

    def read(self, x, mask, name="pooling"):
        """Pool the steps `(batch, time, channels)`, where not every one is answered."""
        if self.pooling is None:
            return x
        layer = task_layers.SequencePooling
        return layer(self.pooling, name=name, dtype=full_precision())(x, mask)

    def answer(self, features, outputs, *, future=None, static=None, embedding=None):
        """Map features, and what is known beside them, to the model's output."""
        if static is not None:
            features = ops.concatenate([features, static], axis=-1)
        tied = {} if embedding is None else {"embedding": embedding}
        return get_task(self.task).head(
            features, outputs, logits=self.logits, quantiles=self.quantiles, future=future, **tied
        )

    def shape_forecast(self, values, outputs):
        """Give `(batch, horizon, targets * quantiles)` its axis of rising quantiles, if any."""
        return get_task(self.task).shape_forecast(values, outputs, self.quantiles)


def make_head(task, outputs, *, pooling, default_pooling, causal, quantiles, logits, name):
    """Check what a head is asked for and fill in the default reading.

    Parameters
    ----------
    task : Task
    outputs : int or tuple
        As the task has checked it.
    pooling, quantiles, logits : as of the builders
    default_pooling : str
        Of the data kind.
    causal : bool
        Whether the body is.
    name : str
        The architecture's.
    """
    return Head(
        task.name,
        outputs,
        _check_pooling(pooling, default_pooling, task, causal, name),
        _check_quantiles(quantiles, task),
        bool(logits),
    )


def _check_pooling(pooling, default, task, causal, name):
    if task.per_step:
        if pooling is not None:
            raise ValueError(f"task={task.name!r} answers at every step; pooling must be None.")
        return None
    pooling = check_choice("pooling", default if pooling is None else pooling, task_layers.POOLINGS)
    if pooling in task_layers.OF_LAST and not causal:
        raise ValueError(
            f"pooling={pooling!r} reads the last step, which in {name} is not where the sequence "
            "ends (it is not causal); use 'ends', 'mean', 'max' or 'mean_max'."
        )
    return pooling


def _check_quantiles(quantiles, task):
    if quantiles is None:
        return None
    if not task.takes_quantiles:
        raise ValueError(f"quantiles={quantiles!r} are for numbers, not for task={task.name!r}.")
    try:
        values = tuple(float(q) for q in quantiles)
    except (TypeError, ValueError):
        values = ()
    if not values or any(not 0 < q < 1 for q in values) or list(values) != sorted(set(values)):
        raise ValueError(
            f"quantiles={quantiles!r} must be rising numbers between 0 and 1, such as "
            "(0.05, 0.5, 0.95)."
        )
    return values
