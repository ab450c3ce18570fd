"""Python's search for garbage, put off."""

import contextlib
import gc


@contextlib.contextmanager
def no_collection():
    """Put it off to the end of a block that makes many objects and hardly any garbage.

    Tracing a model sets one off, which looks at all that TensorFlow and Keras hold: 0.2 s or more.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
