"""Tests of significance against their definitions and known results."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from keraseq.baselines import NaiveForecaster
from keraseq.comparison import JoinedComparison, diebold_mariano
from keraseq.comparison._bootstrap import two_level_bootstrap
from keraseq.comparison._scores import row_luck
from keraseq.comparison._statistics import moderate_variances, runs_needed, test_pairs


def draw(n_runs=5, n_models=2, seed=0):
    return np.random.default_rng(seed).normal(size=(n_runs, n_models))


def test_two_models_get_nadeau_and_bengios_test():
    scores = draw()
    gap = scores[:, 0] - scores[:, 1]
    t = gap.mean() / np.sqrt(gap.var(ddof=1) * (1 / 5 + 0.25))
    tests = test_pairs(scores, ratio=0.25)
    assert tests.p[0] == pytest.approx(2 * stats.t.sf(abs(t), 4))
    assert tests.half_width()[0] == pytest.approx(
        stats.t.isf(0.025, 4) * np.sqrt(gap.var(ddof=1) * 0.45)
    )


def test_two_models_on_one_test_set_get_welchs_test():
    scores = draw() * [1, 3]
    expected = stats.ttest_ind(scores[:, 0], scores[:, 1], equal_var=False).pvalue
    assert test_pairs(scores, paired=False).p[0] == pytest.approx(expected)


@pytest.mark.parametrize("paired", [True, False])
def test_equal_scores_have_a_p_of_one_and_an_interval(paired):
    scores = np.array([[0.1 + 0.2, 0.3]] * 4)
    tests = test_pairs(scores, paired=paired, row_variance=np.full(2, 0.01), test_rows=20)
    assert tests.p[0] == pytest.approx(1)
    assert tests.half_width()[0] > 0.05


def test_a_difference_that_repeats_is_weighed_against_as_many_test_rows():
    # Two runs of 40 test rows: variances of .001 and .002 over the rows, t of 39 degrees.
    scores = np.array([[0.925, 0.1]] * 2)
    known = {"row_variance": np.array([0.001, 0.002]), "test_rows": 40}
    error = np.sqrt(0.003 * (1 / 2 + 0.25))
    tests = test_pairs(scores, ratio=0.25, **known)
    assert tests.error[0] == pytest.approx(error)
    assert tests.p[0] == pytest.approx(2 * stats.t.sf(0.825 / error, 39))
    # One test set: more runs on the same rows do not make their luck less.
    fixed = test_pairs(scores, paired=False, **known)
    assert fixed.error[0] == pytest.approx(np.sqrt(0.003))
    # Nothing known of the rows: there is no verdict, and none of "equal" either.
    unknown = test_pairs(scores, ratio=0.25)
    assert np.isnan(unknown.p[0]) and np.isnan(unknown.half_width()[0])


def test_a_difference_that_repeats_borrows_the_other_pairs_spread():
    # Of three models one pair varies not at all, the others alike: it takes their variance.
    wave = np.array([0.1, -0.1, 0.1, -0.1])
    scores = np.column_stack([0.9 + 0 * wave, 0.5 + 0 * wave, 0.7 + wave])
    tests = test_pairs(scores, row_variance=np.full(3, 1e-6), test_rows=10)
    spread = np.var(wave, ddof=1)
    np.testing.assert_allclose(tests.error, np.sqrt(spread / 4))
    t = 0.4 / np.sqrt(spread / 4)
    assert tests.p[0] == pytest.approx(stats.studentized_range.sf(np.sqrt(2) * t, 3, 3))
    # Among many that vary it is shrunk towards them like every other.
    v, d = np.array([0.0, 1.0, 1.1, 0.9]), np.full(4, 4.0)
    moderated, df = moderate_variances(v, d, 100)
    assert moderated[0] == pytest.approx(1, abs=0.01) and df[0] == 100


def test_the_luck_of_test_rows_is_laplaces():
    # 9 of 10 right, with one right and one wrong added: 10 of 12.
    right = np.r_[np.ones(9), 0]
    variance, n = row_luck("classification", right, np.ones(10))
    assert variance == pytest.approx((10 / 12) * (2 / 12) / 11) and n == 10
    # All right, or tokens in rows of two: never nothing.
    assert row_luck("tagging", np.full(4, 2.0), np.full(4, 2.0))[0] == pytest.approx(5 / 36 / 5)
    # The worst row of a forecast of no error is as bad as the naive one.
    assert row_luck("forecasting", np.zeros(4), np.ones(4))[0] == pytest.approx(5 / 36 / 5)
    # Windows of 3 steps that overlap are one in three.
    errors = -np.random.default_rng(0).random(9)
    each, blocks = row_luck("forecasting", errors, np.ones(9), block=3)
    of_means = row_luck("forecasting", errors.reshape(3, 3).mean(axis=1), np.ones(3))
    assert (each, blocks) == (pytest.approx(of_means[0]), 3)


def test_equal_variances_are_pooled_and_different_ones_are_not():
    equal, df = moderate_variances(np.array([1.0, 1.1, 0.9]), np.full(3, 4.0), 100)
    np.testing.assert_allclose(equal, 1, atol=0.01)
    assert (df == 100).all()
    different, df = moderate_variances(np.array([1e-4, 1.0, 1e4]), np.full(3, 4.0), 100)
    assert different[0] / different[2] < 0.3
    assert (df < 6).all()


def test_a_failed_run_leaves_the_others():
    scores = draw(6, 3)
    scores[2, 0] = np.nan
    tests = test_pairs(scores, ratio=0.25)
    assert tests.runs.tolist() == [5, 5, 6]
    scores[:5, 0] = np.nan
    tests = test_pairs(scores, ratio=0.25)
    assert np.isnan(tests.p[:2]).all() and np.isnan(tests.half_width()[:2]).all()
    assert tests.p[2] <= 1


def test_one_of_eight_that_is_far_worse_is_found():
    scores = draw(5, 8)
    scores[:, 3] -= 12
    tests = test_pairs(scores, ratio=0.25)
    worse = np.array([3 in pair for pair in tests.pairs])
    assert (tests.p[worse] < 0.05).all()
    assert (tests.p[~worse] > 0.05).all()


def test_nemenyis_p_is_5_percent_at_demsars_critical_difference():
    # Demšar 2006, table 5: q = 2.728 for five models; 30 data sets.
    joined = JoinedComparison(
        pd.DataFrame(np.random.default_rng(0).normal(size=(30, 5)), columns=list("abcde")), "m"
    )
    critical = 2.728 * np.sqrt(5 * 6 / (6 * 30))
    assert joined.critical_difference == pytest.approx(critical, rel=1e-3)
    joined.ranks = pd.Series([1.0, 1.0 + critical, 3.0, 3.0, 3.0], list("abcde"))
    frame = joined.significance.set_index(["a", "b"])
    assert frame.loc[("a", "b"), "p"] == pytest.approx(0.05, rel=0.01)
    assert frame.loc[("c", "d"), "p"] == pytest.approx(1)


def test_smaller_differences_need_more_runs():
    large, small = (runs_needed(gap, 1.0, 4, 5, 2, 0.0) for gap in (3.0, 1.0))
    assert 2 < large < small < 30
    # No number of splits of the same rows brings the error under sqrt(ratio).
    assert runs_needed(0.5, 1.0, 4, 5, 2, 0.25) is None


def test_the_bootstrap_counts_rows_and_seeds():
    generator = np.random.default_rng(0)
    weight = np.ones(400)
    right = (generator.random((1, 400)) < 0.8).astype(float)
    rows_alone = two_level_bootstrap([np.repeat(right, 4, axis=0)], weight).std()
    assert rows_alone == pytest.approx(np.sqrt(0.16 / 400), rel=0.15)
    seeds = two_level_bootstrap([np.full((4, 400), [[0.5], [0.6], [0.7], [0.8]])], weight).std()
    assert seeds == pytest.approx(np.std([0.5, 0.6, 0.7, 0.8]) / 2, rel=0.15)


@pytest.fixture(scope="module")
def naive():
    y = np.sin(np.arange(240) * np.pi / 6) + np.random.default_rng(0).normal(0, 0.3, 240)
    return y, {m: NaiveForecaster(m, horizon=3).fit(y[:120]) for m in ("seasonal", "drift")}


def test_diebold_and_mariano_see_the_better_forecaster(naive):
    y, fitted = naive
    found = diebold_mariano(fitted["seasonal"], fitted["drift"], y, 120)
    assert found.high < 0 and found.p < 0.01 and found.origins == 118
    turned = diebold_mariano(fitted["drift"], fitted["seasonal"], y, 120, loss="squared")
    assert turned.difference > 0


def test_diebold_and_mariano_of_a_forecaster_with_itself(naive):
    y, fitted = naive
    assert diebold_mariano(fitted["drift"], fitted["drift"], y, 120).p == 1


def test_diebold_and_mariano_of_errors_that_differ_by_the_same_at_every_origin():
    line = np.arange(60.0)
    exact, late = (NaiveForecaster(m).fit(line[:20]) for m in ("drift", "seasonal"))
    found = diebold_mariano(exact, late, line, 20)
    # The last value is one step late; 40 origins, and one that tells the opposite: t = 41 / 2.
    assert found.difference == pytest.approx(-1)
    assert found.statistic == pytest.approx(-20.5) and found.low < -1 < found.high < 0
    assert found.p == pytest.approx(2 * stats.t.sf(20.5, 39))


class _Told:
    """A forecaster whose errors are told to it, `(origins, horizon)`."""

    def __init__(self, errors):
        self.errors = np.asarray(errors, dtype=float)[..., None]

    def predict_windows(self, y, start):
        return self.errors, np.where(np.isnan(self.errors), np.nan, 0.0)


def test_diebold_and_mariano_count_known_values_alone():
    errors = np.random.default_rng(0).normal(size=(60, 1))
    gap = np.abs(errors[:, 0]) - 0.3
    known = np.arange(60) % 7 > 0
    holes = np.where(known[:, None], errors, np.nan)
    found = diebold_mariano(_Told(holes), _Told(np.full((60, 1), 0.3)), None, 1)
    # With one step ahead errors do not overlap, and the test is Student's.
    student = stats.ttest_1samp(gap[known], 0)
    assert (found.origins, found.difference) == (known.sum(), pytest.approx(gap[known].mean()))
    assert found.statistic == pytest.approx(student.statistic)
    assert found.p == pytest.approx(student.pvalue)
    # Of two steps, what is known of one counts.
    both = np.stack([holes[:, 0], errors[:, 0]], axis=1)
    found = diebold_mariano(_Told(both), _Told(np.full((60, 2), 0.3)), None, 1)
    assert (found.origins, found.difference) == (60, pytest.approx(gap.mean()))


def test_diebold_and_mariano_refuse_what_they_cannot_judge(naive):
    y, fitted = naive
    with pytest.raises(ValueError, match="horizons differ"):
        diebold_mariano(fitted["drift"], NaiveForecaster(horizon=2).fit(y), y, 120)
    with pytest.raises(ValueError, match="too few for horizon=3"):
        diebold_mariano(fitted["drift"], fitted["seasonal"], y, 234)
