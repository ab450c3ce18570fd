"""Equal seeds, equal models."""

import contextlib
import random
import threading

# Python's generator is the whole process's: two threads that build take turns.
_building = threading.RLock()


@contextlib.contextmanager
def python_random(seed):
    """Seed what Keras' initialisers and random layers draw their seeds from, then put it back."""
    with _building:
        if seed is None:
            yield
            return
        state = random.getstate()
        try:
            random.seed(seed)
            yield
        finally:
            random.setstate(state)
