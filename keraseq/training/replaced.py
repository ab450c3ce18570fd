"""Other methods for models and layers, for a while."""

import contextlib


@contextlib.contextmanager
def replaced(name, methods):
    """Let objects have another method of a name in a block.

    Parameters
    ----------
    name : str
    methods : dict
        The method of each model or layer.
    """
    changed = []
    try:
        for owner, method in methods.items():
            # Past Keras, which would track it as a part of the owner.
            object.__setattr__(owner, name, method)
            changed.append(owner)
        yield
    finally:
        for owner in changed:
            object.__delattr__(owner, name)
