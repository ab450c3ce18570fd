"""What a compiled model is made from."""

import dataclasses
import inspect
import json
import multiprocessing
import os
import weakref

import keras

from keraseq._plan import Plan
from keraseq.builders import assemble, compile_for_task, plan_model, python_random
from keraseq.models import is_registered
from keraseq.tasks import get_task
from keraseq.wrappers._auto import is_auto
from keraseq.wrappers._pool import Lent


@dataclasses.dataclass(frozen=True)
class ZooRecipe:
    """A model of the zoo, or of the user's registered bodies, and its optimiser."""

    plan: Plan
    optimizer: str

    is_plan = True

    def __str__(self):
        facts = {**vars(self.plan), "spec": self.plan.spec.identity, "optimizer": self.optimizer}
        return str(facts)

    def fits(self, other):
        """Whether the weights of one are those of the other."""
        return isinstance(other, ZooRecipe) and self.plan == other.plan

    @property
    def per_step(self):
        return get_task(self.plan.task).per_step

    @property
    def key(self):
        """Everything that a trace holds; None for a user's body, whose code may change."""
        if not self.plan.spec.is_ours or not _is_hashable(self.plan):
            return None
        policy = keras.config.dtype_policy().name
        return self.plan, self.optimizer, policy, keras.config.backend(), keras.config.floatx()

    def make(self, seed):
        _grow_gpu_memory()
        model = assemble(self.plan, seed)
        compile_for_task(
            model,
            self.plan.task,
            optimizer=keras.optimizers.deserialize(json.loads(self.optimizer)),
            quantiles=self.plan.quantiles,
        )
        return Lent(model, self.key, self.plan)


@dataclasses.dataclass(frozen=True)
class FunctionRecipe:
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

    key = None
    is_plan = False

    def __str__(self):
        name = getattr(self.function, "__qualname__", type(self.function).__qualname__)
        return str({**vars(self), "function": name})

    def fits(self, other):
        if not isinstance(other, FunctionRecipe):
            return False
        same = {"optimizer": other.optimizer, "settings": other.settings}
        return dataclasses.replace(self, **same) == other

    @property
    def per_step(self):
        return get_task(self.task).per_step

    def make(self, seed):
        _grow_gpu_memory()
        offered = {"task": self.task, "vocabulary_size": self.vocabulary_size, "seed": seed}
        named = inspect.signature(self.function).parameters
        offered = {name: value for name, value in offered.items() if name in named}
        with python_random(seed):
            model = self.function(self.input_shape, self.outputs, **{**offered, **self.arguments})
            self._check(model)
        keeps_optimizer = model.compiled
        if keeps_optimizer:
            self._refuse_settings()
        else:
            compile_for_task(
                model,
                self.task,
                optimizer=keras.optimizers.deserialize(json.loads(self.optimizer)),
                logits=not ends_in_probabilities(model),
            )
        return Lent(model, None, None, keeps_optimizer=keeps_optimizer)

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
        dtype = "int32" if self.vocabulary_size else None
        output = model(keras.Input(self.input_shape, dtype=dtype))
        shape = tuple(getattr(output, "shape", ()))
        wanted = ("batch", "time", self.outputs) if self.per_step else ("batch", self.outputs)
        if len(shape) != len(wanted) or shape[-1] != self.outputs:
            raise ValueError(
                f"{said} a model whose output is {shape or type(output).__name__}; for "
                f"task={self.task!r} it must be ({', '.join(map(str, wanted))}): one a class, "
                "label or target."
            )

    def _refuse_settings(self):
        if self.settings:
            raise ValueError(
                f"{', '.join(self.settings)}: model={self.function!r} returned a compiled model, "
                "which keeps its own optimizer and learning rate; leave them 'auto', or return "
                "it without compile()."
            )


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


def _is_hashable(value):
    try:
        hash(value)
    except TypeError:
        return False
    return True


def make_recipe(estimator, params, config, *, input_shape, outputs, task, vocabulary_size):
    """Return the recipe of an estimator's model, whatever its form.

    Raises
    ------
    ValueError, TypeError
        If `model` is neither known nor callable, or a parameter does not fit it.
    """
    config = json.dumps(config, sort_keys=True, default=float)
    own = dict(estimator.model_params or {})
    if not is_registered(estimator.model):
        _check_function(estimator)
        settings = [n for n in ("optimizer", "learning_rate") if not is_auto(getattr(estimator, n))]
        return FunctionRecipe(
            estimator.model,
            input_shape,
            outputs,
            task,
            vocabulary_size,
            own,
            config,
            tuple(settings),
        )
    plan = plan_model(
        estimator.model,
        (None, *input_shape[1:]),
        outputs,
        task=task,
        vocabulary_size=vocabulary_size,
        pooling=estimator.pooling,
        parameter_budget=estimator.parameter_budget,
        units=params["units"],
        num_layers=params["num_layers"],
        dropout=params["dropout"],
        **own,
    )
    return ZooRecipe(plan, config)


def _check_function(estimator):
    if isinstance(estimator.model, keras.Model) or not callable(estimator.model):
        raise TypeError(
            f"model={estimator.model!r} must be a name of keraseq.list_models() or a function that "
            "returns a new keras.Model at every call."
        )
    plain = {"num_layers": 1, "pooling": None, "parameter_budget": None}
    given = [name for name, value in plain.items() if getattr(estimator, name) != value]
    given += [name for name in ("units", "dropout") if not is_auto(getattr(estimator, name))]
    if given:
        raise ValueError(
            f"{', '.join(given)}: for models of the zoo. Give your own function its arguments by "
            f"model_params={{{given[0]!r}: ...}}."
        )


def _grow_gpu_memory():
    """Let worker processes share a GPU, unless the user has configured it."""
    in_worker = multiprocessing.current_process().name != "MainProcess"
    if not in_worker or keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    for device in tf.config.list_physical_devices("GPU"):
        configured = (
            "TF_FORCE_GPU_ALLOW_GROWTH" in os.environ
            or tf.config.experimental.get_memory_growth(device) is not None
            or tf.config.get_logical_device_configuration(device) is not None
        )
        if not configured:
            tf.config.experimental.set_memory_growth(device, True)
