"""Equal seeds, equal models."""

import contextlib
import random
import threading

# Python's generator is the whole process's: two threads that build take turns.
_building = threading.RLock()


@contextlib.contextmanager
def python_random(seed):
    """Seed what Keras' initialisers and random layers draw their seeds from, then put it back.

    Keras draws them by `random.randint`; those of this thread come from a generator of its own,
    since others (a worker of Dask has some) may draw meanwhile.
    """
    with _building:
        if seed is None:
            yield
            return
        state, others, own = random.getstate(), random.randint, random.Random(seed)
        builder = threading.get_ident()

        def randint(a, b):
            return (own.randint if threading.get_ident() == builder else others)(a, b)

        try:
            random.seed(seed)
            random.randint = randint
            yield
        finally:
            random.randint = others
            random.setstate(state)
