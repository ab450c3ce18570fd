"""What the rest of keraseq knows of an architecture."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, fields

import cloudpickle

from keraseq._checks import nearest_names
from keraseq.tasks import get_task, task_names

FAMILIES = ("recurrent", "convolutional", "attention", "linear", "other")


@dataclass(frozen=True)
class ModelSpec:
    """An architecture's registration: what it is called, how, and what it can do.

    Attributes
    ----------
    name : str
    function : callable
    kind : Body or Forecaster
        How it is called.
    module : str
        Where it was registered.
    title, authors, paper : str or None
    year : int or None
    family : str
    causal : bool or callable
        Whether step t depends on steps up to t alone; a callable is asked with the own parameters.
    parallel : bool
        Whether all steps are computed at once.
    tasks : tuple of str or None
        None for all that the kind can serve.
    inputs : {"any", "tokens", "numbers"}
    channels : {"any", "mixed"}
        "mixed" reads all channels of a history at once.
    normalize : bool
        Whether a history comes normalised by its own level and spread.
    reads_past : bool
        Whether a forecaster reads channels beyond its targets, as every body does.
    pooling : str or None
        How a body's steps become one vector, where nobody says otherwise and no history is read.
    second_size : str or None
        An own parameter that a budget may solve beside ``units``.
    hints : tuple
        Of (data kind, settings) pairs that "auto" becomes in training.
    settings : tuple
        A preset's own arguments of the builder, as pairs.
    """

    name: str
    function: Callable
    kind: object
    module: str
    title: str
    authors: str | None = None
    year: int | None = None
    paper: str | None = None
    family: str = "other"
    causal: bool | Callable = False
    parallel: bool = False
    tasks: tuple[str, ...] | None = None
    inputs: str = "any"
    channels: str = "any"
    normalize: bool = True
    reads_past: bool = True
    pooling: str | None = None
    second_size: str | None = None
    hints: tuple = ()
    settings: tuple = ()
    # When it was registered (ns): of two with one identity the later one counts.
    registered: int = field(default=0, compare=False)

    @property
    def parameters(self):
        """The keyword parameters, as a dict name -> inspect.Parameter."""
        parameters = inspect.signature(self.function).parameters.values()
        return {p.name: p for p in parameters if p.kind is p.KEYWORD_ONLY}

    @property
    def own_parameters(self):
        """Those beyond what every model of its kind has."""
        shared = self.kind.shared
        return {name: p for name, p in self.parameters.items() if name not in shared}

    @property
    def served_tasks(self):
        """The names of the tasks that it serves, sorted."""
        names = task_names() if self.tasks is None else self.tasks
        return tuple(sorted(name for name in names if self._serves(get_task(name))))

    def _serves(self, task):
        if task.answers_tokens and self.inputs == "numbers":
            return False
        return self.kind.serves(task) and (self.can_be_causal or not task.needs_causal)

    @property
    def can_be_causal(self):
        """Whether it is causal, or offers `causal=` and is with it."""
        return self.is_causal({"causal": True} if "causal" in self.own_parameters else ())

    def default(self, name):
        """What a parameter is where nobody said otherwise: the preset's or the signature's.

        None where neither says, and for what the function does not take.
        """
        if name in dict(self.settings):
            return dict(self.settings)[name]
        parameter = self.parameters.get(name)
        if parameter is None or parameter.default is inspect.Parameter.empty:
            return None
        return parameter.default

    def reads(self, covariate):
        """Whether it reads covariates of a kind: "past", "future" or "static"."""
        if self.kind.name == "body" or covariate in self.parameters:
            return True
        return covariate == "past" and self.reads_past

    def is_causal(self, own=()):
        """Whether it is causal with these own parameters."""
        if not callable(self.causal):
            return self.causal
        given = {name: self.default(name) for name in self.own_parameters} | dict(own)
        return bool(self.causal(**given))

    def hint(self, data_kind):
        """What "auto" becomes for this kind of data, where its training was measured."""
        return dict(dict(self.hints).get(data_kind, ()))

    def check_own(self, own, shared):
        """Raise for a parameter that it does not take, proposing the nearest of all."""
        allowed = self.own_parameters
        for name in own:
            if name not in allowed:
                listed = ", ".join(allowed) or "none of its own"
                raise TypeError(
                    f"{self.name} has no parameter {name!r}; beyond the shared ones it takes "
                    f"{listed}.{nearest_names(name, (*shared, *allowed))}"
                )

    @property
    def flags(self):
        """What of the registration, beside the function, decides how it is built and trained."""
        return [
            *(self.name, self.kind.name, self.causal, self.tasks, self.inputs, self.channels),
            *(
                self.normalize,
                self.reads_past,
                self.pooling,
                self.second_size,
                self.hints,
                self.settings,
            ),
        ]

    @property
    def identity(self):
        return self.module, self.name

    @property
    def is_ours(self):
        """Whether a file of the zoo defines it, so that every process knows it by its name."""
        return self.module == f"{__package__}.{self.name}"

    @property
    def runs_our_code(self):
        """Whether a file of the zoo holds the function, which a user's preset may set too."""
        return module_of(self.function) == f"{__package__}.{self.function.__name__}"

    def __reduce__(self):
        from keraseq.models._registry import find_model, restore

        if self.is_ours:
            return find_model, (self.name,)
        # By value, so that a function of a notebook cell reaches worker processes too.
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        return restore, (cloudpickle.dumps(values),)


def module_of(function):
    """The module of a function; a script's is the same in the processes that it spawns."""
    module = getattr(function, "__module__", None)
    return "__main__" if module == "__mp_main__" else module
