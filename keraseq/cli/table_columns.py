"""Which columns of a table are what: found when a model is fitted, and kept with it."""

import dataclasses
from dataclasses import dataclass

_NAMES = ("target", "text", "steps", "lists", "series", "past", "future", "static")


@dataclass(frozen=True)
class TableColumns:
    """What the columns of a table are for.

    As a dict of plain values it is the attribute ``table_`` of an estimator that the command line
    has fitted, which :func:`keraseq.save` keeps and :func:`keraseq.inspect` shows.

    Attributes
    ----------
    target : tuple of str
        What is to be predicted.
    text : tuple of str
        What is read as one text.
    steps : tuple of str
        Each a step of a series of numbers.
    lists : tuple of str
        Each a channel, its cells lists of numbers.
    date : str or None
    series, past, future, static : tuple of str
        Of dated rows: what tells series apart, and the covariates.
    by_words : bool
        Whether a text is cut at its blanks, since each word has its tag.
    ragged : bool
        Whether series have ended before the last of `steps`.
    decimal : {".", ","} or None
        Where the file told it.
    dayfirst : bool or None
        Likewise.
    utc : bool
        Whether the dates, of several offsets, became those of UTC.
    """

    target: tuple = ()
    text: tuple = ()
    steps: tuple = ()
    lists: tuple = ()
    date: str | None = None
    series: tuple = ()
    past: tuple = ()
    future: tuple = ()
    static: tuple = ()
    by_words: bool = False
    ragged: bool = False
    decimal: str | None = None
    dayfirst: bool | None = None
    utc: bool = False

    def to_dict(self):
        """What is not as by default, in plain values."""
        values = dataclasses.asdict(self)
        default = dataclasses.asdict(TableColumns())
        kept = {name: value for name, value in values.items() if value != default[name]}
        return {n: list(value) if isinstance(value, tuple) else value for n, value in kept.items()}

    @classmethod
    def from_dict(cls, values):
        """Read what `to_dict` gave.

        Raises
        ------
        ValueError
            For what it never gives; the file may be a stranger's.
        """
        allowed = {field.name for field in dataclasses.fields(cls)}
        if not isinstance(values, dict) or not set(values) <= allowed:
            raise ValueError("What the file says of its table's columns is not known here.")
        for name, value in values.items():
            if name in _NAMES:
                fits = isinstance(value, list) and all(isinstance(part, str) for part in value)
            elif name in ("date", "decimal"):
                fits = isinstance(value, str) and (name == "date" or value in (".", ","))
            else:
                fits = isinstance(value, bool)
            if not fits:
                raise ValueError(f"What the file says of its table's {name} is {value!r:.60}.")
        plain = {n: tuple(v) if isinstance(v, list) else v for n, v in values.items()}
        return cls(**plain)

    def named(self, *names):
        """Options and the columns that they name, for `read_table`."""
        pairs = []
        for name in names:
            value = getattr(self, name)
            columns = value if isinstance(value, tuple) else [value] if value is not None else []
            pairs += [(f"--{name}", column) for column in columns]
        return pairs
