"""Intervals: the conformal quantile, the units of errors, and that what was fitted is frozen."""

import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone

import keraseq
from keraseq.training.network import Network
from keraseq.wrappers.forecasting.intervals import (
    Calibration,
    RadiusTracker,
    conformal_rank,
    mean_window_variance,
    window_scale,
)

TENTH = np.where(np.arange(400) % 10 == 0, 5.0, 0.0)


def calibration(scores):
    """Of errors that are these scores `(windows, steps)`, in one target."""
    truth = np.asarray(scores, dtype=float)[..., None]
    return Calibration(np.zeros_like(truth), truth, np.ones_like(truth), None)


@pytest.mark.parametrize(
    ("n", "coverage", "rank"),
    [(100, 0.9, 91), (99, 0.9, 90), (9, 0.9, 9), (99, 0.07, 7), (99, 0.57, 57), (999, 0.999, 999)],
)
def test_the_radius_is_the_kth_smallest_score(n, coverage, rank):
    assert conformal_rank(n, coverage) == rank
    scores = np.random.default_rng(0).permutation(np.arange(1, n + 1))
    assert calibration(scores[:, None]).radius(coverage).item() == rank


def test_exchangeable_scores_are_covered_as_often_as_theory_says():
    # k / (n + 1) for continuous scores (Vovk et al. 2005); here 18 / 20.
    draws = np.abs(np.random.default_rng(0).normal(size=(20, 20_000)))
    covered = draws[-1] <= calibration(draws[:-1]).radius(0.9)[:, 0]
    assert covered.mean() == pytest.approx(0.9, abs=3 * np.sqrt(0.09 / 20_000))


def test_a_truth_that_nobody_knows_counts_in_nothing():
    scores = np.tile(np.arange(1.0, 101)[:, None], (1, 2))
    scores[99, 1] = np.nan
    np.testing.assert_array_equal(calibration(scores).radius(0.9)[:, 0], [91, 90])
    np.testing.assert_allclose(calibration(scores).error_quantiles([0.5])[:, 0, 0], [50.5, 50])
    scores[5:, 1] = np.nan
    with pytest.raises(ValueError, match="at least 9 windows held back from training, and there"):
        calibration(scores).radius(0.9)
    tracker = RadiusTracker(np.full((2, 1), 2.0), 0.9)
    tracker.update(np.array([[np.nan], [1.0]]), np.array([True, True]))
    np.testing.assert_allclose(tracker.radius[:, 0], [2, 2 - 0.1 * 0.1])


def test_errors_are_measured_by_the_windows_spread_and_what_is_typical():
    past = np.array([[0, 0, 0, 0], [-1, 1, -1, 1]], dtype=float)[..., None]
    typical = np.full((2, 1), 0.25)
    np.testing.assert_allclose(
        window_scale(past, typical, "adaptive")[:, 0, 0], [0.5, np.sqrt(1.25)]
    )
    np.testing.assert_array_equal(window_scale(past, typical, "split"), np.ones((2, 1, 1)))
    # Of [0, 0], [0, 2], [2, 2]: 0, 1 and 0; a covariate and what is missing count in none.
    rows = np.array([[0, 9], [0, 1], [2, 4], [2, 4]], dtype=float)
    np.testing.assert_allclose(mean_window_variance([rows], 2, 1), [[1 / 3]])
    rows[0, 0] = np.nan
    np.testing.assert_allclose(mean_window_variance([rows], 2, 1), [[1 / 3]])


def small(**changes):
    settings = {"horizon": 2, "lookback": 6, "units": 4, "epochs": 1, "random_state": 0}
    return keraseq.SequenceForecaster("gru", **{**settings, **changes})


@pytest.mark.parametrize("quantiles", [None, (0.05, 0.5, 0.95)])
def test_a_flat_history_gives_no_interval_wider_than_what_ever_happened(quantiles):
    model = small(epochs=3, quantiles=quantiles).fit(TENTH)
    for end in (391, 395, 400):
        values = model.predict_interval(y=TENTH[:end]), model.predict_quantiles(y=TENTH[:end])
        # A window has one five in its six rows, and a variance of 125 / 36, or none; six in ten
        # have one. Errors of some 5 in units of at least the typical spread reach, in a window
        # with a five, 5 (1 + 1 / .6)^.5 = 8.2 from a forecast of at most 5.
        assert np.abs(np.concatenate(values, axis=-1)).max() < 13.2
        if quantiles is not None:
            ends = values[1][..., [0, -1]]
            assert np.abs(values[0] - ends).max() < 9


def test_intermittent_demand_is_covered_by_intervals_of_its_own_size():
    rng = np.random.default_rng(0)
    demand = np.where(rng.random(500) < 0.1, rng.poisson(6, 500) + 1.0, 0.0)
    result = small(horizon=7, lookback=14).backtest(demand, start=400)
    own = result.forecasts.dropna(subset="lower")
    assert own["upper"].max() < 2 * demand.max()
    assert own["lower"].min() > -2 * demand.max()
    assert 0.8 < result.scores.loc["gru", "coverage"] < 1


@pytest.fixture
def fits(monkeypatch):
    """A list that grows with each training."""
    counted, fit = [], Network.fit

    def count(network, *arguments, **settings):
        counted.append(network)
        return fit(network, *arguments, **settings)

    monkeypatch.setattr(Network, "fit", count)
    return counted


WAVE = np.sin(np.arange(90) / 3) + np.random.default_rng(1).normal(0, 0.1, 90)
OTHERS = {
    "model": "lstm",
    "units": 3,
    "horizon": 5,
    "lookback": 9,
    "quantiles": (0.2, 0.8),
    "conformal": "split",
    "channels": "mixed",
    "shrinkage": 0.9,
    "epochs": 2,
    "learning_rate": 1.0,
    "callbacks": [None],
    "optimizer": "sgd",
    "random_state": 7,
}


def answers(model):
    return [
        model.predict(),
        model.predict_interval(coverage=0.7),
        model.predict_interval(1, coverage=0.5),
        model.predict_interval(3, coverage=0.5),
        model.predict_quantiles(),
        model.score(WAVE),
        *model.predict_windows(WAVE, 80),
    ]


@pytest.mark.parametrize("early_stopping", [False, True])
def test_parameters_set_after_fit_change_nothing_until_the_next_fit(early_stopping):
    settings = {"early_stopping": early_stopping, "validation_fraction": 0.2}
    expected = answers(small(**settings).fit(WAVE))
    model = small(**settings).fit(WAVE)
    for one, same in zip(answers(model.set_params(**OTHERS)), expected, strict=True):
        np.testing.assert_array_equal(one, same)
    model.set_params(callbacks=None).fit(WAVE)
    assert model.predict().shape == (5,)


class Counter(keras.callbacks.Callback):
    """Counts the trainings that it is part of."""

    begun = 0

    def on_train_begin(self, logs=None):
        Counter.begun += 1


def test_errors_are_measured_once_by_a_copy_that_touches_nothing_of_the_users(fits, tmp_path):
    Counter.begun = 0
    random_state = np.random.RandomState(0)
    # Nor a second training within the fit.
    settings = {"callbacks": [Counter()], "shrinkage": 0}
    model = small(checkpoint=tmp_path, random_state=random_state, **settings)
    model.fit(WAVE)
    before = random_state.get_state()[1].copy()
    waiting = tmp_path / "keraseq-fit.npz"
    waiting.write_bytes(b"another fit's")
    fitted = set(vars(model))
    first = model.predict_interval(coverage=0.7)
    for coverage in (0.5, 0.8):
        model.predict_interval(coverage=coverage)
        model.predict_interval(1, coverage=coverage)
        model.predict_quantiles(quantiles=(0.3, 0.6))
    assert len(fits) == 2
    assert Counter.begun == 1
    assert set(vars(model)) == fitted
    np.testing.assert_array_equal(random_state.get_state()[1], before)
    assert waiting.read_bytes() == b"another fit's"

    waiting.unlink()
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_interval(coverage=0.7), first)
    assert len(fits) == 2
    assert not hasattr(clone(model), "_probabilities")
    fresh = small(random_state=5, shrinkage=0).fit(2 * WAVE).predict_interval(coverage=0.7)
    model.set_params(random_state=5).fit(2 * WAVE)
    np.testing.assert_array_equal(model.predict_interval(coverage=0.7), fresh)


def test_a_forecaster_pickled_before_it_was_asked_answers_the_same():
    model = small(random_state=None).fit(WAVE)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(
        again.predict_interval(coverage=0.7), model.predict_interval(coverage=0.7)
    )


def test_what_cannot_be_measured_is_refused_before_it_is_trained_for(fits):
    model = small(shrinkage=0).fit(WAVE)
    with pytest.raises(ValueError, match="there are 17; lower it, or fit on longer series"):
        model.predict_interval(coverage=0.99)
    with pytest.raises(
        ValueError, match=r"no window held back .* fit on longer series, or lower n"
    ):
        model.predict_quantiles(88)
    assert len(fits) == 1
