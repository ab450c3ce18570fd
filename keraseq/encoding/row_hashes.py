"""A number for a row, equal where all that is in it is."""

import numpy as np
import pandas as pd

_PRIME = np.uint64(1_099_511_628_211)


def row_hashes(columns):
    """Return 64 bits for each row of some columns, a uint64 array ``(n,)``.

    Parameters
    ----------
    columns : list of ndarray ``(n,)``
        Of numbers, strings or other values that have a text.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.encoding.row_hashes import row_hashes
    >>> one, other, third = row_hashes([np.array(["a", "b", "a"]), np.ones(3)])
    >>> bool(one == third), bool(one == other)
    (True, False)
    """
    # numpy's strings are objects to pandas.
    columns = [part.astype(object) if part.dtype.kind in "SU" else part for part in columns]
    return joined_hashes([pd.util.hash_array(part, categorize=False) for part in columns])


def joined_hashes(parts):
    """Return one hash of several for each row, of 64 bits that overflow."""
    found = np.zeros(len(parts[0]), np.uint64)
    for part in parts:
        found = (found ^ part) * _PRIME
    return found
