"""What is missing among objects."""

import decimal

import numpy as np
import pandas as pd


def missing_values(values):
    """Return which of an array of objects are None, NaN, NaT or NA."""
    try:
        return pd.isna(values)
    except decimal.InvalidOperation:
        # A signalling NaN raises when it is looked at.
        return np.vectorize(is_missing, otypes=[bool])(values)


def is_missing(value):
    """Whether one value is None, NaN, NaT or NA."""
    if isinstance(value, decimal.Decimal):
        return value.is_nan()
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))
