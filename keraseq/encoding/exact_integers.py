"""Integers that containers would round."""

import numpy as np

# From here on not every integer has a float64.
EXACT_FLOAT64 = 2.0**53


def exact_integers(values, as_objects):
    """Return `values`, or as objects where their floats may be rounded integers.

    numpy, pandas and polars join integers with floats or missing values as float64, silently.

    Parameters
    ----------
    values : ndarray
    as_objects : callable
        Reads the same values anew, as an array of objects.
    """
    joined = values.dtype == np.float64 and (np.abs(values) >= EXACT_FLOAT64).any()
    return as_objects() if joined else values
