"""Shapes that arrays of sequences may have."""

from keraseq.encoding.convert import refuse_other_dtypes


def check_array(X, name):
    """Raise unless an array is `(n, time)` or `(n, time, channels)`, none of them 0, of numbers."""
    refuse_other_dtypes(X, name)
    if X.ndim > 3:
        raise ValueError(
            f"{name} has shape {X.shape}, but it may be (n, time) or (n, time, channels) only. "
            f"Reshape your data: {name}.reshape(*{name}.shape[:2], -1) joins the last axes."
        )
    if X.ndim < 2:
        raise ValueError(
            f"Expected 2D array (n, time) or 3D array (n, time, channels), got {name} of shape "
            f"{X.shape} instead. Reshape your data: {name}.reshape(1, -1) if it is one sequence, "
            f"{name}.reshape(-1, 1) if every number is a sequence of one step."
        )
    if X.ndim == 3 and (X.shape[1] == 0 or X.shape[2] == 0):
        raise ValueError(f"{name} has shape {X.shape}; it needs at least one step and channel.")
    if 0 in X.shape:
        what = "feature(s)" if len(X) else "sample(s)"
        raise ValueError(
            f"{name} is empty: found array with 0 {what} (shape={X.shape}) while a minimum of 1 "
            "is required."
        )


def check_cell(array, row, name):
    """Raise unless the array of one row is `(time,)` or `(time, channels)`, of numbers."""
    refuse_other_dtypes(array, f"{name}[{row}]")
    if array.ndim not in (1, 2):
        raise ValueError(
            f"{name} has shape {array.shape} in row {row}; a sequence is (time,) or "
            f"(time, channels). Reshape your data: one sequence goes into a list, [{name}]."
        )


def with_channels(arrays, name):
    """Make every row `(time, channels)`; an empty list fits any number of channels."""
    shapes = {}
    for row, array in enumerate(arrays):
        if array.shape != (0,):
            shapes.setdefault(array.shape[1:], row)
    if len(shapes) > 1:
        said = " and ".join(f"{shape or '(time,)'} in row {row}" for shape, row in shapes.items())
        raise ValueError(
            f"{name} has sequences of different channels (shape after time: {said}); all must be "
            "(time,), or all (time, channels) with the same number of channels."
        )
    n_channels = (*next(iter(shapes), ()), 1)[0]
    if n_channels == 0:
        raise ValueError(f"{name} has sequences of 0 channels; at least 1 is required.")
    return [array.reshape(len(array), n_channels) for array in arrays]
