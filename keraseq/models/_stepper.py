"""A causal model, one step at a time."""

import inspect

import keras
import numpy as np
from keras import ops

from keraseq._keras import without_gradients
from keraseq.models.layers.step_forms import find_step_form
from keraseq.tasks.layers import SequencePooling

# Steps on which an operation is tried, to see whether it looks at one alone.
_TRIED = 3


class Stepper:
    """Run a causal model step by step, with its state kept between them.

    It walks the model's own graph: layers that carry time (recurrent ones, causal convolutions,
    causal attention, scans) take one step, everything else is applied to that step alone. Its
    answers equal those of the whole sequence to 1e-5; the weights stay the model's.

    Parameters
    ----------
    model : keras.Model
        Functional, of the zoo or your own. Where it pools the steps, the body's output before the
        pooling is what it steps to; else the model's own output, an answer a step.

    Raises
    ------
    ValueError
        For a model that is not causal, or that patches, normalises or otherwise reads a whole
        sequence at once; the text names the layer.
    TypeError
        For one that is no functional model.

    Examples
    --------
    >>> import numpy as np, keraseq
    >>> model = keraseq.gru((None, 2), 3, task="tagging", units=4, seed=0)
    >>> stepper = keraseq.models.Stepper(model)
    >>> x = np.ones((1, 5, 2), "float32")
    >>> state = stepper.initial_state(batch=1)
    >>> for t in range(5):
    ...     y, state = stepper(x[:, t], state)
    >>> bool(np.allclose(y, model(x)[:, -1], atol=1e-5))
    True
    """

    def __init__(self, model):
        graph = model._functional if isinstance(model, keras.Sequential) else model
        if not hasattr(graph, "operations") or not isinstance(model, keras.Model):
            raise TypeError(f"{model!r} is no functional Keras model, so its steps are not known.")
        if len(graph.inputs) != 1:
            names = ", ".join(tensor.name for tensor in graph.inputs)
            raise ValueError(f"{model.name} has several inputs ({names}); steps come as one.")
        self._input, self._target = graph.inputs[0], _last_steps(graph)
        self._walked = _walk_to(self._target, self._input, model)
        self._compiled = _compile(self._walk)

    def initial_state(self, batch=1):
        """Return the state before the first step of `batch` sequences."""
        return [walked.initial_state(batch) for walked in self._walked]

    def __call__(self, x, state):
        """Take one step.

        Parameters
        ----------
        x : array `(batch, features)`, or `(batch,)` of token ids
            None of it padding.
        state : list
            Of `initial_state`, or of the step before.

        Returns
        -------
        y : tensor `(batch, channels)`
        state : list
        """
        wanted = self._input.shape[2:]
        x = ops.convert_to_tensor(x, dtype=self._input.dtype)
        if tuple(x.shape[1:]) != tuple(wanted):
            raise ValueError(
                f"x has the shape {tuple(x.shape)}; a step of this model is {('batch', *wanted)}."
            )
        return self._compiled(x, state)

    def _walk(self, x, state):
        values = {id(self._input): ops.expand_dims(x, 1)}
        later = []
        for walked, own in zip(self._walked, state, strict=True):
            later.append(walked.step(values, own))
        return ops.squeeze(values[id(self._target)], 1), later


class _Walked:
    """One operation of the graph, and how it takes a step."""

    def __init__(self, node, model):
        self._node, self._operation = node, node.operation
        self._form, self._model_name = _form_of(node), model.name

    def check(self):
        """Raise ValueError if it cannot take one step."""
        problem = None if self._form is None else self._form.problem()
        if self._form is None and not _looks_at_one_step(self._node):
            problem = "reads more than one step, and nothing says what it keeps between them"
        if problem is not None:
            raise ValueError(
                f"{self._model_name} cannot be run step by step: its layer "
                f"{self._operation.name!r} {problem}. keraseq.model_info(name).causal says which "
                "models can; a layer of your own says what it keeps between steps by "
                "initial_step_state() and step()."
            )

    @property
    def outputs(self):
        return self._node.output_tensors

    @property
    def inputs(self):
        """The symbolic tensors of which a step is needed."""
        return self._node.input_tensors if self._form is None else self._form.sequences

    def initial_state(self, batch):
        return () if self._form is None else self._form.initial_step_state(batch, *self.inputs)

    def step(self, values, state):
        """Put this operation's output into `values`; return its next state."""
        if self._form is None:
            args, kwargs = self._node.arguments.fill_in(values)
            output = self._operation(*args, **kwargs)
        else:
            output, state = self._form.step(state, *(values[id(t)] for t in self.inputs))
        flat = keras.tree.flatten(output)
        values.update(zip(map(id, self.outputs), flat, strict=True))
        return state


def _form_of(node):
    operation, arguments = node.operation, node.arguments
    bound = inspect.signature(operation.call).bind(*arguments.args, **arguments.kwargs)
    return find_step_form(operation, bound.arguments)


def _last_steps(graph):
    """The tensor of the last answers a step: what is pooled, or the model's output."""
    for operation in graph.operations:
        if isinstance(operation, SequencePooling):
            return operation.input[0]
    return graph.outputs[0]


def _walk_to(target, source, model):
    """The operations between a model's input and `target`, in the order in which they run."""
    walked, done = [], {id(source)}

    def visit(tensor):
        if id(tensor) in done:
            return
        history = tensor._keras_history
        step = _Walked(history.operation._inbound_nodes[history.node_index], model)
        for needed in step.inputs:
            visit(needed)
        step.check()
        done.update(map(id, step.outputs))
        walked.append(step)

    visit(target)
    return walked


def _looks_at_one_step(node):
    """Whether an operation gives the same step by step as for several steps at once."""
    draw = np.random.default_rng(0)
    whole = {id(tensor): _try_values(tensor, draw) for tensor in node.input_tensors}
    try:
        together = _outputs(node, whole)
        for t in range(_TRIED):
            alone = _outputs(node, {key: value[:, t : t + 1] for key, value in whole.items()})
            for one, all_ in zip(alone, together, strict=True):
                if not np.allclose(one, all_[:, t : t + 1], atol=1e-4):
                    return False
    except Exception:
        # It refuses another number of steps than it was built for.
        return False
    return True


def _try_values(tensor, draw):
    shape = (2, _TRIED, *tensor.shape[2:])
    if "float" in tensor.dtype:
        return ops.convert_to_tensor(draw.normal(size=shape), dtype=tensor.dtype)
    return ops.convert_to_tensor(draw.integers(0, 2, shape), dtype=tensor.dtype)


def _outputs(node, values):
    args, kwargs = node.arguments.fill_in(values)
    flat = keras.tree.flatten(node.operation(*args, **kwargs))
    return [ops.convert_to_numpy(ops.cast(output, "float32")) for output in flat]


def _compile(function):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # The keys of attention grow by a step each time, which must not mean another trace.
        return tf.function(function, reduce_retracing=True, autograph=False)
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(function)

    def step(*given):
        with without_gradients():
            return function(*given)

    return step
