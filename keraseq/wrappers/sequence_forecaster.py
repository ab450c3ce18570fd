"""Forecast time series."""

import math
import numbers
from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_choice, check_fraction, check_integer
from keraseq.batching import sliding_windows
from keraseq.builders import build
from keraseq.encoding.dated_series import read_dated_series
from keraseq.wrappers._batches import batch_dataset, predict_rows
from keraseq.wrappers._column_scaling import ColumnScaling
from keraseq.wrappers._training import fit_model

_LONGEST_LOOKBACK = 720
_STEPS = 1_200
_FEWEST_FOR_VALIDATION = 200


class SequenceForecaster(BaseEstimator):
    """Forecast the next values of one or several series with any architecture of the zoo.

    Histories are normalised inside the model by their own level and spread and cut into patches,
    so a recurrent body walks some thirty patches and not hundreds of steps.

    Parameters
    ----------
    model : str or callable, default="gru"
        One of :func:`keraseq.list_models`.
    horizon : int, default=1
        Steps forecast at once.
    lookback : "auto" or int, default="auto"
        Steps of history read; at most 720 and a third of the series.
    channels : {"independent", "mixed"}, default="independent"
        Each series by itself with shared weights, or all at once.
    missing : {"error", "interpolate", "ignore"}, default="error"
        Missing values and dates: name the first; fill linearly; or take rows as equal steps
        (trading days).
    freq : str or pandas offset, optional
        Step of future dates; found from the index by default.
    units, batch_size, epochs, learning_rate : "auto" or number, default="auto"
        See ``params_`` for what they became.
    num_layers : int, default=1
    dropout : float, default=0.0
    parameter_budget : int, optional
    model_params : dict, optional
        Further arguments of the builder, such as ``{"patch_length": 12}``.
    early_stopping : "auto" or bool, default="auto"
        Hold back the last windows and keep the weights that do best on them; on from 200 windows
        where at least half of them remain for training.
    validation_fraction : float, default=0.1
    n_iter_no_change : int, default=5
    random_state : int, RandomState or None, default=None
    verbose : int, default=0

    Attributes
    ----------
    lookback_ : int
    model_ : keras.Model
    params_ : dict
    history_ : dict of list
    n_iter_ : int

    Examples
    --------
    >>> import keraseq, numpy as np, pandas as pd
    >>> dates = pd.date_range("2020-01-01", periods=120, freq="D")
    >>> y = pd.Series(np.sin(np.arange(120) / 3), dates, name="wave")
    >>> forecaster = keraseq.SequenceForecaster(horizon=3, lookback=20, epochs=2, random_state=0)
    >>> forecaster.fit(y).predict().index[0]
    Timestamp('2020-04-30 00:00:00')
    """

    def __init__(
        self,
        model="gru",
        *,
        horizon=1,
        lookback="auto",
        channels="independent",
        missing="error",
        freq=None,
        units="auto",
        num_layers=1,
        dropout=0.0,
        parameter_budget=None,
        model_params=None,
        epochs="auto",
        batch_size="auto",
        learning_rate="auto",
        early_stopping="auto",
        validation_fraction=0.1,
        n_iter_no_change=5,
        random_state=None,
        verbose=0,
    ):
        self.model = model
        self.horizon = horizon
        self.lookback = lookback
        self.channels = channels
        self.missing = missing
        self.freq = freq
        self.units = units
        self.num_layers = num_layers
        self.dropout = dropout
        self.parameter_budget = parameter_budget
        self.model_params = model_params
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, y):
        """Learn from a series.

        Parameters
        ----------
        y : Series, DataFrame or array `(time,)` or `(time, targets)`
            Dates (or integers) of an index must rise.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For dates that do not rise, gaps and missing values (see `missing`), infinities, or a
            series too short for one window.
        """
        self._check_parameters()
        series = read_dated_series(y, missing=self.missing, freq=self.freq)
        lookback = self._choose_lookback(len(series.values))
        params = self._resolve(len(series.values) - lookback - self.horizon + 1, lookback)
        n_held_back = self._held_back(params)
        scaling = ColumnScaling.of(series.values[: len(series.values) - n_held_back])
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        model = self._build(series.values.shape[1], params, seed)
        scaled = scaling.apply(series.values)
        training, validation = self._datasets(scaled, params, n_held_back, seed)
        history, n_iter = fit_model(
            model,
            training,
            validation,
            epochs=params["epochs"],
            optimizer_settings={
                "learning_rate": params["learning_rate"],
                "averaged": validation is not None,
            },
            early_stopping=params["early_stopping"],
            n_iter_no_change=self.n_iter_no_change,
            verbose=self.verbose,
        )
        # All at once and last: a fit that fails leaves the former one whole.
        self.model_, self.params_, self.lookback_ = model, params, lookback
        self.history_, self.n_iter_ = history, n_iter
        self._series, self._scaling = series, scaling
        return self

    def predict(self, n=None, *, y=None):
        """Forecast the next values.

        Parameters
        ----------
        n : int, optional
            Steps; `horizon` by default, and beyond it by forecasting on from the forecast.
        y : as in `fit`, optional
            A new history to go on from, at least `lookback_` long; the end of the training series
            by default.

        Returns
        -------
        Series, DataFrame or ndarray
            In the form and the units of y, with the dates that follow.
        """
        check_is_fitted(self)
        n = self.horizon if n is None else check_integer("n", n, 1)
        series = self._history(y)
        values = self._scaling.apply(series.values[-self.lookback_ :])
        steps = 0
        while steps < n:
            ahead = self.model_.predict_on_batch(values[None, -self.lookback_ :])[0]
            values = np.concatenate([values, ahead])
            steps += len(ahead)
        start = len(values) - steps
        return series.forecast(self._scaling.undo(values[start : start + n]))

    def predict_windows(self, y, start):
        """Forecast `horizon` steps from every origin whose targets lie in ``y[start:]``.

        For rolling evaluation without refitting: window i reads the `lookback_` rows before row
        ``start + i`` and forecasts the rows from there on.

        Parameters
        ----------
        y : as in `fit`
        start : int
            First row to be forecast, at least `lookback_`.

        Returns
        -------
        forecast, truth : ndarray `(windows, horizon, targets)`
            In the user's units; truth is a view.
        """
        check_is_fitted(self)
        start = check_integer("start", start, self.lookback_)
        series = self._history(y)
        last = len(series.values) - self.horizon
        if start > last:
            raise ValueError(
                f"start={start} leaves fewer than horizon={self.horizon} rows of y to forecast; it "
                f"may be at most {last}."
            )
        rows = series.values[start - self.lookback_ :]
        _, truth = sliding_windows(rows, self.lookback_, self.horizon)
        past, _ = sliding_windows(self._scaling.apply(rows), self.lookback_, self.horizon)
        return self._scaling.undo(predict_rows(self.model_, past)), truth

    def score(self, y):
        """Return minus the mean absolute scaled error of one-horizon forecasts all through y.

        The scale is the error of repeating the last value (Hyndman & Koehler 2006) on y, so that
        -1 is as good as that.
        """
        check_is_fitted(self)
        forecast, truth = self.predict_windows(y, self.lookback_)
        naive = np.abs(np.diff(self._history(y).values, axis=0)).mean(axis=0)
        error = np.abs(forecast - truth).mean(axis=(0, 1))
        return -float(np.mean(error / np.where(naive > 0, naive, 1.0)))

    def _history(self, y):
        if y is None:
            return self._series
        series = read_dated_series(y, missing=self.missing, freq=self.freq)
        self._check_columns(series)
        if len(series.values) < self.lookback_:
            raise ValueError(
                f"y has {len(series.values)} rows; a new history needs at least lookback_ = "
                f"{self.lookback_}."
            )
        return series

    def _check_columns(self, series):
        n_targets = self._series.values.shape[1]
        if series.values.shape[1] != n_targets:
            raise ValueError(f"y has {series.values.shape[1]} columns; training had {n_targets}.")
        trained, given = self._series.like, series.like
        frames = isinstance(trained, pd.DataFrame) and isinstance(given, pd.DataFrame)
        if frames and not given.columns.equals(trained.columns):
            raise ValueError(
                f"y has the columns {list(given.columns)}; training had {list(trained.columns)}, "
                "which must come in the same order."
            )

    def _check_parameters(self):
        check_integer("horizon", self.horizon, 1)
        check_integer("n_iter_no_change", self.n_iter_no_change, 1)
        check_choice("channels", self.channels, ("independent", "mixed"))
        check_fraction("validation_fraction", self.validation_fraction)
        if not (isinstance(self.early_stopping, bool | np.bool_) or self.early_stopping == "auto"):
            raise ValueError(f"early_stopping={self.early_stopping!r}: give True, False or 'auto'.")
        if not (self.model_params is None or isinstance(self.model_params, Mapping)):
            raise TypeError(
                f"model_params={self.model_params!r} must be a dict of the builder's further "
                "arguments, such as {'patch_length': 12}."
            )

    def _choose_lookback(self, n):
        if isinstance(self.lookback, str) and self.lookback == "auto":
            lookback = max(1, min(_LONGEST_LOOKBACK, n // 3, n - self.horizon - 1))
        else:
            lookback = check_integer("lookback", self.lookback, 1)
        if n < lookback + self.horizon + 1:
            raise ValueError(
                f"y has {n} rows, too few for lookback + horizon = {lookback} + {self.horizon} and "
                "two windows to learn from; lower one of them or give a longer series."
            )
        return lookback

    def _resolve(self, n_windows, lookback):
        batch_size = 32 if n_windows < 2_000 else 64
        epochs = math.ceil(_STEPS / math.ceil(n_windows / batch_size))
        params = {
            "units": 64 if n_windows < 2_000 else 128,
            "batch_size": batch_size,
            "epochs": max(5, min(100, epochs)),
            "learning_rate": 0.002,
            # A long horizon's validation part overlaps so many windows that it may leave too few.
            "early_stopping": n_windows >= _FEWEST_FOR_VALIDATION
            and 2 * self._n_held_back(n_windows) <= n_windows,
        }
        for name in params:
            value = getattr(self, name)
            if not (isinstance(value, str) and value == "auto"):
                params[name] = value
        check_integer("epochs", params["epochs"], 0)
        check_integer("batch_size", params["batch_size"], 1)
        rate = params["learning_rate"]
        if not isinstance(rate, numbers.Real) or not 0 < rate < np.inf:
            raise ValueError(f"learning_rate={rate!r} must be a positive number or 'auto'.")
        if self.parameter_budget is not None and self.units == "auto":
            params["units"] = None
        return {**params, "lookback": lookback, "n_windows": n_windows}

    def _held_back(self, params):
        """Rows at the end whose values only validation forecasts."""
        if not params["early_stopping"]:
            return 0
        n_held_back = self._n_held_back(params["n_windows"])
        if n_held_back < self.horizon or n_held_back >= params["n_windows"]:
            raise ValueError(
                f"validation_fraction={self.validation_fraction} of {params['n_windows']} windows "
                "leaves none for validation or for training; change it, or set "
                "early_stopping=False."
            )
        return n_held_back

    def _n_held_back(self, n_windows):
        return round(self.validation_fraction * n_windows) + self.horizon - 1

    def _datasets(self, scaled, params, n_held_back, seed):
        border = len(scaled) - n_held_back
        past, future = sliding_windows(scaled[:border], params["lookback"], self.horizon)
        training, _ = batch_dataset(
            past, params["batch_size"], targets=future, generator=np.random.default_rng(seed)
        )
        if not n_held_back:
            return training, None
        past, future = sliding_windows(
            scaled[border - params["lookback"] :], params["lookback"], self.horizon
        )
        return training, batch_dataset(past, 256, targets=future)[0]

    def _build(self, n_targets, params, seed):
        return build(
            self.model,
            (params["lookback"], n_targets),
            (self.horizon, n_targets),
            task="forecasting",
            channels=self.channels,
            parameter_budget=self.parameter_budget,
            units=params["units"],
            num_layers=self.num_layers,
            dropout=self.dropout,
            seed=seed,
            **(self.model_params or {}),
        )
