"""What keeps attention from padding."""

from keras import ops


def hidden_steps(allowed, dtype):
    """Zeros, and a number far below every score (of half precision too) where not `allowed`."""
    return (1 - ops.cast(allowed, dtype)) * -30_000.0
