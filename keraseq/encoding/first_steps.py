"""Where series begin, counted in steps from where training begins."""

import numpy as np
import pandas as pd


def first_steps(panel, trained):
    """For each series, how many steps behind the first row of training its own first row is.

    Of several series in training the earliest counts, so that equal dates have equal numbers.

    Parameters
    ----------
    panel : SeriesPanel
    trained : SeriesPanel
        Training's, which may be `panel` itself.

    Returns
    -------
    ndarray of int `(series,)`
        Negative for a series that begins before; 0 for an array, which has no dates.

    Raises
    ------
    ValueError
        For dates where training had numbers, a time zone where it had none, or the reverse.

    Examples
    --------
    >>> import pandas as pd
    >>> from keraseq.encoding.first_steps import first_steps
    >>> from keraseq.encoding.series_panel import read_panel
    >>> y = pd.Series(range(30), pd.date_range("2024-01-31", periods=30, freq="ME"))
    >>> trained = read_panel(y[:10])
    >>> first_steps(read_panel([y[3:], y[20:]]), trained).tolist()
    [3, 20]
    """
    dated = [series for series in trained.series if series.is_dated]
    if not dated:
        return np.zeros(len(panel), dtype=np.int64)
    kind = index_kind(dated[0].index)
    for place, series in enumerate([*dated, *panel.series]):
        if series.is_dated and index_kind(series.index) != kind:
            name = panel.name(max(0, place - len(dated)))
            raise ValueError(
                f"{name} has {index_kind(series.index)}, where training had {kind}: where in its "
                "season it begins cannot be told. Give it the same kind of index."
            )
    origin = min(dated, key=lambda series: series.index[0])
    return np.array(
        [_first_step(series, origin) if series.is_dated else 0 for series in panel.series]
    )


def index_kind(index):
    """What kind of labels an index has, in words; those of one kind compare."""
    if isinstance(index, pd.PeriodIndex):
        return f"periods ({index.freqstr})"
    if isinstance(index, pd.DatetimeIndex):
        return "dates without a time zone" if index.tz is None else "dates with a time zone"
    return "numbers as its index"


def _first_step(series, origin):
    """By the rows of `origin` as far as they reach, then by its step."""
    known, first = origin.index, series.index[:1]
    if getattr(known, "tz", None) is not None:
        first = first.tz_convert(known.tz)
    if known[0] <= first[0] <= known[-1]:
        return int(known.searchsorted(first[0], side="right")) - 1
    step = series.step if origin.step is None else origin.step
    if first[0] > known[-1]:
        return len(known) - 1 + _count(step, known[-1:].append(first))
    return -_count(step, first.append(known[:1]))


def _count(step, pair):
    """Steps from the first label to the second; to the nearest one where it is on none."""
    place = step.grid(pair)[1][1]
    return int(place) if place >= 0 else round(step.count(pair))
