"""The rivals of a comparison: each says in its own file which tasks and data it serves."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from keraseq._checks import import_extra, nearest_names

TEXTS = ("text", "words", "tokens")
SERIES = ("series",)
_rivals = []


@dataclass(frozen=True)
class Facts:
    """What a rival needs to know of a comparison.

    Attributes
    ----------
    task : str
    kind : {"text", "words", "tokens", "series"}
    several : bool
        Whether y has several columns.
    rows, steps : int
        Of X, and steps of all rows together.
    horizon : int
    season : int or None
        Steps of a season, where the user says it.
    dated_season : int
        What the user says, else what the step of the dates suggests; 1 where nothing does.
    missing, freq : as of :class:`keraseq.SequenceForecaster`
        How a series is read.
    reading : dict
        How language models read texts: tokenizer, max_tokens, min_count.
    """

    task: str
    kind: str
    several: bool = False
    rows: int = 0
    steps: int = 0
    horizon: int = 1
    season: int | None = None
    dated_season: int = 1
    missing: str = "error"
    freq: object = None
    reading: dict = field(default_factory=dict)


def _never(facts):
    return None


@dataclass(frozen=True)
class _Rival:
    name: str
    tasks: tuple
    kinds: tuple
    floor: bool
    needs: str | None
    by_name: object
    make: object

    @property
    def is_installed(self):
        return self.needs is None or importlib.util.find_spec(self.needs) is not None


def unknown_season(facts):
    """Why a rival that lives by a season is no default: "" where none is known."""
    return None if facts.dated_season > 1 else ""


def rival(name, *, tasks, kinds=(*TEXTS, *SERIES), floor=False, needs=None, by_name=_never):
    """Make a function of `Facts` known that returns an unfitted estimator.

    Parameters
    ----------
    name : str
        In tables, and by which a user asks for it.
    tasks : tuple of str
    kinds : tuple of str, default=all
        Of data that it reads.
    floor : bool, default=False
        It reads targets alone: what any model must beat. Listed last.
    needs : str, optional
        A package of the extra "recipes" without which it is left out.
    by_name : callable, optional
        Says of `Facts` why it takes part only where the user names it: None if it is a default, ""
        if nobody need be told. A rival that is slower than the slowest network is no default.
    """

    def register(make):
        _rivals.append(_Rival(name, tasks, kinds, floor, needs, by_name, make))
        return make

    return register


def rival_names(facts):
    """Return the names of all rivals that serve a comparison, as a list."""
    return [rival.name for rival in _serving(facts)]


def rivals_of(facts, names=True):
    """Return the rivals of a comparison, a dict of name to unfitted estimator.

    Parameters
    ----------
    facts : Facts
    names : True, "all" or list of str, default=True
        The default ones that are installed; every one; or these, in any case of letters, where
        "default" stands for the default ones.

    Raises
    ------
    TypeError, ValueError
        For a name that no rival of this task and data has.
    ImportError
        If one that is named needs a package that is not installed.
    """
    serving = {rival.name: rival for rival in _serving(facts)}
    wanted = _read_names(names, list(serving))
    chosen = {}
    for name, rival in serving.items():
        if name in wanted and rival.needs is not None:
            import_extra(rival.needs, "recipes")
        if name in wanted or ("default" in wanted and _why_left_out(rival, facts) is None):
            chosen[name] = rival.make(facts)
    return chosen


def floor_of(facts):
    """Return the rival that reads targets alone, unfitted; None where there is none."""
    floors = [rival.make(facts) for rival in _serving(facts) if rival.floor]
    return floors[0] if floors else None


def rivals_left_out(facts, names=True):
    """Return why rivals are no default here that could be, a dict of name to reason.

    Parameters
    ----------
    facts, names : as of `rivals_of`
        Those that are named are not left out; without the default ones none is.
    """
    serving = _serving(facts)
    wanted = _read_names(names, [rival.name for rival in serving])
    reasons = {r.name: _why_left_out(r, facts) for r in serving if r.name not in wanted}
    return {name: reason for name, reason in reasons.items() if reason and "default" in wanted}


def _why_left_out(rival, facts):
    """Why it is no default here: None if it is one, "" if it never is."""
    reason = rival.by_name(facts)
    if reason is None and not rival.is_installed:
        return f"needs {rival.needs}: pip install 'keraseq[recipes]'"
    return reason


def _serving(facts):
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"{__package__}.{module.name}")
    serving = [r for r in _rivals if facts.task in r.tasks and facts.kind in r.kinds]
    return sorted(serving, key=lambda r: (r.floor, r.name))


def _read_names(names, known):
    if names is True:
        return ["default"]
    if isinstance(names, str):
        if names == "all":
            return known
        raise TypeError(f"baselines={names!r} is one name; give a list: [{names!r}].")
    if not isinstance(names, Iterable):
        raise TypeError(
            f"baselines={names!r} must be True, False, 'all' or a list of names, of "
            f"{', '.join(map(repr, known))} and 'default'."
        )
    by_lower = {name.lower(): name for name in ["default", *known]}
    for name in names:
        if not isinstance(name, str) or name.lower() not in by_lower:
            raise ValueError(
                f"baselines holds {name!r}, which is no rival here; there are "
                f"{', '.join(map(repr, known))}, and 'default' for those that are added by "
                f"default.{nearest_names(name, known)}"
            )
    return [by_lower[name.lower()] for name in names]
