"""Forecasts of the test part from every origin, beside naive ones, and what they score."""

from dataclasses import dataclass

import numpy as np

from keraseq._progress import progress_bar
from keraseq.baselines import drift, mase_scale, seasonal_naive
from keraseq.cli.saving import save_plot
from keraseq.encoding.fill_gaps import known_before


@dataclass(frozen=True)
class Tested:
    """A series and its forecasts.

    Attributes
    ----------
    name : str or None
    dates : array `(time,)`
    values : ndarray `(time, targets)`
        NaN where missing.
    truth : ndarray `(windows, horizon, targets)`
    ways : dict of str to ndarray like `truth`
        By the model first, then in naive ways.
    scale : ndarray `(targets,)`
        What MASE divides by.
    """

    name: str | None
    dates: object
    values: np.ndarray
    truth: np.ndarray
    ways: dict
    scale: np.ndarray

    def mase(self, way):
        """NaN where training repeats itself exactly, so that there is nothing to divide by."""
        errors = np.abs(self.ways[way] - self.truth) / self.scale
        return np.nan if np.isnan(errors).all() else np.nanmean(errors)


def forecast_tests(model, data):
    """Let a fitted model and its naive rivals forecast the test part of every series."""
    tested = []
    with progress_bar(len(data), desc="forecast", unit="series", leave=False) as bar:
        for name, rows in data.each():
            start = data.starts[name]
            values = rows[data.targets].to_numpy(dtype=float)
            forecast, truth = model.predict_windows(rows, start)
            n, horizon, _ = truth.shape
            rivals = naive_forecasts(values, range(start, start + n), horizon, data.season)
            scale = mase_scale(values[: data.n_train or start], data.season)
            ways = {model.model: forecast, **rivals}
            tested.append(Tested(name, rows[data.date].array, values, truth, ways, scale))
            bar.update()
    return tested


def naive_forecasts(values, origins, horizon, season):
    """Forecast from each origin in every naive way; name -> `(origins, horizon, targets)`."""
    known = known_before(values)
    pasts = [known(origin) for origin in origins]
    ways = {
        "last value repeated": lambda past: seasonal_naive(past, horizon),
        "line through first and last": lambda past: drift(past, horizon),
    }
    if season > 1:
        ways[f"last {season} steps repeated"] = lambda past: seasonal_naive(past, horizon, season)
    return {name: np.stack([way(past) for past in pasts]) for name, way in ways.items()}


def scores(tested):
    """What each way scores, in words; the model's first."""
    if len(tested) > 1:
        return {way: _scaled_errors(tested, way) for way in tested[0].ways}
    return {way: errors(forecast, tested[0].truth) for way, forecast in tested[0].ways.items()}


def errors(forecast, truth):
    """MSE with its standard error over windows side by side, and MAE; of what is not missing."""
    wrong = forecast - truth
    wrong = wrong[~np.isnan(wrong).all(axis=(1, 2))]
    squared = np.nanmean(wrong**2, axis=(1, 2))
    uncertain = squared.std() / np.sqrt(max(1, len(wrong) // wrong.shape[1]))
    return f"MSE {np.nanmean(wrong**2):.4g} ± {uncertain:.2g}, MAE {np.nanmean(np.abs(wrong)):.4g}"


def _scaled_errors(tested, way):
    """MASE, averaged over series, with its standard error over them."""
    each = np.array([one.mase(way) for one in tested])
    each = each[~np.isnan(each)]
    said = f"MASE {each.mean():.3f}"
    return said if len(each) < 2 else f"{said} ± {each.std(ddof=1) / np.sqrt(len(each)):.2g}"


def series_by_series(tested):
    """How often the model beats the best naive way, in words."""
    model, *rivals = tested[0].ways
    known = [one for one in tested if not np.isnan(one.mase(model))]
    best = min(rivals, key=lambda way: sum(one.mase(way) for one in known))
    gaps = np.array([one.mase(model) - one.mase(best) for one in known])
    worst = known[gaps.argmax()]
    said = (
        f"better than {best} in {(gaps < 0).sum()} of {len(known)}; worst beside it in "
        f"{worst.name!r}: MASE {worst.mase(model):.3f} against {worst.mase(best):.3f}"
    )
    if len(known) < len(tested):
        said += f"; {len(tested) - len(known)} without a MASE, since their training parts repeat"
    return said


def plot_forecasts(options, tested):
    """Draw the last forecast of a series beside the best naive one."""
    import matplotlib.pyplot as plt

    model, *rivals = tested.ways
    best = min(rivals, key=tested.mase)
    horizon, values = tested.truth.shape[1], tested.values[:, 0]
    title = f"{options.data if tested.name is None else tested.name}: the last {horizon} steps"
    axes, dates = plt.subplots(layout="constrained", figsize=(7, 4))[1], tested.dates
    axes.set(title=title, ylabel=options.target)
    axes.plot(dates[-4 * horizon :], values[-4 * horizon :], color="black", label="truth")
    for way in (model, best):
        axes.plot(dates[-horizon:], tested.ways[way][-1][:, 0], label=way)
    axes.tick_params(axis="x", rotation=30)
    axes.legend()
    save_plot(options, axes.figure)
