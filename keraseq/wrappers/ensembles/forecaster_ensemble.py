"""Forecasters whose forecasts are averaged."""

from dataclasses import replace
from functools import partial

from keraseq.wrappers._given import refuse_settings
from keraseq.wrappers.ensembles.ensemble import Ensemble
from keraseq.wrappers.forecasting._calibration import Calibrator
from keraseq.wrappers.forecasting._core import mean_core
from keraseq.wrappers.forecasting._evaluation import ForecastEvaluation
from keraseq.wrappers.forecasting._probabilities import ProbabilisticForecasts
from keraseq.wrappers.sequence_forecaster import SequenceForecaster


class ForecasterEnsemble(Ensemble):
    """Forecasters that differ in their seed; forecasts and learned quantiles are averaged.

    Intervals are calibrated by the errors of the mean forecast, which are smaller than those of a
    member: the mean of the members' intervals would hold more than was claimed.

    Attributes
    ----------
    lookback_ : int
    estimators_ : list of SequenceForecaster
    """

    _tasks = SequenceForecaster._tasks

    @staticmethod
    def suits(estimator):
        return isinstance(estimator, SequenceForecaster)

    @property
    def horizon(self):
        return self.estimator.horizon

    @property
    def conformal(self):
        return self.estimator.conformal

    @property
    def season(self):
        return self.estimator.season

    @refuse_settings
    def fit(self, y, *, past=None, future=None, static=None):
        """Fit the members, each on all of y and with a seed of its own.

        Parameters
        ----------
        y, past, future, static
            As of :meth:`keraseq.SequenceForecaster.fit`.

        Returns
        -------
        self

        Raises
        ------
        KeyboardInterrupt
            After Ctrl-C. The ensemble is fitted then, with the members that were whole.
        """
        return self._fit_rows(*self._read_training(y, past, future, static))

    def _read_training(self, *rows):
        return self.estimator._read_training(*rows)

    def _fit_rows(self, reader, data, on_epoch=None):
        fitted, interrupt = self._fit_members(partial(_fit_rows, reader=reader, data=data))
        for member in fitted:
            # What came from a worker holds a copy of all series.
            scaling = member._core.scaling.lend(reader, data.panel)
            member._core = replace(member._core, reader=reader, data=data, scaling=scaling)
        core = mean_core([member._core for member in fitted])
        self.estimators_, self._core, self.lookback_ = fitted, core, core.lookback
        self._probabilities = ProbabilisticForecasts(core, Calibrator(core, self.conformal))
        self._evaluation = ForecastEvaluation(core)
        if interrupt is not None:
            raise interrupt
        return self

    _at_end = SequenceForecaster._at_end
    predict = SequenceForecaster.predict
    predict_quantiles = SequenceForecaster.predict_quantiles
    predict_interval = SequenceForecaster.predict_interval
    predict_windows = SequenceForecaster.predict_windows
    score = SequenceForecaster.score
    backtest = SequenceForecaster.backtest


def _fit_rows(member, reader, data):
    return member._fit_rows(reader, data)
