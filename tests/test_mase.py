"""MASE means the same wherever it is printed; its values here are worked out by hand."""

import numpy as np
import pandas as pd
import pytest

import keraseq
from keraseq.baselines import NaiveForecaster, mase_scale
from keraseq.comparison._scores import total
from keraseq.encoding.season import season_of
from keraseq.tasks import get_task

# Of two steps: |4-1|, |6-3|, |5-4|, |9-6| = 3, 3, 1, 3; of one step: 2, 1, 2, 1, 4.
ROWS = [1.0, 3, 4, 6, 5, 9]


def test_the_scale_is_the_seasonal_naive_error_of_the_training_rows():
    assert mase_scale(ROWS, 2) == pytest.approx(2.5)
    assert mase_scale(ROWS) == pytest.approx(2.0)
    assert mase_scale(ROWS, 6) == pytest.approx(2.0)  # no two seasons to compare
    both = mase_scale(np.stack([ROWS, np.full(6, 7.0)], axis=1), 2)
    np.testing.assert_allclose(both, [2.5, np.nan])


def test_what_repeats_itself_or_is_missing_has_no_scale():
    wave = np.sin(np.arange(120) * np.pi / 6)
    assert np.isnan(mase_scale(wave, 12))  # equal but for rounding
    assert mase_scale(wave, 1) > 0
    assert np.isnan(mase_scale([4.0])) and np.isnan(mase_scale([]))
    assert np.isnan(mase_scale([np.nan, np.nan]))
    assert mase_scale([1.0, np.nan, 4, 6]) == 2  # the one difference of two known values


@pytest.mark.parametrize("season", [0, -1, 12.0, "12", None])
def test_a_season_of_the_scale_is_a_number_of_steps(season):
    with pytest.raises((ValueError, TypeError), match="season="):
        mase_scale(ROWS, season)


@pytest.mark.parametrize(
    ("freq", "season"),
    [
        *[("h", 24), ("10min", 144), ("D", 7), ("2D", 7), ("B", 5), ("W", 52), ("2W", 26)],
        *[("MS", 12), ("QS", 4), ("YS", 1), ("7h", 1), ("36h", 1)],
    ],
)
def test_the_season_of_dates_follows_from_their_step(freq, season):
    dates = pd.date_range("2024-01-01", periods=40, freq=freq, tz="Europe/Paris")
    assert season_of(dates) == season
    assert season_of(dates, 3) == 3
    assert season_of(pd.RangeIndex(40)) == 1


def test_the_season_of_periods():
    assert season_of(pd.period_range("2020-01", periods=30, freq="M")) == 12


def test_a_missing_truth_and_a_target_without_scale_count_in_nothing():
    truth = np.array([[[1.0, 5], [np.nan, 5]], [[3.0, 5], [3.0, 5]]])
    gain, weight = get_task("forecasting").gains(
        truth, np.zeros((2, 2, 2)), np.array([2.0, np.nan])
    )
    assert total(gain, weight) == pytest.approx(-(0.5 + 1.5 + 1.5) / 3)


@pytest.fixture(scope="module")
def days():
    dates = pd.date_range("2023-01-02", periods=150, freq="D")
    noise = np.random.default_rng(0).normal(0, 1, 150)
    return pd.Series(10 + 3 * (np.arange(150) % 7) + noise, dates, name="sold")


def small(**changes):
    settings = {"horizon": 4, "lookback": 14, "units": 4, "epochs": 1, "random_state": 0}
    return keraseq.SequenceForecaster("gru", **{**settings, **changes})


@pytest.mark.parametrize("season", [None, 5])
def test_score_backtest_and_compare_agree(days, season):
    # What every way of measuring is given: training on 110 rows, all origins of the rest.
    model = small().fit(days[:110])
    scale = np.abs(days[:110].diff(season or 7)).mean()
    forecast, truth = model.predict_windows(days, 110)
    expected = np.abs(forecast - truth).mean() / scale
    score = model.score(days[110 - model.lookback_ :], season=season)
    assert score == pytest.approx(-expected, rel=1e-5)
    result = model.backtest(days, start=110, stride=1, coverage=None, season=season)
    assert result.scores.loc["gru", "MASE"] == pytest.approx(expected, rel=1e-5)

    naive = NaiveForecaster(horizon=4, season=1)
    cv = _Cuts([(np.arange(110), np.arange(110, 150))])
    found = keraseq.compare({"naive": naive}, days, cv=cv, season=season, verbose=0)
    assert -found.scores["naive"].item() == pytest.approx(result.scores.loc["naive", "MASE"])


class _Cuts:
    """A splitter that cuts where it is told."""

    def __init__(self, cuts):
        self.cuts = cuts

    def split(self, X):
        return iter(self.cuts)


def test_rows_between_training_and_test_are_no_part_of_the_scale(days):
    cv = _Cuts([(np.arange(100), np.arange(120, 150))])
    found = keraseq.compare({"a": NaiveForecaster(season=1)}, days, cv=cv, verbose=0)
    errors = np.abs(days.diff())[-30:].mean()
    assert -found.scores["a"].item() == pytest.approx(errors / np.abs(days[:100].diff(7)).mean())


def test_a_series_of_a_list_is_scaled_by_its_own_first_rows(days):
    y = days.to_numpy()
    model = small(lookback=10).fit([y[:80], 2 * y[:80]])
    new = y[80:] + 5
    forecast, truth = model.predict_windows([new], 10)
    expected = np.abs(forecast - truth).mean() / np.abs(np.diff(new[:10])).mean()
    assert model.score([new]) == pytest.approx(-expected, rel=1e-5)


def test_a_series_of_a_long_frame_is_scaled_by_its_training_rows(days):
    frame = pd.concat(
        [pd.DataFrame({"shop": s, "day": days.index, "sold": k * days.values}) for s, k in SHOPS]
    )
    early = frame[frame["day"] < days.index[110]]
    model = small(series_col="shop", date_col="day").fit(early)
    late = frame[(frame["day"] >= days.index[110 - 14]) & (frame["shop"] == "b")]
    result = model.backtest(frame, start=110, stride=1, coverage=None)
    assert model.score(late) == pytest.approx(
        -result.score_by("model", "series").loc[("gru", "b"), "MASE"], rel=1e-5
    )


SHOPS = (("a", 1.0), ("b", 50.0))


def test_a_training_part_that_repeats_itself_is_refused_before_it_is_fitted(days):
    flat = days.where(days.index > days.index[120], 3.0)
    model = small().fit(flat[:110])
    with pytest.raises(ValueError, match="repeats itself exactly every 7 steps"):
        model.score(flat)
    with pytest.raises(ValueError, match="nothing to divide by"):
        keraseq.compare({"a": NaiveForecaster()}, flat, n_seeds=2, verbose=0)
    result = model.backtest(flat, start=110, coverage=None)
    assert np.isnan(result.scores["MASE"]).all()
    assert np.isfinite(result.scores["MAE"]).all()


@pytest.mark.parametrize("season", [0, 1.5, "12"])
def test_a_season_is_a_number_of_steps(days, season):
    with pytest.raises((ValueError, TypeError), match="season="):
        keraseq.compare({"a": NaiveForecaster()}, days, season=season, verbose=0)
    with pytest.raises(ValueError, match="season=7 is for forecasts"):
        keraseq.compare(["gru"], [[1.0], [2.0]], ["a", "b"], season=7, verbose=0)
