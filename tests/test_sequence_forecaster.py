import copy
import pickle

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import keraseq
from keraseq.baselines import NaiveForecaster
from keraseq.encoding.dated_series import read_dated_series
from keraseq.training.pool import POOL

DAYS = pd.date_range("2020-01-01", periods=60, freq="D")


def forecaster(**changes):
    settings = {"horizon": 3, "lookback": 12, "units": 4, "epochs": 1, "random_state": 0}
    return keraseq.SequenceForecaster(**{"model": "gru", **settings, **changes})


def wave(index, name="wave"):
    return pd.Series(10 + np.sin(np.arange(len(index)) / 2), index, name=name)


@pytest.mark.parametrize(
    ("index", "first"),
    [
        (pd.date_range("2020-01-31", periods=40, freq="ME"), "2023-05-31"),
        (pd.date_range("1980-01-01", periods=40, freq="YS"), "2020-01-01"),
        (pd.date_range("2020-03-01", periods=40, freq="D", tz="Europe/Paris"), "2020-04-10"),
        (pd.date_range("2020-01-01", periods=40, freq="h"), "2020-01-02 16:00"),
        (pd.date_range("2024-01-01", periods=40, freq="B"), "2024-02-26"),
    ],
)
def test_future_dates_follow(index, first):
    y = wave(index)
    step = y if index.freqstr == "B" else y.set_axis(pd.DatetimeIndex(index.to_list()))
    series = read_dated_series(step)
    ahead = series.forecast(series.values[:2])
    assert ahead.index[0] == pd.Timestamp(first, tz=index.tz)
    assert ahead.name == "wave"


def test_fit_and_predict_keep_the_users_form():
    index = pd.date_range("2020-01-01", periods=60, freq="D")
    fitted = forecaster().fit(wave(index))
    assert isinstance(fitted.predict(), pd.Series)
    assert fitted.predict(7).index[-1] == pd.Timestamp("2020-03-07")
    new = wave(pd.date_range("2021-01-01", periods=20, freq="D"))
    assert fitted.predict(2, y=new).index[0] == pd.Timestamp("2021-01-21")
    assert fitted.score(wave(index)) < 0
    forecast, truth = fitted.predict_windows(wave(index), 50)
    assert forecast.shape == truth.shape == (8, 3, 1)
    frame = pd.DataFrame({"a": wave(index), "b": 5 * wave(index)})
    assert list(forecaster().fit(frame).predict().columns) == ["a", "b"]
    assert forecaster().fit(frame.to_numpy()).predict(4).shape == (4, 2)


def test_a_learnable_series_is_forecast_better_than_by_its_last_value():
    y = np.sin(np.arange(400) / 4)
    fitted = forecaster(units=16, epochs=60, horizon=4, lookback=24).fit(y[:300])
    forecast, truth = fitted.predict_windows(y, 300)
    last = y[299 : 299 + len(truth)]
    naive = np.abs(last[:, None] - truth[..., 0]).mean()
    assert np.abs(forecast - truth).mean() < 0.3 * naive
    assert "val_loss" in fitted.history_


@pytest.mark.parametrize("level", [0.0, 1e-9, 7e6])
def test_a_constant_series_stays_constant(level):
    forecast = forecaster().fit(np.full(40, level)).predict()
    np.testing.assert_allclose(forecast, level, rtol=1e-3, atol=1e-2 * (level == 0))


def test_the_unit_of_measurement_does_not_matter():
    y = np.sin(np.arange(60) / 3)
    forecast = forecaster(epochs=3).fit(y).predict()
    np.testing.assert_allclose(forecaster(epochs=3).fit(1e-9 * y).predict(), 1e-9 * forecast, 1e-3)


def test_a_fitted_forecaster_refuses_what_it_cannot_read_and_stays_whole():
    frame = pd.DataFrame({"a": wave(DAYS), "b": 5 * wave(DAYS)})
    fitted = forecaster(channels="mixed").fit(frame)
    before = fitted.predict(31)
    assert before.shape == (31, 2)
    assert np.isfinite(before.to_numpy()).all()
    with pytest.raises(ValueError, match=r"\['b', 'a'\]; training had \['a', 'b'\]"):
        fitted.predict(y=frame[["b", "a"]])
    with pytest.raises(ValueError, match="at most 57"):
        fitted.predict_windows(frame, 58)
    with pytest.raises(ValueError, match="units=0"):
        fitted.set_params(units=0).fit(1000 * frame)
    pd.testing.assert_frame_equal(fitted.predict(31), before)


def test_auto_leaves_windows_to_learn_from():
    short = forecaster(horizon=8, lookback="auto").fit(np.arange(10.0))
    assert (short.lookback_, short.params_["n_windows"]) == (1, 2)
    long_horizon = forecaster(horizon=190, lookback="auto").fit(np.sin(np.arange(600)))
    assert not long_horizon.params_["early_stopping"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": "fast"}, "learning_rate='fast'"),
        ({"learning_rate": -1.0}, "learning_rate=-1.0"),
        ({"early_stopping": "yes"}, "early_stopping='yes'"),
        ({"n_iter_no_change": 0}, "n_iter_no_change=0"),
        ({"model_params": [1]}, "embedding_dim"),
        ({"lookback": 0}, "lookback=0"),
        ({"horizon": 2.5}, "horizon=2.5"),
        ({"channels": "both"}, "channels='both'"),
        ({"missing": "drop"}, "missing='drop'"),
    ],
)
def test_bad_parameters_are_named(changes, message):
    with pytest.raises((ValueError, TypeError), match=message):
        forecaster(**changes).fit(wave(DAYS))


def test_equal_seeds_give_equal_forecasts_and_parameters_are_untouched():
    y = np.sin(np.arange(80) / 3)
    one = forecaster()
    before = one.get_params()
    first = one.fit(y).predict()
    assert one.get_params() == before
    np.testing.assert_array_equal(first, clone(one).fit(y).predict())


def test_gaps_in_dates():
    index = pd.date_range("2020-01-01", periods=60, freq="D").delete(30)
    with pytest.raises(ValueError, match=r"no row for 2020-01-31 .* missing='interpolate'"):
        forecaster().fit(wave(index))
    assert forecaster(missing="interpolate").fit(wave(index)).params_["n_windows"] == 46
    assert forecaster(missing="ignore").fit(wave(index)).params_["n_windows"] == 45


def _with(y, place, value):
    y = y.copy()
    y.iloc[place] = value
    return y


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (wave(DAYS)[::-1], "do not rise"),
        (wave(DAYS.insert(3, DAYS[2])), "is there twice"),
        (_with(wave(DAYS), 4, np.nan), "NaN in column 'wave' at 2020-01-05"),
        (_with(wave(DAYS), 4, np.inf), "infinity in column 'wave' at 2020-01-05"),
        (wave(DAYS)[:14], r"lookback \+ horizon = 12 \+ 3"),
        (wave(DAYS)[:0], "empty"),
        (np.linspace(1e307, 1.7e308, 60), "too large"),
        (wave(DAYS).map(lambda value: f"about {value}"), "not numbers"),
        (wave(DAYS.astype(str)), "pandas.to_datetime"),
        (pd.Series(np.nan, DAYS), "nothing but NaN"),
    ],
)
def test_bad_series_are_errors_that_say_where(y, message):
    with pytest.raises((ValueError, TypeError), match=message):
        forecaster().fit(y)


def test_a_new_history_that_is_too_short_or_in_the_place_of_the_number_of_steps():
    fitted = forecaster().fit(wave(DAYS))
    with pytest.raises(ValueError, match="at least lookback_ = 12"):
        fitted.predict(y=wave(DAYS)[:5])
    for one in (fitted, NaiveForecaster(horizon=3).fit(wave(DAYS))):
        with pytest.raises(TypeError, match=r"^n is a Series; .* predict\(y=\.\.\.\)\.$"):
            one.predict(wave(DAYS))


def test_a_fitted_forecaster_is_pickled_and_its_model_may_be_trained_further():
    fitted = forecaster(shrinkage=0).fit(wave(DAYS))
    before = fitted.predict(5)
    for copied in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        pd.testing.assert_series_equal(copied.predict(5), before)
    model = fitted.model_
    pd.testing.assert_series_equal(fitted.predict(5), before)
    model.set_weights([0 * weight for weight in model.get_weights()])
    # Half way between the history's level and its last value.
    half = (wave(DAYS)[-12:].mean() + wave(DAYS).iloc[-1]) / 2
    assert (fitted.predict() - half).abs().max() < 1e-4


def test_a_repeated_fit_compiles_nothing(monkeypatch):
    monkeypatch.setattr(POOL, "_idle", [])
    first = forecaster(dropout=0.2).fit(wave(DAYS)).predict()
    assert len(POOL._idle) == 1
    forecaster(dropout=0.2, random_state=1).fit(wave(DAYS)[:50])
    again = forecaster(dropout=0.2).fit(wave(DAYS)).predict()
    assert len(POOL._idle) == 1
    pd.testing.assert_series_equal(again, first, check_exact=True)


def linear(input_shape, outputs, scale=1.0):
    inputs = keras.Input(input_shape)
    x = scale * keras.layers.Flatten()(inputs)
    x = keras.layers.Dense(outputs[0] * outputs[1])(x)
    return keras.Model(inputs, keras.layers.Reshape(outputs)(x))


def test_a_function_of_the_users_own_forecasts():
    fitted = forecaster(model=linear, units="auto", model_params={"scale": 2.0}).fit(wave(DAYS))
    assert fitted.predict(5).shape == (5,)
    for changes, message in (
        ({"patch_length": 2}, "patch_length: for models of the zoo"),
        ({"quantiles": (0.1, 0.9)}, r"\(batch, 3, 1, 2\)"),
    ):
        with pytest.raises(ValueError, match=message):
            clone(fitted).set_params(**changes).fit(wave(DAYS))


def test_going_on_from_a_checkpoint_and_from_the_former_weights(tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise RuntimeError("power")

    whole = forecaster(epochs=4).fit(wave(DAYS))
    killed = forecaster(epochs=4, checkpoint=tmp_path, callbacks=[Stop()])
    with pytest.raises(RuntimeError, match="power"):
        killed.fit(wave(DAYS))
    killed.set_params(callbacks=None).fit(wave(DAYS))
    pd.testing.assert_series_equal(killed.predict(), whole.predict(), check_exact=True)
    assert killed.history_ == whole.history_
    before = whole.history_["loss"][-1]
    assert whole.set_params(warm_start=True).fit(wave(DAYS)).history_["loss"][0] < 1.1 * before


def test_training_that_goes_on_reads_the_columns_in_their_order():
    frame = pd.DataFrame({"a": wave(DAYS), "b": wave(DAYS) ** 2})
    kinds = pd.DataFrame({"kind": ["x", "y"]})
    covariates = {"past": [frame, frame], "static": kinds}
    fitted = forecaster(warm_start=True).fit([frame, frame], **covariates)
    fitted.fit([frame, frame], **covariates)
    for y, changes, said in (
        ([frame[["b", "a"]]] * 2, {}, "y has the columns .*same order"),
        ([frame] * 2, {"past": [frame[["b", "a"]]] * 2}, "past has the columns .*same order"),
        ([frame] * 2, {"static": kinds.replace("x", "z")}, "static has the columns and categories"),
    ):
        with pytest.raises(ValueError, match=said):
            fitted.fit(y, **{**covariates, **changes})


def test_a_killed_fit_of_other_static_covariates_does_not_go_on(tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise MemoryError

    y = [wave(DAYS), wave(DAYS) * 2]
    killed = forecaster(epochs=3, checkpoint=tmp_path, callbacks=[Stop()])
    with pytest.raises(MemoryError):
        killed.fit(y, static=[[0.0], [1.0]])
    with pytest.raises(ValueError, match="other data or settings"):
        killed.set_params(callbacks=None).fit(y, static=[[1.0], [0.0]])
    assert killed.fit(y, static=[[0.0], [1.0]]).n_iter_ == 3


def test_parameters_are_not_given_twice():
    with pytest.raises(ValueError, match="model_params sets units"):
        forecaster(model_params={"units": 3}).fit(wave(DAYS))
