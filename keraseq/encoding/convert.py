"""Whatever holds numbers, as floats or token ids, with nothing lost on the way."""

import decimal
import numbers

import numpy as np

from keraseq._checks import shown
from keraseq.encoding.exact_integers import EXACT_FLOAT64
from keraseq.encoding.missing import missing_values
from keraseq.encoding.row_blocks import row_blocks

FLOAT32 = np.finfo(np.float32)
_FLOAT32_MAX = float(FLOAT32.max)
_LARGEST_ID = 2**24


def as_floats(values, name, row=None, first=0):
    """Return an array as float32 or float64, whichever holds its values.

    Parameters
    ----------
    values : ndarray
        Of any dtype and rank.
    name : str
        What errors call it.
    row : int, optional
        Which row of X it is; by default the first axis is the rows'.
    first : int, default=0
        Which row of X the first one is.

    Raises
    ------
    TypeError
        For strings, dates and objects that are not numbers.
    ValueError
        For complex numbers, infinities and numbers that a float cannot hold.
    """
    refuse_other_dtypes(values, name)
    with np.errstate(over="ignore"):
        floats = _objects_as_floats(values, name) if values.dtype.kind == "O" else _floats(values)
    for block in row_blocks(floats) if floats.ndim else (...,):
        start = first if block is ... else first + block.start
        _check_range(values[block], floats[block], name, row, start)
    return floats


def _check_range(values, floats, name, row, first):
    magnitude = np.abs(floats)
    # Written as a negation so that NaN, which is for the encoder to judge, passes.
    if not (magnitude > _FLOAT32_MAX).any():
        if values.dtype.kind in "iuO" and (magnitude >= EXACT_FLOAT64).any():
            _refuse_inexact(values, floats, name)
        return
    place = tuple(np.argwhere(magnitude > _FLOAT32_MAX)[0])
    if row is not None:
        said = describe_place((row, *place))
    else:
        said = describe_place((first + place[0], *place[1:]) if place else ())
    value = values[place]
    if np.isinf(floats[place]) and not isinstance(value, numbers.Integral):
        raise ValueError(
            f"Input {name} contains infinity (inf): {said}; replace the value or drop it."
        )
    raise ValueError(
        f"Input {name} contains {value}, too large for float32 ({said}); divide the values by a "
        "constant, or take their logarithm."
    )


def as_ids(values, name):
    """Return a 1-D or 2-D array of token ids as int32; NaN, which pads, becomes 0.

    Raises
    ------
    TypeError, ValueError
        If it holds anything but whole numbers from 0 to 2**24 (each id is a row of the embedding).
    """
    if values.dtype.kind == "b":
        raise TypeError(f"{name} holds booleans; token ids are integers.")
    if values.dtype.kind not in "iu":
        values = as_floats(values, name)
        if (values != np.floor(values))[~np.isnan(values)].any():
            wrong = values[(values != np.floor(values)) & ~np.isnan(values)][0]
            raise ValueError(f"{name} holds {wrong}; token ids are whole numbers.")
        values = np.where(np.isnan(values), 0, values)
    if values.size and (values.min() < 0 or values.max() > _LARGEST_ID):
        raise ValueError(
            f"{name} holds token ids from {values.min()} to {values.max()}; they must lie between "
            f"0 (padding) and {_LARGEST_ID}. Number them consecutively from 1 if they are codes of "
            "another kind: numpy.unique(ids, return_inverse=True)[1] + 1."
        )
    return values.astype(np.int32)


def refuse_other_dtypes(values, name):
    """Raise unless an array's dtype may hold numbers."""
    kind = values.dtype.kind
    if kind == "c":
        raise ValueError(f"Complex data not supported: {name} is {values.dtype}.")
    if kind in "mM":
        raise TypeError(
            f"{name} holds dates or durations ({values.dtype}); give them as numbers, such as "
            "hours since the first step."
        )
    if kind in "UST":
        raise TypeError(f"{name} holds strings where numbers should be.")
    if kind not in "biufO":
        raise TypeError(f"{name} holds {values.dtype}; a sequence is of numbers or strings.")


def _floats(values):
    small = values.dtype.kind in "biu" and values.dtype.itemsize <= 2
    if small or values.dtype in (np.float16, np.float32):
        return values.astype(np.float32, copy=False)
    return values.astype(np.float64, copy=False)


def _objects_as_floats(values, name):
    missing = missing_values(values)
    if missing.any():
        values = np.where(missing, np.nan, values)
    _refuse_other_objects(values, name)
    try:
        return values.astype(np.float64)
    except OverflowError:
        raise ValueError(f"Input {name} contains an integer too large for float32.") from None
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} holds values that are not numbers: {error}.") from None


def _refuse_other_objects(values, name):
    """Raise for objects of which float() would make another number, or of strings any number."""
    for kind in set(map(type, values.flat)):
        if issubclass(kind, str | bytes | complex | np.complexfloating):
            value = shown(next(value for value in values.flat if type(value) is kind))
            if issubclass(kind, str | bytes):
                raise TypeError(
                    f"{name} holds strings where numbers should be, such as {value}; the "
                    "argument must be a string sequence or a number sequence, not a mixture."
                )
            raise ValueError(f"Complex data not supported: {name} holds {value}.")
        if issubclass(kind, np.datetime64 | np.timedelta64):
            refuse_other_dtypes(np.empty(0, kind), name)


def _refuse_inexact(values, floats, name):
    large = np.abs(floats) >= EXACT_FLOAT64
    for value, rounded in zip(values[large], floats[large], strict=True):
        exact = isinstance(value, numbers.Rational | decimal.Decimal)
        if exact and int(value) != int(rounded):
            raise ValueError(
                f"{name} holds {value}, an integer that no float holds exactly; subtract a "
                "constant, or convert it yourself by .astype(float) if the loss is meant."
            )


def describe_place(place):
    """Return "row 3, step 17" for the indices (3, 17)."""
    return ", ".join(
        f"{axis} {i}" for axis, i in zip(("row", "step", "channel"), place, strict=False)
    )
