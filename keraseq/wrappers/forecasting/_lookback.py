"""How many steps of history a forecaster reads, and how many of them are joined to a patch."""

from collections import Counter

import numpy as np

from keraseq._checks import check_integer
from keraseq.baselines import find_season
from keraseq.models import find_model, is_registered
from keraseq.wrappers._auto import is_auto

_LONGEST_LOOKBACK = 720
_PATCHES_A_HISTORY = 30
# So that a budget of 30,000 leaves the body most; 13 steps ahead they are 769 steps.
_SKIP_WEIGHTS = 10_000
# Series and rows that suffice to find a season by.
_SERIES_READ, _ROWS_READ = 30, 2_000


def choose_lookback(forecaster, panel, season):
    """Return the lookback, and the shortest history that is read.

    By default at most 720 steps and a third of a series of median length, in whole seasons if it
    holds two. Architectures of the zoo read shorter series too, their histories padded; for a
    user's own function a third of the shortest series is the most.
    """
    lengths = [len(series.values) for series in panel.series]
    shortest, horizon = int(np.argmin(lengths)), forecaster.horizon
    most = lengths[shortest] - horizon - 1
    if not is_auto(forecaster.lookback):
        lookback = least = check_integer("lookback", forecaster.lookback, 1)
    elif is_registered(forecaster.model):
        lookback = _rounded(int(np.median(lengths)) // 3, season)
        lookback = max(1, min(lookback, max(lengths) - horizon - 1))
        least = max(1, min(lookback, lengths[shortest] // 3, most))
    else:
        lookback = least = max(1, min(_rounded(lengths[shortest] // 3, season), most))
    if most < least:
        raise ValueError(
            f"{panel.name(shortest)} has {lengths[shortest]} rows to learn from, too few for "
            f"lookback + horizon = {least} + {horizon} and two windows; lower one of them or give "
            "a longer series."
        )
    return lookback, least


def first_rows(params, data):
    """For each series the first row that is forecast: behind a third of it, if that is less.

    But not before all its columns have begun.
    """
    lookback, least, horizon = (params[k] for k in ("lookback", "shortest_history", "horizon"))
    pairs = zip(data.lengths(), data.begins(), strict=True)
    return [max(least, min(lookback, n // 3, n - horizon - 1), begin) for n, begin in pairs]


def choose_patch_length(forecaster, lookback, season):
    """Return the user's, a preset's, or some thirtieth of the lookback; None without patches.

    Whole patches make a season, or whole seasons a patch, where a history holds two seasons: a
    place in a patch is then a place in the season.
    """
    if forecaster.patch_length is not None or not _is_body(forecaster.model):
        return forecaster.patch_length
    preset = preset_patch_length(forecaster)
    if preset is not None:
        return preset
    wanted = max(1, lookback // _PATCHES_A_HISTORY)
    if not 1 < season <= lookback / 2:
        return wanted
    fitting = [n for n in range(1, 2 * wanted + 1) if season % n == 0 or n % season == 0]
    return min(fitting, key=lambda n: abs(np.log(n / wanted)))


def preset_patch_length(forecaster):
    """A preset's, where the user says none: its builder knows it, and the stride that goes with it.

    Said once more it would be the user's, without overlap and not filled up.
    """
    if forecaster.patch_length is not None or not is_registered(forecaster.model):
        return None
    return dict(find_model(forecaster.model).settings).get("patch_length")


def choose_skip(forecaster, n_series, lookback):
    """Return how many last steps go past a body in a linear map; 0 for none.

    Of several series: on M4 weekly's last training weeks a GRU's MASE after one pass was 2.55 with
    it and 2.63 without. Of one the body, which learns from what a linear map leaves, says more
    alone: on ETTh1's validation part at 96 the MSE was .6494 without and .6550 with it.
    """
    if n_series == 1 or not _is_body(forecaster.model):
        return 0
    if "skip_steps" in (forecaster.model_params or {}):
        return 0  # the builder's, then
    return min(lookback, _SKIP_WEIGHTS // forecaster.horizon)


def season_of_values(panel, horizon, **seasons):
    """The season that most series of a panel have by their values."""
    spread = np.linspace(0, len(panel) - 1, min(len(panel), _SERIES_READ)).round().astype(int)
    rows = [panel.series[place].values[-_ROWS_READ:] for place in spread]
    found = Counter(find_season(values, horizon, **seasons) for values in rows)
    return found.most_common(1)[0][0]


def _rounded(n, season):
    """At most so many steps: whole seasons if there are two, else by eighths of an octave.

    So that the growing histories of a backtest share a compiled model.
    """
    if n < _LONGEST_LOOKBACK:
        n -= n % (1 << max(0, n.bit_length() - 4))
    n = min(n, _LONGEST_LOOKBACK)
    return n - n % season if n >= 2 * season else n


def _is_body(model):
    return is_registered(model) and find_model(model).kind.name == "body"
