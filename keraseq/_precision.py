"""Where half precision ends."""

from keraseq._keras import keras


def full_precision():
    """The dtype of what is measured on raw data and of what is answered, in a mixed policy too.

    Half precision has three digits: a level of 1,000 would lose its ones, a sum of 300 steps its
    last ones, and a row of probabilities would not sum to one.
    """
    dtype = keras.config.dtype_policy().variable_dtype
    return "float32" if dtype in ("float16", "bfloat16") else dtype
