"""Tests of significance against their definitions and known results."""

import numpy as np
import pytest
from scipy import stats

from keraseq.baselines import NaiveForecaster
from keraseq.comparison import diebold_mariano
from keraseq.comparison._bootstrap import two_level_bootstrap
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
def test_no_variance_gives_p_of_one(paired):
    scores = np.array([[0.1 + 0.2, 0.5]] * 4)
    tests = test_pairs(scores, paired=paired)
    assert tests.p[0] == 1
    assert tests.half_width()[0] == 0


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
    assert tests.p[:2].tolist() == [1, 1]
    assert np.isnan(tests.half_width()[:2]).all()


def test_one_of_eight_that_is_far_worse_is_found():
    scores = draw(5, 8)
    scores[:, 3] -= 12
    tests = test_pairs(scores, ratio=0.25)
    worse = np.array([3 in pair for pair in tests.pairs])
    assert (tests.p[worse] < 0.05).all()
    assert (tests.p[~worse] > 0.05).all()


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


def test_diebold_and_mariano_refuse_what_they_cannot_judge(naive):
    y, fitted = naive
    with pytest.raises(ValueError, match="horizons differ"):
        diebold_mariano(fitted["drift"], NaiveForecaster(horizon=2).fit(y), y, 120)
    with pytest.raises(ValueError, match="too few for horizon=3"):
        diebold_mariano(fitted["drift"], fitted["seasonal"], y, 234)
