"""Windows that training has not seen, and what they say of a model."""

from dataclasses import replace

import numpy as np

from keraseq.wrappers._auto import is_auto
from keraseq.wrappers.forecasting._lookback import first_rows
from keraseq.wrappers.forecasting._shrinkage import Judgement, Shrinkage, judge, repeat_season
from keraseq.wrappers.forecasting._training import naive_errors, retrain

_MOST_WINDOWS = 1_000
_HELD_BACK_SHARE = 0.2
# A fit of more windows that held none back is too long to be run a second time unasked.
_MOST_RETRAINED = 2_000
# More doubt than this asks earlier windows too, by fits on what came before them (rolling origins,
# Tashman 2000): a walk that by chance went on as it used to seldom does so again. Windows that
# chose an epoch flatter it, so there the others must be surer. Simulated with ridges in the
# network's place, 200 to 300 series a kind, errors by the better naive forecast's: where none are
# held back, when one stretch decides and when three do, walks of 72 to 120 rows 1.047 and 1.012,
# months with a season .880 and .883, walks with a trend .897 and .905; where some are held back,
# when they decide and when the rest does, the walks 1.127 and 1.015, of 160 to 320 rows 1.028 and
# 1.001, five that resemble stocks 1.003 and 1.004, months .839 and .813, walks with a trend .946
# and .920, what returns to its mean .958 and .947.
_NO_DOUBT, _CONFIDENCE, _SURER = 0.05, 0.9, 0.95
# Shares of the windows between which it is asked. Few windows teach too little to be cut in half.
_EARLIER = ((0.6, 0.8), (0.4, 0.6))
_ALL_LATER = ((0.4, 1.0),)


def held_back_borders(core, n):
    """For each series, the row from which windows of n steps judge; and whether a fit saw them."""
    if core.borders != core.data.lengths():
        return core.borders, False
    return _borders_behind(core, n, 1 - _HELD_BACK_SHARE), True


def _borders_behind(core, n, share):
    """For each series, the row behind so large a share of its windows, but at least behind one."""
    borders = []
    for length, first in zip(core.data.lengths(), first_rows(core.params, core.data), strict=True):
        behind = length - n + 1 - round((1 - share) * max(0, length - first - n + 1))
        # A series that begins too late for a window behind it judges nothing.
        borders.append(min(length, max(behind, first + core.horizon)))
    return borders


def count_windows(core, borders, n):
    """How many windows of n steps begin behind the borders; 1,000 are read at most."""
    pairs = zip(_judging_rows(core, borders), core.data.lengths(), strict=True)
    return min(sum(max(0, length - n + 1 - row) for row, length in pairs), _MOST_WINDOWS)


def _judging_rows(core, borders):
    """For each series, the first row behind its border that can be forecast."""
    triples = zip(borders, core.data.lengths(), core.data.begins(), strict=True)
    return [
        max(border, begin) if border < length else length + 1 for border, length, begin in triples
    ]


def windows_from(core, borders, n, *, until=None):
    """The windows of each series from its border on, or 1,000 spread over all of them.

    With `until` those alone that begin before these rows.
    """
    lengths = core.data.lengths()
    first, last = _judging_rows(core, borders), None
    if until is not None:
        pairs = zip(until, lengths, strict=True)
        last = [min(row + core.horizon - 1, length) for row, length in pairs]
    windows = core.windows(core.data, core.scalings(core.data), first=first, last=last)
    # More steps than the horizon end sooner.
    ends = np.cumsum(lengths)[windows.series]
    windows = windows.take(np.flatnonzero(windows.origins + n <= ends))
    if len(windows) > _MOST_WINDOWS:
        spread = np.linspace(0, len(windows) - 1, _MOST_WINDOWS).round().astype(int)
        windows = windows.take(spread)
    return windows


def choose_shrinkage(asked, core, n_epochs):
    """The share of the naive forecast: what the user says, else what held-back windows say.

    Where a fit of few windows held none back, a second one on its first four fifths is judged by
    the last fifth in its place; if that leaves doubt, two more by the fifths before. What a fit
    held back chose its epoch as well; if it leaves doubt or hope, another of `n_epochs` on the
    first two fifths is judged by all the rest.
    """
    season = core.params["naive_season"]
    share = _share_by_windows(core, n_epochs) if is_auto(asked) else float(asked)
    return Shrinkage(share, season)


def _share_by_windows(core, n_epochs):
    n = core.horizon
    borders, retrains = held_back_borders(core, n)
    too_many = retrains and core.params["n_windows"] >= _MOST_RETRAINED
    if too_many or not count_windows(core, borders, n):
        return 0.0
    try:
        seen = [_windows_seen(retrain(core, borders) if retrains else core)]
        first = _judge(seen, _CONFIDENCE)
        if first.doubt < _NO_DOUBT or (retrains and first.doubt == 1):
            return first.share
        for begin, end in _EARLIER if retrains else _ALL_LATER:
            earlier = retrain(core, _borders_behind(core, n, begin), n_epochs)
            until = None if end == 1 else _borders_behind(core, n, end)
            seen.append(_windows_seen(earlier, until))
    except ValueError:
        # A column that begins behind the border: there is nothing to judge by.
        return 0.0
    if retrains:
        return _judge(seen, _CONFIDENCE).share
    # Two fifths tell whether to believe the model, and all rows how far: of so many more it has
    # learned more (linear maps of ETTh1 720 steps ahead had a slope of .47 and .93).
    second = _judge(seen[1:], _SURER)
    return second._replace(slope=max(first.slope, second.slope)).share


def _windows_seen(core, until=None):
    """What a fit's windows from its borders on (until these rows) say, as `judge` takes it."""
    n, season = core.horizon, core.params["naive_season"]
    windows = windows_from(core, core.borders, n, until=until).with_truth()
    if not len(windows):
        return None
    # As far ahead as the last step is.
    errors = naive_errors(core.scaling, core.data, season * -(-n // season), core.borders)
    return (
        repeat_season(windows.history()[..., : core.n_targets], n, season),
        replace(core, shrinkage=None).predict_points(windows, n),
        windows.truth(),
        errors[windows.series],
        windows.origins,
    )


def _judge(seen, confidence):
    seen = [parts for parts in seen if parts is not None]
    if not seen:
        return Judgement(1.0, 0.0)
    return judge(*map(np.concatenate, zip(*seen, strict=True)), confidence)


def shrink(asked, core, run):
    """Return the core with its shrinkage, and the run; Ctrl-C meanwhile leaves it without."""
    shrinkage = Shrinkage(0.0, core.params["naive_season"])
    if run.interrupt is None:
        try:
            shrinkage = choose_shrinkage(asked, core, _best_epoch(run))
        except KeyboardInterrupt as error:
            run = replace(run, interrupt=error)
    return replace(core, shrinkage=shrinkage), run


def _best_epoch(run):
    """How many epochs led to the weights that are kept."""
    losses = run.history.get("val_loss")
    return int(np.argmin(losses)) + 1 if losses else run.n_iter
