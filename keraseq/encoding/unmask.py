"""Masked arrays as plain ones."""

import numpy as np


def unmask(values, *, exact=True):
    """Return an ndarray; what is masked is NaN.

    Parameters
    ----------
    values : array-like
    exact : bool, default=True
        Where the type has no NaN, objects keep its numbers; else they become float64.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.encoding.unmask import unmask
    >>> unmask(np.ma.masked_equal([1.5, -9999.0], -9999.0)).tolist()
    [1.5, nan]
    """
    plain = np.asarray(values)
    if not (isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values)):
        return plain
    if plain.dtype.kind != "f":
        plain = plain.astype(object if exact else np.float64)
    return np.where(values.mask, np.nan, plain)
