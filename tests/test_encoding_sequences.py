"""Whatever container sequences come in, they are read into one form or refused by name."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from keraseq.encoding import Sequences, as_sequences

NAN = np.nan
TEXTS = ["to be", "or not"]


def objects(*cells):
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array


class Foreign:
    """A column of another library, as polars and Arrow have them."""

    def __init__(self, values, complete):
        self.values, self.complete = values, complete

    def to_pandas(self):
        if not self.complete:
            raise ImportError("pyarrow")
        return pd.Series(self.values)

    def to_numpy(self):
        return np.array(self.values)


@pytest.mark.parametrize(
    "X",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, dtype=object),
        np.array(TEXTS)[:, None],
        pd.Series(TEXTS, index=[7, 3]),
        pd.Series(TEXTS, dtype="category"),
        pd.Series(TEXTS, dtype=object),
        pd.DataFrame({"review": TEXTS}),
        Foreign(TEXTS, True),
        Foreign(TEXTS, False),
    ],
)
def test_text_is_read_from_every_container(X):
    sequences = as_sequences(X)
    assert (sequences.kind, list(sequences.rows), len(sequences)) == ("text", TEXTS, 2)


def test_a_labelled_array_of_three_axes_is_an_array():
    class Labelled:
        """Of xarray."""

        values = np.arange(12.0).reshape(2, 3, 2)
        ndim = 3

        def __array__(self, dtype=None, copy=None):
            return self.values

        def to_pandas(self):
            raise ValueError("Cannot convert arrays with 3 dimensions into pandas objects.")

    np.testing.assert_array_equal(as_sequences(Labelled()).rows, Labelled.values)


def test_lists_of_strings_are_words_already_cut():
    sequences = as_sequences([["to", "be"], [], np.array(["or"])])
    assert (sequences.kind, sequences.rows) == ("words", [["to", "be"], [], ["or"]])


def test_words_of_arrow_are_strings():
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    rows = as_sequences([arrow.array(["to", "be"]), arrow.array(["or"])]).rows
    assert rows == [["to", "be"], ["or"]] and {type(word) for row in rows for word in row} == {str}


@pytest.mark.parametrize(
    "X",
    [
        np.array([[1, 2], [3, 4]]),
        np.array([[1, 2], [3, 4]], dtype=object),
        pd.DataFrame({"a": [1, 3], "b": [2, 4]}, index=[5, 5]),
        pd.DataFrame({"a": [1, 3], "b": [2, 4]}, dtype="Int64"),
        [[1, 2], [3, 4]],
        [np.array([[1], [2]]), np.array([[3.0], [4.0]])],
        [pd.Series([1, 2], dtype="Int64"), np.array([3, 4], np.int8)],
        objects([1, 2], [3, 4]),
        pd.Series([[1, 2], np.array([3, 4])]),
        np.array([[[1], [2]], [[3], [4]]], dtype=np.float16),
    ],
)
def test_numbers_have_the_same_values_in_every_container(X):
    sequences = as_sequences(X)
    assert sequences.kind == "series" and sequences.n_channels == 1
    assert sequences.rows[:, :, 0].tolist() == [[1, 2], [3, 4]]
    two_dimensional = isinstance(X, pd.DataFrame) or getattr(X, "ndim", 0) == 2
    assert sequences.fixed_length == two_dimensional


def test_rows_of_differing_length_become_a_list():
    sequences = as_sequences([np.zeros((2, 3)), np.ones((1, 3)), []])
    assert [row.shape for row in sequences.rows] == [(2, 3), (1, 3), (0, 3)]


def test_steps_of_nothing_but_nan_at_the_end_are_padding():
    rows = as_sequences([[1.0, NAN, NAN], [NAN, 2.0, NAN], [NAN]]).rows
    assert [len(row) for row in rows] == [1, 2, 0]
    array = np.array([[1.0, NAN], [2.0, 3.0]])
    np.testing.assert_array_equal(as_sequences(array).rows[:, :, 0], array)


def test_missing_values_of_nullable_and_masked_arrays_are_nan():
    frame = pd.DataFrame({"a": [1, None], "b": [None, 2]}, dtype="Int64")
    masked = np.ma.array([[1, 0], [0, 2]], mask=[[0, 1], [1, 0]])
    for X in (frame, masked, objects(1, None, None, 2).reshape(2, 2)):
        np.testing.assert_array_equal(as_sequences(X).rows[..., 0], [[1, NAN], [NAN, 2]])


def test_double_precision_survives_until_scaling():
    X = 1e9 + np.array([[0.0, 0.25]])
    assert np.diff(as_sequences(X).rows[0, :, 0]).item() == 0.25
    assert as_sequences(np.float32(X)).rows.dtype == np.float32


def test_reading_neither_copies_nor_changes_a_float_array():
    X = np.arange(6.0).reshape(2, 3)
    X.setflags(write=False)
    assert np.shares_memory(as_sequences(X).rows, X)


@pytest.mark.parametrize(
    "X",
    [
        [[1, 2, 0], [3]],
        np.array([[1, 2], [3, 0]]),
        [[1.0, 2.0], [3.0, NAN]],
        pd.DataFrame({"a": [1, 3], "b": [2, None]}),
    ],
)
def test_token_ids_must_be_asked_for_and_lose_their_padding(X):
    sequences = as_sequences(X, "tokens")
    assert [row.tolist() for row in sequences.rows] == [[1, 2], [3]]
    assert {row.dtype for row in sequences.rows} == {np.dtype(np.int32)}
    assert as_sequences([[1, 2], [3]]).kind == "series"


def test_take_gives_the_rows_asked_for():
    frame = pd.DataFrame({"t": ["a", "b", "c"]}, index=[7, 8, 9])
    part = as_sequences(frame).take([2, 0])
    assert part.rows == ["c", "a"] and part.index.tolist() == [9, 7]
    series = as_sequences(np.eye(3)).take(np.array([1]))
    assert isinstance(series, Sequences) and series.fixed_length and series.rows.shape == (1, 3, 1)


def test_sequences_pass_through():
    sequences = as_sequences(TEXTS)
    assert as_sequences(sequences) is sequences
    with pytest.raises(TypeError, match="holds strings where input='series'"):
        as_sequences(sequences, "series")


def test_empty_rows_can_be_refused():
    assert as_sequences([[], [1.0]]).rows[0].shape == (0, 1)
    with pytest.raises(ValueError, match="no step in row 0"):
        as_sequences([[], [1.0]], allow_empty_rows=False)


MULTI_INDEX = pd.MultiIndex.from_tuples([("a", 0), ("a", 1)])


@pytest.mark.parametrize(
    ("X", "error", "says"),
    [
        ("one string", TypeError, r"put it in a list: \[reviews\]"),
        (None, TypeError, "NoneType"),
        ({"a": 1}, TypeError, "dict"),
        ((row for row in TEXTS), TypeError, "generator"),
        (sparse.eye(3), TypeError, "sparse"),
        ([], ValueError, "0 sample"),
        (np.empty((0, 3)), ValueError, "0 sample"),
        (np.empty((3, 0)), ValueError, r"0 feature\(s\) \(shape=\(3, 0\)\)"),
        (np.empty((3, 0, 2)), ValueError, "at least one step"),
        (np.arange(3.0), ValueError, "Reshape your data"),
        ([1, 2, 3], ValueError, "Reshape your data"),
        (pd.Series([1, 2]), ValueError, "Reshape your data"),
        (np.zeros((2, 2, 2, 2)), ValueError, "Reshape your data"),
        ([[[[1]]]], ValueError, "row 0"),
        (["a", 1.0], TypeError, "mixture of .*row 1.*row 0"),
        (["a", [1.0]], TypeError, "mixture"),
        (["a", ["b"]], TypeError, "mixture"),
        ([[1.0], ["a", 2]], TypeError, "within row 1"),
        (np.array([["a", 1]], dtype=object), TypeError, "strings where numbers"),
        (["a", None], ValueError, "no text in row 1"),
        (pd.Series(["a", NAN, "b"]), ValueError, "no text in row 1"),
        (["a", np.float32("nan")], ValueError, "no text in row 1"),
        ([["a"], ["b", np.datetime64("NaT")]], ValueError, "no word in row 1, step 1"),
        ([b"a"], TypeError, "bytes"),
        (np.array([b"a"]), TypeError, "decode"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), TypeError, r"reviews\['a'\]"),
        (pd.DataFrame({"a": ["x"], "b": [1]}), TypeError, "'a' holds strings"),
        (pd.DataFrame({"a": [[1, 2]], "b": [[3, 4]]}), ValueError, r"\[numpy.column_stack"),
        (pd.DataFrame({"a": [[1, 2]]}), ValueError, r"reviews.iloc\[:, 0\].tolist\(\)"),
        (pd.DataFrame({"a": [1, 2]}, index=MULTI_INDEX), ValueError, "MultiIndex.*groupby"),
        (pd.Series([1, 2], index=MULTI_INDEX), ValueError, "MultiIndex.*groupby"),
        (pd.DataFrame([[1, 2]], columns=MULTI_INDEX), ValueError, "MultiIndex of columns"),
        (np.ones((2, 2)) * 1j, ValueError, "Complex data not supported"),
        ([[1j]], ValueError, "Complex data not supported"),
        (np.zeros((2, 2), "M8[s]"), TypeError, "dates"),
        (pd.DataFrame({"a": pd.to_datetime(["2020-01-01"])}), TypeError, "dates"),
        (np.array([[1.0, np.inf]]), ValueError, "inf.*row 0, step 1"),
        ([[1.0], [2.0, -np.inf]], ValueError, "inf.*row 1, step 1"),
        (np.array([[1.0], [1e39]]), ValueError, "too large for float32.*row 1"),
        ([[1e39]], ValueError, "too large for float32"),
        ([[2**53 + 1]], ValueError, "no float holds"),
        (np.array([[10**400]], dtype=object), ValueError, "too large"),
        ([np.zeros((2, 2)), np.zeros((2, 3))], ValueError, "different channels.*row 0.*row 1"),
        ([np.zeros(2), np.zeros((2, 3))], ValueError, "different channels"),
        ([np.zeros((2, 0))], ValueError, "0 channels"),
        ([[[1, 2], [3]]], ValueError, "row 0"),
        ([{1, 2}], TypeError, "set in row 0"),
    ],
)
def test_what_is_not_sequences_is_refused_by_name(X, error, says):
    with pytest.raises(error, match=says) as caught:
        as_sequences(X, name="reviews")
    assert "reviews" in str(caught.value)


@pytest.mark.parametrize(
    ("X", "error", "says"),
    [
        ([[1.5]], ValueError, "1.5; token ids are whole"),
        ([[-1]], ValueError, "from -1"),
        ([[2**40]], ValueError, "return_inverse"),
        ([[0, 0, 1]], ValueError, "row 0, step 0.*right only"),
        ([[[1]]], ValueError, "row 0"),
        (np.zeros((2, 2, 2), int), ValueError, "token ids are"),
        ([[True]], TypeError, "booleans"),
        (["a"], TypeError, "wants numbers"),
    ],
)
def test_what_are_not_token_ids_is_refused(X, error, says):
    with pytest.raises(error, match=says):
        as_sequences(X, "tokens")


def test_input_must_fit_and_be_known():
    with pytest.raises(TypeError, match="input='text' wants strings"):
        as_sequences([[1]], "text")
    with pytest.raises(ValueError, match="Did you mean 'series'"):
        as_sequences([[1]], "serie")
