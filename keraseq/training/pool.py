"""Compiled models, each lent to one fit or prediction at a time.

Tracing and compiling cost a second or two and some 10 MB that are never freed; a model that is
lent again costs neither.
"""

import contextlib
import threading

from keras import ops

from keraseq._quiet import many_models
from keraseq.builders import assemble

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
        Left by a fit in a state that no reset undoes: not to be lent again.
    keeps_optimizer : bool
        It came compiled: its learning rate is its own.
    """

    def __init__(self, model, key, plan, keeps_optimizer=False):
        self.model, self.key, self.holder = model, key, None
        self.keeps_optimizer = keeps_optimizer
        self._plan = plan
        self.is_new, self.is_spent = True, False
        optimizer = [v.numpy() for v in model.optimizer.variables]
        # Nearly all start at zero and are large: only the few others are kept.
        self._start = {i: value for i, value in enumerate(optimizer) if value.any()}

    def reset(self, seed):
        """Put every variable back to where a model built from `seed` has it."""
        if not self.is_new:
            fresh = assemble(self._plan, seed)
            for variable, new in zip(self.model.variables, fresh.variables, strict=True):
                variable.assign(new)
            for i, variable in enumerate(self.model.optimizer.variables):
                # Not times 0: that keeps the NaN of a fit that has diverged.
                variable.assign(self._start[i] if i in self._start else ops.zeros_like(variable))
        self.holder = None


class Pool:
    """Idle models, at most so many; the longest idle one goes first."""

    def __init__(self, most_idle=_MOST_IDLE):
        self.most_idle = most_idle
        self._idle = []
        self._lock = threading.RLock()

    @contextlib.contextmanager
    def lend(self, key, make, holder=None):
        """Lend a model to a block; who asks meanwhile, a callback or a thread, gets another.

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
        # Not given back after an error: nobody knows in what state it is.
        with many_models():
            yield lent
        lent.is_new = False
        if key is not None and not lent.is_spent:
            with self._lock:
                self._idle.append(lent)
                del self._idle[: -self.most_idle]

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
