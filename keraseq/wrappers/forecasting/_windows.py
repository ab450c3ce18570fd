"""Windows of many series, cut when a batch needs them."""

import functools
from dataclasses import dataclass, replace

import numpy as np

from keraseq._keras import keras
from keraseq.encoding.disk_parts import DiskParts
from keraseq.encoding.fill_gaps import FilledGaps, first_origins
from keraseq.training.batches import batch_spec, predict_batch

_BATCH = 256


@dataclass(frozen=True)
class SeriesWindows:
    """Every history that a model reads, as places in one array of rows.

    Attributes
    ----------
    rows : ndarray `(time, channels)` float32
        All series one after another: targets, covariates of the past, covariates of the future;
        NaN where a value is missing.
    origins : ndarray of int
        For each window, the first row to be forecast.
    series : ndarray of int
        For each window, the series that it is cut from.
    lookback, horizon, n_targets, n_future : int
    static : ndarray `(series, features)` or None
    has_covariates : bool
        The model takes a dict.
    gaps : FilledGaps, optional
        What a model reads in place of missing rows.
    season : int, optional
        Where a model reads the phase, what that is counted in.
    shifts : ndarray of int `(series,)`, optional
        What a row's place in `rows` lacks to its steps since training's first row.
    starts : ndarray of int `(series,)`, optional
        Each series' first row in `rows`: a history is not read beyond it.
    weights : ndarray `(series, 1)` or `(series, 1, 1)`, optional
        What an error counts in the loss.
    n_known : int, default=0
        Steps ahead of the origins whose known covariates are in `rows`, where these are more than
        those to be forecast.
    """

    rows: np.ndarray
    origins: np.ndarray
    series: np.ndarray
    lookback: int
    horizon: int
    n_targets: int
    n_future: int = 0
    static: np.ndarray | None = None
    has_covariates: bool = False
    gaps: FilledGaps | None = None
    season: int | None = None
    shifts: np.ndarray | None = None
    starts: np.ndarray | None = None
    weights: np.ndarray | None = None
    n_known: int = 0

    def __len__(self):
        return len(self.origins)

    def take(self, index):
        return replace(self, origins=self.origins[index], series=self.series[index])

    def past(self, n=None):
        """The histories `(windows, lookback, channels)`, when n steps are to be forecast.

        A shorter one is padded with NaN behind its last step, as a body reads it.
        """
        return pad_behind(self.history(n))

    def history(self, n=None):
        """The same, each ending with its last step: a shorter one has NaN before its first."""
        steps = np.arange(-self.lookback, 0)
        if self._are_long:
            return self._read(steps, n)
        own = (self.origins - self.starts[self.series])[:, None]
        values = self._read(np.maximum(steps, -own), n)
        return np.where((steps < -own)[..., None], np.float32(np.nan), values)

    @property
    def _are_long(self):
        """Whether no history begins before its series does."""
        if self.starts is None or not len(self):
            return True
        return (self.origins - self.starts[self.series]).min() >= self.lookback

    @property
    def are_full(self):
        """Whether every history has a value at every step."""
        return self.gaps is None and self._are_long

    def future(self, n, n_steps):
        """The covariates of `n_steps` steps; beyond those known, the n forecast, of the last."""
        known = max(n, self.n_known)
        ahead = self._read(np.minimum(np.arange(n_steps), known - 1), n)
        return ahead[..., self.rows.shape[1] - self.n_future :]

    def phase(self, ahead=0):
        """Where in the season the step lies that is `ahead` of each origin, `(windows,)`."""
        return ((self.origins + self.shifts[self.series] + ahead) % self.season).astype(np.int32)

    def _read(self, steps, n):
        """Rows as they look from each origin, where covariates are known n steps ahead."""
        places = self.origins[:, None] + steps
        if self.gaps is None:
            return self.rows[places]
        ahead = np.zeros(self.rows.shape[1], dtype=int)
        ahead[len(ahead) - self.n_future :] = self.horizon if n is None else max(n, self.n_known)
        return self.gaps.at(places, self.origins[:, None, None] + ahead)

    @property
    def lacks_truth(self):
        return self.gaps is not None and np.isnan(self.rows[:, : self.n_targets]).any()

    def with_truth(self):
        """Those that any value follows."""
        if not self.lacks_truth:
            return self
        seen = ~np.isnan(self.rows[:, : self.n_targets]).all(axis=1)
        before = np.cumsum([0, *seen])
        return self.take(before[self.origins + self.horizon] > before[self.origins])

    def truth(self, n=None):
        """What followed, `(windows, n, targets)`, by default `horizon` steps; NaN where missing."""
        steps = self.origins[:, None] + np.arange(self.horizon if n is None else n)
        return self.rows[steps][..., : self.n_targets]

    def inputs(self, past=None, future=None, ahead=0):
        """What the model takes, to forecast from the origins or from steps ahead of them."""
        past = self.past() if past is None else past
        if not self.has_covariates and self.shifts is None:
            return past
        inputs = {"past": past}
        if self.n_future:
            inputs["future"] = self.future(self.horizon, self.horizon) if future is None else future
        if self.static is not None:
            inputs["static"] = self.static[self.series]
        if self.shifts is not None:
            inputs["phase"] = self.phase(ahead)
        return inputs

    def forecast(self, model, n, centre=None, shrinkage=None):
        """Forecast n steps from every origin, beyond the horizon by going on from the forecast.

        Parameters
        ----------
        model : keras.Model
        n : int
        centre : int, optional
            The quantile to go on from, where the model gives quantiles.
        shrinkage : Shrinkage, optional
            Towards a naive forecast.

        Returns
        -------
        ndarray `(windows, n, targets)` or `(windows, n, targets, quantiles)`
        """
        batches = [
            self.take(slice(start, start + _BATCH))._roll(model, n, centre, shrinkage)
            for start in range(0, len(self), _BATCH)
        ]
        return np.concatenate(batches)

    def _roll(self, model, n, centre, shrinkage):
        history, ahead = self.history(n), []
        n_blocks = -(-n // self.horizon)
        future = self.future(n, n_blocks * self.horizon)
        for block in np.split(future, n_blocks, axis=1):
            history, done = history[:, -self.lookback :], len(ahead) * self.horizon
            values = predict_batch(model, self.inputs(pad_behind(history), block, done))
            if shrinkage is not None:
                values = shrinkage.apply(values, history, centre)
            ahead.append(values)
            if len(ahead) < n_blocks:
                point = values if centre is None else values[..., centre]
                history = np.concatenate([history, np.concatenate([point, block], axis=-1)], axis=1)
        return np.concatenate(ahead, axis=1)[:, :n]


def pad_behind(history):
    """Move the NaN steps that a history `(windows, time, channels)` begins with to its end."""
    if not np.isnan(history[:, 0]).all(axis=-1).any():
        return history
    n_absent = np.isnan(history).all(axis=-1).sum(axis=1)
    places = (np.arange(history.shape[1]) + n_absent[:, None]) % history.shape[1]
    return np.take_along_axis(history, places[..., None], axis=1)


class WindowBatches:
    """Batches of windows for `fit_model`, cut one by one.

    Parameters
    ----------
    windows : SeriesWindows
    batch_size : int
    most : int
        Windows of a pass: drawn anew for each epoch with a seed, else evenly spread.
    seed : int, optional
        Draws each epoch's order from it and `epoch`, which a fit sets.

    Attributes
    ----------
    dataset : tf.data.Dataset or keras.utils.PyDataset
    """

    def __init__(self, windows, batch_size=_BATCH, *, most, seed=None):
        self._windows, self._batch_size, self._seed = windows, batch_size, seed
        self._n = min(most, len(windows))
        self.epoch = 0

    @functools.cached_property
    def signature(self):
        """What all batches have in common, None for their size."""
        first = _with_weights(self._windows.take(np.arange(1)))
        return keras.tree.map_structure(lambda part: batch_spec(part, 1), first)

    @property
    def are_full(self):
        """Whether no history has padding."""
        return self._windows.are_full

    @functools.cached_property
    def dataset(self):
        # It subclasses Keras, which the refusal of bad input does without.
        from keraseq.training.datasets import lend_dataset

        return lend_dataset(self, self.signature)

    def __len__(self):
        return -(-self._n // self._batch_size)

    def generate(self):
        """Yield the batches of an epoch."""
        total = len(self._windows)
        if self._seed is None:
            order = np.linspace(0, total - 1, self._n).round().astype(np.int64)
        else:
            order = self._draw(np.random.default_rng([self._seed, self.epoch]))
        for start in range(0, self._n, self._batch_size):
            batch = self._windows.take(order[start : start + self._batch_size])
            yield _with_weights(batch)

    def _draw(self, generator):
        """Windows of a pass: of series of unlike length as many of each, as N-BEATS draws them.

        Else a short one, whose forecast counts as much, would hardly be seen.
        """
        _, counts = np.unique(self._windows.series, return_counts=True)
        if counts.min() == counts.max():
            return generator.permutation(len(self._windows))[: self._n]
        chosen = generator.permutation(np.arange(self._n) % len(counts))
        starts = np.cumsum([0, *counts[:-1]])
        return starts[chosen] + generator.integers(0, counts[chosen])


def _with_weights(windows):
    """Inputs and truth, and where series weigh differently what each window counts."""
    if windows.weights is None:
        return windows.inputs(), windows.truth()
    return windows.inputs(), windows.truth(), windows.weights[windows.series]


def cut_windows(parts, lookback, horizon, *, first=None, last=None, phase_starts=None, **settings):
    """Make windows of every origin from row `first` to the last that has `horizon` rows of truth.

    Parameters
    ----------
    parts : list of ndarray `(time, channels)`
        For each series.
    first, last : list of int, optional
        For each series: the first origin (`lookback` by default; later where a column has no value
        before it), and the row behind the last that may be forecast (the end by default).
    phase_starts : ndarray of int, optional
        For each series: steps from training's first row to its own.
    **settings
        Further fields of SeriesWindows.
    """
    first = [lookback] * len(parts) if first is None else first
    last = [len(part) for part in parts] if last is None else last
    starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
    gaps = FilledGaps.of(parts) if any(np.isnan(part).any() for part in parts) else None
    if gaps is not None:
        first = np.maximum(first, [first_origins(part).max() for part in parts])
    origins = [
        start + np.arange(low, high - horizon + 1)
        for start, low, high in zip(starts, first, last, strict=True)
    ]
    if isinstance(parts, DiskParts):
        rows = parts.whole
    else:
        rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
    series = np.repeat(np.arange(len(parts)), [len(o) for o in origins])
    origins = np.concatenate(origins)
    shifts = None if phase_starts is None else phase_starts - starts
    settings = {**settings, "gaps": gaps, "shifts": shifts, "starts": starts}
    return SeriesWindows(rows, origins, series, lookback, horizon, **settings)
