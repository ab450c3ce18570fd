"""Architectures that map time to horizon themselves."""

import inspect
from dataclasses import dataclass
from typing import ClassVar

from keraseq.models._body import (
    SIZES,
    check_answer,
    check_function,
    check_own_count,
    parameter_names,
)

_REQUIRED = ("horizon", "targets")
_COVARIATES = ("past", "future", "static")
_BESIDE = (*_COVARIATES, "phase")
# Arguments of the builder that the shared stem and reading have, which a forecaster goes without.
_OF_BODIES = (
    *("pooling", "patch_length", "patch_stride", "embedding_dim", "embedding_dropout"),
    *("vocabulary_size", "token_dropout", "ngrams", "tie_embedding", "skip_steps"),
)


@dataclass(frozen=True)
class Forecaster:
    """A history `(batch, lookback, channels)` in, `(batch, horizon, targets)` out.

    Its length is fixed: one that is padded comes with its first value in front instead.
    """

    name: ClassVar[str] = "forecaster"
    shared: ClassVar[tuple] = (*_REQUIRED, *_BESIDE, *SIZES)

    def check(self, function):
        """Raise TypeError unless the signature is a forecaster's."""
        check_function(function, "register_forecaster")
        positional, keyword, whole = parameter_names(function)
        missing = [name for name in _REQUIRED if name not in keyword]
        if len(positional) != 1 or missing or not whole:
            called = function.__name__
            hint = (
                " It maps each step to a step: use register_model."
                if "mask" in positional and missing
                else ""
            )
            raise TypeError(
                f"A forecaster is called as {called}(x, *, horizon, targets, ...) with everything "
                f"after x by keyword; got {called}{inspect.signature(function)}.{hint}"
            )
        check_own_count(function, [name for name in keyword if name not in self.shared])

    def serves(self, task):
        return task.reads_history

    def sizes(self, spec):
        units = ("units",) if "units" in spec.parameters else ()
        return (*units, spec.second_size) if spec.second_size else units

    def check_stem(self, spec, stem):
        """Raise for an open length, and for covariates that it does not read."""
        if stem.time is None:
            raise ValueError(
                f"input_shape[0]=None: {spec.name} maps a history of fixed length to the horizon; "
                "give its number of steps."
            )
        given = {
            # What is known ahead was known before, too.
            "past": stem.features - stem.targets - (stem.n_future or 0),
            "future": stem.n_future,
            "static": stem.n_static,
        }
        unread = [name for name, n in given.items() if (n or 0) > 0 and not spec.reads(name)]
        if unread:
            from keraseq.models._registry import models_that_read

            others = ", ".join(models_that_read(unread))
            raise ValueError(
                f"{spec.name} reads no covariates of {' or '.join(map(repr, unread))}; leave them "
                f"out, or use a model that reads them: {others}."
            )

    def unused(self, spec):
        """What belongs to the stem and the reading of bodies, and sizes that it has not."""
        return (*_OF_BODIES, *(name for name in SIZES if name not in spec.parameters))

    def apply(self, plan, inputs):
        """Return the output of a plan's model for Keras inputs."""
        encoded = plan.stem.encode_whole_history(inputs)
        horizon, targets = outputs = plan.stem.outputs(plan.head.outputs)
        x, past = encoded.x[..., :targets], encoded.x[..., targets:]
        known = {name: getattr(encoded, name) for name in ("future", "static", "phase")}
        known["past"] = past if past.shape[-1] else None
        x = encoded.x if plan.spec.reads_past else x
        targets *= plan.head.n_quantiles
        y = plan.spec.function(
            x,
            horizon=horizon,
            targets=targets,
            **{name: value for name, value in known.items() if name in plan.spec.parameters},
            **plan.arguments,
        )
        words = f"(batch, horizon, targets), here (None, {horizon}, {targets})"
        check_answer(plan.spec.name, y, (None, horizon, targets), words)
        return plan.stem.decode(plan.head.shape_forecast(y, outputs), encoded)
