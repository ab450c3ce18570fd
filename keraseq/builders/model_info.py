"""What is known of an architecture."""

from sklearn.utils import Bunch

from keraseq.builders.build import build
from keraseq.builders.count_parameters import count_parameters
from keraseq.models import find_model
from keraseq.tasks import get_task

# Steps of the history that a forecaster's smallest size is of, and of that of its default size.
_LOOKBACK = 32
_USUAL_LOOKBACK, _USUAL_HORIZON = 336, 96


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
        (all steps at once), tasks, inputs ("any", "tokens" or "numbers"), default_size (weights of
        the model that is built where nothing is said: of one feature, two classes; of a
        forecaster, 336 steps and the 96 that follow), smallest_size (weights of the smallest
        model, at ``units=1`` where it has units, for one feature).

    Raises
    ------
    ValueError
        For an unknown name; the nearest are proposed.

    Examples
    --------
    >>> import keraseq
    >>> info = keraseq.model_info("lstm")
    >>> info.title, info.year, info.causal, info.default_size
    ('Long short-term memory', 1997, True, 33410)
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
        inputs=spec.inputs,
        default_size=default_size(spec.name),
        smallest_size=_smallest_size(spec),
    )


def default_size(name):
    """Weights of the model that is built where nothing is said; see :func:`model_info`."""
    spec = find_model(name)
    task = get_task(spec.served_tasks[0])
    outputs = task.smallest_outputs
    if task.reads_history:
        outputs = (_USUAL_HORIZON, 1)
    return _count(spec, task, _USUAL_LOOKBACK, outputs)


def _smallest_size(spec):
    """Weights of the smallest model for the first task that it serves."""
    task = get_task(spec.served_tasks[0])
    sizes = {"units": 1} if "units" in spec.parameters else {}
    return _count(spec, task, _LOOKBACK, task.smallest_outputs, **sizes)


def _count(spec, task, lookback, outputs, **sizes):
    shape, vocabulary = (lookback if task.reads_history else None, 1), None
    if spec.inputs == "tokens":
        shape, vocabulary = shape[:1], 2
    given = {"task": task.name, "vocabulary_size": vocabulary, "seed": 0, **sizes}
    return count_parameters(build(spec.name, shape, outputs, **given))
