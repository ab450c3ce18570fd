"""The rivals of a comparison: each says in its own file which tasks and data it serves."""

import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path

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
    horizon : int
    season : int or None
        Steps of a season, where the user says it.
    missing : {"error", "interpolate", "ignore"}
        How a series is read.
    """

    task: str
    kind: str
    several: bool = False
    horizon: int = 1
    season: int | None = None
    missing: str = "error"


@dataclass(frozen=True)
class _Rival:
    name: str
    tasks: tuple
    kinds: tuple
    floor: bool
    make: object


def rival(name, *, tasks, kinds=(*TEXTS, *SERIES), floor=False):
    """Make a function of `Facts` known that returns an unfitted estimator.

    Parameters
    ----------
    name : str
        In tables.
    tasks : tuple of str
    kinds : tuple of str, default=all
        Of data that it reads.
    floor : bool, default=False
        It reads targets alone: what any model must beat. Listed last.
    """

    def register(make):
        _rivals.append(_Rival(name, tasks, kinds, floor, make))
        return make

    return register


def rivals_of(facts):
    """Return the rivals of a comparison, a dict of name to unfitted estimator."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"{__package__}.{module.name}")
    serving = [r for r in _rivals if facts.task in r.tasks and facts.kind in r.kinds]
    return {r.name: r.make(facts) for r in sorted(serving, key=lambda r: (r.floor, r.name))}
