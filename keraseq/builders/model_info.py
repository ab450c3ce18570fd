"""What is known of an architecture."""

from sklearn.utils import Bunch

from keraseq.builders.build import build
from keraseq.builders.count_parameters import count_parameters
from keraseq.models import find_model
from keraseq.tasks import get_task

# Steps of the shortest history that a forecaster is described for.
_LOOKBACK = 32


def model_info(name):
    """Describe an architecture of the zoo.

    Parameters
    ----------
    name : str
        One of :func:`keraseq.list_models`.

    Returns
    -------
    sklearn.utils.Bunch
        name, title, authors, year, paper, family, kind ("body" or "forecaster"), causal, parallel
        (all steps at once), tasks, smallest_size (weights of the smallest model, at ``units=1``
        where it has units, for one feature).

    Raises
    ------
    ValueError
        For an unknown name; the nearest are proposed.

    Examples
    --------
    >>> import keraseq
    >>> info = keraseq.model_info("lstm")
    >>> info.title, info.year, info.causal
    ('Long short-term memory', 1997, True)
    """
    spec = find_model(name)
    return Bunch(
        name=spec.name,
        title=spec.title,
        authors=spec.authors,
        year=spec.year,
        paper=spec.paper,
        causal=spec.is_causal(),
        family=spec.family,
        kind=spec.kind.name,
        parallel=spec.parallel,
        tasks=spec.served_tasks,
        smallest_size=_smallest_size(spec),
    )


def _smallest_size(spec):
    """Weights of the smallest model for the first task that it serves."""
    task = get_task(spec.served_tasks[0])
    sizes = {"units": 1} if "units" in spec.parameters else {}
    time, vocabulary = (_LOOKBACK if task.reads_history else None), None
    shape = (time, 1)
    if spec.inputs == "tokens":
        shape, vocabulary = (time,), 2
    outputs = task.smallest_outputs
    smallest = build(
        spec.name, shape, outputs, task=task.name, vocabulary_size=vocabulary, seed=0, **sizes
    )
    return count_parameters(smallest)
