"""What `keras.Model.fit` does, many batches to a call of TensorFlow.

Keras takes every batch through Python: callbacks, a rate to assign, a dataset of Python's own. That
is 3 to 7 ms a step, and three traces before the first one; here it is one trace.
"""

import contextlib
import time

import keras
import numpy as np

from keraseq.training.blocks import Pace
from keraseq.training.full_rows import masked_layers, without_masks
from keraseq.training.no_collection import no_collection
from keraseq.training.only_tensorflow import has_fast_path
from keraseq.training.recurrences import by_hand

_BATCH_HOOKS = [
    f"on_{part}_{end}"
    for part in ("batch", "train_batch", "test_batch")
    for end in ("begin", "end")
]
_OWN_STEPS = (
    *("fit", "evaluate", "train_step", "test_step"),
    *("make_train_function", "make_test_function", "reset_metrics", "compute_metrics"),
)

_NO_RATES = np.zeros(0, np.float32)


class Counts:
    """What ran so far, for those who must know that it did.

    Attributes
    ----------
    n_fits : int
        Trainings by this loop.
    n_traces : int
        Steps that it has traced, to train and to validate.
    """

    def __init__(self):
        self.n_fits = self.n_traces = 0


COUNTS = Counts()


def can_run(model, callbacks, verbose):
    """Whether this loop does all that Keras's own would do.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    callbacks : sequence of keras.callbacks.Callback
        The user's.
    verbose : int
        As of ``keras.Model.fit``.
    """
    if not has_fast_path("training") or verbose not in (0, 2):
        return False
    import tensorflow as tf

    is_plain = not (model.run_eagerly or model.steps_per_execution != 1)
    own = [n for n in _OWN_STEPS if getattr(type(model), n) is not getattr(keras.Model, n)]
    return (
        (is_plain and not own)
        and not tf.distribute.has_strategy()
        and model.distribute_strategy.num_replicas_in_sync == 1
        and not any(_overrides(callback, name) for callback in callbacks for name in _BATCH_HOOKS)
    )


def _overrides(callback, name):
    given = getattr(callback, name)
    return getattr(given, "__func__", None) is not getattr(keras.callbacks.Callback, name)


def run_epochs(model, training, validation, first, epochs, hooks, *, rate, interrupts, verbose):
    """Train from epoch `first` on, as ``keras.Model.fit`` does.

    Parameters
    ----------
    model : keras.Model
        Of which `can_run` is true.
    training, validation : Batches
        The second may be None.
    hooks : list of keras.callbacks.Callback
        Of epochs alone.
    rate : LearningRate or None
    interrupts : Interrupts
    """
    callbacks = keras.callbacks.CallbackList(
        hooks,
        add_history=True,
        add_progbar=verbose != 0,
        verbose=verbose,
        epochs=epochs,
        steps=len(training),
        model=model,
    )
    COUNTS.n_fits += 1
    model.stop_training = False
    callbacks.on_train_begin()
    steps, logs = _steps_of(model), None
    for epoch in range(first, epochs):
        callbacks.on_epoch_begin(epoch)
        logs = steps.run("train", training, interrupts, rate)
        if validation is not None:
            callbacks.on_test_begin()
            found = steps.run("test", validation, interrupts)
            callbacks.on_test_end(found)
            logs.update({f"val_{name}": value for name, value in found.items()})
        callbacks.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    if epochs > 0:
        model.optimizer.finalize_variable_values(model.trainable_weights)
    callbacks.on_train_end(logs)


def _steps_of(model):
    """The compiled steps of a model; its own for as long as it lives, like Keras's."""
    steps = getattr(model, "compiled_steps", None)
    made_for = model.optimizer, model.jit_compile
    if steps is None or steps.made_for != made_for:
        steps = model.compiled_steps = CompiledSteps(model)
    return steps


class CompiledSteps:
    """A model's steps, each in a loop within TensorFlow."""

    def __init__(self, model):
        self._model, self.optimizer = model, model.optimizer
        self.made_for = model.optimizer, model.jit_compile
        self._functions, self._paces = {}, {"train": Pace(), "test": Pace()}

    def run(self, kind, batches, interrupts, rate=None):
        """Work through the batches of an epoch; return what was measured, by name."""
        # Told to stop before it has begun, Keras trains on one batch.
        is_last = kind == "train" and self._model.stop_training
        pace, function = Pace() if is_last else self._paces[kind], None
        self._model.reset_metrics()
        for block in pace.cut(batches):
            interrupts.check()
            rates = self._rates(rate, len(block)) if kind == "train" else _NO_RATES
            function = function or self._function(kind, batches, len(rates) > 0)
            start = time.perf_counter()
            function(block.values, block.starts, block.sizes, rates)
            pace.note(len(block), time.perf_counter() - start)
            if is_last:
                break
        interrupts.check()
        results = self._model.get_metrics_result()
        return dict(_numbers(results))

    def _rates(self, rate, n):
        """The learning rate of n steps to come; none for a schedule of the optimiser's own."""
        if rate is not None and rate.falls:
            return np.array(rate.take(n), np.float32)
        current = getattr(self.optimizer, "inner_optimizer", self.optimizer).learning_rate
        is_assigned = isinstance(current, keras.Variable)
        return np.full(n, current.numpy(), np.float32) if is_assigned else _NO_RATES

    def _function(self, kind, batches, has_rates):
        import tensorflow as tf

        spec = batches.signature
        # Not where a mask would be of no use: one trace serves all then.
        # Batches that do not say whether they are full, such as pairs, keep their masks.
        is_full = bool(masked_layers(self._model)) and getattr(batches, "are_full", False)
        key = kind, repr(spec), has_rates, is_full
        if key not in self._functions:
            if not self._functions:
                # A stream keeps its first batch, since it is read anew for every pass.
                first = getattr(batches, "first_batch", None)
                self._make_variables(first or next(iter(batches.generate())))
            parts = [tf.TensorSpec((None,), part.dtype) for part in keras.tree.flatten(spec)]
            places = tf.TensorSpec((None, len(parts)), tf.int64)
            sizes = tf.TensorSpec((None, len(parts), 2), tf.int64)
            rates = tf.TensorSpec((None,), tf.float32)
            function = tf.function(self._looped(kind, spec, has_rates), autograph=False)
            with no_collection(), contextlib.ExitStack() as changed:
                if is_full:
                    changed.enter_context(without_masks(self._model))
                if kind == "train" and not self._model.jit_compile:
                    changed.enter_context(by_hand(self._model))
                self._functions[key] = function.get_concrete_function(parts, places, sizes, rates)
        return self._functions[key]

    def _looped(self, kind, spec, has_rates):
        import tensorflow as tf

        model, leaves = self._model, keras.tree.flatten(spec)
        step = {"train": model.train_step, "test": model.test_step}[kind]
        if model.jit_compile and kind == "train":
            # Compiled for each shape of a batch; validation is too little work to pay for that.
            step = tf.function(step, jit_compile=True, autograph=False)

        def block(values, starts, sizes, rates):
            COUNTS.n_traces += 1

            def one(i):
                if has_rates:
                    model.optimizer.learning_rate = rates[i]
                parts = [
                    _cut(*part, leaf)
                    for *part, leaf in zip(
                        values, tf.unstack(starts[i]), tf.unstack(sizes[i]), leaves, strict=True
                    )
                ]
                step(keras.tree.pack_sequence_as(spec, parts))
                return i + 1

            n = tf.shape(starts)[0]
            tf.while_loop(lambda i: i < n, one, [tf.constant(0)])

        return block

    def _make_variables(self, batch):
        """Let Keras make those of optimiser and metrics before the trace, which may make none."""
        x, y = batch[:2]
        model = self._model
        if not self.optimizer.built:
            self.optimizer.build(model.trainable_variables)
        if getattr(model, "output", None) is None:
            output = model(x, training=False)
        else:
            shape = model.output.shape
            output = np.zeros([y.shape[i] if n is None else n for i, n in enumerate(shape)])
            output = keras.ops.convert_to_tensor(output, model.output.dtype)
        model.compute_metrics(x, keras.ops.convert_to_tensor(y), output)
        model.reset_metrics()


def _numbers(results):
    """Metrics with their names, each a float; what is none, such as a score a label, as it is."""
    for name, value in results.items():
        if isinstance(value, dict):
            yield from _numbers(value)
            continue
        value = keras.ops.convert_to_numpy(value)
        yield name, value if value.ndim else float(value)


def _cut(values, start, size, leaf):
    """One batch's part of a flat array, in its shape."""
    import tensorflow as tf

    n_open = leaf.shape.count(None)
    static = [*leaf.shape[n_open:]]
    count = tf.reduce_prod(size[:n_open]) * int(np.prod(static))
    shape = tf.concat([size[:n_open], tf.constant(static, tf.int64)], axis=0)
    part = tf.reshape(values[start : start + count], shape)
    part.set_shape(leaf.shape)
    return part
