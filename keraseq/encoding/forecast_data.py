"""Series and what goes along with them, as arrays of equal rows."""

from dataclasses import dataclass, replace

import numpy as np

from keraseq.encoding.fill_gaps import first_origins
from keraseq.encoding.series_panel import SeriesPanel


@dataclass(frozen=True)
class ForecastData:
    """Series and what goes along with them, read and aligned but not scaled.

    Attributes
    ----------
    panel : SeriesPanel
    past : list of ndarray `(time, features)`, or None
    future : list of ndarray `(time + known ahead, features)`, or None
        NaN, as in the series, where a value is missing.
    static : ndarray `(series, features)` or None
    starts : ndarray of int `(series,)` or None
        Steps from training's first row to each series' own, where a model reads the phase.
    """

    panel: SeriesPanel
    past: list | None = None
    future: list | None = None
    static: np.ndarray | None = None
    starts: np.ndarray | None = None

    def lengths(self):
        return [len(series.values) for series in self.panel.series]

    def begins(self):
        """For each series, the first row that a value of every column comes before."""
        series = [one.values for one in self.panel.series]
        kinds = [parts for parts in (series, self.past, self.future) if parts is not None]
        return [
            max(int(first_origins(part).max()) for part in own) for own in zip(*kinds, strict=True)
        ]

    def until(self, ends):
        """The first rows of each series; covariates known ahead stay."""
        past = self.past
        if past is not None:
            past = [part[:end] for part, end in zip(past, ends, strict=True)]
        return replace(self, panel=self.panel.until(ends), past=past)


def places(panel, trained):
    """For each series, its place in training; None for those of a list, which have no names."""
    if panel.form == "list":
        return None
    known = {key: place for place, key in enumerate(trained.ids or (None,))}
    return [known[key] for key in panel.ids or (None,)]
