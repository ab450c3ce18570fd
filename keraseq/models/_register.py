"""How an architecture is made known: as a body, a forecaster or a preset."""

import sys
import time
from dataclasses import replace

from keraseq._checks import check_choice, nearest_names
from keraseq.models._body import Body
from keraseq.models._forecaster import Forecaster
from keraseq.models._registry import add, find_model
from keraseq.models._spec import FAMILIES, ModelSpec, module_of
from keraseq.tasks import get_task, task_names

_DATA_KINDS = ("text", "tokens", "series", "forecast", "language")
# What a builder takes that belongs to the architecture and not to the data or the task.
PRESET_SETTINGS = (
    *("embedding_dim", "embedding_dropout", "token_dropout", "ngrams", "tie_embedding"),
    *("patch_length", "patch_stride", "skip_steps"),
    *("channels", "pooling", "units", "num_layers", "dropout"),
)
# And what is of the data, the task and the call: an own parameter of such a name is never heard.
_OF_BUILDERS = (
    *PRESET_SETTINGS,
    *("name", "input_shape", "outputs", "task", "vocabulary_size", "quantiles", "logits", "seed"),
    *("parameter_budget", "flop_budget", "flop_steps"),
)


def register_model(
    function=None,
    *,
    title=None,
    authors=None,
    year=None,
    paper=None,
    family="other",
    causal=False,
    parallel=False,
    tasks=None,
    inputs="any",
    channels="any",
    pooling=None,
    second_size=None,
    hints=None,
):
    """Make a body known by its function's name to builders, estimators and comparisons.

    A body maps a tensor `(batch, time, channels)` and its boolean mask `(batch, time)` to a tensor
    `(batch, time, channels)`. Its keyword arguments are ``units``, ``num_layers``, ``dropout`` and
    at most four of its own; it holds no input, embedding, pooling, head or loss. What its
    signature gives as their defaults is what is built where nobody says otherwise; None leaves it
    to keraseq (64 units, one layer, no dropout unless the amount of data asks for it).

    Parameters
    ----------
    function : callable
        ``function(x, mask, *, units, num_layers, dropout, **own)``.
    title, authors, paper : str, optional
        The architecture's name in words, its authors and a reference.
    year : int, optional
        Year of the paper.
    family : {"recurrent", "convolutional", "attention", "linear", "other"}, default="other"
        What :func:`keraseq.list_models` sorts by.
    causal : bool or callable, default=False
        True when step t of the output depends on steps up to t alone; the pooling "last" and
        :class:`keraseq.models.Stepper` ask for it. A callable is called with the own parameters.
    parallel : bool, default=False
        True when all steps are computed at once.
    tasks : sequence of str, optional
        The tasks that it serves; all by default.
    inputs : {"any", "tokens", "numbers"}, default="any"
        What it can read.
    channels : {"any", "mixed"}, default="any"
        "mixed" for an architecture that must see all channels of a history at once.
    pooling : {"mean", "max", "mean_max", "last", "ends", "last_mean_max"}, optional
        How its paper makes one vector of the steps, where nobody asks for another way; of
        forecasts the shared default stays.
    second_size : str, optional
        One of its own parameters, a width, that a parameter budget may solve beside ``units``.
    hints : dict, optional
        What an estimator's "auto" becomes, measured once on training data, by kind of data:
        ``{"series": {"learning_rate": 0.003}}``; kinds are text, tokens, series and forecast.

    Returns
    -------
    callable
        The function itself.

    Raises
    ------
    TypeError
        If the signature is not that of a body.
    ValueError
        If the name belongs to another function. Registering a function again under its own module
        and name replaces it, so that a notebook cell can be run twice; one piece of code that makes
        several, in a loop, must give each a name.

    Examples
    --------
    >>> import keras, keraseq
    >>> @keraseq.register_model(title="Causal convolution", causal=True, parallel=True)
    ... def causal_conv(x, mask, *, units=64, num_layers=1, dropout=0.0):
    ...     for _ in range(num_layers):
    ...         x = keras.layers.Conv1D(units, 3, padding="causal", activation="relu")(x)
    ...         x = keras.layers.Dropout(dropout)(x * keras.ops.cast(mask, x.dtype)[..., None])
    ...     return x
    >>> keraseq.build("causal_conv", (None, 2), 3).output_shape
    (None, 3)
    """
    facts = {
        "title": title,
        "authors": authors,
        "year": year,
        "paper": paper,
        "family": family,
        "causal": causal,
        "parallel": parallel,
        "tasks": tasks,
        "inputs": inputs,
        "channels": channels,
        "pooling": pooling,
        "second_size": second_size,
        "hints": hints,
    }

    def register(body):
        return _register(body, Body(), facts)

    return register if function is None else register(function)


def register_forecaster(
    function=None,
    *,
    title=None,
    authors=None,
    year=None,
    paper=None,
    family="other",
    parallel=True,
    channels="any",
    normalize=True,
    reads_past=False,
    second_size=None,
    hints=None,
):
    """Make a forecaster known by its function's name to builders, estimators and comparisons.

    A forecaster maps a history `(batch, lookback, channels)` to `(batch, horizon, targets)`
    itself, without the patches and the reading that bodies share. It may name ``units``,
    ``num_layers``, ``dropout``, at most four parameters of its own, and the covariates ``past``
    `(batch, lookback, features)`, ``future`` `(batch, horizon, features)` and ``static``
    `(batch, features)`, which it is then given (None where there are none). One that names
    ``phase`` is given an int `(batch,)`: the steps from the series' first row to the first step to
    come, modulo the season; one that names ``season``, as a parameter of its own, the steps of a
    season.

    Parameters
    ----------
    function : callable
        ``function(x, *, horizon, targets, **own)``. With quantiles it is asked for that many times
        as many targets, which are then put in order.
    title, authors, paper, year, family, parallel, second_size, hints : optional
        As of :func:`keraseq.register_model`.
    channels : {"any", "mixed"}, default="any"
        "mixed" for one that must see all channels at once; else each may come as a row of its own.
    normalize : bool, default=True
        Let histories come normalised by their own level and spread, and give the forecast back in
        them.
    reads_past : bool, default=False
        True when x holds the covariates of the past too, as channels behind the targets.

    Returns
    -------
    callable
        The function itself.

    Raises
    ------
    TypeError
        If the signature is not that of a forecaster.
    ValueError
        If the name belongs to another function.

    Examples
    --------
    >>> import keras, keraseq
    >>> @keraseq.register_forecaster(title="Last value, moved", normalize=False)
    ... def moved_last(x, *, horizon, targets):
    ...     move = keras.layers.Dense(horizon * targets)(x[:, -1])
    ...     return keras.layers.Reshape((horizon, targets))(move)
    >>> keraseq.build("moved_last", (24, 2), (6, 2), task="forecasting").output_shape
    (None, 6, 2)
    """
    facts = {
        "title": title,
        "authors": authors,
        "year": year,
        "paper": paper,
        "family": family,
        "parallel": parallel,
        "channels": channels,
        "normalize": normalize,
        "reads_past": reads_past,
        "second_size": second_size,
        "hints": hints,
    }

    def register(forecaster):
        return _register(forecaster, Forecaster(), facts)

    return register if function is None else register(function)


def register_preset(name, of, *, title=None, authors=None, year=None, paper=None, **settings):
    """Make a name for another architecture with builder settings of its own.

    Parameters
    ----------
    name : str
        The preset's.
    of : str or callable
        A registered architecture.
    title, authors, year, paper : optional
        Where they differ from the architecture's.
    **settings
        Arguments of the builder, such as ``patch_length=16``, or the architecture's own; what the
        user gives comes before them. A preset with patches reads numbers, and serves no task that
        answers at every step.

    Raises
    ------
    ValueError, TypeError
        For an unknown architecture, no setting, or one that it does not take.

    Examples
    --------
    >>> import keraseq
    >>> keraseq.register_preset("wide_gru", of="gru", units=256)
    >>> model = keraseq.build("wide_gru", (None, 2), 3, pooling="last")
    >>> model.get_layer("pooling").output.shape
    (None, 256)
    """
    # A script's module has another name in the processes that it spawns.
    module = sys._getframe(1).f_globals.get("__name__", "__main__")
    module = "__main__" if module == "__mp_main__" else module
    base = find_model(of)
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"name={name!r} must be a word that could name a function.")
    if not settings:
        raise ValueError(f"The preset {name!r} has no setting, so it would be {base.name} itself.")
    _check_settings(name, base, settings)
    given = {"title": title, "authors": authors, "year": year, "paper": paper}
    spec = replace(
        base,
        name=name,
        module=module,
        settings=tuple(sorted({**dict(base.settings), **settings}.items())),
        registered=time.time_ns(),
        **_narrowed(base, settings),
        **{fact: value for fact, value in given.items() if value is not None},
    )
    add(spec)


def _narrowed(base, settings):
    """What a preset with patches reads and serves."""
    if settings.get("patch_length") in (None, 1):
        return {}
    tasks = tuple(name for name in base.served_tasks if not get_task(name).per_step)
    return {"inputs": "numbers", "tasks": tasks}


def _check_settings(name, base, settings):
    allowed = (*PRESET_SETTINGS, *base.own_parameters)
    for setting in settings:
        if setting not in allowed:
            raise TypeError(
                f"The preset {name!r} sets {setting!r}, which {base.name} does not take; it may "
                f"set {', '.join(allowed)}.{nearest_names(setting, allowed)}"
            )


def _register(function, kind, facts):
    kind.check(function)
    check_choice("family", facts["family"], FAMILIES)
    check_choice("inputs", facts.get("inputs", "any"), ("any", "tokens", "numbers"))
    check_choice("channels", facts["channels"], ("any", "mixed"))
    if facts.get("pooling") is not None:
        from keraseq.tasks.layers import POOLINGS

        check_choice("pooling", facts["pooling"], POOLINGS)
    causal = facts.get("causal", False)
    if not isinstance(causal, bool) and not callable(causal):
        raise TypeError(f"causal={causal!r} must be True, False or a function of own parameters.")
    facts = {**facts, "tasks": _check_tasks(facts.get("tasks"), kind)}
    spec = ModelSpec(
        name=function.__name__,
        function=function,
        kind=kind,
        module=module_of(function),
        **{**facts, "title": facts["title"] or function.__name__, "hints": _hints(facts["hints"])},
        registered=time.time_ns(),
    )
    taken = [name for name in spec.own_parameters if name in _OF_BUILDERS]
    if taken:
        raise TypeError(
            f"{spec.name} has a parameter {taken[0]!r} of its own, which would never reach it: "
            "builders have one of that name themselves. Call it otherwise."
        )
    second = spec.second_size
    if second is not None and second not in spec.own_parameters:
        raise ValueError(
            f"second_size={second!r} is not a keyword parameter of {spec.name}; it must "
            f"be one of {sorted(spec.own_parameters)}."
        )
    add(spec)
    return function


def _check_tasks(tasks, kind):
    if tasks is None:
        return None
    if isinstance(tasks, str):
        raise TypeError(f"tasks={tasks!r} is one name; give a tuple: ({tasks!r},).")
    tasks = tuple(check_choice("tasks", task, task_names()) for task in tasks)
    for task in tasks:
        if not kind.serves(get_task(task)):
            raise ValueError(f"tasks={tasks!r}: a {kind.name} cannot serve {task!r}.")
    return tasks


def _hints(hints):
    """A dict of dicts as sorted pairs, which can be hashed."""
    for data_kind in hints or ():
        check_choice("hints", data_kind, _DATA_KINDS)
    return tuple(sorted((k, tuple(sorted(v.items()))) for k, v in (hints or {}).items()))
