"""Which models cannot be told apart."""

import numpy as np

from keraseq.plots._axes import take_axes


class CriticalDifferenceDisplay:
    """Models by score (or by mean rank over data sets); bars at the right join what is alike.

    A bar joins models of which no two differ detectably (Demšar 2006).

    Parameters
    ----------
    places : Series
        Each model's place on the line, the best first.
    alike : list of (str, str)
        Pairs without a detectable difference.
    label : str
    """

    def __init__(self, places, alike, *, label):
        self.places = places
        self.alike = alike
        self.label = label

    @classmethod
    def from_comparison(cls, result, *, ax=None):
        """Draw a :class:`keraseq.comparison.Comparison` of at least two runs."""
        places = result.table["score"].dropna()
        pairs = result.significance.query("not detectable")
        alike = list(zip(pairs["a"], pairs["b"], strict=True))
        return cls(places, alike, label=result.metric).plot(ax=ax)

    @classmethod
    def from_joined(cls, joined, *, ax=None):
        """Draw a :class:`keraseq.comparison.JoinedComparison`."""
        pairs = joined.significance.query("not detectable")
        alike = list(zip(pairs["a"], pairs["b"], strict=True))
        return cls(joined.ranks, alike, label="mean rank (1 is best)").plot(ax=ax)

    def plot(self, ax=None):
        names = list(self.places.index)
        ax = take_axes(ax, size=(7, 0.32 * len(names) + 1.3))
        rows = np.arange(len(names))
        ax.hlines(rows, self.places.min(), self.places, color="0.85", linewidth=1)
        ax.plot(self.places, rows, "o", color="C0")
        groups = _groups(names, {frozenset(pair) for pair in self.alike})
        for column, (first, last) in enumerate(groups):
            ax.plot(
                [1.03 + 0.03 * column] * 2,
                [first - 0.25, last + 0.25],
                color="C3",
                linewidth=3,
                transform=ax.get_yaxis_transform(),
                clip_on=False,
            )
        ax.set_yticks(rows, names)
        ax.set_ylim(len(names) - 0.4, -0.6)
        if self.places.iloc[0] < self.places.iloc[-1]:  # Ranks: the best, 1, to the right.
            ax.invert_xaxis()
        ax.spines[["right", "top"]].set_visible(False)
        ax.set_xlabel(f"{self.label} (a bar at the right joins what is not detectably different)")
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _groups(names, alike):
    """The longest stretches of names of which every pair is alike."""
    groups = []
    for first in range(len(names)):
        last = first
        while last + 1 < len(names) and all(
            frozenset((names[i], names[last + 1])) in alike for i in range(first, last + 1)
        ):
            last += 1
        if last > first and not (groups and last <= groups[-1][1]):
            groups.append((first, last))
    return groups
