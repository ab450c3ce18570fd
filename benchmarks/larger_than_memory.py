"""Texts that are read in parts: does memory grow with their number?

    python benchmarks/larger_than_memory.py --rows 100000 1000000

For each number of rows a process of its own fits one epoch of a small GRU to generated texts that
a function yields one by one, scores nothing, and reports seconds and its peak memory above what it
had when TensorFlow was imported. On one core of a shared machine: 141 MB for 20,000 rows, 151 for
100,000, 160 for 400,000, and 167 for a million (199 MB of text), which took two minutes.
"""

import argparse
import json
import resource
import subprocess
import sys
import time

WORDS_OF_A_TEXT = 20
WORDS = 50_000


def texts(n):
    """Yield texts of 20 words by Zipf's law, and whether a word of the first ten is in them."""
    import numpy as np

    words = np.array([f"word{i:05d}" for i in range(WORDS)])
    for start in range(0, n, 1_000):
        draw = np.random.default_rng(start)
        ids = np.minimum(draw.zipf(1.3, (min(1_000, n - start), WORDS_OF_A_TEXT)), WORDS) - 1
        labels = np.where((ids % 7 == 3).sum(axis=1) > 1, "many", "few")
        for row, label in zip(words[ids], labels, strict=True):
            yield " ".join(row), label


def fit(n):
    import psutil
    import tensorflow  # noqa: F401

    import keraseq

    before = psutil.Process().memory_info().rss
    clf = keraseq.SequenceClassifier(
        "gru", units=8, model_params={"embedding_dim": 8}, epochs=1, batch_size=256, random_state=0
    )
    start = time.perf_counter()
    clf.fit(lambda: texts(n))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    n_bytes = sum(len(text) for text, _ in texts(min(n, 10_000))) * n // min(n, 10_000)
    return {
        "rows": n,
        "MB of text": n_bytes / 1e6,
        "MB above TensorFlow": (peak - before) / 1e6,
        "seconds": seconds,
        "loss": clf.history_["loss"][-1],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(fit(given.one)))
        return
    for n in given.rows:
        command = [sys.executable, __file__, "--one", str(n)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        row = json.loads(done.stdout.splitlines()[-1])
        print("  ".join(f"{name} {value:,.4g}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
