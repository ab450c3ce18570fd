"""Which models cannot be told apart."""

from keraseq._colours import GREY, assign_colours
from keraseq.comparison.ranking import alike_stretches, columns_of, judged_pairs
from keraseq.plots._axes import draw_stretches, explain_stretches
from keraseq.plots._display import Display, check_any_score
from keraseq.plots._names import plain


class CriticalDifferenceDisplay(Display):
    """Models by score (or by mean rank over data sets); bars at the right join what is alike.

    A bar joins models of which no two differ detectably (Demšar 2006). A dotted one joins models
    of which some pairs were not compared and none is known to differ.

    Parameters
    ----------
    places : Series
        Each model's place on the line, the best first.
    judged : dict
        Of :func:`keraseq.comparison.ranking.judged_pairs`.
    label : str
        Of the places.
    title : str
    colours : dict of str to colour, optional
    """

    def __init__(self, places, judged, *, label, title, colours=None):
        self.places = places
        self.stretches = alike_stretches(list(places.index), judged)
        self.label = label
        self.title = title
        self.colours = colours or {}

    @classmethod
    def from_comparison(cls, result, *, ax=None):
        """Draw a :class:`keraseq.comparison.Comparison` of at least two runs.

        Raises
        ------
        ValueError
            If there are fewer runs, or no fit succeeded, so that there is no score.
        """
        check_any_score(result)
        return cls(
            result.table["score"].dropna(),
            judged_pairs(result.significance),
            label=result.metric,
            title=f"What cannot be told apart by {result.metric}, {result.n_runs} runs",
            colours=assign_colours(result.scores.columns, grey=result.baselines),
        ).plot(ax=ax)

    @classmethod
    def from_joined(cls, joined, *, ax=None):
        """Draw a :class:`keraseq.comparison.JoinedComparison`."""
        return cls(
            joined.ranks,
            judged_pairs(joined.significance),
            label="mean rank, 1 is best",
            title=f"Ranks by {joined.metric} over {len(joined.scores)} data sets",
            colours=assign_colours(joined.scores.columns),
        ).plot(ax=ax)

    def _size(self):
        return 7, 0.3 * len(self.places) + 1.7

    def _draw(self, ax):
        names, columns = list(self.places.index), columns_of(self.stretches)
        for row, (name, place) in enumerate(self.places.items()):
            ax.hlines(row, self.places.min(), place, color="0.85", linewidth=1, zorder=0)
            ax.plot(place, row, "o", color=self.colours.get(name, GREY))
        draw_stretches(ax, columns)
        ax.set_yticks(range(len(names)), [plain(str(name)) for name in names])
        ax.set_ylim(len(names) - 0.4, -0.6)
        if self.places.iloc[0] < self.places.iloc[-1]:  # Ranks: the best, 1, to the right.
            ax.xaxis.set_inverted(True)
        ax.spines[["right", "top"]].set_visible(False)
        ax.set_title(self.title)
        ax.set_xlabel(self.label + explain_stretches(columns), fontsize="small")
