"""A participant of a comparison, and the seeds of its fits."""

from dataclasses import dataclass, field

import numpy as np
from sklearn.base import clone

from keraseq.comparison._inputs import inner_estimator, our_estimator
from keraseq.wrappers.ensembles import Ensemble


@dataclass
class Entry:
    """A participant: its name, an unfitted estimator, and its place, from which seeds derive.

    Attributes
    ----------
    notes : list of str
        What a table's reader must know of it.
    outside_budget : str or None
        The comparison's budget that it does not keep: it has no size to solve, or several members.
    seconds : float or None
        Of its last fit.
    """

    name: str
    estimator: object
    place: int
    is_baseline: bool = False
    notes: list = field(default_factory=list)
    outside_budget: str | None = None
    seconds: float | None = None

    @property
    def ours(self):
        """The estimator of ours in it, the last step of a pipeline and a member too, or None."""
        return our_estimator(self.estimator)

    @property
    def members(self):
        """How many of `ours` are fitted, or None where it is not an ensemble of them."""
        inner = inner_estimator(self.estimator)
        return inner.n if isinstance(inner, Ensemble) else None

    def seed(self, random_state, run):
        """A seed that no other entry and no other run has."""
        return draw_seed(random_state, int(self.is_baseline), self.place, run)

    def seeded(self, seed):
        """An unfitted copy in which everything random starts from `seed`."""
        copy = clone(self.estimator)
        random = [k for k in copy.get_params() if k.rpartition("__")[2] == "random_state"]
        return copy.set_params(**dict.fromkeys(sorted(random), seed))


def draw_seed(random_state, *place):
    """Derive a seed from one number and a place that nothing else has."""
    sequence = np.random.SeedSequence(random_state, spawn_key=place)
    return int(sequence.generate_state(1)[0] >> 1)
