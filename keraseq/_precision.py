"""Where half precision begins, and where it ends."""

import contextlib

from keraseq._checks import check_choice
from keraseq._keras import keras

_POLICIES = ("float32", "mixed_bfloat16", "mixed_float16", "float64")
_HALF = ("bfloat16", "float16")


def full_precision():
    """The dtype of what is measured on raw data and of what is answered, in a mixed policy too.

    Half precision has three digits: a level of 1,000 would lose its ones, a sum of 300 steps its
    last ones, and a row of probabilities would not sum to one.
    """
    dtype = keras.config.dtype_policy().variable_dtype
    return "float32" if dtype in ("float16", "bfloat16") else dtype


def resolve_policy(policy):
    """Return the name of the dtype policy that a fit takes.

    Parameters
    ----------
    policy : str or keras.DTypePolicy
        "auto" is Keras's global one: float32 unless the user has set another.

    Returns
    -------
    str or None
        None for a global policy that has no name of its own, such as a map of layers.

    Raises
    ------
    ValueError, TypeError
        For a name that is not known, or what a network cannot be trained with, on this backend.
    """
    is_auto = isinstance(policy, str) and policy == "auto"
    name = _name(keras.config.dtype_policy() if is_auto else policy)
    if name in _HALF:
        source = " (Keras's global policy)" if is_auto else ""
        raise ValueError(
            f"dtype_policy={name!r}{source} keeps the weights in half precision too, whose three "
            f"digits lose training's small steps; give dtype_policy='mixed_{name}', which computes "
            "in it and keeps the weights in float32."
        )
    if name == "float64" and not _has_float64():
        raise ValueError(
            "dtype_policy='float64': Keras runs on jax, which computes in float32 unless it is "
            "told otherwise before it starts: set the environment variable JAX_ENABLE_X64=1."
        )
    if name in _POLICIES:
        return name
    if is_auto:
        return None
    if isinstance(policy, str):
        check_choice("dtype_policy", policy, ("auto", *_POLICIES))
    raise TypeError(
        f"dtype_policy={policy!r} must be 'auto', one of {', '.join(map(repr, _POLICIES))}, or a "
        "keras.DTypePolicy of one of these names; what quantises, or maps layers to policies of "
        "their own, is for a model that is trained already."
    )


def _has_float64():
    if keras.config.backend() != "jax":
        return True
    import jax

    return jax.config.jax_enable_x64


def _name(policy):
    return policy if isinstance(policy, str) else getattr(policy, "name", None)


@contextlib.contextmanager
def under_policy(policy):
    """Let what is built in a block take a policy; None leaves Keras's global one."""
    if policy is None:
        yield
        return
    before = keras.config.dtype_policy()
    # It is this thread's alone.
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
