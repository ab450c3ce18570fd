"""Which models stand together: stretches of a ranking that no test tells apart."""

from dataclasses import dataclass

# Times the width of all other scores that a baseline may lie below them on one axis with them.
_FAR = 4
# Fewer scores are told apart on any axis, and a baseline at its place says how much they differ.
_FEW = 6


@dataclass(frozen=True)
class Stretch:
    """Neighbours in a ranking of whom no pair differs detectably.

    Attributes
    ----------
    first, last : int
        Their places.
    is_compared : bool
        False where a pair among them was not compared: of it nothing is known.
    """

    first: int
    last: int
    is_compared: bool


def judged_pairs(significance):
    """Return a dict of pair, as a frozenset, to whether it differs detectably.

    Parameters
    ----------
    significance : DataFrame
        Of a comparison, or of joined ones; a pair without a row or a p is not in the dict.
    """
    known = significance.dropna(subset=["p"])
    return {
        frozenset((a, b)): bool(found)
        for a, b, found in zip(known["a"], known["b"], known["detectable"], strict=True)
    }


def alike_stretches(names, judged):
    """Return the longest stretches of `names` in which no pair is known to differ.

    Parameters
    ----------
    names : list of str
        The best first.
    judged : dict
        Of `judged_pairs`.

    Returns
    -------
    list of Stretch
        Those of which every pair was compared, then those that reach further because a pair of
        them was not.

    Examples
    --------
    >>> judged = {frozenset("ab"): False, frozenset("bc"): False, frozenset("ac"): True}
    >>> [(s.first, s.last) for s in alike_stretches(list("abc"), judged)]
    [(0, 1), (1, 2)]
    """
    whole = _longest(names, lambda pair: judged.get(pair, True) is False)
    loose = _longest(names, lambda pair: not judged.get(pair, False))
    return [Stretch(*ends, True) for ends in whole] + [
        Stretch(*ends, False) for ends in loose if ends not in whole
    ]


def _longest(names, are_alike):
    found = []
    for first in range(len(names)):
        last = first
        while last + 1 < len(names) and all(
            are_alike(frozenset((names[place], names[last + 1])))
            for place in range(first, last + 1)
        ):
            last += 1
        if last > first and not (found and last <= found[-1][1]):
            found.append((first, last))
    return found


def columns_of(stretches):
    """Return the stretches in columns, so that those in one do not touch."""
    columns = []
    for stretch in sorted(stretches, key=lambda s: (not s.is_compared, s.first)):
        free = (c for c in columns if all(s.last < stretch.first for s in c[-1:]))
        column = next(free, None)
        if column is None:
            columns.append([stretch])
        else:
            column.append(stretch)
    return columns


def far_below(table):
    """Return the baselines so far below all others that an axis with them would show no more.

    Parameters
    ----------
    table : DataFrame
        Of a comparison: score, low, high and baseline of each model, the best first.
    """
    table = table.dropna(subset=["score"])
    ends, found = table[["score", "low", "high"]].astype(float), []
    for name in reversed(table.index):
        others = ends.drop(index=[*found, name])
        if not table.loc[name, "baseline"] or len(others) < _FEW:
            break
        low, high = others.min(axis=None), others.max(axis=None)
        if not 0 < _FAR * (high - low) < low - ends.loc[name, "score"]:
            break
        found.append(name)
    return found
