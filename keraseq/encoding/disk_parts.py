"""Arrays written one after another into a file that nobody sees, and read from there."""

import tempfile

import numpy as np


class DiskParts(list):
    """A list of arrays `(rows, columns)` that are views of one in a file.

    The file is gone with the last of them.

    Parameters
    ----------
    parts : iterable of ndarray
        Of equal columns and dtype; one at a time is in memory.

    Attributes
    ----------
    whole : ndarray
        All of them under each other.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.encoding.disk_parts import DiskParts
    >>> parts = DiskParts(np.full((n, 1), n) for n in (1, 2))
    >>> [part.tolist() for part in parts], parts.whole.ravel().tolist()
    ([[[1]], [[2], [2]]], [1, 2, 2])
    """

    def __init__(self, parts):
        lengths = []
        with tempfile.TemporaryFile() as file:
            for part in parts:
                np.ascontiguousarray(part).tofile(file)
                lengths.append(len(part))
                n_columns, dtype = part.shape[1], part.dtype
            file.flush()
            # As a plain array, which every form of saving knows.
            self.whole = np.asarray(np.memmap(file, dtype, "r+", shape=(sum(lengths), n_columns)))
        super().__init__(np.split(self.whole, np.cumsum(lengths)[:-1]))
