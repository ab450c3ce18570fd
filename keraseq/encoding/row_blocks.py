"""Many rows, some at a time, so that what is computed of them needs little memory."""

import math

# Numbers of a block: 8 MB in float64.
_MOST = 2**20


def row_blocks(rows, most=None):
    """Yield slices that cut rows into blocks; one where they are few.

    Parameters
    ----------
    rows : ndarray of one axis at least, or sequence of ndarray
    most : int, optional
        Numbers of a block, unless a single row has more; by default a million.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.encoding.row_blocks import row_blocks
    >>> list(row_blocks(np.zeros((3, 2**19))))
    [slice(0, 2, None), slice(2, 3, None)]
    """
    if hasattr(rows, "shape"):
        size = math.prod(rows.shape[1:])
    else:
        size = sum(row.size for row in rows) // max(1, len(rows))
    step = max(1, (most or _MOST) // max(1, size))
    for start in range(0, max(1, len(rows)), step):
        yield slice(start, min(start + step, max(1, len(rows))))
