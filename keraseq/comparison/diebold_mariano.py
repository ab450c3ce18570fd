"""Two fitted forecasters on the same origins."""

import numpy as np
from scipy import stats
from sklearn.utils import Bunch

from keraseq._checks import check_choice, check_integer


def diebold_mariano(first, second, y, start, *, loss="absolute"):
    """Test whether one fitted forecaster's errors are smaller than another's.

    The verdict is about these two fits, not about their architectures: another seed gives other
    forecasters, and this test does not count that. For architectures use :func:`keraseq.compare`.

    Parameters
    ----------
    first, second : fitted forecasters
        With ``predict_windows``, for equally many steps.
    y : Series, DataFrame or array
        The series; rows before `start` are history alone. Missing values (see the forecasters'
        `missing`) count in no loss, and an origin that none is known after in no mean.
    start : int
        First row to be forecast.
    loss : {"absolute", "squared"}, default="absolute"

    Returns
    -------
    sklearn.utils.Bunch
        difference (mean loss of the first less that of the second), low, high (95 %), statistic,
        p (1 where the losses never differ), origins.

    Raises
    ------
    ValueError
        If the horizons differ or there are too few origins for the horizon.

    References
    ----------
    Diebold & Mariano (1995). Comparing predictive accuracy. J. Bus. Econ. Stat. 13(3), 253-263;
    small samples corrected as by Harvey, Leybourne & Newbold (1997); gaps as by Parzen (1963).

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.baselines import NaiveForecaster
    >>> from keraseq.comparison import diebold_mariano
    >>> y = np.sin(np.arange(200) * np.pi / 6) + np.random.default_rng(0).normal(0, 0.1, 200)
    >>> seasonal, drift = (NaiveForecaster(m).fit(y[:100]) for m in ("seasonal", "drift"))
    >>> bool(diebold_mariano(seasonal, drift, y, start=100).p < 0.05)
    True
    """
    check_choice("loss", loss, ("absolute", "squared"))
    start = check_integer("start", start, 1)
    losses = [_losses(forecaster, y, start, loss) for forecaster in (first, second)]
    horizons = [values.shape[1] for values in losses]
    if len(set(horizons)) > 1:
        raise ValueError(
            f"The horizons differ, {horizons[0]} and {horizons[1]}; forecasts of different "
            "horizons have different errors to begin with."
        )
    gap = _mean_gap(*losses)
    n, horizon = int(np.sum(~np.isnan(gap))), horizons[0]
    if n < 2 * horizon + 1:
        raise ValueError(
            f"{n} origins are too few for horizon={horizon}: their errors overlap, and at least "
            f"{2 * horizon + 1} are needed. Begin earlier or give a longer y."
        )
    difference, variance = float(np.nanmean(gap)), _long_run_variance(gap, horizon)
    small_sample = (n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n
    error = np.sqrt(variance / n / small_sample)
    if variance <= 0:
        # The same at every origin: weighed as if one more stretch of `horizon` told the opposite.
        error = 2 * abs(difference) / (n / horizon + 1)
    half = stats.t.isf(0.025, n - 1) * error
    statistic = difference / error if error > 0 else 0.0
    return Bunch(
        difference=difference,
        low=difference - half,
        high=difference + half,
        statistic=statistic,
        p=float(2 * stats.t.sf(abs(statistic), n - 1)),
        origins=n,
    )


def _losses(forecaster, y, start, loss):
    """For each origin, step and target; NaN where the truth is."""
    forecast, truth = forecaster.predict_windows(y, start)
    error = np.abs(np.asarray(forecast) - np.asarray(truth))
    return error if loss == "absolute" else error**2


def _mean_gap(first, second):
    """By how much the first loses more at each origin, over the values that are known there."""
    gap = first - second
    known = (~np.isnan(gap)).sum(axis=(1, 2))
    return np.nansum(gap, axis=(1, 2)) / np.where(known > 0, known, np.nan)


def _long_run_variance(gap, horizon):
    """Variance of the mean times n: forecasts of `horizon` steps overlap with the next ones.

    The plain sum of autocovariances can be negative; then Bartlett's weights are taken.
    """
    known = ~np.isnan(gap)
    n = known.sum()
    # What is unknown enters no product; the others keep their distance in time (Parzen 1963).
    centred = np.where(known, gap - np.nanmean(gap), 0.0)
    lags = [float(centred[lag:] @ centred[: len(gap) - lag]) / n for lag in range(horizon)]
    if lags[0] <= 1e-24 * max(1.0, float(np.nanmax(np.abs(gap)))) ** 2:
        return 0.0
    plain = lags[0] + 2 * sum(lags[1:])
    if plain > 0:
        return plain
    return lags[0] + 2 * sum((1 - lag / horizon) * c for lag, c in enumerate(lags) if lag)
