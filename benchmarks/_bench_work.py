"""A line of `bench.py`: work to do, who does it, and what keraseq aims at."""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

OURS = "keraseq"


@dataclass(frozen=True)
class Work:
    """Work that contenders do in turns.

    Attributes
    ----------
    name : str
    make : callable
        Returns the contenders, each a call, by name: made when the work is due and then let go.
        Those whose name begins with keraseq's and a comma stand beside, and are no peers.
    ratio, most, above : float, optional
        Targets: keraseq's best at most so much of the best peer's; at most so many units; at most
        so many units above the peer's.
    unit : {"ms", "s", "MB"}
    calls : int
        One after the other in a turn, of which the fastest counts: with 1, what takes a millisecond
        is timed with what the other contenders left in the processor's caches.
    own_clock : bool
        Every contender is called once and returns what it measured: a list of values, of which inf
        is a goal that was not reached.
    note : callable, optional
        Asked afterwards for what else is to be said.
    """

    name: str
    make: Callable
    ratio: float | None = None
    most: float | None = None
    above: float | None = None
    unit: str = "ms"
    calls: int = 1
    own_clock: bool = False
    note: Callable | None = None

    def measure(self, repeats, seconds=1.0):
        """Return all values of each contender; many turns of what takes little time."""
        contenders = self.make()
        if self.own_clock:
            return {name: list(call()) for name, call in contenders.items()}
        scale = {"ms": 1000, "s": 1}[self.unit]
        values = {name: [] for name in contenders}
        for call in contenders.values():
            call()
        start = time.perf_counter()
        for turn in range(10 * repeats):
            if turn >= repeats and time.perf_counter() - start > seconds:
                break
            for name, call in contenders.items():
                values[name].append(scale * min(_seconds(call) for _ in range(self.calls)))
        return values

    def row(self, values):
        """The line of the table for what `measure` returned (JSON has no inf: None there)."""
        values = {
            name: [math.inf if value is None else value for value in found]
            for name, found in values.items()
        }
        best = {name: min(found) for name, found in values.items()}
        peers = [name for name in best if not name.startswith(OURS)]
        peer = min(peers, key=best.get)
        row = {"work": self.name, "target": self._target(), "met": self._is_met(best, peer)}
        row |= {"peer": peer, "ratio": _quotient(best[OURS], best[peer])}
        row["spread"] = _spread(values[OURS], values[peer])
        return row | {name: _shown(found, self.unit) for name, found in values.items()}

    def _target(self):
        if self.most is not None:
            return f"{self.most:g} {self.unit}"
        if self.above is not None:
            return f"peer's and {self.above:g} {self.unit}"
        return "" if self.ratio is None else f"{self.ratio:g} of peer's"

    def _is_met(self, best, peer):
        most = self.most
        if self.above is not None:
            most = best[peer] + self.above
        if self.ratio is not None:
            most = best[peer] * self.ratio
        if most is None:
            return ""
        return "yes" if best[OURS] <= most and best[OURS] < math.inf else "no"


def _seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def _quotient(ours, peers):
    """None where either did not get there."""
    return ours / peers if max(ours, peers) < math.inf else None


def _spread(ours, peers):
    """The middle half of the ratios of turns."""
    ratios = [mine / theirs for mine, theirs in zip(ours, peers, strict=False) if theirs < math.inf]
    if len(ratios) < 3:
        return ""
    low, _, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return f"{low:.2f} to {high:.2f}"


def _shown(values, unit):
    if min(values) == math.inf:
        return "not reached"
    shown = f"{min(values):.3g} {unit}"
    return f"{shown} ({statistics.median(values):.3g})" if len(values) > 1 else shown
