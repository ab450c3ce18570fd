"""Which test of pairs to use: simulated scores, no training, many models and unequal spreads.

python benchmarks/simulated_calibration.py           # 1,000 comparisons a setting, some 15 minutes
python benchmarks/simulated_calibration.py --repeats 5000

The chosen test on real fits is in null_calibration.py.

Scores are normal; a run is one split and one seed. "resplits" have the correlation between runs
that Nadeau and Bengio's correction assumes at an 80/20 split, "independent" none (it is then
conservative), "fixed test set" has seeds alone. False alarms are comparisons with any pair of equal
models called different: at most 8 % is asked, at 5 %. Found is the share of its pairs in which one
model, some standard deviations of a run below all others, is told apart.

Few test rows make scores that repeat: the last table counts the comparisons in which some pair's
difference is the same in every run and not 0, and the false alarms among all. There the models are
right with the same probability; "one answer for all" are models whose training knows no luck on one
fixed test set, so that the rows' is all there is.
"""

import argparse

import numpy as np
from scipy import stats

from keraseq.comparison import _statistics

SPREADS = {
    "equal": lambda k: np.ones(k),
    "one is 5 times": lambda k: np.r_[5, np.ones(k - 1)],
    "half are 5 times": lambda k: np.r_[np.ones(k // 2), 5 * np.ones(k - k // 2)],
    "from 1 to 5": lambda k: np.geomspace(1, 5, k),
}
DESIGNS = {  # name: (test rows to training rows, correlation between runs, paired)
    "resplits": (0.25, 0.2, True),
    "independent": (0.25, 0.0, True),
    "fixed test set": (0.0, 0.0, False),
}

COUNTED = {"resplits": "resplits", "one answer for all": "fixed test set"}
ONCE = {"one answer for all"}


def simulate(design, spread, n_models, n_runs, repeats, *, shift=0.0, seed=0):
    """Return the number of comparisons with a false alarm, and the mean share found."""
    ratio, correlation, paired = DESIGNS[design]
    generator = np.random.default_rng(seed)
    deviations = SPREADS[spread](n_models)
    alarms, found = 0, []
    for _ in range(repeats):
        noise = generator.normal(size=(n_runs, n_models)) * np.sqrt(1 - correlation)
        noise += generator.normal(size=(1, n_models)) * np.sqrt(correlation)
        scores, worst = noise * deviations, generator.integers(n_models)
        scores[:, worst] -= shift * deviations[worst]
        tests = _statistics.test_pairs(scores, ratio=ratio, paired=paired)
        called = tests.p < _statistics.LEVEL
        differs = np.array([bool(shift) and worst in pair for pair in tests.pairs])
        alarms += called[~differs].any()
        found.append(called[differs].mean() if shift else 0.0)
    return int(alarms), float(np.mean(found))


def simulate_counts(kind, n_test, n_models, n_runs, repeats, *, rate=0.9, seed=0):
    """Return the comparisons with a false alarm, and those with a difference that repeats.

    Models are right in a share of `n_test` rows.
    """
    ratio, correlation, paired = DESIGNS[COUNTED[kind]]
    generator = np.random.default_rng(seed)
    alarms = repeated = 0
    for _ in range(repeats):
        # What all runs have in common, as much of the variance as the design says.
        common = np.sqrt(rate * (1 - rate) / n_test * correlation / (1 - correlation))
        rates = np.clip(rate + common * generator.normal(size=n_models), 0, 1)
        right = generator.binomial(n_test, rates, (1 if kind in ONCE else n_runs, n_models))
        scores = np.broadcast_to(right / n_test, (n_runs, n_models))
        smooth = (right + 1) / (n_test + 2)
        tests = _statistics.test_pairs(
            scores,
            ratio=ratio,
            paired=paired,
            row_variance=(smooth * (1 - smooth)).mean(axis=0) / (n_test + 1),
            test_rows=n_test,
        )
        alarms += (tests.p < _statistics.LEVEL).any()
        gaps = scores[:, [a for a, _ in tests.pairs]] - scores[:, [b for _, b in tests.pairs]]
        repeated += ((np.ptp(gaps, axis=0) < 1e-9) & (np.abs(gaps[0]) > 1e-9)).any()
    return int(alarms), int(repeated)


def exact_interval(count, n):
    return stats.binomtest(count, n).proportion_ci(0.95, method="exact")


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--repeats", type=int, default=1000)
    made.add_argument("--seed", type=int, default=0)
    options = made.parse_args()
    only_whether_significant()
    print(f"{'design':15} {'spreads':17} models runs  false alarms (exact 95 %)", flush=True)
    for design in DESIGNS:
        for n_models, n_runs in ((2, 5), (3, 5), (5, 5), (8, 5), (8, 10), (8, 3)):
            for spread in SPREADS if n_models > 2 else ("equal", "from 1 to 5"):
                count, _ = simulate(
                    design, spread, n_models, n_runs, options.repeats, seed=options.seed
                )
                low, high = exact_interval(count, options.repeats)
                print(
                    f"{design:15} {spread:17} {n_models:6} {n_runs:4}  "
                    f"{count / options.repeats:.3f} ({low:.3f} to {high:.3f})",
                    flush=True,
                )
    counted(options)
    print("\none model worse by so many deviations: share of its pairs found")
    for design in DESIGNS:
        for n_models, n_runs in ((2, 5), (2, 10), (8, 5), (8, 10)):
            for shift in (2.0, 2.5, 3.0, 3.5):
                _, found = simulate(
                    design, "equal", n_models, n_runs, options.repeats,
                    shift=shift, seed=options.seed,
                )  # fmt: skip
                print(f"{design:15} {n_models:6} {n_runs:4} {shift}  {found:.3f}", flush=True)


def counted(options):
    print("\nfew test rows: comparisons with a difference that repeats, false alarms (exact 95 %)")
    for kind in COUNTED:
        for n_test in (10, 20, 60, 200):
            for n_models, n_runs in ((2, 2), (3, 2), (3, 3), (6, 2), (6, 5)):
                alarms, repeated = simulate_counts(
                    kind, n_test, n_models, n_runs, options.repeats, seed=options.seed
                )
                low, high = exact_interval(alarms, options.repeats)
                print(
                    f"{kind:18} {n_test:4} rows {n_models} models {n_runs} runs  "
                    f"{repeated / options.repeats:.3f}  "
                    f"{alarms / options.repeats:.3f} ({low:.3f} to {high:.3f})",
                    flush=True,
                )


def only_whether_significant():
    """Replace p by a stand-in on the same side of 5 %: the range's distribution takes 0.2 s."""
    grid = np.geomspace(1, _statistics.MANY, 60)
    critical = {}

    def range_p(t, n_models, df):
        if n_models == 2:
            return 2 * stats.t.sf(t, df)
        if n_models not in critical:
            values = [_statistics.critical_range(n_models, d) / np.sqrt(2) for d in grid]
            critical[n_models] = np.log(values)
        limit = np.exp(np.interp(np.log(df), np.log(grid), critical[n_models]))
        return np.where(t > limit, 0.049 * limit / t, 1.0)

    _statistics._range_p = range_p


if __name__ == "__main__":
    main()
