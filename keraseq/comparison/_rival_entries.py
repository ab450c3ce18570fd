"""The baselines of a comparison, which cannot be left out by accident."""

import numpy as np

from keraseq.baselines import Facts, rivals_of
from keraseq.comparison._entry import Entry
from keraseq.tasks import get_task


def make_baselines(entries, data):
    """The rivals of this task and kind of data."""
    horizons = [e.estimator.horizon for e in entries if hasattr(e.estimator, "horizon")]
    forecast = {}
    if data.is_forecast:
        forecast = {"season": data.given_season, "missing": data.reading["missing"]}
        forecast["horizon"] = horizons[0] if horizons else 1
    several = not get_task(data.task).per_step and np.ndim(data.y) == 2
    facts = Facts(data.task, data.kind, several=several, **forecast)
    taken = {entry.name for entry in entries}
    return [
        Entry(f"{name} (baseline)" if name in taken else name, estimator, place, is_baseline=True)
        for place, (name, estimator) in enumerate(rivals_of(facts).items())
    ]
