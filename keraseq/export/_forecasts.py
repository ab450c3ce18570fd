"""What leaves with a forecaster: settings, script, and histories to check it by."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keraseq.export import _script_answers
from keraseq.export import _script_forecasts as pieces
from keraseq.export.artifact_error import ArtifactError
from keraseq.wrappers.forecasting.column_scaling import undo

_SAMPLES, _CHECKED = 100, 8


@dataclass(frozen=True)
class Histories:
    """Series to forecast from, as the estimator reads them.

    Attributes
    ----------
    data : ForecastData
    scalings : list of ColumnScaling
    windows : SeriesWindows
        The last of each.
    """

    data: object
    scalings: list
    windows: object

    def __len__(self):
        return min(len(self.scalings), _CHECKED)


class Forecasts:
    """Of a fitted forecaster.

    Parameters
    ----------
    estimator : SequenceForecaster
    """

    has_rows = True

    def __init__(self, estimator):
        self._estimator, self._core = estimator, estimator._core
        self.network = self._core.network
        panel = self._core.data.panel
        self._first = max(panel.series, key=lambda series: len(series.values))
        self._facts = self._find_facts()

    def _find_facts(self):
        core, reader = self._core, self._core.reader
        panel = core.data.panel
        facts = {
            "dated": self._first.is_dated,
            "missing": reader._settings["missing"],
            "past": core.data.past is not None,
            "future": core.data.future is not None,
            "calendar": reader._calendar is not None,
            "static": core.data.static is not None,
            "phase": core.data.starts is not None,
            "quantiles": core.params["quantiles"] is not None,
            "shrinkage": core.shrinkage.share != 0,
            "several": len(panel.targets) > 1,
            "own": panel.form == "list",
            "known": panel.ids is not None,
        }
        named = reader.has_covariates or facts["phase"]
        return {**facts, "named": named}

    def settings(self, function):
        """What the script reads from the JSON file."""
        core, params = self._core, self._core.params
        found = {
            "inputs": function.describe(),
            "lengths": {
                "horizon": params["horizon"],
                "lookback": params["lookback"],
                "shortest": params["shortest_history"],
            },
            "targets": [str(name) for name in core.data.panel.targets],
            "series": self._series(),
        }
        if self._facts["dated"]:
            found["step"] = self._step()
        if self._facts["quantiles"]:
            found |= {"quantiles": list(params["quantiles"]), "centre": core.centre}
        if self._facts["shrinkage"]:
            share, season = core.shrinkage.share, core.shrinkage.season
            found |= {"shrinkage": share, "naive_season": season}
        if self._facts["phase"]:
            found |= {"season": params["season"], "first": self._origin()}
        return {**found, **self._covariates()}

    def _series(self):
        core = self._core
        panel = core.data.panel
        scalings = core.scalings(core.data)
        keys = panel.ids or range(len(panel))
        rows = []
        for place, (key, scaling) in enumerate(zip(keys, scalings, strict=True)):
            row = {"id": _id(key)}
            row |= {"centre": scaling.centre.tolist(), "scale": scaling.scale.tolist()}
            if core.data.static is not None:
                row["static"] = core.data.static[place].tolist()
            rows.append(row)
        return [] if self._facts["own"] else rows

    def _step(self):
        """How the labels of the longest series go on."""
        step = self._first.step
        offset = getattr(step, "offset", None)
        for series in self._core.data.panel.series:
            if series.step is not None and str(series.step) != str(step):
                raise ArtifactError(
                    f"The series have several steps, such as {series.step} and {step}; a script "
                    "knows one. Fit a forecaster for each."
                )
        if offset is None:
            return {"dates": isinstance(self._first.index, pd.PeriodIndex), "n": step.n}
        if isinstance(offset, pd.Timedelta):
            offset = pd.tseries.frequencies.to_offset(offset)
        settings = {name: _plain(value) for name, value in offset.kwds.items()}
        settings = {name: value for name, value in settings.items() if value is not None}
        settings = {"n": offset.n, **settings}
        return {"dates": True, "name": type(offset).__name__, "settings": settings}

    def _origin(self):
        """The label of training's first row, of all series."""
        if not self._facts["dated"]:
            return 0
        if self._facts["missing"] == "ignore":
            raise ArtifactError(
                f"{self._estimator._fitted_name} reads the place in the season, and missing="
                "'ignore' counts rows in place of dates, which a script does not know."
            )
        first = min(series.index[0] for series in self._core.data.panel.series)
        if isinstance(first, pd.Timestamp | pd.Period):
            return str(first)
        return int(first)

    def _covariates(self):
        core, found = self._core, {}
        for name in ("past", "future"):
            scaling = getattr(core.scaling, f"_{name}")
            if scaling is not None:
                found[name] = {
                    "columns": [_id(column) for column in core.reader.columns(name)],
                    "scaling": [scaling.centre.tolist(), scaling.scale.tolist()],
                }
        if self._facts["static"] and self._facts["own"]:
            found |= _static_settings(core.reader._static_encoder)
        return found

    def runtime(self, name):
        """Which of a format's runtimes a script has: a history's length is fixed."""
        return "litert, fixed" if name == "litert" else name

    def script(self, function):
        """The pieces of its script."""
        facts = self._facts
        chosen = [pieces.LENGTHS, self._labels()]
        if facts["calendar"]:
            is_period = isinstance(self._first.index, pd.PeriodIndex)
            chosen.append(pieces.calendar(self._core.reader._calendar, is_period))
        chosen += [pieces.OWN_SCALING] if facts["own"] else []
        chosen += [pieces.KNOWN_SERIES] if facts["known"] else []
        if facts["past"] or facts["future"]:
            chosen.append(pieces.COVARIATES)
        if facts["static"] and facts["own"]:
            chosen.append(pieces.STATIC)
        if facts["shrinkage"]:
            chosen.append(pieces.shrinking(facts["quantiles"]))
        if facts["phase"]:
            chosen.append(self._phase())
        if facts["missing"] == "interpolate":
            chosen.append(pieces.FILLED)
        return [
            *chosen,
            pieces.forecast(facts),
            *_script_answers.answers(facts["dated"], facts["quantiles"]),
            *_script_answers.main(facts["dated"], self._needs_more()),
        ]

    def _needs_more(self):
        """Whether a history's numbers in a CSV file are too little to forecast from."""
        is_zoned = getattr(self._first.index, "tz", None) is not None
        is_period = isinstance(self._first.index, pd.PeriodIndex)
        return is_zoned or is_period or bool(pieces.given_names(self._facts))

    def _labels(self):
        index, step = self._first.index, self._first.step
        if not self._facts["dated"]:
            return pieces.LABELS_OF_ARRAYS
        if not hasattr(step, "offset"):
            return pieces.LABELS_OF_NUMBERS
        zone = pieces.zone_code(step) if getattr(index, "tz", None) is not None else ""
        return pieces.labels_of_dates(isinstance(index, pd.PeriodIndex), zone)

    def _phase(self):
        if not self._facts["dated"]:
            return pieces.PHASE_OF_ARRAYS
        index = self._first.index
        if isinstance(index, pd.PeriodIndex):
            return pieces.phase_of_labels("periods")
        if not isinstance(index, pd.DatetimeIndex):
            return pieces.phase_of_labels("numbers")
        return pieces.phase_of_labels("dates" if index.tz is None else "zoned")

    @property
    def what(self):
        """What the model is."""
        return f"a {type(self._estimator).__name__} ({self._estimator._fitted_name})"

    @property
    def usage(self):
        """How the script is called."""
        given = pieces.given_names(self._facts)
        words = "".join(f", {name}=..." for name in given)
        what = "a dated Series or frame" if self._facts["dated"] else "an array"
        said = f"predict(history{words}) forecasts what follows {what}"
        if self._facts["future"]:
            said += ";\nfuture covers the history and the rows to come"
        if not self._needs_more():
            said += "; from a shell:\n\n    python {script} history.csv"
        return said

    def read(self, X, function):
        """A history; by default the end of training, so far back that covariates are known."""
        core, n = self._core, self._core.horizon
        if X is not None:
            data, scalings, windows, _ = core.read_end(None, X, None, None, None)
            return Histories(data, scalings, windows)
        data = core.data
        lengths = data.lengths()
        if data.future is not None and any(
            len(part) < length + n for part, length in zip(data.future, lengths, strict=True)
        ):
            data = data.until([length - n for length in lengths])
        scalings = core.scalings(data)
        return Histories(data, scalings, core.windows_at_end(data, scalings, n))

    def words(self, histories, given):
        """What was compared on."""
        n = len(histories)
        series = f"{n} series" if n > 1 else "the series"
        return f"{n} given series" if given else f"the end of {series} of training"

    def samples(self, histories, function):
        """What the network itself is given, one row at a time: of training's windows."""
        core = self._core
        windows = core.windows(core.data, core.scalings(core.data))
        index = np.linspace(0, len(windows) - 1, min(_SAMPLES, len(windows))).astype(int)
        inputs = windows.take(index).inputs()
        return function.rows(inputs if self._facts["named"] else {"sequence": inputs})

    def difference(self, script, histories):
        """The largest difference between the script's forecasts and the estimator's own.

        In units of each series' spread; of numbers beyond one in shares of them.
        """
        worst = self._difference_of_network(script, histories.windows)
        script.encode_static = list  # what an estimator has read is in numbers
        wanted = self._core.predict(histories.windows, self._core.horizon)
        wanted = undo(wanted, histories.scalings)
        for place in range(len(histories)):
            history, given = self._given(histories.data, place)
            found, _ = script.forecast(history, **given)
            scaling = histories.scalings[place]
            axes = (slice(None), None) if found.ndim == 3 else slice(None)
            centre, scale = scaling.centre[axes], scaling.scale[axes]
            size = np.maximum(1, np.abs((wanted[place] - centre) / scale))
            worst = np.maximum(worst, (np.abs(found - wanted[place]) / scale / size).max())
        return float(worst)

    def _difference_of_network(self, script, windows):
        """By itself, for a forecast may be the naive one for the most part."""
        inputs = windows.inputs()
        with self.network.borrow() as model:
            wanted = model.predict_on_batch(inputs)
        inputs = inputs if self._facts["named"] else {"sequence": inputs}
        rows = [{name: part[[row]] for name, part in inputs.items()} for row in range(len(wanted))]
        found = np.concatenate([script.run(row) for row in rows])
        return (np.abs(found - wanted) / np.maximum(1, np.abs(wanted))).max()

    def _given(self, data, place):
        """A history and what goes along with it, as the script takes them."""
        series, facts = data.panel.series[place], self._facts
        history = series.values
        if facts["dated"]:
            history = pd.DataFrame(history, series.index, series.targets)
        given = {}
        if facts["known"]:
            given["series"] = data.panel.ids[place]
        if facts["static"] and facts["own"]:
            given["static"] = data.static[place]
        if facts["past"]:
            given["past"] = data.past[place]
        if facts["future"]:
            given["future"] = data.future[place][: len(series.values) + self._core.horizon]
        return history, given


def _id(key):
    """A series' name or a column's as JSON has it."""
    if isinstance(key, tuple):
        return [_id(part) for part in key]
    key = key.item() if isinstance(key, np.generic) else key
    if not isinstance(key, str | int | float | bool):
        raise ArtifactError(
            f"{key!r} is a {type(key).__name__}, which JSON cannot hold: give the series or "
            "columns names of text or numbers."
        )
    return key


def _plain(value):
    """A setting of an offset as JSON has it; None for what need not be said."""
    if isinstance(value, tuple):
        return [str(part) for part in value]
    return value if isinstance(value, str | int | float) else None


def _static_settings(encoder):
    found = {"numbers": [], "categories": []}
    for _, fitted, columns in encoder._encoder.transformers_:
        if hasattr(fitted, "categories_"):
            found["categories"] = [
                {"name": name, "values": [_id(value) for value in values]}
                for name, values in zip(columns, fitted.categories_, strict=True)
            ]
        elif hasattr(fitted, "mean_"):
            found["numbers"] = [
                {"name": name, "mean": float(mean), "scale": float(scale)}
                for name, mean, scale in zip(columns, fitted.mean_, fitted.scale_, strict=True)
            ]
    return found
