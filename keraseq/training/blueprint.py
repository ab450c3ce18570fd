"""What a compiled model is made from."""

import dataclasses
import inspect
import re
import reprlib
import weakref
from collections.abc import Mapping
from typing import ClassVar

import joblib
import numpy as np

from keraseq._keras import keras
from keraseq._precision import under_policy
from keraseq.builders import Plan, assemble, compile_for_task, python_random
from keraseq.tasks import get_task
from keraseq.training import xla
from keraseq.training.no_collection import no_collection
from keraseq.training.optimizer import make_optimizer
from keraseq.training.pool import Lent


@dataclasses.dataclass(frozen=True)
class ZooBlueprint:
    """A model of the zoo, or of the user's registered bodies, and its optimiser."""

    plan: Plan
    optimizer: str
    loss: str | None = None
    # None, in a file of an older keraseq: Keras's global policy, and its backend's way.
    dtype_policy: str | None = None
    jit_compile: bool | None = None
    # Whether layers learn at rates of their own, since they were trained before.
    by_layer: bool = False

    is_plan = True

    @property
    def sizes(self):
        """What was built, for `params_`."""
        plan = self.plan
        sizes = {"units": plan.units, "num_layers": plan.num_layers, "dropout": plan.dropout}
        ngrams = getattr(plan.stem, "ngrams", None)
        return sizes if ngrams is None else {**sizes, "ngrams": ngrams}

    def __str__(self):
        names = ("optimizer", "loss", "dtype_policy", "jit_compile", "by_layer")
        others = {name: getattr(self, name) for name in names}
        return _in_words({**vars(self.plan), "spec": self.plan.spec.identity, **others})

    def fits(self, other):
        """Whether the weights of one are those of the other."""
        if not isinstance(other, ZooBlueprint) or not _same(self.plan.own, other.plan.own):
            return False
        # Own parameters may be arrays, which == compares element by element.
        plans = (dataclasses.replace(blueprint.plan, own=()) for blueprint in (self, other))
        return next(plans) == next(plans)

    @property
    def per_step(self):
        return get_task(self.plan.task).per_step

    @property
    def takes_padding(self):
        """Whether more padding leaves every answer as it is, which we know of our own code."""
        return self.plan.spec.runs_our_code

    @property
    def key(self):
        """Everything that a trace holds; None where code of a user's is in it, which may change."""
        is_ours = self.plan.spec.runs_our_code and '"registered_name": "' not in self.optimizer
        if not is_ours or not _is_hashable(self.plan):
            return None
        policy = self.dtype_policy or keras.config.dtype_policy().name
        return (
            *(self.plan, self.optimizer, self.loss, policy, self.jit_compile, self.by_layer),
            *(keras.config.backend(), keras.config.floatx()),
        )

    @no_collection()
    def make(self, seed):
        with under_policy(self.dtype_policy):
            model = assemble(self.plan, seed)
            compile_for_task(
                model,
                self.plan.task,
                optimizer=make_optimizer(self.optimizer),
                loss=self.loss,
                quantiles=self.plan.head.quantiles,
            )
        _set_jit(model, self.jit_compile)
        if self.by_layer:
            # It subclasses Keras, which the refusal of bad input does without.
            from keraseq.training.layer_rates import LayerRates

            model.layer_rates = LayerRates(model, self.plan)
        return Lent(model, self.key, self.plan, seed)


@dataclasses.dataclass(frozen=True)
class FunctionBlueprint:
    """Any function that returns a Keras model."""

    function: object
    input_shape: tuple
    outputs: object
    task: str
    vocabulary_size: int | None
    arguments: dict
    optimizer: str
    # Those that the user has given, which a compiled model has no use for.
    settings: tuple
    loss: str | None = None
    quantiles: tuple | None = None
    dtype_policy: str | None = None
    jit_compile: bool | None = None

    key = None
    is_plan = takes_padding = False
    sizes: ClassVar[dict] = dict.fromkeys(("units", "num_layers", "dropout"))

    def __str__(self):
        return _in_words({**vars(self), "function": _name(self.function, "__qualname__")})

    def fits(self, other):
        if not isinstance(other, FunctionBlueprint):
            return False
        changing = {"optimizer", "settings", "dtype_policy", "jit_compile"}
        names = {field.name for field in dataclasses.fields(self)} - changing
        return all(_same(getattr(self, name), getattr(other, name)) for name in names)

    @property
    def per_step(self):
        return get_task(self.task).per_step

    def make(self, seed):
        offered = {"task": self.task, "vocabulary_size": self.vocabulary_size, "seed": seed}
        named = inspect.signature(self.function).parameters
        offered = {name: value for name, value in offered.items() if name in named}
        with under_policy(self.dtype_policy):
            with python_random(seed):
                model = self._call({**offered, **self.arguments})
                self._check(model)
            keeps_optimizer = model.compiled
            if keeps_optimizer:
                self._refuse_settings()
                # As ours is, so that what was kept of one has a place: Keras does it at the
                # first step.
                model.optimizer.build(model.trainable_variables)
            else:
                self._compile(model)
        return Lent(model, None, None, seed, keeps_optimizer=keeps_optimizer)

    def _call(self, arguments):
        try:
            return self.function(self.input_shape, self.outputs, **arguments)
        except Exception as error:
            self._explain(error, arguments)
            raise

    def _explain(self, error, arguments):
        """Say how the function was called: in place of Python's own error, or beside another."""
        name, signature = _name(self.function), inspect.signature(self.function)
        try:
            bound = signature.bind(self.input_shape, self.outputs, **arguments).arguments
        except TypeError as misfit:
            if not isinstance(error, TypeError):
                return
            more = "".join(f", {argument}=..." for argument in arguments)
            raise TypeError(
                f"model={name} is called as {name}(input_shape, outputs{more}), the shape of a row "
                f"and the number of outputs first, but takes {name}{signature}: {misfit}. "
                "model_params holds what comes after these two."
            ) from error
        given = ", ".join(f"{key}={reprlib.repr(value)}" for key, value in bound.items())
        error.add_note(f"model={name} was called as {name}({given}).")

    def _compile(self, model):
        compile_for_task(
            model,
            self.task,
            optimizer=make_optimizer(self.optimizer),
            loss=self.loss,
            logits=not ends_in_probabilities(model),
            quantiles=self.quantiles,
        )
        _set_jit(model, self.jit_compile)

    def _check(self, model):
        said = f"model={self.function!r} returned"
        if not isinstance(model, keras.Model):
            raise TypeError(f"{said} {type(model).__name__}; it must return a keras.Model.")
        if model in _returned:
            raise ValueError(
                f"{said} the same model twice, so that this fit would go on from another one's "
                "weights; it must make a new model at every call."
            )
        _returned.add(model)
        output = model(self._inputs())
        shape = tuple(getattr(output, "shape", ()))
        wanted = self._wanted_shape()
        sizes = [size for size in wanted if isinstance(size, int)]
        if len(shape) != len(wanted) or list(shape[-len(sizes) :]) != sizes:
            raise ValueError(
                f"{said} a model whose output is {shape or type(output).__name__}; for "
                f"task={self.task!r} it must be ({', '.join(map(str, wanted))}): "
                f"{get_task(self.task).answer_words}. The function's second argument, outputs, is "
                f"{self.outputs} here."
            )

    def _inputs(self):
        if isinstance(self.input_shape, dict):
            return {name: keras.Input(shape) for name, shape in self.input_shape.items()}
        return keras.Input(self.input_shape, dtype="int32" if self.vocabulary_size else None)

    def _wanted_shape(self):
        outputs = self.outputs if isinstance(self.outputs, tuple) else (self.outputs,)
        quantiles = () if self.quantiles is None else (len(self.quantiles),)
        return ("batch", *(("time",) if self.per_step else ()), *outputs, *quantiles)

    def _refuse_settings(self):
        if self.settings:
            raise ValueError(
                f"{', '.join(self.settings)}: model={self.function!r} returned a compiled model, "
                "which keeps its own loss, optimizer, learning rate and jit_compile; leave these "
                "at their defaults, or return it without compile()."
            )


def _name(function, kind="__name__"):
    return getattr(function, kind, getattr(type(function), kind))


def _set_jit(model, jit_compile):
    if jit_compile and not model.jit_compile:
        xla.use(model)
    elif jit_compile is False:
        model.jit_compile = False


# The models that users' functions have returned, for as long as they live.
_returned = weakref.WeakSet()


def ends_in_probabilities(model):
    """Whether a model ends in a softmax or a sigmoid, be it a layer, its activation or an op."""
    last = _last_operation(model)
    activation = getattr(last, "activation", None)
    return type(last).__name__ in ("Softmax", "Sigmoid") or activation in (
        keras.activations.softmax,
        keras.activations.sigmoid,
    )


def _last_operation(operation):
    """The operation behind an output, looked for within nested models and wrappers."""
    if isinstance(operation, keras.layers.Wrapper):
        return _last_operation(operation.layer)
    if not isinstance(operation, keras.Model):
        return operation
    if getattr(operation, "outputs", None):
        return _last_operation(operation.outputs[0]._keras_history.operation)
    # A subclass has no graph: the layer that it made last is taken for its last.
    return _last_operation(operation.layers[-1]) if operation.layers else None


def _in_words(values):
    """Settings as a text that is theirs alone, and the same in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(_hashed(values)))


def _hashed(value):
    """A value with its arrays hashed, of which a text leaves out most numbers."""
    if isinstance(value, np.ndarray):
        return joblib.hash(value)
    if isinstance(value, Mapping):
        return {key: _hashed(part) for key, part in value.items()}
    return type(value)(map(_hashed, value)) if type(value) in (list, tuple) else value


def _same(one, other):
    """Whether two values are equal and of one type: 4 is not 4.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return np.array_equal(one, other)


def _is_hashable(value):
    try:
        hash(value)
    except TypeError:
        return False
    return True
