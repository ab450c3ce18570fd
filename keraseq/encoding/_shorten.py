"""What is kept of a row that is too long."""

import numpy as np

from keraseq._checks import check_integer


def check_max_length(max_length):
    """Raise unless `max_length` is None or a positive integer."""
    if max_length is not None:
        check_integer("max_length", max_length, 1)


def shorten(ids, max_length):
    """Keep the first quarter and the last three of `max_length` ids, since texts conclude late."""
    if max_length is None or len(ids) <= max_length:
        return ids
    head = max_length // 4
    return np.concatenate([ids[:head], ids[len(ids) - (max_length - head) :]])
