"""What each series and each covariate is scaled by."""

import copy

import numpy as np

from keraseq.encoding.disk_parts import DiskParts
from keraseq.encoding.disk_rows import is_on_disk
from keraseq.encoding.forecast_data import places
from keraseq.wrappers.forecasting.column_scaling import ColumnScaling


class ForecastScaling:
    """Scales by training rows: targets series by series, covariates over all series at once.

    Parameters
    ----------
    reader : ForecastReader
        Fitted.
    data : ForecastData
    n_rows : list of int
        For each series, how many rows are training's.
    """

    def __init__(self, reader, data, n_rows):
        self._reader, self._panel = reader, data.panel
        self._targets = _scale_targets(data.panel, n_rows)
        self._past, self._future = (
            None
            if parts is None
            else ColumnScaling.of(
                np.concatenate([part[:n] for part, n in zip(parts, n_rows, strict=True)]),
                name,
                reader.columns(name),
            )
            for name, parts in (("past", data.past), ("future", data.future))
        )

    def lend(self, reader, panel):
        """The same for a reader and a panel that are equal to its own, in their place."""
        lent = copy.copy(self)
        lent._reader, lent._panel = reader, panel
        return lent

    def targets(self, panel, n_rows=None):
        """A ColumnScaling for each series: training's, or for a list its own (first n rows)."""
        if panel is self._panel:
            return self._targets
        known = places(panel, self._panel)
        if known is None:
            return _scale_targets(panel, [None] * len(panel) if n_rows is None else n_rows)
        return [self._targets[place] for place in known]

    def arrays(self, data, scalings, n_after=0):
        """Rows for SeriesWindows, and how many of their last columns are known ahead.

        With `n_after` further rows, which hold only what is known ahead.
        """
        ahead = []
        if data.future is not None:
            ahead.append([self._future.apply(part) for part in data.future])
        calendar = self._reader.calendar(data.panel, n_after, self._panel)
        if calendar is not None:
            ahead.append([part.astype(np.float32) for part in calendar])
        gather = DiskParts if is_on_disk(data.panel.series[0].values) else list
        parts = gather(self._rows(data, scalings, ahead, n_after))
        return parts, sum(part[0].shape[1] for part in ahead)

    def _rows(self, data, scalings, ahead, n_after):
        for place, (series, scaling) in enumerate(zip(data.panel.series, scalings, strict=True)):
            columns = [scaling.apply(series.values)]
            if data.past is not None:
                columns.append(self._past.apply(data.past[place]))
            known = [_extend(column, n_after) for column in columns]
            known += [part[place][: len(known[0])] for part in ahead]
            yield np.concatenate(known, axis=1) if len(known) > 1 else known[0]


def _scale_targets(panel, n_rows):
    return [
        ColumnScaling.of(series.values[:n], panel.name(place), series.targets)
        for place, (series, n) in enumerate(zip(panel.series, n_rows, strict=True))
    ]


def _extend(values, n):
    if not n:
        return values
    return np.concatenate([values, np.zeros((n, values.shape[1]), np.float32)])
