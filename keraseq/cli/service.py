"""A saved model that many threads ask at once."""

import numbers

import numpy as np

from keraseq._checks import shown
from keraseq.cli.answers import answers_of, forecasts_of
from keraseq.cli.batcher import Batcher
from keraseq.cli.fitted import Fitted
from keraseq.cli.program import make_parser
from keraseq.cli.sequence_rows import SequenceReader
from keraseq.cli.series_frame import read_series_frame, told_decimal
from keraseq.cli.tables import Table
from keraseq.cli.typed_rows import frame_of

_MOST_ROWS = 10_000


class Service:
    """Answers rows of JSON as `keraseq predict` answers those of a file.

    Parameters
    ----------
    path : str
        Of a saved model.
    wait : float, default=0.005
        Seconds for which rows of other requests are waited for, to be answered with one call.

    Attributes
    ----------
    about : dict
        What :func:`keraseq.inspect` knows of the model.
    card : str
        In Markdown.
    """

    def __init__(self, path, *, wait=0.005):
        import keraseq

        self._fitted = Fitted(make_parser().parse_args(["predict", "--", str(path)]))
        if not hasattr(self._fitted.estimator, "predict"):
            raise ValueError(f"{path} answers no rows; `keraseq generate` writes with it.")
        artifact = keraseq.inspect(path)
        self.about, self.card = artifact.facts, artifact.card or f"{artifact}\n"
        self._is_forecaster = self._fitted.is_forecaster
        answer = self._forecast if self._is_forecaster else self._predict
        self._batcher = Batcher(answer, wait=wait)

    @property
    def n_calls(self):
        """How often the model was asked; of rows that came together, once."""
        return self._batcher.n_calls

    def close(self):
        """Answer what was asked before, and end."""
        self._batcher.close()

    def answer(self, rows=None, *, proba=False, steps=None, interval=None):
        """Answer rows.

        Parameters
        ----------
        rows : list, optional
            Texts, lists of numbers (of words where it was fitted on such), or objects that name
            the columns of the table that the model was fitted on. A forecaster takes objects: a
            history, what is known ahead, or both; or none, to go on from its training rows.
        proba : bool, default=False
            Whether the probability of each class is told, too.
        steps : int, optional
            Of a forecast.
        interval : float, optional
            Between which values a forecast lies with this probability.

        Returns
        -------
        list of dict
            One a row; of a forecast one a step and series.

        Raises
        ------
        ValueError
            For rows that the model cannot read.
        """
        if rows is not None and not isinstance(rows, list):
            raise ValueError(f"rows={shown(rows)} is no list; give [rows] for one row.")
        if self._is_forecaster:
            if proba:
                raise ValueError("proba is for classes, and this model makes forecasts.")
            (answers,) = self._batcher([(self._frame(rows), steps, interval)])
            return answers
        if steps is not None or interval is not None:
            raise ValueError("steps and interval are for forecasts, which it does not make.")
        if proba and not hasattr(self._fitted.estimator, "predict_proba"):
            raise ValueError("proba: this model has no probabilities.")
        if not rows or len(rows) > _MOST_ROWS:
            n = len(rows or ())
            raise ValueError(f"rows holds {n:,}; give 1 to {_MOST_ROWS:,} at a time.")
        return self._batcher([(row, proba) for row in self._read(rows)])

    def _read(self, rows):
        """The rows as X; None for those with nothing to read."""
        columns = self._fitted.columns
        if not any(isinstance(row, dict) for row in rows):
            if any(row is None for row in rows):
                raise ValueError("rows holds null; give a text, a list, or an object.")
            kinds = {isinstance(row, str) for row in rows}
            if len(kinds) > 1:
                raise ValueError("rows holds texts and lists; all must be of one kind.")
            by_words = getattr(self._fitted.estimator, "kind_", None) == "words"
            read = _words if by_words else _numbers
            return [row if isinstance(row, str) else read(row) for row in rows]
        if columns is None:
            raise ValueError(
                "This model was not fitted on a table: give texts or lists of numbers, and no "
                "objects."
            )
        table = Table("rows", frame_of("rows", rows))
        read = (*columns.text, *columns.steps[:1], *columns.lists)
        missing = [name for name in read if name not in table.cells]
        if missing:
            raise ValueError(f"rows: none has {missing[0]!r}, which the model reads.")
        X, is_empty = SequenceReader(columns).read(table)
        return [None if empty else row for row, empty in zip(X, is_empty, strict=True)]

    def _predict(self, questions):
        answers = [None] * len(questions)
        for proba in {asked for _, asked in questions}:
            places = [i for i, (_, asked) in enumerate(questions) if asked == proba]
            X = [questions[i][0] for i in places]
            filled = [i for i, row in zip(places, X, strict=True) if row is not None]
            frame = self._answers([row for row in X if row is not None], proba)
            nothing = dict.fromkeys(frame)
            for place in places:
                answers[place] = nothing
            for place, row in zip(filled, frame.to_dict("records"), strict=True):
                answers[place] = {str(name): _plain(value) for name, value in row.items()}
        return answers

    def _answers(self, X, proba):
        if X and isinstance(X[0], np.ndarray) and len({row.shape for row in X}) == 1:
            X = np.stack(X)
        nobody = np.zeros(len(X), dtype=bool)
        return answers_of(self._fitted, X, nobody, np.arange(len(X)), proba=proba)

    def _frame(self, rows):
        if not rows:
            return None
        columns, table = self._fitted.columns, Table("rows", frame_of("rows", rows))
        missing = [n for n in (columns.date, *columns.series) if n not in table.cells]
        if missing:
            raise ValueError(f"rows: none has {missing[0]!r}, which the model reads.")
        decimal = told_decimal(table, columns)
        frame = read_series_frame(table, columns, decimal=decimal, dayfirst=columns.dayfirst)
        return frame.sort_values(columns.date, kind="stable").reset_index(drop=True)

    def _forecast(self, questions):
        """Each by itself: histories of different lengths make no batch."""
        answers = []
        for frame, steps, interval in questions:
            rows = forecasts_of(self._fitted, frame, steps, interval).to_dict("records")
            answers.append(
                [{str(name): _plain(value) for name, value in row.items()} for row in rows]
            )
        return answers


def _words(row):
    if not isinstance(row, list) or not all(isinstance(word, str) for word in row):
        raise ValueError(f"rows holds {shown(row)}; this model reads lists of words.")
    return row


def _numbers(row):
    try:
        values = np.asarray(row, dtype=float)
    except (ValueError, TypeError):
        values = np.zeros(())
    if values.ndim not in (1, 2):
        raise ValueError(
            f"rows holds {shown(row)}; a series is a list of numbers, or of lists of numbers, as "
            "many at each step."
        )
    return values


def _plain(value):
    """A value as JSON has it; dates by ISO 8601, labels of other kinds as text."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    value = value.item() if isinstance(value, np.generic) else value
    return value if value is None or isinstance(value, str | numbers.Number) else str(value)
