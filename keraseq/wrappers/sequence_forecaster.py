"""Forecast time series."""

from sklearn.utils.validation import check_is_fitted

from keraseq.training.callbacks import copy_callbacks
from keraseq.training.distributed import prepare_devices
from keraseq.wrappers.forecasting._backtest import run_backtest
from keraseq.wrappers.forecasting._calibration import Calibrator
from keraseq.wrappers.forecasting._evaluation import ForecastEvaluation
from keraseq.wrappers.forecasting._judging import shrink
from keraseq.wrappers.forecasting._learned import check_forecaster
from keraseq.wrappers.forecasting._parts import of_part
from keraseq.wrappers.forecasting._probabilities import ProbabilisticForecasts
from keraseq.wrappers.forecasting._reader import reader_of
from keraseq.wrappers.forecasting._settings import check_settings, find_borders, resolve_settings
from keraseq.wrappers.forecasting._tags import forecaster_tags
from keraseq.wrappers.forecasting._training import train
from keraseq.wrappers.forecasting.column_scaling import undo
from keraseq.wrappers.network_estimator import NetworkEstimator


class SequenceForecaster(NetworkEstimator):
    """Forecast the next values of one or many series with any architecture of the zoo.

    Histories are normalised inside the model by their own level and spread and cut into patches,
    so a recurrent body walks some thirty patches and not hundreds of steps.

    Parameters
    ----------
    model : str or callable, default="gru"
        One of :func:`keraseq.list_models`.
    horizon : int, default=1
        Steps forecast at once.
    lookback : "auto" or int, default="auto"
        Steps of history read; at most 720 and a third of a series of median length, in whole
        seasons. Shorter ones are padded, or where an architecture reads a fixed length have their
        first value in front; for a function of your own the shortest series counts.
    quantiles : sequence of float, optional
        Learn these, which never cross, by the pinball loss; `predict` gives the most central one.
    loss : {"auto", "mse", "mae", "huber", "quantile"}, default="auto"
        The mean squared error; of several series the mean absolute error, each in units of its
        seasonal naive error (MASE); with `quantiles` the quantile loss.
    channels : {"auto", "independent", "mixed"}, default="auto"
        Each target by itself with shared weights (and all covariates beside it), or all at once;
        independent unless the architecture asks for all.
    season : "auto" or int, default="auto"
        Steps of a season, for architectures that go by it; by default that of the dates' step, as
        in `backtest`. A new history's place in the season is told by its dates; an array's first
        row is taken for the first of a season, as training's is.
    shrinkage : "auto" or float, default="auto"
        Share of the naive forecast (the last value or ``params_["naive_season"]`` repeated) in all
        forecasts and the place of intervals: so much that windows held back leave no doubt; if
        they do, a fit on the first two fifths is judged by the rest. Where fewer than 2,000 windows
        train and none are held back, one on four fifths is judged, in doubt two more before it.
    patch_length : int, optional
        Steps joined to one before the body; by default about a thirtieth of the lookback that fits
        the season.
    pooling : {"mean", "max", "mean_max", "last", "ends", "last_mean_max"}, optional
        As of the builders: "last" of a causal body, else "ends".
    calendar : bool, default=False
        Add what a date says as a covariate known ahead: time of day, day of the week, time of the
        year, as far as they turn within the series.
    conformal : {"adaptive", "split"}, default="adaptive"
        How intervals are calibrated: errors in units of the window's spread and its series'
        typical one, the width following the errors through a backtest; or plain split conformal
        prediction.
    series_col, date_col, value_cols : column name or list of them, optional
        For a long frame (pandas or Polars): which series a row belongs to (each combination of
        several columns is one), when it was, and which columns to forecast; all others by default.
        `value_cols` selects from a wide frame as well.
    missing : {"error", "interpolate", "ignore"}, default="error"
        Missing values and dates: name the first; fill them, at every origin with what was known
        by then (a line to the next value where that has come, else the last value), and count
        them in no loss and no score; or take rows as equal steps (trading days).
    freq : str, pandas offset or int, optional
        Step of the rows, a number where the index holds numbers. By default it is found: a fixed
        time (of days and longer by the clock on the wall), months on a day of the month, or a
        pattern of weekdays; holidays by ``pandas.offsets.CustomBusinessDay(holidays=[...])``.
    units, batch_size, epochs, learning_rate : "auto" or number, default="auto"
        See ``params_`` for what they became. An epoch is a pass over all windows, or over 64,000
        of them drawn anew, of each series as many.
    num_layers : "auto" or int, default="auto"
        What the architecture's own signature says, else 1.
    dropout : "auto" or float, default="auto"
        Behind each layer; 0.2 from 2,000 windows, else 0.
    parameter_budget, flop_budget : int, optional
        As of the builders.
    model_params : dict, optional
        Further arguments of the builder, such as ``{"embedding_dim": 32}``.
    optimizer : "auto", str or keras.optimizers.Optimizer, default="auto"
    dtype_policy, jit_compile, strategy, warm_start, checkpoint, callbacks
        As of :class:`keraseq.SequenceClassifier`.
    early_stopping : "auto" or bool, default="auto"
        Hold back the last windows and keep the weights, averaged over the last fifth of the steps
        so far, that do best on them; on from 200 windows where at least half of them remain for
        training, and then patient for 150 steps at least.
    validation_fraction : float, default=0.1
    n_iter_no_change : int, default=5
    random_state : int, RandomState or None, default=None
    verbose : int, default=0

    Attributes
    ----------
    lookback_, shrinkage_ : int and float
    model_, params_ : keras.Model (without shrinkage) and dict
    history_, n_iter_ : dict of list, and int
    callbacks_ : list of keras.callbacks.Callback
        The copies of `callbacks` that ran; no part of a pickle.

    References
    ----------
    Kim et al. (2022). Reversible instance normalization. ICLR. Nie et al. (2023). A time series is
    worth 64 words (patches, independent channels). ICLR.

    Examples
    --------
    >>> import keraseq, numpy as np, pandas as pd
    >>> dates = pd.date_range("2020-01-01", periods=120, freq="D")
    >>> y = pd.Series(np.sin(np.arange(120) / 3), dates, name="wave")
    >>> forecaster = keraseq.SequenceForecaster(horizon=3, lookback=20, epochs=2, random_state=0)
    >>> forecaster.fit(y).predict().index[0]
    Timestamp('2020-04-30 00:00:00')
    """

    _tasks = ("forecasting",)

    def __init__(
        self,
        model="gru",
        *,
        horizon=1,
        lookback="auto",
        quantiles=None,
        loss="auto",
        channels="auto",
        season="auto",
        shrinkage="auto",
        patch_length=None,
        pooling=None,
        calendar=False,
        conformal="adaptive",
        series_col=None,
        date_col=None,
        value_cols=None,
        missing="error",
        freq=None,
        units="auto",
        num_layers="auto",
        dropout="auto",
        parameter_budget=None,
        flop_budget=None,
        model_params=None,
        epochs="auto",
        batch_size="auto",
        optimizer="auto",
        learning_rate="auto",
        dtype_policy="auto",
        jit_compile="auto",
        strategy=None,
        early_stopping="auto",
        validation_fraction=0.1,
        n_iter_no_change=5,
        warm_start=False,
        checkpoint=None,
        callbacks=None,
        random_state=None,
        verbose=0,
    ):
        self._store(locals())

    def fit(self, y, *, past=None, future=None, static=None):
        """Learn from a series, or from many at once.

        Parameters
        ----------
        y : Series, DataFrame, array `(time,)` or `(time, targets)`, list of them, or long frame
            Dates (or integers) of an index must rise. A long frame needs `series_col` or
            `date_col`. Or a function that makes an iterator of whole series, whose values stay on
            disk from then on; without covariates.
        past : as y, or names of columns of y, optional
            Covariates known up to now, for every row of y.
        future : as y, or names of columns of y, optional
            Covariates known ahead, for every row of y; rows beyond are kept for `predict`.
        static : DataFrame, or names of columns of y, optional
            A row for each series: numbers, and categories as text. For a long frame its index or
            its column `series_col` names the series.

        Returns
        -------
        self

        Examples
        --------
        >>> import keraseq, numpy as np, pandas as pd
        >>> days = pd.date_range("2024-01-01", periods=60)
        >>> sales = pd.DataFrame({"shop": np.repeat(["a", "b"], 60), "day": [*days, *days]})
        >>> sales["promo"] = np.arange(120) % 5 == 0
        >>> sales["sold"] = 10.0 + 5 * sales["promo"]
        >>> forecaster = keraseq.SequenceForecaster(
        ...     horizon=2, lookback=10, epochs=1, series_col="shop", date_col="day", random_state=0
        ... ).fit(sales, future=["promo"])
        >>> ahead = pd.DataFrame({"shop": ["a", "a", "b", "b"], "promo": [False, True] * 2})
        >>> ahead["day"] = [*pd.date_range("2024-03-01", periods=2)] * 2
        >>> forecaster.predict(future=ahead).columns.tolist()
        ['shop', 'day', 'sold']

        Raises
        ------
        KeyboardInterrupt
            After Ctrl-C. The forecaster is fitted then, with its best weights so far, unless it
            came before the first step of training: then it is as it was.
        ValueError, TypeError
            For dates that do not rise, gaps and missing values (see `missing`), infinities, a
            series too short for two windows, or covariates that do not cover y.
        """
        return self._fit_rows(*self._read_training(y, past, future, static))

    def _read_training(self, y, past, future, static):
        prepare_devices(self.strategy)
        check_settings(self)
        reader = reader_of(self)
        return reader, reader.fit(y, past, future, static)

    def _fit_rows(self, reader, data, on_epoch=None):
        params = resolve_settings(self, data)
        for series in data.panel.series:
            series.index_ahead(self.horizon)  # dates that run out are an error before training
        borders = find_borders(self, params, data)
        validated, remedy = params["early_stopping"], "set early_stopping=True"
        callbacks = copy_callbacks(self.callbacks, is_validated=validated, remedy=remedy)
        former = self._core if self.warm_start and hasattr(self, "_core") else None
        hooks = {"callbacks": callbacks, "on_epoch": on_epoch}
        run = train(self, reader, data, params, borders, former=former, **hooks)
        core, run = shrink(self.shrinkage, *run)
        # All at once and last: a fit that fails leaves the former one whole. All that is read later
        # is in these: a parameter that is set now counts from the next fit on.
        self._core, self._network = core, core.network
        self._probabilities = ProbabilisticForecasts(core, Calibrator(core, self.conformal))
        self._evaluation = ForecastEvaluation(core)
        self.lookback_, self.shrinkage_ = params["lookback"], core.shrinkage.share
        self.params_, self.callbacks_ = core.params, callbacks
        self.history_, self.n_iter_ = run.history, run.n_iter
        run.raise_interrupt()
        check_forecaster(self, core, run)
        return self

    def predict(self, n=None, *, y=None, past=None, future=None, static=None):
        """Forecast the next values.

        Parameters
        ----------
        n : int, optional
            Steps; `horizon` by default, and beyond it by forecasting on from the forecast.
        y : as in `fit`, optional
            A new history to go on from, at least `lookback_` long; the end of the training series
            by default.
        past, static : as in `fit`, optional
            With a new history. Static covariates of known series need not be given again, nor
            what was named in `fit`, since y holds it.
        future : as in `fit`, optional
            With a new history its rows and the n steps that follow; else, and where its columns
            were named in `fit`, those n steps alone. More, to the horizon's end, is read if given.

        Returns
        -------
        Series, DataFrame, ndarray, or a list of them
            In the form and the units of y, with the dates that follow.
        """
        data, scalings, windows, n = self._at_end(n, y, past, future, static)
        values = self._core.predict_points(windows, n)
        return data.panel.forecast(undo(values, scalings))

    def _at_end(self, n, y, past, future, static):
        check_is_fitted(self)
        return self._core.read_end(n, y, past, future, static)

    predict_quantiles = of_part("_probabilities", ProbabilisticForecasts.predict_quantiles)
    predict_interval = of_part("_probabilities", ProbabilisticForecasts.predict_interval)
    predict_windows = of_part("_evaluation", ForecastEvaluation.predict_windows)
    score = of_part("_evaluation", ForecastEvaluation.score)

    def backtest(
        self,
        y,
        *,
        start=None,
        stride=None,
        cv=None,
        refit=False,
        past=None,
        future=None,
        static=None,
        coverage=0.9,
        season=None,
        baselines=False,
        verbose=1,
    ):
        """Forecast the past as if it were the future, beside seasonal naive and drift.

        A clone, of this forecaster's parameters as they now are, is fitted on the rows before
        `start` and forecasts from there on; this forecaster itself stays as it is. A clone writes
        no checkpoint: a fit that waits to be gone on with keeps its own.

        Parameters
        ----------
        y, past, future, static : as in `fit`
        start : int, date or float, optional
            First row to be forecast: its number, its date, or its place as a share of the rows;
            the last fifth by default. Of several series a share is one of all their dates, so that
            all begin at one date, where each has rows to learn from and to forecast there.
        stride : int, optional
            Rows between two origins; `horizon` by default, so that every row is forecast once.
        cv : cross-validator, optional
            In place of `start`, such as ``TimeSeriesSplit(5, gap=24)``: for each split a clone is
            fitted on its training rows and forecasts its test rows.
        refit : bool, default=False
            Fit again at each origin, on all rows before it.
        coverage : float or None, default=0.9
            Of the intervals; None for none.
        season : int, optional
            Steps of a season, for the naive rival and for MASE; by default that of the dates' step
            (24 for hours, 7 for days, 12 for months, 4 for quarters, 52 for weeks), else 1.
        baselines : bool, "all" or list of str, default=False
            Rivals that learn beside the naive ones, as of :func:`keraseq.compare`: such as
            ``["lag trees", "ETS", "Theta"]``; True for those that a comparison has. They are
            fitted wherever the forecaster is, and have no intervals.
        verbose : int, default=1
            Show a progress bar in a terminal or notebook, if it takes longer than a few seconds;
            0 shows none.

        Returns
        -------
        Backtest
            With `forecasts` (a tidy frame), `scores` and `score_by`.

        Raises
        ------
        ValueError
            For training rows that do not all come before the test rows, or too few of them.
        KeyboardInterrupt
            Ctrl-C ends it as a whole.
        """
        covariates = {"past": past, "future": future, "static": static}
        rounds = {"start": start, "stride": stride, "cv": cv, "refit": refit}
        measured = {"coverage": coverage, "season": season, "baselines": baselines}
        return run_backtest(self, y, covariates, **rounds, **measured, verbose=verbose)

    def __sklearn_tags__(self):
        return forecaster_tags(super().__sklearn_tags__())
