"""Architectures between a shared stem and a shared reading."""

import inspect
from dataclasses import dataclass
from typing import ClassVar

from keraseq._keras import ops

SIZES = ("units", "num_layers", "dropout")
# The layer where a body that reads from a sequence's end has been read.
BACKWARD_END = "backward_end"
_MOST_OWN_PARAMETERS = 4


@dataclass(frozen=True)
class Body:
    """A tensor `(batch, time, channels)` and its mask in, `(batch, time, channels)` out."""

    name: ClassVar[str] = "body"
    shared: ClassVar[tuple] = SIZES

    def check(self, function):
        """Raise TypeError unless the signature is a body's."""
        check_function(function, "register_model")
        positional, keyword, whole = parameter_names(function)
        missing = [name for name in SIZES if name not in keyword]
        if len(positional) != 2 or missing or not whole:
            called = function.__name__
            hint = (
                " It maps time to horizon itself: use register_forecaster."
                if "horizon" in keyword
                else ""
            )
            raise TypeError(
                f"A body is called as {called}(x, mask, *, units, num_layers, dropout, ...) "
                f"with everything after mask by keyword; got {called}"
                f"{inspect.signature(function)}.{hint}"
            )
        check_own_count(function, [name for name in keyword if name not in SIZES])

    def serves(self, task):
        """Whether the kind can serve a task."""
        return True

    def sizes(self, spec):
        """The parameters that a budget may solve."""
        return ("units", spec.second_size) if spec.second_size else ("units",)

    def check_stem(self, spec, stem):
        """Raise where the stem gives what an architecture of this kind cannot read."""

    def unused(self, spec):
        """The arguments of a builder that this kind has no use for."""
        return ()

    def apply(self, plan, inputs):
        """Return the output of a plan's model for Keras inputs."""
        encoded = plan.stem.encode(inputs)
        features = plan.stem.join(self._read(plan, encoded.x, encoded.mask), encoded)
        outputs = plan.stem.outputs(plan.head.outputs)
        known = {name: getattr(encoded, name) for name in ("future", "static", "embedding")}
        y = plan.head.answer(features, outputs, **known)
        return plan.stem.decode(y, encoded)

    def _read(self, plan, x, mask):
        """What is read of the steps, in each direction by a body and a share of x of its own."""
        shares = ops.split(x, len(plan.directions), axis=-1) if len(plan.directions) > 1 else [x]
        read = {"forward": _read_forward, "backward": _read_backward}
        parts = [
            read[direction](plan, share, mask)
            for direction, share in zip(plan.directions, shares, strict=True)
        ]
        return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)


def _read_forward(plan, x, mask):
    return plan.head.read(_steps(plan, x, mask), mask)


def _read_backward(plan, x, mask):
    # It is a Keras layer, which the names of models do without.
    from keraseq.models.layers.reversed_steps import ReversedSteps

    y = _steps(plan, ReversedSteps(name="backward")(x, mask), mask)
    if plan.head.pooling is None:
        return ReversedSteps(name=BACKWARD_END)(y, mask)
    # Not turned back: the last step is where the body has read all.
    return plan.head.read(y, mask, name=BACKWARD_END)


def _steps(plan, x, mask):
    """What the architecture makes of the steps, which are as many."""
    y = plan.spec.function(x, mask, **plan.arguments)
    check_answer(
        plan.spec.name,
        y,
        (None, x.shape[1], None),
        "a vector for each step, (batch, time, channels); recurrent layers do with "
        "return_sequences=True",
    )
    return y


def check_answer(name, y, wanted, words):
    """Raise TypeError unless an architecture gave one tensor of a shape, None for any size.

    A missing axis would else be broadcast, where the sizes happen to fit.
    """
    shape = getattr(y, "shape", None)
    if shape is None or len(shape) != len(wanted) or not _fits(shape, wanted):
        gave = type(y).__name__ if shape is None else f"a tensor of the shape {tuple(shape)}"
        raise TypeError(f"{name} gave {gave}; it must give {words}.")


def _fits(shape, wanted):
    pairs = zip(shape, wanted, strict=True)
    return all(None in pair or pair[0] == pair[1] for pair in pairs)


def check_function(function, decorator):
    if not inspect.isfunction(function):
        raise TypeError(f"{decorator} takes a function; got {function!r}.")
    if not function.__name__.isidentifier():
        raise TypeError(f"{decorator} needs a name to know the function by; got {function!r}.")


def parameter_names(function):
    """Positional and keyword names, and whether there are no other parameters."""
    parameters = list(inspect.signature(function).parameters.values())
    ordered = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    positional = [p.name for p in parameters if p.kind in ordered]
    keyword = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    return positional, keyword, len(positional) + len(keyword) == len(parameters)


def check_own_count(function, own):
    if len(own) > _MOST_OWN_PARAMETERS:
        raise TypeError(
            f"{function.__name__} has {len(own)} parameters of its own ({', '.join(own)}); an "
            f"architecture has at most {_MOST_OWN_PARAMETERS}."
        )
