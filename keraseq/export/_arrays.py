"""Arrays as one block of bytes in the safetensors format, which can hold nothing else."""

import math

import numpy as np

from keraseq.export._json import read_json, write_json

_NAMES = {
    "bool": "BOOL",
    **{f"{sign}int{bits}": f"{sign.upper() or 'I'}{bits}" for sign in ("", "u")
       for bits in (8, 16, 32, 64)},
    **{f"float{bits}": f"F{bits}" for bits in (16, 32, 64)},
    "bfloat16": "BF16",
}  # fmt: skip
_DTYPES = {name: dtype for dtype, name in _NAMES.items()}
_MOST_HEADER = 2**26


def is_storable(dtype):
    """Whether arrays of a dtype have a place in the format."""
    return dtype.name in _NAMES and dtype.isnative


def pack_arrays(arrays):
    """Return named arrays as a list of buffers.

    Parameters
    ----------
    arrays : dict of str to ndarray
        C-contiguous, of dtypes that are storable.
    """
    header, end = {}, 0
    for name, array in arrays.items():
        begin, end = end, end + array.nbytes
        header[name] = {
            "dtype": _NAMES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [begin, end],
        }
    text = write_json(header)
    text += b" " * (-len(text) % 8)
    data = [array.reshape(-1).view(np.uint8) for array in arrays.values() if array.nbytes]
    return [len(text).to_bytes(8, "little"), text, *map(memoryview, data)]


def unpack_arrays(data):
    """Return the arrays of a block of bytes by their names.

    Raises
    ------
    ValueError
        Where names, dtypes, shapes and sizes do not fit each other and the block.
    """
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(len(data) - 8, _MOST_HEADER):
        raise ValueError("the header of the arrays is longer than the file")
    block, arrays, end = memoryview(data)[8 + size :], {}, 0
    for name, facts in read_json(data[8 : 8 + size]).items():
        dtype, shape, begin, stop = _check(name, facts)
        if begin != end:
            raise ValueError(f"the array {name!r} begins at byte {begin}, not at {end}")
        end = stop
        if math.prod(shape) * dtype.itemsize != stop - begin or stop > len(block):
            raise ValueError(f"the array {name!r} is not of the size of its shape {shape}")
        # A copy of its own: aligned, writable, and not the whole block kept for one array.
        arrays[name] = np.frombuffer(block[begin:stop], dtype).reshape(shape).copy()
    if end != len(block):
        raise ValueError(f"{len(block) - end} bytes of the arrays belong to none of them")
    return arrays


def _check(name, facts):
    if set(facts) != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"the array {name!r} is described by {sorted(facts)}")
    shape, offsets = facts["shape"], facts["data_offsets"]
    if facts["dtype"] not in _DTYPES:
        raise ValueError(f"the array {name!r} has the dtype {facts['dtype']!r}")
    numbers = [*shape, *offsets]
    if len(offsets) != 2 or any(type(n) is not int or n < 0 for n in numbers) or len(shape) > 32:
        raise ValueError(f"the array {name!r} has the shape {shape} at {offsets}")
    return numpy_dtype(_DTYPES[facts["dtype"]]), tuple(shape), *offsets


def numpy_dtype(name):
    """A dtype by its name; bfloat16 is known once its package is there."""
    if name == "bfloat16":
        import ml_dtypes  # noqa: F401
    return np.dtype(name)
