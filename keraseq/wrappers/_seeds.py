"""The seed of a fit."""

from sklearn.utils import check_random_state


def draw_seed(random_state, checkpoint=None):
    """Draw a fit's seed; a fit that goes on without a random state has that of its beginning."""
    if random_state is None and checkpoint is not None and checkpoint.seed is not None:
        return checkpoint.seed
    return int(check_random_state(random_state).randint(2**31 - 1))
