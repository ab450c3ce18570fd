"""X and y that are read in parts, anew for every pass: more than memory holds."""

import collections.abc
import itertools
import sys
from dataclasses import dataclass

import numpy as np

from keraseq._checks import shown

# Rows of a part, where what comes is no batch.
_ROWS = 8192


@dataclass(frozen=True)
class Part:
    """Rows of a stream.

    Attributes
    ----------
    name : str
        What errors call it.
    X, y, weights : as they came
        y and weights are None where none came.
    """

    name: str
    X: object
    y: object = None
    weights: object = None


class Stream:
    """Data of which one part at a time is in memory.

    Parameters
    ----------
    source : object
        Of which `is_stream` is true.
    y, sample_weight : Dask Series or DataFrame, optional
        Beside X from Dask. All other sources bring theirs.
    every_step : bool, default=False
        Whether y has a label for each step, which tells rows from batches.
    of_words : bool, default=False
        Whether rows are lists of words, which tells one from a batch of texts where no y comes.

    Attributes
    ----------
    has_partitions : bool
        Whether its parts can be read in any order.
    comes_in_batches : bool
        Whether its parts are batches to be trained on as they are; known once one was read.

    Examples
    --------
    >>> from keraseq.encoding.streams import Stream
    >>> stream = Stream(lambda: iter([(["to be", "or not"], [1, 0]), (["to be"], [1])]))
    >>> [(part.X, part.y) for part in stream.parts()]
    [(['to be', 'or not'], [1, 0]), (['to be'], [1])]
    >>> [part.X for part in Stream(lambda: zip(["to be", "or not"], [1, 0])).parts()]
    [['to be', 'or not']]
    """

    def __init__(self, source, y=None, sample_weight=None, *, every_step=False, of_words=False):
        self._source, self._every_step, self._of_words = source, every_step, of_words
        if _is_dask(source):
            self._source = _DaskPartitions(source, y, sample_weight)
        elif y is not None or sample_weight is not None:
            given = "y" if y is not None else "sample_weight"
            raise ValueError(
                f"{given} is given beside X={called(source)}, which brings its own: leave it out, "
                "and let each item be (X, y) or (X, y, sample_weight)."
            )
        _check_finite(source)
        self.has_partitions = hasattr(self._source, "read_partition")
        self.comes_in_batches = not self.has_partitions

    @property
    def name(self):
        return called(self._source)

    def parts(self, generator=None, batch_size=1):
        """Yield the parts of one pass.

        Parameters
        ----------
        generator : numpy.random.Generator, optional
            Draws the order of partitions.
        batch_size : int, default=1
            Parts that are no batches hold a multiple of it.

        Raises
        ------
        ValueError, TypeError
            Where an item is none, or of another form than the first.
        """
        if self.has_partitions:
            yield from self._of_partitions(generator)
            return
        items = enumerate(map(_parted, items_of(self._source)), 1)
        first = next(items, None)
        if first is None:
            return
        items = itertools.chain([first], items)
        self.comes_in_batches = not self._is_row(*first[1][:2])
        if self.comes_in_batches:
            for number, item in items:
                yield Part(f"batch {number} of {self.name}", *item)
        else:
            yield from self._of_rows(items, max(1, _ROWS // batch_size) * batch_size)

    def _of_partitions(self, generator):
        n = self._source.n_partitions
        for number in range(n) if generator is None else generator.permutation(n):
            for item in self._source.read_partition(int(number)):
                if len(item[0]):
                    yield Part(f"partition {number} of {self.name}", *item)

    def _of_rows(self, items, size):
        while taken := list(itertools.islice(items, size)):
            first, last = taken[0][0], taken[-1][0]
            for number, (x, y, _) in taken:
                if not self._is_row(x, y) and len(x):
                    raise ValueError(
                        f"Row {number} of {self.name} is a batch; its first item was one row "
                        "(x, y). Items are all rows or all batches."
                    )
            columns = [
                None if all(value is None for value in column) else [*column]
                for column in zip(*(item for _, item in taken), strict=True)
            ]
            yield Part(f"rows {first} to {last} of {self.name}", *columns)

    def _is_row(self, x, y):
        return _is_row(x, y, self._every_step or (self._of_words and y is None))


def is_stream(X, name="X"):
    """Whether X is read in parts; it imports nothing.

    A `tf.data.Dataset`, a `keras.utils.PyDataset`, a Dask DataFrame or Series, what
    :func:`keraseq.datasets.scan_parquet` returns, or a function that makes an iterator.

    Raises
    ------
    TypeError
        For an iterator, which can be read once.

    Examples
    --------
    >>> from keraseq.encoding.streams import is_stream
    >>> is_stream(lambda: iter([])), is_stream([[1.0]])
    (True, False)
    """
    if isinstance(X, collections.abc.Iterator):
        raise TypeError(
            f"{name} is a {type(X).__name__}, which can be read once, and every pass reads it "
            "anew: pass the function that makes it, without calling it (fit(rows), not "
            "fit(rows())), or make it a list."
        )
    if _is_dask(X) or hasattr(X, "read_partition") or _is_tf(X) or _is_py_dataset(X):
        return True
    return callable(X) and not isinstance(X, type) and not hasattr(X, "__array__")


def called(source):
    """What errors call a source."""
    if _is_tf(source):
        return "the tf.data.Dataset"
    if isinstance(source, _DaskPartitions):
        return "the Dask frame"
    name = getattr(source, "__name__", None)
    return f"{name}()" if name else f"the {type(source).__name__}"


def _module(X):
    return type(X).__module__.partition(".")[0]


def _is_dask(X):
    return (
        _module(X) in ("dask", "dask_expr") and hasattr(X, "npartitions") and hasattr(X, "dtypes")
    )


def _is_tf(X):
    return _module(X) == "tensorflow" and hasattr(X, "element_spec") and hasattr(X, "cardinality")


def _is_py_dataset(X):
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(X, keras.utils.PyDataset)


def _check_finite(source):
    endless = "without an end"
    if _is_tf(source):
        if int(source.cardinality()) == -1:
            raise ValueError(
                f"{called(source)} is {endless}, and an epoch is a pass over all of it: say how "
                "many batches that is, dataset.take(100), or leave out .repeat()."
            )
        spec = source.element_spec
        if isinstance(spec, dict) or (isinstance(spec, tuple) and isinstance(spec[0], dict)):
            raise TypeError(
                "The tf.data.Dataset gives X as a dict; give one array, dataset.map(lambda x, y: "
                "(x['name'], y))."
            )
    elif _is_py_dataset(source) and source.num_batches is None:
        raise ValueError(
            f"{called(source)} is {endless} (num_batches is None), and an epoch is a pass over all "
            "of it: let __len__ say how many batches that is."
        )


def items_of(source, name="X"):
    """An iterator over the items of a source, from the beginning."""
    if _is_tf(source):
        return source.as_numpy_iterator()
    if _is_py_dataset(source):
        return _of_py_dataset(source)
    made = source()
    if not isinstance(made, collections.abc.Iterable) or isinstance(made, str | bytes):
        what = "(X, y), in rows or in batches" if name == "X" else "series"
        raise TypeError(
            f"{called(source)} returned {shown(made)}; it must return an iterator of {what}, a "
            "fresh one at each call."
        )
    return made


def _of_py_dataset(dataset):
    for number in range(dataset.num_batches):
        item = dataset[number]
        yield tuple(item) if isinstance(item, list) else item
    dataset.on_epoch_end()


def _parted(item):
    """X, y and weights of an item."""
    if not isinstance(item, tuple):
        return _plain(item), None, None
    if not 1 <= len(item) <= 3:
        raise ValueError(
            f"An item is a tuple of {len(item)}; it must be (X, y) or (X, y, sample_weight)."
        )
    return (*map(_plain, item), None, None)[:3]


def _is_row(x, y, every_step):
    """Whether an item is one sequence with its target, and not a batch of them."""
    if isinstance(x, str):
        return True
    if _is_single(x):
        raise TypeError(f"An item's X is {shown(x)}; it must be a sequence, or a batch of them.")
    if hasattr(x, "columns"):
        return False
    if every_step:
        # A label for each step: a batch has rows of labels, and of words. What is empty is a row.
        return _is_single(next(iter(x if y is None else y), ""))
    if y is not None and _is_single(y):
        return True
    first = next(iter(x), "")
    return not isinstance(first, str) and _is_single(first)


def _is_single(value):
    return isinstance(value, str) or getattr(value, "ndim", None) == 0 or np.isscalar(value)


def _plain(value):
    """What TensorFlow gives as the rest of the house reads it: str for bytes, lists of rows."""
    if hasattr(value, "to_list") and hasattr(value, "row_splits"):
        return _plain(value.to_list())
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray) and value.dtype == object:
        return _plain(value.tolist())
    if isinstance(value, list) and value and isinstance(value[0], bytes | list):
        return [_plain(one) for one in value]
    return value


class _DaskPartitions:
    """X, y and weights of Dask, partition by partition."""

    def __init__(self, X, y, sample_weight):
        self._parts = [X, y, sample_weight]
        for name, part in zip(("y", "sample_weight"), self._parts[1:], strict=True):
            if part is None:
                continue
            if not _is_dask(part):
                raise TypeError(
                    f"X is of Dask and {name} a {type(part).__name__}; take both from one frame: "
                    f"fit(frame['text'], frame['label'])."
                )
            if part.npartitions != X.npartitions:
                raise ValueError(
                    f"X has {X.npartitions} partitions and {name} {part.npartitions}; take both "
                    "from one frame."
                )
        self.n_partitions = X.npartitions

    def read_partition(self, number):
        import dask

        chosen = [None if p is None else p.get_partition(number) for p in self._parts]
        yield tuple(dask.compute(*chosen))
