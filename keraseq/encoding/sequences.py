"""Sequences as people have them, read once into one form."""

import dataclasses

import numpy as np

from keraseq._checks import check_choice
from keraseq.encoding.check_shapes import check_array, check_cell, with_channels
from keraseq.encoding.classify import classify
from keraseq.encoding.convert import as_floats, as_ids
from keraseq.encoding.disk_rows import DiskRows, is_on_disk
from keraseq.encoding.row_blocks import row_blocks
from keraseq.encoding.unwrap import align_frames, cell_values, unwrap

_INPUTS = ("auto", "text", "tokens", "series")


@dataclasses.dataclass(frozen=True, eq=False)
class Sequences:
    """Sequences in one form.

    Attributes
    ----------
    kind : {"text", "words", "tokens", "series"}
    rows : list, ndarray or DiskRows
        Text: str. Words: lists of str. Tokens: 1-D int32 arrays. Series: one array
        ``(n, time, channels)`` where all lengths are equal, else a list of arrays
        ``(time_i, channels)``; float32, or float64 where numbers came in double precision, so
        that scaling can come before rounding. An array's padding is in it, as NaN steps. A memory
        map stays one where that was allowed.
    n_columns : int or None
        Of a 2-D array or frame of numbers, whose width is part of its form.
    n_channels : int or None
        For series.
    channel_names : tuple or None
        The columns of frames in a list.
    index : pandas.Index or None
        Of the frame or Series that came.
    """

    kind: str
    rows: object
    n_columns: int | None = None
    n_channels: int | None = None
    channel_names: tuple | None = None
    index: object = None

    def __len__(self):
        return len(self.rows)

    @property
    def fixed_length(self):
        """Whether a 2-D array or frame came."""
        return self.n_columns is not None

    def longest(self):
        """The steps of the longest row; of an array its width, padding and all."""
        rows = self.rows
        return rows.shape[1] if hasattr(rows, "shape") else max(map(len, rows))

    def take(self, indices):
        """Return the sequences at `indices` (an integer array) as Sequences."""
        indices = np.asarray(indices, dtype=np.intp)
        if isinstance(self.rows, DiskRows):
            rows = self.rows.take(indices)
        elif isinstance(self.rows, np.ndarray):
            rows = self.rows[indices]
        else:
            rows = [self.rows[i] for i in indices]
        index = None if self.index is None else self.index.take(indices)
        return dataclasses.replace(self, rows=rows, index=index)


def as_sequences(X, input="auto", *, name="X", allow_empty_rows=True, on_disk=False):
    """Read X, whatever its container, as sequences.

    Parameters
    ----------
    X : list, tuple, array, Series, DataFrame or Sequences
        Strings; lists of words; arrays ``(n, time)`` or ``(n, time, channels)``; a list of arrays
        ``(time_i,)`` or ``(time_i, channels)``; a list of frames with a step a row, whose columns
        are matched by name; or a frame with a sequence a row.
    input : {"auto", "text", "tokens", "series"}, default="auto"
        Strings are text and numbers series; token ids must be asked for.
    name : str, default="X"
        What errors call the argument.
    allow_empty_rows : bool, default=True
        Whether a sequence may have no step.
    on_disk : bool, default=False
        Whether series in a memory map may stay there, as `DiskRows`.

    Returns
    -------
    Sequences
        Padding at the right end of rows is stripped: id 0, or steps of nothing but NaN (they stay
        in an array, which must remain rectangular).

    Raises
    ------
    ValueError, TypeError
        If X is empty, mixed, infinite, of the wrong rank or of another kind than `input`.

    Examples
    --------
    >>> from keraseq.encoding import as_sequences
    >>> as_sequences(["to be", "or not"]).kind
    'text'
    >>> as_sequences([[[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]]).n_channels
    2
    """
    check_choice("input", input, _INPUTS)
    sequences = X if isinstance(X, Sequences) else _read(X, input, name, on_disk)
    _check_kind(sequences.kind, input, name)
    if not allow_empty_rows:
        empty = np.flatnonzero(row_lengths(sequences.rows) == 0)
        if len(empty):
            raise ValueError(f"{name} has no step in row {empty[0]}; drop empty sequences.")
    return sequences


def row_lengths(rows):
    """Return the steps of each row, padding at the right end of an array's rows left out."""
    if not isinstance(rows, np.ndarray | DiskRows):
        return np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    if rows.shape[1] == 0:
        return np.zeros(len(rows), dtype=np.int64)
    return np.concatenate([_lengths(rows[block]) for block in row_blocks(rows)])


def without_padding(sequences):
    """Return the rows of sequences as a list, each without the padding at its right end."""
    lengths = row_lengths(sequences.rows)
    return [row[:n] for row, n in zip(sequences.rows, lengths, strict=True)]


def _lengths(rows):
    if real_steps(rows[:, -1:]).all():
        return np.full(len(rows), rows.shape[1], dtype=np.int64)
    return (real_steps(rows) * np.arange(1, rows.shape[1] + 1)).max(axis=1)


def real_steps(values):
    """Which steps of an array `(n, time)` or `(n, time, channels)` hold anything, `(n, time)`."""
    real = values != 0 if values.dtype.kind in "iu" else ~np.isnan(values)
    return real.any(axis=2) if values.ndim == 3 else real


def _check_kind(kind, input, name):
    is_text = kind in ("text", "words")
    if is_text and input in ("tokens", "series"):
        raise TypeError(f"{name} holds strings where input={input!r} wants numbers.")
    if not is_text and input == "text":
        raise TypeError(f"{name} holds numbers where input='text' wants strings.")
    if not is_text and input not in ("auto", kind):
        raise TypeError(f"{name} holds {kind} where input={input!r} wants {input}.")


def _read(X, input, name, on_disk):
    values, index = unwrap(X, name)
    if isinstance(values, np.ndarray):
        sequences = _from_array(values, input, name, on_disk)
    else:
        sequences = _from_cells(values, input, name)
    return dataclasses.replace(sequences, index=index)


def _from_array(X, input, name, on_disk):
    check_array(X, name)
    if input == "tokens":
        return Sequences("tokens", _id_rows(X, name), n_columns=X.shape[1])
    n_columns = X.shape[1] if X.ndim == 2 else None
    values = X if X.ndim == 3 else X[:, :, None]
    if on_disk and is_on_disk(X):
        for block in row_blocks(values):
            as_floats(X[block], name, first=block.start)
        rows = DiskRows(values)
    else:
        rows = as_floats(X, name).reshape(values.shape)
    return Sequences("series", rows, n_columns=n_columns, n_channels=values.shape[2])


def _from_cells(cells, input, name):
    if not cells:
        raise ValueError(
            f"{name} is empty: found 0 sample(s) while a minimum of 1 is required. Give at least "
            "one sequence."
        )
    kind = classify(cells, input, name)
    if kind == "numbers":
        return _from_number_cells(cells, input, name)
    return Sequences(kind, cells if kind == "text" else [*map(_words, cells)])


def _words(cell):
    """The words of a row; of an array not the elements, which may be its own kind of text."""
    return list(cell) if isinstance(cell, list | tuple) else np.asarray(cell).tolist()


def _from_number_cells(cells, input, name):
    cells, names = align_frames(cells, name)
    arrays = [_cell_array(cell, row, name) for row, cell in enumerate(cells)]
    if input == "tokens":
        if any(array.ndim != 1 for array in arrays):
            row = next(i for i, array in enumerate(arrays) if array.ndim != 1)
            raise ValueError(f"{name} has shape {arrays[row].shape} in row {row}; ids are (time,).")
        return Sequences("tokens", _id_rows(arrays, name))
    arrays = with_channels(arrays, name)
    n_channels = arrays[0].shape[1]
    lengths = np.array([len(array) for array in arrays])
    flat = _joined_floats(arrays, name)
    rows = np.split(flat, np.cumsum(lengths)[:-1])
    if np.isnan(flat).all(axis=1).any():
        rows = [row[: row_lengths(row[None])[0]] for row in rows]
        lengths = row_lengths(rows)
    if (lengths == lengths[0]).all():
        rows = np.stack(rows)
    return Sequences("series", rows, n_channels=n_channels, channel_names=names)


def _joined_floats(arrays, name):
    """Return all rows under each other; an error says in which row it is."""
    if len({array.dtype for array in arrays}) == 1:
        try:
            return as_floats(np.concatenate(arrays), name)
        except (TypeError, ValueError):
            for row, array in enumerate(arrays):
                as_floats(array, name, row)
            raise
    # One by one, since numpy rounds integers where it joins them with floats.
    return np.concatenate([as_floats(array, name, row) for row, array in enumerate(arrays)])


def _cell_array(cell, row, name):
    try:
        array = cell_values(cell, name)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is no array of numbers in row {row}: {error}") from None
    check_cell(array, row, name)
    return array


def _id_rows(rows, name):
    """Check token ids and strip the zeros at the right."""
    if isinstance(rows, np.ndarray):
        if rows.ndim == 3:
            raise ValueError(f"{name} has shape {rows.shape}; token ids are (n, time).")
        rows = list(as_ids(rows, name))
    else:
        rows = [as_ids(row, f"{name}[{i}]") for i, row in enumerate(rows)]
    rows = [row[: row_lengths(row[None])[0]] for row in rows]
    for i, row in enumerate(rows):
        if len(row) and not row.all():
            raise ValueError(
                f"{name} has id 0 at row {i}, step {int(np.argmin(row))}, before its last id; 0 is "
                "padding and stands at the right only. Move padding to the right, or add 1 to "
                "every id if 0 means something."
            )
    return rows
