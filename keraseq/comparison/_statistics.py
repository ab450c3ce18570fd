"""Is a difference between models more than luck? Pairwise tests that count training randomness."""

import bisect
import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats
from scipy.optimize import brentq
from scipy.special import digamma, polygamma

LEVEL = 0.05
_MOST_RUNS = 1000
MANY = 1e5  # degrees of freedom of a variance that is as good as known


@dataclass(frozen=True)
class PairTests:
    """Every pair of the columns of a table of scores, in the order of `itertools.combinations`.

    Attributes
    ----------
    pairs : list of (int, int)
    difference : ndarray
        Mean score of the first less that of the second.
    error : ndarray
        Its standard error, with strength borrowed from the other pairs; NaN where a pair has
        fewer than two runs, or no variance and nothing to borrow one from.
    df : ndarray
        Degrees of freedom of the error.
    group : ndarray
        How many models the studentised range of the pair's test spans.
    p : ndarray
        Corrected over the pairs; NaN where there is no error to weigh a difference against.
    runs : ndarray
        Runs that the pair is judged on.
    """

    pairs: list
    difference: np.ndarray
    error: np.ndarray
    df: np.ndarray
    group: np.ndarray
    p: np.ndarray
    runs: np.ndarray

    def half_width(self):
        """Half of the interval that belongs to each pair's test."""
        both = zip(self.group, self.df, strict=True)
        critical = [critical_range(int(group), float(df)) for group, df in both]
        return np.array(critical) / np.sqrt(2) * self.error


def test_pairs(scores, *, ratio=0.0, paired=True, row_variance=None, test_rows=np.nan):
    """Test all pairs of models for a difference of their mean scores.

    Parameters
    ----------
    scores : ndarray `(runs, models)`
        NaN where a run failed.
    ratio : float, default=0
        Test rows to training rows of a run. It widens the error by Nadeau and Bengio's (2003)
        correction, since the runs' training rows overlap.
    paired : bool, default=True
        Whether a run has something in common for all models (its split). On one fixed test set it
        has not: each model's seeds are its own, and the test is Welch's.
    row_variance : ndarray `(models,)`, optional
        What a score's variance would be over other test rows as many as a run's. It is all that a
        difference is weighed against which repeats exactly where no other pair's varies.
    test_rows : float, optional
        Independent test rows of a run, on which the degrees of freedom of that variance depend.

    Returns
    -------
    PairTests

    Notes
    -----
    A pair's variance from 5 runs is a poor estimate, and on it alone eight models 3 standard
    deviations apart are told apart in 6 %. Pooling it over all pairs doubles the false alarms
    where the models' spreads differ. It is therefore moderated (Smyth 2004): shrunk towards the
    other pairs' by as much as these agree. The correction over the pairs is Tukey's studentised
    range, stepped down once: if one pair differs, at most all models but one are equal
    (Shaffer 1986). `benchmarks/null_calibration.py` is where this was chosen.

    A difference that is the same in every run has a variance too: the sample's 0 is shrunk like
    any other.
    """
    n_models = scores.shape[1]
    pairs = list(itertools.combinations(range(n_models), 2))
    each = [_pair_moments(scores[:, a], scores[:, b], ratio, paired) for a, b in pairs]
    difference, variance, factor, df, runs = np.reshape(each, (-1, 5)).T
    # A model of which every fit failed is no rival that the others are corrected for.
    n_scored = max(2, int(np.isfinite(scores).any(axis=0).sum()))
    n_runs = int(np.isfinite(scores).any(axis=1).sum())
    most = (n_runs - 1) * (n_scored - 1 if paired else n_scored)
    variance, df = moderate_variances(variance, df, most)
    error = np.sqrt(variance * factor)
    if row_variance is not None:
        # Over the test rows as if the luck of the two had no link.
        of_rows = np.array([row_variance[a] + row_variance[b] for a, b in pairs])
        error, df = replace_no_error(error, df, of_rows, runs, ratio, paired, test_rows)
    error = np.where(error > 0, error, np.nan)
    group, p = _step_down(difference, error, df, n_scored)
    p = np.where(np.isnan(p) & (difference == 0) & (runs > 1), 1.0, p)
    return PairTests(pairs, difference, error, df, group, p, runs.astype(int))


test_pairs.__test__ = False  # not for pytest


def _pair_moments(a, b, ratio, paired):
    """Mean difference, variance, the factor from it to the squared error, df, runs."""
    if paired:
        both = np.isfinite(a) & np.isfinite(b)
        d = a[both] - b[both]
        n = len(d)
        if n < 2:
            return (d.mean() if n else np.nan), np.nan, np.nan, np.nan, n
        scale = np.abs([a[both], b[both]]).max()
        return d.mean(), sample_variance(d, scale), 1 / n + ratio, n - 1, n
    a, b = a[np.isfinite(a)], b[np.isfinite(b)]
    n = min(len(a), len(b))
    difference = a.mean() - b.mean() if n else np.nan
    if n < 2:
        return difference, np.nan, np.nan, np.nan, n
    parts = np.array([sample_variance(a) / len(a), sample_variance(b) / len(b)])
    variance = sample_variance(a) + sample_variance(b)
    if variance == 0:
        return difference, 0.0, (1 / len(a) + 1 / len(b)) / 2, n - 1, n
    welch = parts.sum() ** 2 / (parts**2 / [len(a) - 1, len(b) - 1]).sum()
    return difference, variance, parts.sum() / variance, welch, n


def sample_variance(values, scale=None):
    """The sample variance; exactly 0 for equal values, whatever the rounding of their `scale`."""
    spread = np.var(values, ddof=1)
    scale = np.abs(values).max() if scale is None else scale
    return 0.0 if spread <= (1e-12 * scale) ** 2 else spread


def moderate_variances(variance, df, most_df):
    """Shrink sample variances towards each other by as much as they agree (Smyth 2004).

    Parameters
    ----------
    variance, df : ndarray
        Sample variances and their degrees of freedom; NaN is left alone.
    most_df : float
        Degrees of freedom of all the scores together, which no shrinking goes beyond.

    Returns
    -------
    variance, df : ndarray

    References
    ----------
    Smyth (2004). Linear models and empirical Bayes methods for assessing differential expression
    in microarray experiments. Stat. Appl. Genet. Mol. Biol. 3(1), article 3.
    """
    known, varies = np.isfinite(variance), variance > 0
    moderated, total = variance.copy(), df.astype(float)
    if varies.sum() >= 3:
        prior_df, prior = _fit_prior(variance[varies], df[varies])
        v, d = variance[known], df[known]
        moderated[known] = (prior_df * prior + d * v) / (prior_df + d)
        total[known] = np.minimum(prior_df + d, np.maximum(most_df, d))
    elif varies.any():
        # Too few to see how much they agree: none is shrunk, and what does not vary takes theirs.
        moderated[known & ~varies] = np.average(variance[varies], weights=df[varies])
    return moderated, total


def replace_no_error(error, df, row_variance, runs, ratio, paired, test_rows):
    """Put the luck of the test rows in place of an error of 0.

    Parameters
    ----------
    error, df : ndarray
        Standard errors, of means over `runs` runs, and their degrees of freedom.
    row_variance : ndarray
        The variance over test rows of what each is the error of, in one run.
    runs, ratio, paired, test_rows
        As of `test_pairs`. Where runs share their test rows, more of them do not make it less.

    Returns
    -------
    error, df : ndarray
    """
    none = error == 0
    factor = 1 / np.maximum(runs, 1) + ratio if paired else 1.0
    of_rows = np.sqrt(row_variance * factor)
    return np.where(none, of_rows, error), np.where(none, max(test_rows - 1, 1), df)


def _fit_prior(v, d):
    """Fit a scaled inverse chi-squared to sample variances by the moments of their logarithms.

    Two cautions keep it safe where models differ in spread by a factor of five: the variances of
    pairs that share a model are correlated, so they agree more than independent ones would; and
    the prior lies no lower than their mean.
    """
    z = np.log(v) - digamma(d / 2) + np.log(d / 2)
    excess = z.var(ddof=1) / (1 - _mean_correlation(len(v))) - polygamma(1, d / 2).mean()
    mean = np.average(v, weights=d)
    if excess <= polygamma(1, MANY / 2):
        return MANY, mean
    half = brentq(lambda x: polygamma(1, x) - excess, 1e-6, MANY)
    return 2 * half, max(mean, np.exp(z.mean() + digamma(half) - np.log(half)))


def _mean_correlation(n_pairs):
    """Mean correlation of the variances of pairs: 1/4 for two that share a model, 0 else."""
    n_models = (1 + np.sqrt(1 + 8 * n_pairs)) / 2
    return 0.25 * 2 * (n_models - 2) / (n_pairs - 1)


def _step_down(difference, error, df, n_models):
    testable = error > 0
    group, p = np.full(len(error), n_models), np.full(len(error), np.nan)
    if not testable.any():
        return group, p
    size = np.abs(difference[testable]) / error[testable]
    p[testable] = _range_p(size, n_models, df[testable])
    first = np.flatnonzero(testable)[np.argmin(p[testable])]
    if p[first] < LEVEL and n_models > 2:
        others = testable & (np.arange(len(p)) != first)
        group[others] = n_models - 1
        size = np.abs(difference[others]) / error[others]
        p[others] = np.maximum(p[first], _range_p(size, n_models - 1, df[others]))
    return group, p


def _range_p(t, n_models, df):
    if n_models == 2:
        return 2 * stats.t.sf(t, df)
    return stats.studentized_range.sf(np.sqrt(2) * t, n_models, np.minimum(df, MANY))


@lru_cache(maxsize=4096)
def critical_range(n_models, df):
    """The studentised range that `n_models` equal models stay under in 95 %."""
    if not np.isfinite(df):
        return np.nan
    if n_models == 2:
        return np.sqrt(2) * stats.t.isf(LEVEL / 2, df)
    return float(stats.studentized_range.isf(LEVEL, n_models, min(df, MANY)))


def runs_needed(difference, variance, df, n_runs, n_models, ratio):
    """Return how many runs would show a difference of this size in 80 %, or None if none would.

    Parameters
    ----------
    difference, variance, df : float
        Of a pair: the mean, the (moderated) variance of a run's difference, its degrees of freedom
        at `n_runs` runs.
    ratio : float
        As of `test_pairs`; with it the error does not fall below ``sqrt(ratio * variance)``
        however many splits are cut of the same rows.
    """

    def shows(n):
        error = np.sqrt(variance * (1 / n + ratio))
        critical = _critical_between(n_models, df * (n - 1) / (n_runs - 1)) / np.sqrt(2)
        return abs(difference) >= (critical + stats.norm.ppf(0.8)) * error

    possible = sorted({*range(2, 40), *np.geomspace(40, _MOST_RUNS, 40).astype(int)})
    place = bisect.bisect_left(possible, True, key=shows)
    return int(possible[place]) if place < len(possible) else None


def _critical_between(n_models, df):
    """The critical range interpolated in 1/df, to plan by: each exact one takes 0.1 s."""
    grid = np.array([1, 1.5, 2, 3, 4, 5, 7, 10, 15, 30, 100, MANY])
    known = [critical_range(n_models, d) for d in grid[::-1]]
    return np.interp(1 / df, 1 / grid[::-1], known)
