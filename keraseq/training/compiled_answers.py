"""A model's answers compiled by XLA, in shapes that are asked for again and again.

A graph's loop takes some .05 ms a step whatever is in it, a compiled one a tenth of that; but a
shape takes .2 to .6 s to compile, so that only what is asked for often is compiled.
"""

import contextlib
import functools
import logging
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from keraseq.batching import are_full
from keraseq.training.full_rows import Traced, masked_layers, without_masks
from keraseq.training.gpu import has_gpu
from keraseq.training.only_tensorflow import has_fast_path
from keraseq.training.threads import n_threads

_logger = logging.getLogger(__name__)

# A shape is compiled when it is asked for so often, whose graphs have then cost about as much.
_OFTEN = 24
_MOST_SHAPES = 32
# Of one network's those of rows without padding, whose length is not rounded up.
_MOST_EXACT = 8
_SHORTEST = 16
# From there a length is rounded up to one of four an octave, since padding is computed too.
_FINE_FROM = 256
# Rows of which a thread computes the answers at a time, where there are many of one length.
_BATCH = 240
# Attention over more steps is as fast in a graph.
_LONGEST = 1024


class CompiledAnswers:
    """The forward pass of one model.

    Attributes
    ----------
    n_calls : int
        Batches answered so far.
    n_traces, n_shapes : int
        A trace serves all shapes of models that read padding, and another one all that have none.
    refusal : str or None
        Why XLA cannot compile it: then nothing more is tried.
    """

    _of_model = weakref.WeakKeyDictionary()
    _lock = threading.RLock()

    def __init__(self, traced):
        self.n_calls = self.n_traces = 0
        self.refusal, self._traced = None, traced
        self._functions, self._shapes = {}, set()

    @classmethod
    def of(cls, model):
        """The answers of a model, the same to all who ask."""
        with cls._lock:
            answers = cls._of_model.get(model)
            if answers is None or not answers._traced.holds(model):
                answers = cls._of_model[model] = cls(Traced(model))
            return answers

    @property
    def n_shapes(self):
        return len(self._shapes)

    def answer(self, model, x, is_full=False):
        """Return the output for a batch, or None where XLA cannot compile it.

        Without a mask where it `is_full`: no row has padding.
        """
        form = x.shape, is_full
        alike = {known for known in self._shapes | {form} if known[1] == is_full}
        if self.refusal is not None or len(alike) > _MOST_SHAPES:
            return None
        try:
            values = self._function(model, x, is_full)(x).numpy()
        except Exception as error:
            # Each layer and each operation fails in a way of its own; a graph answers then.
            self._refuse(model, error)
            return None
        with self._lock:
            self._shapes.add(form)
            self.n_calls += 1
        return values

    def answer_many(self, model, batches, is_full=False):
        """Return the outputs for a list of batches of one shape, or None; a thread a core."""
        answer = functools.partial(self.answer, model, is_full=is_full)
        first = [] if (batches[0].shape, is_full) in self._shapes else batches[:1]
        # What nobody has compiled yet is not compiled by two threads at once.
        values = [answer(x) for x in first]
        with ThreadPoolExecutor(n_threads()) as threads:
            values += threads.map(answer, batches[len(first) :])
        return None if any(value is None for value in values) else values

    def _function(self, model, x, is_full):
        with self._lock:
            # The length of what cannot be padded is part of the model.
            time = None if model.inputs[0].shape[1] is None else x.shape[1]
            key = time, is_full
            if key not in self._functions:
                # A model without masks that tell padding has one trace for all rows.
                traced = time, is_full and bool(masked_layers(model))
                if traced not in self._functions:
                    self._functions[traced] = self._trace(weakref.ref(model), x, *traced)
                self._functions[key] = self._functions[traced]
            return self._functions[key]

    def _trace(self, model, x, time, is_full):
        import tensorflow as tf

        def forward(x):
            self.n_traces += 1
            with without_masks(model()) if is_full else contextlib.nullcontext():
                return model()(x, training=False)

        signature = [tf.TensorSpec((None, time, *x.shape[2:]), x.dtype)]
        function = tf.function(forward, jit_compile=True, input_signature=signature)
        # Called by itself, it is not looked up by its argument's type each time: a third of a call.
        concrete = function.get_concrete_function()
        return lambda x: concrete(tf.constant(x))

    def _refuse(self, model, error):
        with self._lock:
            if self.refusal is None:
                self.refusal = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
                _logger.warning(
                    "XLA cannot compile %r, so that its answers to single rows come from a graph "
                    "as before: %s",
                    model.name,
                    self.refusal,
                )


class Requests:
    """What one network was asked for: compiled is what comes often.

    Equal calls in equal order have equal answers to the last bit, whatever else a process computes.

    Parameters
    ----------
    takes_padding : bool
        Whether more padding leaves answers as they are, so that lengths may be rounded up.
    """

    MOST_ROWS = 8

    def __init__(self, takes_padding):
        self._takes_padding = takes_padding
        self._counts, self._lock = {}, threading.Lock()

    def forget(self):
        """Begin counting anew.

        Who asks for many rows and then for each of them compares the two, and wants equal digits.
        """
        with self._lock:
            self._counts = {
                form: n for form, n in self._counts.items() if n >= _OFTEN or form[0][0] == _BATCH
            }

    def answer(self, model, x):
        """Return a model's output for few rows, or None where a graph shall answer.

        Parameters
        ----------
        model : keras.Model
        x : ndarray `(rows, time)` or `(rows, time, channels)`
        """
        if not 0 < x.shape[1] <= _LONGEST or not _may_compile(model):
            return None
        often = [form for form in self._forms(x) if self._is_often(form)]
        for shape, is_full in often:
            values = CompiledAnswers.of(model).answer(model, _fill(x, shape), is_full)
            if values is not None:
                return values[: len(x)]
        return None

    def answer_many(self, model, rows):
        """Return a model's output for many rows of one length, or None.

        A graph computes batches one after the other; here cores take them in turn.
        """
        batches = -(-len(rows) // _BATCH)
        is_array = isinstance(rows, np.ndarray) and 0 < rows.shape[1] <= _LONGEST
        if not is_array or batches < 2 or not _may_compile(model):
            return None
        shape, is_full = (_BATCH, *rows.shape[1:]), are_full(rows)
        if not self._is_often((shape, is_full), batches):
            return None
        parts = [rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH)]
        parts[-1] = _fill(parts[-1], shape)
        values = CompiledAnswers.of(model).answer_many(model, parts, is_full)
        return None if values is None else np.concatenate(values)[: len(rows)]

    def _is_often(self, form, n=1):
        with self._lock:
            if len(self._counts) > 10 * _MOST_SHAPES:
                self._counts = {form: n for form, n in self._counts.items() if n >= _OFTEN}
            count = self._counts[form] = self._counts.get(form, 0) + n
        return count >= _OFTEN

    def _forms(self, x):
        """The shapes that x may be filled up to, the fastest first, and whether it is full then."""
        rows, time = x.shape[:2]
        shapes = [
            (1 << (rows - 1).bit_length(), steps, *x.shape[2:])
            for steps in (time, _round_up(time) if self._takes_padding else time)
        ]
        exact, rounded = zip(shapes, (True, False), strict=True)
        return [exact, rounded] if are_full(x) and self._may_be_exact(exact) else [rounded]

    def _may_be_exact(self, form):
        """Whether a length is or may become one that is compiled as it is."""
        with self._lock:
            often = [known for known, n in self._counts.items() if known[1] and n >= _OFTEN]
        return form in often or len(often) < _MOST_EXACT


def _may_compile(model):
    # Half precision is rounded elsewhere, and a graphics card has loops of its own.
    if not has_fast_path("answers") or model.compute_dtype != "float32":
        return False
    # A subclass of a user's has no graph that says what it takes.
    return len(getattr(model, "inputs", None) or ()) == 1 and not has_gpu()


def _round_up(time):
    """A power of two; of long sequences four sizes an octave."""
    size = max(_SHORTEST, 1 << (time - 1).bit_length())
    if size <= _FINE_FROM:
        return size
    step = size // 8
    return -(-time // step) * step


def _fill(x, shape):
    """Pad to more steps, and repeat a row for each that is missing."""
    if x.shape == shape:
        return x
    padding = 0 if x.dtype.kind in "iu" else np.nan
    filled = np.full(shape, padding, x.dtype)
    filled[: len(x), : x.shape[1]] = x
    filled[len(x) :] = filled[:1]
    return filled
