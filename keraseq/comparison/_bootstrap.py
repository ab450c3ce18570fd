"""Both levels of luck on one fixed test set: which seeds were drawn, and which rows."""

import numpy as np


def two_level_bootstrap(gains, weight, *, n_draws=1000, seed=0):
    """Draw the models' scores anew, over rows and, within them, over seeds.

    Parameters
    ----------
    gains : list of ndarray `(seeds, rows)`
        What each row of the test set adds to each model's score; a model without a run has none.
    weight : ndarray `(rows,)`
        What a row could add; a score is the sum of gains over the sum of weights.
    n_draws : int, default=1000
    seed : int, default=0

    Returns
    -------
    ndarray `(draws, models)`
        Rows are drawn once for all models, which are judged on the same ones; seeds for each.
    """
    generator = np.random.default_rng(seed)
    n_rows = len(weight)
    drawn = np.full((n_draws, len(gains)), np.nan)
    for draw in range(n_draws):
        count = np.bincount(generator.integers(n_rows, size=n_rows), minlength=n_rows)
        total = count @ weight
        for model, rows in enumerate(gains):
            if len(rows):
                seeds = generator.integers(len(rows), size=len(rows))
                drawn[draw, model] = (rows @ count)[seeds].mean() / total
    return drawn
