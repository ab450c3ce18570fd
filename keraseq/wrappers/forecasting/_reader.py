"""How a forecaster reads series."""

from keraseq.encoding.forecast_reader import ForecastReader
from keraseq.encoding.series_columns import Columns
from keraseq.models import find_model, is_registered


def reader_of(forecaster):
    """The reader that a forecaster's parameters describe."""
    columns = Columns.of(forecaster.series_col, forecaster.date_col, forecaster.value_cols)
    model = forecaster.model

    def phase():
        return is_registered(model) and "phase" in find_model(model).parameters

    return ForecastReader(columns, forecaster.missing, forecaster.freq, forecaster.calendar, phase)
