"""What a compiled model is made from."""

import dataclasses
import inspect
import json
import multiprocessing
import os

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

    key = None
    is_plan = False

    def __str__(self):
        name = getattr(self.function, "__qualname__", type(self.function).__qualname__)
        return str({**vars(self), "function": name})

    def fits(self, other):
        return dataclasses.replace(self, optimizer=other.optimizer) == other

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
        if not model.compiled:
            compile_for_task(
                model,
                self.task,
                optimizer=keras.optimizers.deserialize(json.loads(self.optimizer)),
                logits=not ends_in_probabilities(model),
            )
        return Lent(model, None, None)

    def _check(self, model):
        if not isinstance(model, keras.Model):
            raise TypeError(
                f"model={self.function!r} returned {type(model).__name__}; it must return a "
                "keras.Model."
            )
        if model.output_shape[-1] != self.outputs:
            raise ValueError(
                f"model={self.function!r} ends in {model.output_shape[-1]} outputs where "
                f"{self.outputs} are wanted for task={self.task!r}: one a class, label or target."
            )


def ends_in_probabilities(model):
    """Whether the last layer is a softmax or a sigmoid."""
    last = model.layers[-1]
    activation = getattr(last, "activation", None)
    return isinstance(last, keras.layers.Softmax) or activation in (
        keras.activations.softmax,
        keras.activations.sigmoid,
    )


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
        return FunctionRecipe(
            estimator.model, input_shape, outputs, task, vocabulary_size, own, config
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
    if not callable(estimator.model):
        raise TypeError(
            f"model={estimator.model!r} must be a name of keraseq.list_models() or a function that "
            "returns a keras.Model."
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
