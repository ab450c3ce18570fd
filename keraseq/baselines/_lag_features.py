"""The rows that trees read to forecast: lags, relative to the naive forecast."""

from dataclasses import dataclass

import numpy as np

from keraseq.baselines._series_rival import filled, first_step

_LAGS = 12
_COVARIATE_LAGS = 3


@dataclass(frozen=True)
class LagFeatures:
    """Rows of features for pairs of an origin and a step ahead.

    Attributes
    ----------
    horizon, season : int
    """

    horizon: int
    season: int

    @property
    def needed(self):
        """Rows of history below which there is no naive forecast."""
        return self.season

    def draw(self, data, first, last, most, generator):
        """Draw at most so many pairs, and return their features and scaled truths.

        Parameters
        ----------
        data : ForecastData
        first, last : list of int
            For each series, the first origin, and behind the last row that may be forecast.
        """
        targets = len(data.panel.targets)
        counts = [
            max(0, end - begin) * self.horizon * targets
            for begin, end in zip(first, last, strict=True)
        ]
        total = sum(counts)
        drawn = np.arange(total)
        if total > most:
            drawn = np.unique(generator.randint(total, size=most))
        parts = []
        for place, pairs in enumerate(np.split(drawn, np.searchsorted(drawn, np.cumsum(counts)))):
            if not len(pairs):
                continue
            shape = (last[place] - first[place], self.horizon, targets)
            origins, ahead, columns = np.unravel_index(pairs - sum(counts[:place]), shape)
            origins = origins + first[place]
            known = origins + ahead < last[place]
            if known.any():
                drawn_of = (each[known] for each in (origins, ahead, columns))
                parts.append(self._with_truth(data, place, *drawn_of))
        if not parts:
            return np.empty((0, 0)), np.empty(0)
        rows, truth = (np.concatenate(part) for part in zip(*parts, strict=True))
        return rows[~np.isnan(truth)], truth[~np.isnan(truth)]

    def _with_truth(self, data, place, origins, ahead, columns):
        """Features and scaled truths of pairs of one series."""
        rows, truths = [], []
        for column in np.unique(columns):
            at = columns == column
            features, base, scale = self.of(data, place, column, origins[at], ahead[at])
            truth = data.panel.series[place].values[origins[at] + ahead[at], column]
            rows.append(features)
            truths.append((truth - base) / scale)
        return np.concatenate(rows), np.concatenate(truths)

    def of(self, data, place, column, origins, ahead):
        """Return features, naive forecasts and scales of pairs of one series and target.

        Parameters
        ----------
        origins, ahead : ndarray of int `(pairs,)`
            Rows known, and steps beyond them, from 0 on.
        """
        values = filled(data.panel.series[place].values[:, [column]])[:, 0]
        start, season = first_step(data, place), self.season
        repeated = origins - self.season + ahead % self.season
        changes = np.full(len(values), np.nan)
        changes[season:] = values[season:] - values[:-season]
        size = _running_mean(np.abs(changes), origins)
        scale = np.where(size > 0, size, 1.0)
        last, base = values[origins - 1], values[repeated]
        lags = np.arange(1, _LAGS + 1)
        parts = [
            ahead[:, None] + 1.0,
            (start + origins + ahead)[:, None] % season,
            np.full((len(origins), 1), float(column)),
            (last - base)[:, None] / scale[:, None],
            (_at(values, origins[:, None] - lags[1:]) - last[:, None]) / scale[:, None],
            _at(changes, origins[:, None] - lags) / scale[:, None],
            _at(changes, repeated[:, None] - season * np.arange(2)) / scale[:, None],
            (_at(values, repeated[:, None] + [-1, 1], origins) - base[:, None]) / scale[:, None],
            *(
                (_recent_mean(values, origins, n) - base)[:, None] / scale[:, None]
                for n in (max(season, 4), 4 * max(season, 4))
            ),
            *(
                _recent_mean(of, origins, max(season, 4))[:, None] / scale[:, None]
                for of in (changes, np.abs(changes))
            ),
            ((last - values[0]) / np.maximum(origins - 1, 1) * (ahead + 1) / scale)[:, None],
            *self._covariates(data, place, origins, ahead, repeated),
        ]
        return np.concatenate(parts, axis=1), base, scale

    def _covariates(self, data, place, origins, ahead, repeated):
        if data.past is not None:
            past = data.past[place]
            for lag in range(1, _COVARIATE_LAGS + 1):
                yield _at(past, origins - lag)
        if data.future is not None:
            future = data.future[place]
            yield _at(future, origins + ahead)
            yield _at(future, origins + ahead) - _at(future, repeated)
        if data.static is not None:
            yield np.repeat(data.static[[place]], len(origins), axis=0)


def _at(values, rows, ends=None):
    """Values at rows, NaN before the first one and from `ends` on."""
    absent = rows < 0 if ends is None else (rows < 0) | (rows >= ends[:, None])
    found = values[np.where(absent, 0, rows)].astype(float)
    found[absent] = np.nan
    return found


def _running_mean(values, ends):
    """The mean of what is known in the rows before each end."""
    total = np.cumsum(np.nan_to_num(values))[ends - 1]
    return total / np.maximum(np.cumsum(~np.isnan(values))[ends - 1], 1)


def _recent_mean(values, ends, n):
    """The mean of what is known in the last n rows before each end."""
    totals = np.concatenate([[0.0], np.cumsum(np.nan_to_num(values))])
    counts = np.concatenate([[0], np.cumsum(~np.isnan(values))])
    begins = np.maximum(ends - n, 0)
    return (totals[ends] - totals[begins]) / np.maximum(counts[ends] - counts[begins], 1)
