"""Comparisons whose scores are drawn, not trained for: pages and plots are tested fast."""

import numpy as np

from keraseq.comparison import Comparison

BASELINES = {"TF-IDF + logistic": 0.65, "majority class": 0.5}


def drawn_comparison(
    n_models=6, n_runs=5, *, baselines=BASELINES, spread=0.01, step=0.02, failing=(), seed=0,
    names=None,
):  # fmt: skip
    """Models named m0, m1, ... whose scores fall by `step`, in another order than they stand."""
    generator = np.random.default_rng(seed)
    names = [f"m{place}" for place in range(n_models)] if names is None else names
    best_first = generator.permutation(len(names))
    levels = dict(zip(names, 0.95 - step * best_first, strict=True))
    records = [
        _record(name, level, run, generator, spread, name in baselines, name in failing)
        for name, level in {**levels, **baselines}.items()
        for run in range(n_runs)
    ]
    about = {
        "call": "import keraseq\n\nresult = keraseq.compare(['<m0>', 'm1'], X, y)\n",
        "data": {"rows": 2000, "kind": "text", "fingerprint": "a1b2c3"},
        "versions": {"keraseq": "0.1", "keras": "3.12"},
    }
    return Comparison(records, task="classification", ratio=0.25, paired=True, about=about)


def _record(name, level, run, generator, spread, is_baseline, fails):
    record = {
        "model": name,
        "baseline": is_baseline,
        "run": run,
        "seed": 100 * run,
        "split": f"{run:032x}",
        "n_train": 1600,
        "note": "",
        "score": np.nan if fails else float(level + generator.normal(0, spread)),
        "error": "RuntimeError: no such luck" if fails else None,
        "seconds": float(generator.gamma(4, 3)) * (0.01 if is_baseline else 1),
        "latency_ms": float(generator.gamma(4, 5)),
        "latency_per_row_ms": float(generator.gamma(4, 0.0002 if is_baseline else 0.05)),
    }
    if is_baseline or fails:
        return record
    epochs = 8 + (run + len(name)) % 4
    loss = 0.7 * np.exp(-0.3 * np.arange(epochs)) + generator.normal(0, 0.01, epochs)
    return record | {
        "parameters": 30_000 + len(name) * 10,
        "flops": float(1e6 * (1 + 3 * generator.uniform())),
        "epochs": epochs,
        "memory_mb": float(generator.gamma(3, 30)),
        "history": {"loss": loss.tolist(), "val_loss": (loss + 0.05).tolist()},
    }
