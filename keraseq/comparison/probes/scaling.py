"""How costs grow with length, width and batch."""

import numpy as np
import pandas as pd
from joblib.externals.loky import ProcessPoolExecutor
from scipy import stats

from keraseq._checks import check_integer
from keraseq._quiet import many_models
from keraseq.comparison.probes._models import check_names
from keraseq.comparison.probes._tensorflow import COUNTING, require_tensorflow
from keraseq.comparison.probes._workload import Workload, weigh
from keraseq.models import find_model

_AXES = ("length", "width", "batch")
_QUANTITIES = ("train_seconds", "predict_seconds", "train_megabytes")


def scaling(
    models,
    *,
    lengths=(64, 128, 256, 512),
    widths=(32, 64, 128, 256),
    batches=(8, 16, 32, 64),
    length=128,
    width=64,
    batch=16,
    n_repeats=7,
    memory=True,
):
    """Measure seconds and memory against sequence length, width and batch, with the exponents.

    One size varies at a time, the others stay. All sizes of all models take turns, so that a
    busy moment of the machine falls on all of them, and medians are taken. Memory is the most
    that tensors take at once in a training step, beside weights and optimiser: TensorFlow counts
    them in a process of its own.

    Parameters
    ----------
    models : str or list of str
        Names of :func:`keraseq.list_models`.
    lengths, widths, batches : sequence of int
        Sizes to try, at least three each; empty for none.
    length, width, batch : int, default=128, 64, 16
        What stays when another size varies.
    n_repeats : int, default=7
    memory : bool, default=True
        False leaves memory out, and the new process with it (some ten seconds).

    Returns
    -------
    DataFrame
        ``model``; ``quantity`` ("train_seconds" a step, "predict_seconds" a batch,
        "train_megabytes"); ``axis`` ("length", "width", "batch"); ``size``; ``value``, the median;
        ``low`` and ``high``, the quartiles; ``exponent`` and ``exponent_error`` of its model,
        quantity and axis: the slope of a straight line through the logarithms, and its standard
        error. An exponent of 1 doubles the cost with the size. What a call costs at any size pulls
        exponents of small sizes down.

    Raises
    ------
    ValueError, TypeError
        For an unknown name, or too few sizes.
    RuntimeError
        If memory is asked for under another backend than TensorFlow.

    Examples
    --------
    >>> from keraseq.comparison.probes import scaling
    >>> frame = scaling(
    ...     ["gru"], lengths=(4, 8, 16), widths=(), batches=(), n_repeats=1, memory=False
    ... )
    >>> frame["size"].tolist()
    [4, 8, 16, 4, 8, 16]
    """
    names = check_names(models, Workload.task)
    n_repeats = check_integer("n_repeats", n_repeats, 1)
    base = {"width": width, "length": length, "batch": batch}
    for name, value in base.items():
        check_integer(name, value, 1)
    if memory:
        require_tensorflow("counts the memory of tensors", "Set memory=False")
    plan = _plan(base, {"length": lengths, "width": widths, "batch": batches})
    with many_models():
        runs = _time(names, plan, n_repeats)
    if memory:
        runs += _weigh(names, plan, n_repeats)
    runs.sort(key=lambda run: (names.index(run[0]), _QUANTITIES.index(run[1])))
    return _summarise(pd.DataFrame(runs, columns=["model", "quantity", "axis", "size", "value"]))


def _plan(base, axes):
    """Return (axis, size, (width, length, batch)) of every measurement."""
    plan = []
    for axis in _AXES:
        sizes = sorted({check_integer(f"{axis}s", size, 1) for size in axes[axis]})
        if len(sizes) in (1, 2):
            raise ValueError(
                f"{sizes} are too few sizes to fit how cost grows with {axis}; give at least "
                "three, or none."
            )
        plan += [(axis, size, tuple({**base, axis: size}.values())) for size in sizes]
    if not plan:
        raise ValueError("lengths, widths and batches are all empty; give one at least.")
    return plan


def _time(names, plan, n_repeats):
    """Time everything in turn, once more than is counted: the first round warms up."""
    widths = {width for _, _, (width, _, _) in plan}
    workloads = {(name, width): Workload(name, width) for name in names for width in widths}
    runs = []
    for repeat in range(n_repeats + 1):
        for axis, size, (width, *shape) in plan:
            for name in names:
                workload = workloads[name, width]
                seconds = (workload.train(*shape), workload.predict(*shape))
                if repeat:
                    both = zip(_QUANTITIES, seconds, strict=False)
                    runs += [(name, what, axis, size, value) for what, value in both]
    return runs


def _weigh(names, plan, n_repeats):
    """Weigh every size in a process that counts the bytes of its tensors."""
    specs, sizes = [find_model(name) for name in names], [size for *_, size in plan]
    worker = ProcessPoolExecutor(max_workers=1, env=COUNTING)
    try:
        found = worker.submit(weigh, specs, sizes, n_repeats).result()
    finally:
        # Not to be waited for after Ctrl-C, which may have come to this process alone.
        worker.shutdown(kill_workers=True)
    return [
        (name, _QUANTITIES[2], axis, size, value)
        for name, repeats in zip(names, found, strict=True)
        for values in repeats
        for (axis, size, _), value in zip(plan, values, strict=True)
    ]


def _summarise(runs):
    by = ["model", "quantity", "axis"]
    values = runs.groupby([*by, "size"], sort=False)["value"]
    table = values.agg(
        value="median", low=lambda v: v.quantile(0.25), high=lambda v: v.quantile(0.75)
    ).reset_index()
    fits = {
        key: fit_exponent(part["size"], part["value"])
        for key, part in table.groupby(by, sort=False)
    }
    fits = pd.DataFrame(fits, index=["exponent", "exponent_error"]).T.rename_axis(by)
    return table.join(fits, on=by)


def fit_exponent(sizes, values):
    """Return the exponent of a power law through `values`, and its standard error.

    NaN where a value is not positive: it was below what can be measured.
    """
    values = np.asarray(values, dtype=float)
    if (values <= 0).any():
        return np.nan, np.nan
    line = stats.linregress(np.log(sizes), np.log(values))
    return line.slope, line.stderr
