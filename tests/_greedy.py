"""A job for workers that costs them nothing but memory: it imports no Keras."""

import time
from pathlib import Path


def greedy(shared, job):
    """Take two gigabytes in the first so many tries; return how many there were."""
    path, n_greedy = job
    with Path(path).open("a") as file:
        file.write(".")
    tries = Path(path).stat().st_size
    if tries <= n_greedy:
        held = bytearray(2**31)
        time.sleep(30)
        del held
    return tries
