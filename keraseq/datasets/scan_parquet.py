"""Sequences and targets in Parquet files, read a part at a time."""

from dataclasses import dataclass
from pathlib import Path

from keraseq._checks import import_extra, nearest_names

# Rows held at a time.
_ROWS = 8192


def scan_parquet(path, X, y=None, sample_weight=None):
    """Return rows of Parquet files for `fit`, `predict` and `score`, which read them in parts.

    Nothing is read yet. Row groups are what is read in another order for each epoch, and 8,192
    rows of one are held at a time.

    Parameters
    ----------
    path : path-like or list of them
        A file, or a folder of files ``*.parquet``.
    X : str or list of str
        The column of texts or of lists (of numbers or words); or the columns of numbers that are
        the steps of a sequence.
    y : str or list of str, optional
        The column of targets, or several; left out to predict.
    sample_weight : str, optional

    Returns
    -------
    ParquetRows

    Raises
    ------
    FileNotFoundError
        Where there is no such file, or none in the folder.
    ValueError
        For a column that a file lacks; the text names those it has.

    Examples
    --------
    >>> import keraseq, pandas as pd, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "reviews.parquet")
    >>> frame = pd.DataFrame({"text": ["good", "bad"] * 40, "label": ["pos", "neg"] * 40})
    >>> frame.to_parquet(path)
    >>> rows = keraseq.datasets.scan_parquet(path, "text", "label")
    >>> clf = keraseq.SequenceClassifier(units=4, epochs=20, random_state=0).fit(rows)
    >>> clf.score(rows)
    1.0
    """
    files = _files(path)
    parquet = import_extra("pyarrow.parquet", "parquet")
    columns = [c for part in (X, y, sample_weight) if part is not None for c in _listed(part)]
    groups = []
    for file in files:
        opened = parquet.ParquetFile(file)
        for column in columns:
            if column not in opened.schema_arrow.names:
                raise ValueError(
                    f"{file} has no column {column!r}; it has "
                    f"{', '.join(map(repr, opened.schema_arrow.names))}."
                    f"{nearest_names(column, opened.schema_arrow.names)}"
                )
        groups += [(str(file), group) for group in range(opened.num_row_groups)]
    return ParquetRows(tuple(groups), X, y, sample_weight)


@dataclass(frozen=True)
class ParquetRows:
    """Row groups of Parquet files, and which columns are what; see :func:`scan_parquet`.

    Attributes
    ----------
    groups : tuple of (str, int)
        File and number of each row group.
    X, y, sample_weight : as of `scan_parquet`
    """

    groups: tuple
    X: object
    y: object = None
    sample_weight: str | None = None

    @property
    def n_partitions(self):
        return len(self.groups)

    def read_partition(self, number):
        """Yield X, y and weights of a row group, some rows at a time."""
        parquet = import_extra("pyarrow.parquet", "parquet")
        file, group = self.groups[number]
        parts = self.X, self.y, self.sample_weight
        columns = list(
            dict.fromkeys(c for part in parts if part is not None for c in _listed(part))
        )
        with parquet.ParquetFile(file) as opened:
            batches = opened.iter_batches(_ROWS, row_groups=[group], columns=columns)
            for batch in batches:
                yield tuple(None if part is None else _taken(batch, part) for part in parts)


def _taken(batch, columns):
    if isinstance(columns, str):
        return batch.column(columns).to_pylist()
    return batch.select(columns).to_pandas()


def _listed(columns):
    return [columns] if isinstance(columns, str) else list(columns)


def _files(path):
    if isinstance(path, list | tuple):
        return [file for one in path for file in _files(one)]
    path = Path(path)
    if path.is_dir():
        found = sorted(path.rglob("*.parquet"))
        if not found:
            raise FileNotFoundError(f"The folder {path} holds no file *.parquet.")
        return found
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    return [path]
