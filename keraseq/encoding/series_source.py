"""Where a series came from: what errors call it, and the lines that mend it there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SeriesSource:
    """A series in what the user passed.

    Attributes
    ----------
    name : str
        What errors call the series: "y", ``y[2]``, ``y['Berlin']``.
    argument : str
        What the user passed it in.
    series_col, date_col : column name, optional
        Of a long frame; several columns of ids as a tuple.
    is_polars : bool

    Examples
    --------
    >>> from keraseq.encoding.series_source import SeriesSource
    >>> SeriesSource("y[2]").parse_dates
    'y[2].index = pandas.to_datetime(y[2].index)'
    >>> SeriesSource("y['Berlin']", "y", "city", "day").parse_dates
    "y['day'] = pandas.to_datetime(y['day'])"
    """

    name: str
    argument: str = "y"
    series_col: object = None
    date_col: object = None
    is_polars: bool = False

    def __str__(self):
        return self.name

    @property
    def dates(self):
        """Where the dates stand."""
        if self.date_col is None:
            return f"{self._holder}'s index"
        return f"{self.name}'s column {self.date_col!r}"

    def name_dates(self, column):
        """How to say that a column holds the dates of the rows."""
        if self.name != self.argument and self.series_col is None:  # one of a list
            return f"make it the index: {self.name} = {self.name}.set_index({column!r})"
        return f"name it by date_col={column!r}"

    @property
    def parse_dates(self):
        """The line that turns text into dates."""
        return self.assign("pandas.to_datetime({})", ".str.to_datetime()")

    def assign(self, of_pandas, of_polars=None):
        """The line that changes the dates.

        Parameters
        ----------
        of_pandas : str
            What becomes of them, ``{}`` in their place.
        of_polars : str, optional
            What follows the name of their column.
        """
        holder, date = self._holder, self.date_col
        if date is None:
            return f"{holder}.index = {of_pandas.format(f'{holder}.index')}"
        if self.is_polars and of_polars is not None:
            return f"{holder} = {holder}.with_columns(polars.col({date!r}){of_polars})"
        return f"{holder}[{date!r}] = {of_pandas.format(f'{holder}[{date!r}]')}"

    @property
    def sort(self):
        """The line that puts rows in order."""
        holder = self._holder
        if self.date_col is None:
            return f"{holder} = {holder}.sort_index()"
        way = "sort" if self.is_polars else "sort_values"
        return f"{holder} = {holder}.{way}({self._keys!r})"

    @property
    def drop_doubles(self):
        """What leaves one row for each date, and what else a date that is there twice may mean."""
        holder = self._holder
        if self.date_col is None and self.series_col is not None:
            return f"leave one row of {self.name} for each date"
        if self.date_col is None:
            return f"drop doubles with {holder} = {holder}[~{holder}.index.duplicated()]"
        way = "unique" if self.is_polars else "drop_duplicates"
        line = f"{holder} = {holder}.{way}({self._keys!r})"
        if self.series_col is None:
            return (
                "If these rows belong to several series, name the column that tells them apart by "
                f"series_col=; else drop doubles with {line}"
            )
        return f"drop doubles with {line}"

    @property
    def _holder(self):
        """What the user can assign to: a series of a long frame is a part of it."""
        return self.name if self.series_col is None and self.date_col is None else self.argument

    @property
    def _keys(self):
        ids = self.series_col if isinstance(self.series_col, tuple) else (self.series_col,)
        return [column for column in (*ids, self.date_col) if column is not None]
