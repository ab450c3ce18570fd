"""Series to forecast, one or many, and where their test part begins."""

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class ManySeries:
    """Series as one long frame, and its parts.

    Attributes
    ----------
    frame : DataFrame
        The rows of a series one after another, by date.
    date, targets : str, list of str
        Its columns of dates and of values to forecast.
    starts : dict
        For each series the first row of the test part.
    split : str
        What to print of it.
    series : str or None
        Its column that says which series a row belongs to.
    future : list of str
        Its columns that are known ahead.
    static : DataFrame or None
        A row a series, with the column `series`.
    n_train : int or None
        Rows to train on where they end before the test part begins.
    season : int
        Steps of a season; 1 for none.
    """

    frame: pd.DataFrame
    date: str
    targets: list
    starts: dict
    split: str
    series: str | None = None
    future: list = field(default_factory=list)
    static: pd.DataFrame | None = None
    n_train: int | None = None
    season: int = 1

    def __len__(self):
        return len(self.starts)

    def size(self):
        rows = f"{len(self.frame):,} rows"
        return f"{len(self)} series, {rows}" if len(self) > 1 else rows

    def n_windows(self, horizon):
        return sum(len(rows) - self.starts[name] - horizon + 1 for name, rows in self.each())

    def columns(self):
        """What SequenceForecaster is told of the frame."""
        return {"series_col": self.series, "date_col": self.date, "value_cols": self.targets}

    def covariates(self):
        """What its `fit` is given beside the frame."""
        return {"future": self.future or None, "static": self.static}

    def each(self):
        """Yield the name and the rows of each series."""
        if self.series is None:
            yield None, self.frame
        else:
            yield from self.frame.groupby(self.series, sort=False)

    def training(self):
        parts = [rows[: self.n_train or self.starts[name]] for name, rows in self.each()]
        return pd.concat(parts, ignore_index=True)


def check_horizon(called, n_rows, n_test, horizon):
    """Refuse a series whose test part holds no forecast."""
    if n_test < horizon:
        raise ValueError(
            f"{called} has {n_rows} rows, too few: the test part, its last {n_test}, must hold a "
            f"--horizon of {horizon}."
        )


def check_season(season, n_before):
    """Refuse a season, if one is given, of which the training part holds no whole one."""
    if season and season > n_before:
        raise ValueError(f"--season {season} is more than the {n_before} rows before the test.")
