"""A model's plan: everything a builder was asked for, checked, with the defaults filled in."""

import inspect
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from keraseq._checks import check_fraction, check_integer
from keraseq.builders.head import Head, make_head
from keraseq.models import ModelSpec, find_model, list_models
from keraseq.stems import STEMS, Stem, make_stem
from keraseq.tasks import get_task

# What sizes are where neither the user, nor the preset, nor the signature says.
DEFAULT_SIZES = {"units": 64, "num_layers": 1, "dropout": 0.0}


@dataclass(frozen=True)
class Plan:
    """What `build` assembles; hashable, so that it can name a model in a cache.

    Attributes
    ----------
    spec : ModelSpec
    stem : Stem
    head : Head
    units, num_layers : int or None
        None for what the architecture does not take.
    dropout : float or None
    own : tuple
        The architecture's own parameters that were given, as sorted pairs. Their types count:
        4 and 4.0 are two plans.
    directions : tuple of str
        A body for each, "forward" or "backward": from where it reads a sequence. The vectors that
        the stem gives are shared out among them.
    """

    spec: ModelSpec
    stem: Stem
    head: Head
    units: int | None
    num_layers: int | None
    dropout: float | None
    own: tuple
    # What plans of before had.
    directions: tuple = ("forward",)
    _types: tuple = field(init=False, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "_types", _types_of(self.own))

    @property
    def task(self):
        return self.head.task

    @property
    def arguments(self):
        """What the architecture's function is called with."""
        sizes = {"units": self.units, "num_layers": self.num_layers, "dropout": self.dropout}
        taken = {n: v for n, v in sizes.items() if v is not None and n in self.spec.parameters}
        return {**taken, **{name: value for name, value in self.own if value is not None}}

    def to_json(self):
        """Return a dict of plain values from which `from_json` makes an equal plan.

        Raises
        ------
        TypeError
            For an own parameter that is no number, text, truth value or sequence of them.
        """
        return {
            "architecture": self.spec.name,
            "stem": {"kind": self.stem.name, **asdict(self.stem)},
            "head": asdict(self.head),
            **{name: getattr(self, name) for name in DEFAULT_SIZES},
            "own": {name: _plain(name, value) for name, value in self.own},
            "directions": list(self.directions),
        }

    @classmethod
    def from_json(cls, values):
        """Make a plan again; the architecture must be one of the zoo's or registered before.

        Raises
        ------
        ValueError
            For an architecture that is not known here.
        """
        stem = {name: freeze(value) for name, value in values["stem"].items()}
        head = {name: freeze(value) for name, value in values["head"].items()}
        return cls(
            find_model(values["architecture"]),
            STEMS[stem.pop("kind")](**stem),
            Head(**head),
            *(values[name] for name in DEFAULT_SIZES),
            tuple(sorted((name, freeze(value)) for name, value in values["own"].items())),
            tuple(values.get("directions", ("forward",))),
        )

    def with_sizes(self, **sizes):
        """The same plan with other sizes: `units`, or own parameters."""
        units = sizes.pop("units", self.units)
        return replace(self, units=units, own=tuple(sorted({**dict(self.own), **sizes}.items())))

    def without_vocabulary(self):
        """The same plan for the smallest vocabularies, which no budget counts."""
        outputs = get_task(self.task).without_vocabulary(self.head.outputs)
        return replace(
            self,
            stem=self.stem.without_vocabulary(),
            head=replace(self.head, outputs=outputs),
        )


def make_plan(
    name,
    input_shape,
    outputs,
    *,
    task="classification",
    vocabulary_size=None,
    embedding_dim=None,
    embedding_dropout=None,
    token_dropout=None,
    ngrams=None,
    tie_embedding=None,
    patch_length=None,
    patch_stride=None,
    skip_steps=None,
    channels=None,
    pooling=None,
    quantiles=None,
    units=None,
    num_layers=None,
    dropout=None,
    logits=True,
    **own,
):
    """Check every argument of a builder and fill in what nobody said.

    What the user gave comes first, then the preset, then the signature of the architecture.
    """
    spec, the_task = find_model(name), get_task(task)
    if task not in spec.served_tasks:
        raise ValueError(_not_served(spec, the_task))
    spec.check_own(own, shared_names())
    outputs = the_task.check_outputs(outputs)
    the_task.check_vocabulary(outputs, vocabulary_size)
    preset = dict(spec.settings)
    if patch_length is not None:
        # The preset's stride is for its own patches.
        preset.pop("patch_stride", None)
    settings = {
        "embedding_dim": embedding_dim,
        "embedding_dropout": embedding_dropout,
        "token_dropout": token_dropout,
        "ngrams": ngrams,
        "tie_embedding": tie_embedding,
        "skip_steps": skip_steps,
        "channels": channels,
        "pooling": pooling,
        "patch_length": patch_length,
        "patch_stride": patch_stride,
        "units": units,
        "num_layers": num_layers,
        "dropout": dropout,
    }
    settings = {k: preset.get(k) if v is None else v for k, v in settings.items()}
    if spec.channels == "mixed" and settings["channels"] is None and the_task.reads_history:
        settings["channels"] = "mixed"
    own = {**{k: v for k, v in preset.items() if k in spec.own_parameters}, **own}
    own = _made_causal(spec, the_task, own)
    _check_used(spec, {**settings, "vocabulary_size": vocabulary_size})
    _check_inputs(spec, vocabulary_size)
    stem = make_stem(
        the_task,
        input_shape,
        outputs,
        vocabulary_size=vocabulary_size,
        normalize=spec.normalize,
        has_phase="phase" in spec.parameters,
        **{k: settings[k] for k in _STEM_SETTINGS},
    )
    _check_stem(spec, stem)
    check_patch_fits(patch_length, stem.time)
    causal = spec.is_causal(own)
    head = make_head(
        the_task,
        outputs,
        pooling=settings["pooling"],
        default_pooling=(not the_task.reads_history and spec.pooling) or stem.pooling(causal),
        causal=causal,
        quantiles=quantiles,
        logits=logits,
        name=spec.name,
    )
    return Plan(
        spec,
        stem,
        head,
        *_sizes(spec, settings),
        tuple(sorted((name, freeze(value)) for name, value in own.items())),
    )


_STEM_SETTINGS = (
    *("embedding_dim", "embedding_dropout", "token_dropout", "ngrams", "tie_embedding"),
    *("patch_length", "patch_stride", "skip_steps", "channels"),
)


def _not_served(spec, task):
    said = f"{spec.name} does not serve task={task.name!r}"
    if not task.needs_causal or not spec.kind.serves(task):
        return f"{said}; it serves {', '.join(spec.served_tasks)}."
    others = ", ".join(list_models(task=task.name))
    return f"{said}, for which no step may see a later one; those that do: {others}."


def _made_causal(spec, task, own):
    """The own parameters, with `causal` set where the task asks for it."""
    if not task.needs_causal or spec.is_causal(own):
        return own
    if own.get("causal") is not None:
        raise ValueError(
            f"causal={own['causal']!r}: task={task.name!r} needs a {spec.name} in which no step "
            "sees a later one; leave it out, or give causal=True."
        )
    return {**own, "causal": True}


def _check_used(spec, settings):
    unused = [name for name in spec.kind.unused(spec) if settings.get(name) is not None]
    if unused:
        raise ValueError(
            f"{', '.join(unused)}: {spec.name} is a {spec.kind.name}, which has no use for it; "
            "leave it out."
        )


def check_patch_fits(patch_length, time):
    """Raise for patches asked for that are longer than the sequences, where both are known.

    A preset's patches are filled up instead.
    """
    if patch_length is not None and time is not None and patch_length > time:
        raise ValueError(
            f"patch_length={patch_length} is longer than the sequence of {time} steps, which would "
            f"be one patch, filled up; give at most {time // 2 or 1}, or leave it out."
        )


def _check_inputs(spec, vocabulary_size):
    given = "numbers" if vocabulary_size is None else "tokens"
    if spec.inputs not in ("any", given):
        words = {"tokens": "text or token ids", "numbers": "numbers"}
        raise ValueError(
            f"{spec.name} reads {words[spec.inputs]}, not {words[given]}; "
            f"keraseq.list_models(inputs={given!r}) names the models that do."
        )


def _check_stem(spec, stem):
    if spec.channels == "mixed" and getattr(stem, "is_folded", False):
        raise ValueError(
            f"{spec.name} reads all channels of a history at once; give channels='mixed'."
        )
    spec.kind.check_stem(spec, stem)


def _sizes(spec, settings):
    """Units, layers and dropout; None for what the architecture does not take."""
    values = []
    for name, default in DEFAULT_SIZES.items():
        check = check_fraction if name == "dropout" else _check_size
        value = settings[name]
        if value is None:
            value = spec.default(name)
        value = default if value is None else value
        values.append(check(name, value) if name in spec.parameters else None)
    return values


def _check_size(name, value):
    return check_integer(name, value, 1)


def freeze(value):
    """A value that can be hashed: a list as a tuple, a number of NumPy as Python's."""
    if isinstance(value, np.generic):
        return value.item()
    return tuple(freeze(part) for part in value) if isinstance(value, list | tuple) else value


def _types_of(value):
    """The types within nested tuples, which equality does not tell apart."""
    return tuple(map(_types_of, value)) if isinstance(value, tuple) else type(value)


def _plain(name, value):
    if isinstance(value, tuple):
        return [_plain(name, part) for part in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"{name}={value!r} is a {type(value).__name__}, which has no JSON form.")


def shared_names():
    """The keyword arguments that every builder has."""
    parameters = inspect.signature(make_plan).parameters.values()
    return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY] + [
        "parameter_budget",
        "flop_budget",
        "seed",
    ]
