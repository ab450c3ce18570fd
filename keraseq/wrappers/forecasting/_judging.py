"""Windows that training has not seen, and what they say of a model."""

from dataclasses import replace

import numpy as np

from keraseq.wrappers._auto import is_auto
from keraseq.wrappers.forecasting._lookback import first_rows
from keraseq.wrappers.forecasting._shrinkage import Shrinkage, fit_share, repeat_season
from keraseq.wrappers.forecasting._training import naive_errors, retrain

_MOST_WINDOWS = 1_000
_HELD_BACK_SHARE = 0.2
# A fit of more windows that held none back is too long to be run a second time unasked.
_MOST_RETRAINED = 2_000


def held_back_borders(core, n):
    """For each series, the row from which windows of n steps judge; and whether a fit saw them."""
    lengths = core.data.lengths()
    if core.borders != lengths:
        return core.borders, False
    borders = [
        max(
            length - n + 1 - round(_HELD_BACK_SHARE * max(0, length - first - n + 1)),
            first + core.horizon,
        )
        for length, first in zip(lengths, first_rows(core.params, lengths), strict=True)
    ]
    return borders, True


def count_windows(core, borders, n):
    """How many windows of n steps begin behind the borders; 1,000 are read at most."""
    pairs = zip(borders, core.data.lengths(), strict=True)
    counts = [max(0, length - n + 1 - border) for border, length in pairs if border < length]
    return min(sum(counts), _MOST_WINDOWS)


def windows_from(core, borders, n):
    """The windows of each series from its border on, or 1,000 spread over all of them."""
    lengths = core.data.lengths()
    first = [
        border if border < length else length + 1
        for border, length in zip(borders, lengths, strict=True)
    ]
    windows = core.windows(core.data, core.scalings(core.data), first=first)
    # More steps than the horizon end sooner.
    ends = np.cumsum(lengths)[windows.series]
    windows = windows.take(np.flatnonzero(windows.origins + n <= ends))
    if len(windows) > _MOST_WINDOWS:
        spread = np.linspace(0, len(windows) - 1, _MOST_WINDOWS).round().astype(int)
        windows = windows.take(spread)
    return windows


def choose_shrinkage(asked, core):
    """The share of the naive forecast: what the user says, else what held-back windows say.

    Where a fit of few windows held none back, a second one on its first four fifths is judged by
    the last fifth in its place.
    """
    season = core.params["naive_season"]
    share = _share_by_windows(core, season) if is_auto(asked) else float(asked)
    return Shrinkage(share, season)


def _share_by_windows(core, season):
    n = core.horizon
    borders, retrains = held_back_borders(core, n)
    too_many = retrains and core.params["n_windows"] >= _MOST_RETRAINED
    if too_many or not count_windows(core, borders, n):
        return 0.0
    try:
        core = retrain(core, borders) if retrains else core
        windows = windows_from(core, borders, n).with_truth()
    except ValueError:
        # A column that begins behind the border: there is nothing to judge by.
        return 0.0
    if not len(windows):
        return 0.0
    history = windows.history()[..., : core.n_targets]
    return fit_share(
        repeat_season(history, n, season),
        replace(core, shrinkage=None).predict_points(windows, n),
        windows.truth(),
        # As far ahead as the last step is.
        naive_errors(core.scaling, core.data, season * -(-n // season), borders)[windows.series],
        windows.origins // n,
    )


def shrink(asked, core, run):
    """Return the core with its shrinkage, and the run; Ctrl-C meanwhile leaves it without."""
    shrinkage = Shrinkage(0.0, core.params["naive_season"])
    if run.interrupt is None:
        try:
            shrinkage = choose_shrinkage(asked, core)
        except KeyboardInterrupt as error:
            run = replace(run, interrupt=error)
    return replace(core, shrinkage=shrinkage), run
