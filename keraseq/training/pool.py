"""Compiled models, lent to one fit at a time or to any number of readers of the same weights.

Tracing and compiling cost a second or two and some 10 MB that are never freed; a model that is
lent again costs neither.
"""

import contextlib
import threading

from keraseq._keras import ops
from keraseq._quiet import many_models
from keraseq.training.initial_values import InitialValues

_MOST_IDLE = 8


class Lent:
    """A compiled model, and what it takes to make it as new.

    Attributes
    ----------
    model : keras.Model
    key : hashable or None
        Everything that the trace holds; None for a model that must not be lent again.
    holder : object
        Whose weights are in it.
    is_new : bool
        Never lent before: its variables are as the blueprint's seed made them.
    is_spent : bool
        Left by a fit in a state that no reset undoes, or by an error: not to be lent again.
    is_counted : bool
        Compiled, and counted by its pool.
    n_readers : int
        How many share it now.
    keeps_optimizer : bool
        It came compiled: its learning rate is its own.
    """

    def __init__(self, model, key, plan, seed, keeps_optimizer=False):
        self.model, self.key, self.holder = model, key, None
        self.keeps_optimizer = keeps_optimizer
        self.is_new, self.is_spent, self.is_counted, self.n_readers = True, False, False, 0
        self._initial = None if key is None else InitialValues(model, plan, seed)
        optimizer = [v.numpy() for v in model.optimizer.variables]
        # Nearly all start at zero and are large: only the few others are kept.
        self._start = {i: value for i, value in enumerate(optimizer) if value.any()}

    @property
    def is_compiled(self):
        """Whether a training step or a prediction has been traced."""
        traced = ("compiled_steps", "train_function", "test_function", "predict_function")
        return any(getattr(self.model, name, None) is not None for name in traced)

    def reset(self, seed):
        """Put every variable back to where a model built from `seed` has it."""
        if not self.is_new:
            self._initial.put(self.model, seed)
            for i, variable in enumerate(self.model.optimizer.variables):
                # Not times 0: that keeps the NaN of a fit that has diverged.
                zeros = ops.zeros(variable.shape, variable.dtype)
                variable.assign(self._start.get(i, zeros))
        self.holder = None


class Pool:
    """Idle models, at most so many; the longest idle one goes first.

    Parameters
    ----------
    most_idle : int, default=8

    Attributes
    ----------
    n_compiled : int
        Models compiled for those who asked so far.
    """

    def __init__(self, most_idle=_MOST_IDLE):
        self.n_compiled = 0
        self._rooms = {None: most_idle}
        self._idle, self._read = [], []
        self._lock = threading.RLock()

    @property
    def most_idle(self):
        return sum(self._rooms.values())

    @contextlib.contextmanager
    def room(self, n):
        """Keep `n` more idle models within a block; then the longest idle ones go."""
        asker = object()
        self.keep_room(asker, n)
        try:
            yield
        finally:
            self.keep_room(asker, 0)

    def keep_room(self, asker, n):
        """Keep `n` more idle models for `asker`, until it says another number."""
        with self._lock:
            self._rooms[asker] = n
            if n == 0:
                del self._rooms[asker]
            self._drop()

    @contextlib.contextmanager
    def lend(self, key, make, holder=None):
        """Lend a model to a block alone; who asks meanwhile, a callback or a thread, gets another.

        Parameters
        ----------
        key : hashable or None
            None for a model of its own, which is lent to nobody else before or after.
        make : callable
            Makes a `Lent` when none is idle.
        holder : object, optional
            Preferred is a model that has its weights.
        """
        lent = self._take(key, holder) or make()
        with self._running(lent):
            # Not given back after an error: nobody knows in what state it is.
            yield lent
        if key is not None and not lent.is_spent:
            self._give_back(lent)

    @contextlib.contextmanager
    def share(self, key, make, holder, load):
        """Lend a model to read with, the same to all who read the same weights meanwhile.

        Parameters
        ----------
        key, make : as of `lend`
        holder : object
            Whose weights are read.
        load : callable
            Puts them into a model that has others.
        """
        # What is made or loaded under the lock nobody else needs to make, or can read half loaded.
        with self._lock:
            fitting = [lent for lent in self._read if lent.key == key and lent.holder is holder]
            lent = fitting[0] if fitting else self._take(key, holder) or make()
            if lent.holder is not holder:
                load(lent.model)
                lent.holder = holder
            if not fitting:
                self._read.append(lent)
            lent.n_readers += 1
        try:
            with self._running(lent):
                yield lent.model
        except BaseException:
            lent.is_spent = True
            raise
        finally:
            with self._lock:
                lent.n_readers -= 1
                if not lent.n_readers:
                    self._read.remove(lent)
                    if not lent.is_spent:
                        self._give_back(lent)

    def _give_back(self, lent):
        lent.is_new = False
        with self._lock:
            self._idle.append(lent)
            self._drop()

    def _drop(self):
        del self._idle[: -self.most_idle or None]

    @contextlib.contextmanager
    def _running(self, lent):
        """A block in which a model may be compiled."""
        try:
            with many_models():
                yield
        finally:
            with self._lock:
                if lent.is_compiled and not lent.is_counted:
                    lent.is_counted = True
                    self.n_compiled += 1

    def _take(self, key, holder):
        with self._lock:
            fitting = [lent for lent in self._idle if lent.key == key]
            if key is None or not fitting:
                return None
            held = [lent for lent in fitting if lent.holder is holder and holder is not None]
            chosen = (held or fitting)[-1]
            self._idle.remove(chosen)
            return chosen


POOL = Pool()
