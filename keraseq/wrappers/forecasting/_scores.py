"""Scores of a tidy frame of forecasts."""

import numpy as np
import pandas as pd


def score_table(forecasts, by, coverage):
    """Average errors over the rows of each group.

    Parameters
    ----------
    forecasts : DataFrame
        Of :class:`Backtest`.
    by : list of str
        Columns to group by.
    coverage : float or None
        Claimed by the intervals.

    Returns
    -------
    DataFrame
        MAE, RMSE, MSE, MASE, sMAPE, pinball, coverage, n_forecasts.
    """
    truth, forecast = forecasts["truth"], forecasts["forecast"]
    error = forecast - truth
    size = truth.abs() + forecast.abs()
    rows = {
        "MAE": error.abs(),
        "MSE": error**2,
        "MASE": error.abs() / forecasts["scale"],
        "sMAPE": (200 * error.abs() / size.where(size > 0)).fillna(0.0),
    }
    if coverage is not None:
        lower, upper = forecasts["lower"], forecasts["upper"]
        tail = (1 - coverage) / 2
        rows["pinball"] = (
            _pinball(truth, lower, tail)
            + _pinball(truth, forecast, 0.5)
            + _pinball(truth, upper, 1 - tail)
        ) / 3
        rows["coverage"] = ((lower <= truth) & (truth <= upper)).where(lower.notna()).astype(float)
    groups = pd.DataFrame(rows).groupby([forecasts[c] for c in by], sort=False, observed=True)
    scores = groups.mean()
    scores.insert(1, "RMSE", np.sqrt(scores["MSE"]))
    scores["n_forecasts"] = groups.size()
    return scores


def _pinball(truth, forecast, level):
    error = truth - forecast
    return np.maximum(level * error, (level - 1) * error)
