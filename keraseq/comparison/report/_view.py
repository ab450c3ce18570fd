"""What all sections of a report read of a comparison."""

import math
from functools import cached_property

from keraseq._colours import assign_colours
from keraseq.comparison.ranking import alike_stretches, far_below, judged_pairs
from keraseq.comparison.report._html import breakable, tag

_WIDEST = 26  # characters of a name before it is wrapped
_STEPS = (1, 2, 5, 10)


class View:
    """A comparison as its report tells it.

    Attributes
    ----------
    result : Comparison
    table : DataFrame
        The best first, those without a score last.
    names : list of str
        Those with a score, the best first.
    colours : dict of str to colour
    """

    def __init__(self, result):
        self.result = result
        self.table = result.table
        self.baselines = list(result.baselines)
        self.names = list(self.table.index[self.table["score"].notna()])
        self.colours = assign_colours(result.scores.columns, grey=self.baselines)

    @property
    def metric(self):
        return self.result.metric

    @property
    def models(self):
        return [name for name in self.table.index if name not in self.baselines]

    @property
    def title(self):
        n = len(self.models)
        return f"{n} model{'s' * (n != 1)} compared by {self.metric}"

    @property
    def about(self):
        """The data and the runs, in one line."""
        data, n_runs = self.result.about["data"], self.result.n_runs
        rows = f"{self.result.rows_in_words}s"
        n_baselines = len(self.baselines)
        return (
            f"{data['rows']:,} {rows} of {data['kind']}, {self.result.task}; {n_runs} "
            f"run{'s' * (n_runs != 1)} of each; {n_baselines} baseline{'s' * (n_baselines != 1)}."
        )

    @cached_property
    def significance(self):
        """The pairs, or None with fewer than two runs."""
        return self.result.significance if self.result.n_runs > 1 else None

    @cached_property
    def judged(self):
        return {} if self.significance is None else judged_pairs(self.significance)

    @cached_property
    def stretches(self):
        return alike_stretches(self.names, self.judged) if self.judged else []

    def label(self, name, text=None):
        """Return the name with its mark: its colour, and for baselines another form."""
        kind = "swatch hollow" if name in self.baselines else "swatch"
        mark = tag("i", class_=kind, style=f"--c:{self.colours[name]}")
        words = breakable(name if text is None else text)
        return tag("span", mark, tag("span", words), class_="label")

    @property
    def name_width(self):
        """Room for the longest name, as a style; long ones are wrapped."""
        longest = max(len(str(name)) for name in self.table.index)
        return f"--name:{1.15 * min(longest, _WIDEST) + 1:.1f}ch"

    @cached_property
    def beyond(self):
        """The baselines that are too far below to have a place on the scores' axis."""
        return far_below(self.table)

    @cached_property
    def axis(self):
        """The scores' axis."""
        names = [name for name in self.names if name not in self.beyond]
        shown = self.table.loc[names, ["score", "low", "high"]].astype(float)
        return Axis(shown.min().min(), shown.max().max())


class Axis:
    """A scale with round ticks.

    Parameters
    ----------
    low, high : float
        That must have a place on it.
    """

    def __init__(self, low, high, n_ticks=5):
        if low == high:
            low, high = low - 0.05, high + 0.05
        width = high - low
        rough = width / n_ticks
        power = 10.0 ** math.floor(math.log10(rough))
        self.step = next(power * s for s in _STEPS if power * s >= rough * 0.999)
        self.low, self.high = low - 0.03 * width, high + 0.03 * width
        first, last = math.ceil(self.low / self.step), math.floor(self.high / self.step)
        self.ticks = [place * self.step for place in range(first, last + 1)]

    def place(self, value):
        """Return the place of a value in percent of the width, as CSS and SVG take it."""
        return f"{100 * (value - self.low) / (self.high - self.low):.2f}%"

    def write(self, tick):
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        return f"{tick + 0.0:.{decimals}f}"
