"""What an attribution explains: a model's answer as a function of steps that can be replaced."""

from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd

from keraseq.comparison.probes._graph import cut, real_steps, stem, token_embedding
from keraseq.comparison.probes._models import as_keras
from keraseq.encoding.reserved_ids import UNKNOWN


@dataclass(frozen=True)
class Explained:
    """A model, its steps and its answer.

    Attributes
    ----------
    name : str
    values : ndarray `(rows, time, channels)`
        The steps that are replaced: embedded tokens, or numbers as the model reads them.
    beside : list of ndarray
        What else the answer is made from, row by row.
    rest : keras.Model
        Maps ``[values, *beside]`` to the answer.
    real : bool ndarray `(rows, time)`
        Which steps are no padding.
    columns : dict of str to ndarray `(rows, time)`
        What is known of each step: token, series, date.
    answer : Answer
    nothing : float or ndarray `(channels,)`
        What stands for a step that says nothing.
    """

    name: str
    values: np.ndarray
    beside: list
    rest: keras.Model
    real: np.ndarray
    columns: dict
    answer: object
    nothing: object = 0.0


class Answer:
    """The places of a row's output, as they are named.

    Parameters
    ----------
    names : list, optional
        Of the places, where the estimator knows them: its classes.
    """

    def __init__(self, model_name, names=None):
        self._model_name, self._names = model_name, names

    def choose(self, outputs, output):
        """Return for each row the place that is explained and its place in the flat output."""
        shape = outputs.shape[1:]
        if output is None and len(shape) == 1:
            places = outputs.argmax(axis=1)
            return places.tolist(), places
        place = output if isinstance(output, tuple) else (output,)
        if not is_place(place, shape):
            raise ValueError(
                f"output={output!r} is no place in {self._model_name}'s output of a row, which has "
                f"the shape {shape}; give {'an integer' if len(shape) == 1 else 'a tuple'} within "
                "it."
            )
        flat = np.full(len(outputs), np.ravel_multi_index(place, shape))
        return [output] * len(outputs), flat

    def name(self, row, place):
        """Return what the place is called, or None."""
        if self._names is None:
            return None
        if isinstance(place, tuple):
            return f"{self._names[place[-1]]} at step {place[0]}"
        return self._names[place]

    def in_units(self, values, rows):
        """Return outputs of the rows in the user's units."""
        return values

    def unit(self, rows):
        return 1.0


class ForecastAnswer:
    """A step ahead of a target, in the user's units.

    Parameters
    ----------
    targets : list
    scalings : list of ColumnScaling
        Of each row.
    ahead : list of Index
        Of each row, the dates that are forecast.
    centre : int, optional
        The quantile that is the forecast.
    """

    def __init__(self, horizon, targets, scalings, ahead, centre):
        self._horizon, self._targets, self._centre = horizon, list(targets), centre
        self._scalings, self._ahead = scalings, ahead

    def choose(self, outputs, output):
        step, target = self._read(1 if output is None else output)
        self._target = self._targets.index(target)
        place = (step - 1, self._target) + (() if self._centre is None else (self._centre,))
        flat = np.full(len(outputs), np.ravel_multi_index(place, outputs.shape[1:]))
        several = len(self._targets) > 1
        return [(step, target) if several else step] * len(outputs), flat

    def _read(self, output):
        step, target = output if isinstance(output, tuple) else (output, self._targets[0])
        is_step = isinstance(step, int | np.integer) and not isinstance(step, bool)
        if not is_step or not 1 <= step <= self._horizon or target not in self._targets:
            raise ValueError(
                f"output={output!r} is not forecast; give a step ahead from 1 to {self._horizon}, "
                f"or a tuple of it and a target, one of {self._targets[:20]}."
            )
        return int(step), target

    def name(self, row, place):
        step = place[0] if isinstance(place, tuple) else place
        when = self._ahead[row][step - 1]
        when = when.date() if getattr(when, "time", None) and when == when.normalize() else when
        is_dated = isinstance(self._ahead[row], pd.DatetimeIndex | pd.PeriodIndex)
        return f"{self._targets[self._target]}, {when if is_dated else f'row {when}'}"

    def in_units(self, values, rows):
        centres = np.array([scaling.centre[self._target] for scaling in self._scalings])
        return values * self.unit(rows) + centres[rows]

    def unit(self, rows):
        return np.array([scaling.scale[self._target] for scaling in self._scalings])[rows]


def is_place(place, shape):
    return len(place) == len(shape) and all(
        isinstance(i, int | np.integer) and 0 <= i < n for i, n in zip(place, shape, strict=True)
    )


def explain_rows(model, X, baseline):
    """Explain a Keras model, or an estimator of rows.

    Raises
    ------
    ValueError, TypeError
        For a model, X or baseline that cannot be read.
    """
    keras_model, inputs, tokens = as_keras(model, X)
    front, rest = cut(keras_model, stem(keras_model)[0])
    values, *beside = (np.array(part) for part in keras.tree.flatten(front(inputs, training=False)))
    target = getattr(model, "target_", None) if keras_model is not model else None
    return Explained(
        name=keras_model.name,
        values=values,
        beside=beside,
        rest=rest,
        real=real_steps(keras_model, inputs),
        columns={} if tokens is None else {"token": tokens},
        answer=Answer(keras_model.name, getattr(target, "classes_", None)),
        nothing=_nothing(keras_model, baseline),
    )


def _nothing(model, baseline):
    if baseline == "zeros":
        return 0.0
    embedding = token_embedding(model)
    if embedding is None:
        raise ValueError(f"baseline='unknown' is for tokens; {model.name} reads numbers.")
    unknown = np.array(embedding.embeddings)[UNKNOWN]
    # Vectors of n-grams behind it are nothing where no word is known.
    return np.pad(unknown, (0, embedding.output.shape[-1] - len(unknown)))


def explain_forecast(forecaster, history, covariates, baseline):
    """Explain a forecast: the steps are those of the history that the model reads.

    Raises
    ------
    ValueError, TypeError
        As of the forecaster's `predict`.
    """
    if baseline != "zeros":
        raise ValueError(f"baseline={baseline!r} is for tokens; a forecaster reads numbers.")
    data, scalings, windows, n = forecaster._at_end(None, history, *covariates)
    inputs, model = windows.inputs(), forecaster.model_
    beside = []
    if isinstance(inputs, dict):
        beside = [inputs[tensor.name] for tensor in model.inputs if tensor.name != "past"]
    past = np.asarray(windows.past())
    every = [data.panel.series[place] for place in windows.series]
    return Explained(
        name=model.name,
        values=past,
        beside=beside,
        rest=_past_first(model, forecaster._core),
        real=np.ones(past.shape[:2], bool),
        columns=_steps(data.panel, windows, every),
        answer=ForecastAnswer(
            n,
            data.panel.targets,
            [scalings[place] for place in windows.series],
            [series.index_ahead(n) for series in every],
            forecaster._core.centre,
        ),
    )


def _past_first(model, core):
    """What is forecast from a list of inputs, the past first; the naive share is a part of it."""
    first, *others = sorted(model.inputs, key=lambda tensor: tensor.name != "past")
    forecast = model.outputs[0]
    if core.shrinkage is not None:
        forecast = core.shrinkage.draw(forecast, first, core.centre)
    return keras.Model([first, *others] if others else first, forecast)


def _steps(panel, windows, every):
    """The dates of each step, and where there are several the series."""
    columns = {}
    if len(panel) > 1:
        ids = np.array(list(panel.ids or range(len(panel))), dtype=object)[windows.series]
        columns["series"] = np.repeat(ids[:, None], windows.lookback, axis=1)
    indexes = [series.index[-windows.lookback :] for series in every]
    if all(isinstance(index, pd.DatetimeIndex | pd.PeriodIndex) for index in indexes):
        columns["date"] = np.array([list(index) for index in indexes], dtype=object)
    return columns
