"""Each defect that generated input has found, as a plain test of its own."""

import datetime
import decimal
import sys

import numpy as np
import pandas as pd
import pytest
from _strategies import numpy_strings
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning

import keraseq
from keraseq.encoding import (
    ClassTarget,
    MultilabelTarget,
    RegressionTarget,
    SeriesEncoder,
    TagTarget,
    TextEncoder,
    as_sequences,
    check_lengths,
)

ODD = 2**53 + 1  # the least integer that no float holds
MANY_DIGITS = 10**5_000  # Python refuses to print it
SIGNALLING = decimal.Decimal("sNaN")


def objects(*cells):
    return np.fromiter(cells, dtype=object, count=len(cells))


@pytest.mark.parametrize(
    "X",
    [
        pytest.param([[0.5, ODD]], id="beside a float in a list"),
        pytest.param([[ODD], [0.5]], id="beside a row of floats"),
        pytest.param([np.array([2**63 + 1], np.uint64), np.array([-1])], id="unsigned and signed"),
        pytest.param(pd.DataFrame({"a": [ODD], "b": [0.5]}), id="beside a column of floats"),
        pytest.param(pd.DataFrame({"a": [ODD, None]}, dtype="Int64"), id="beside a missing one"),
        pytest.param(pd.DataFrame({"a": [2**63 + 5]}, dtype="UInt64"), id="above int64, nullable"),
        pytest.param(np.ma.array([[ODD, 1]], mask=[[0, 1]]), id="in a masked array"),
        pytest.param([[decimal.Decimal(ODD)]], id="as a decimal"),
        pytest.param([pd.DataFrame({"a": [ODD], "b": [0.5]})], id="in a frame in a list"),
    ],
)
def test_an_integer_that_no_float_holds_is_not_rounded_in_silence(X):
    with pytest.raises(ValueError, match=r"X holds \d{16}.*no float holds"):
        as_sequences(X)
    if not isinstance(X, list) or len(X) == 1:
        with pytest.raises(ValueError, match=r"(y holds|Input y)"):
            RegressionTarget().fit(X[0] if isinstance(X, list) else X)


@pytest.mark.parametrize(
    ("X", "error", "says"),
    [
        (np.ma.array([["a", "b"]], mask=[[0, 1]]), TypeError, "X holds strings"),
        (np.ma.array([1j, 2], mask=[0, 1])[:, None], ValueError, "Complex.*X"),
        (np.ma.array(np.zeros((2, 1), "M8[s]"), mask=[[0], [1]]), TypeError, "X holds .*datetime"),
        (np.ma.array(np.zeros((1, 1), "M8[s]")), TypeError, "X holds dates"),
        (np.ma.array(objects("a", "b"), mask=[0, 1]), ValueError, "X has no text in row 1"),
        (objects(np.complex128(1j), 1)[:, None], ValueError, "Complex.*X"),
        ([[np.timedelta64(5, "s"), None]], TypeError, "X holds dates or durations"),
        ([[np.datetime64("2020-01-01T00"), None]], TypeError, "X holds dates or durations"),
        (pd.DataFrame({"a": [1j, 2.0]}), ValueError, "Complex.*X"),
        (
            pd.DataFrame({"a": [1j, 2.0], "b": pd.array([1, 2], dtype="Int64")}),
            ValueError,
            "Complex.*X",
        ),
        (pd.DataFrame([[1.0, 2.0]], columns=["a", "a"]), ValueError, "X has two columns .*'a'"),
        (pd.DataFrame([[1.0, 2.0]], columns=["a", 1]), TypeError, "X has columns named by"),
        (np.empty((0, 3)), ValueError, "X is empty"),
        (np.empty((3, 0)), ValueError, "X is empty"),
    ],
)
def test_what_is_not_numbers_is_refused_by_name(X, error, says):
    with pytest.raises(error, match=says):
        as_sequences(X)


def test_missing_values_of_other_types_stay_missing():
    frame = pd.DataFrame({"a": pd.Categorical([1, None]), "b": pd.Categorical([3, 4])})
    np.testing.assert_array_equal(as_sequences(frame).rows[:, :, 0], [[1, 3], [np.nan, 4]])
    rows = as_sequences([[SIGNALLING, decimal.Decimal(1)]]).rows
    np.testing.assert_array_equal(rows[0, :, 0], [np.nan, 1])


def test_a_view_of_memory_is_an_array():
    X = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(as_sequences(memoryview(X)).rows[:, :, 0], X)
    assert RegressionTarget().fit(memoryview(X)).outputs_ == 3


class Stubborn:
    """A column that another library cannot convert, such as polars's Int128."""

    def to_pandas(self):
        raise RuntimeError("no such type")


def test_what_another_library_cannot_convert_is_refused_by_name():
    with pytest.raises(TypeError, match=r"X is of type Stubborn.*no such type"):
        as_sequences(Stubborn())
    with pytest.raises(TypeError, match="y is of type Stubborn"):
        ClassTarget().fit(Stubborn())


def test_numbers_whose_squares_are_zero_are_scaled():
    X = np.array([[1e-200, 2e-200]])
    assert SeriesEncoder().fit_transform(X).tolist() == [[-1, 1]]


# Labels


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(["a", "a\x00"], id="a NUL at the end"),
        pytest.param([ODD, ODD - 1, 1.0], id="large integers beside a float"),
        pytest.param([2**63 + 1, 2**63, -1], id="integers above int64 beside a negative one"),
        pytest.param([0, 2**63 + 2**40], id="an integer above int64 beside a small one"),
        pytest.param([("b", 1), ("a", 2)], id="tuples of tags"),
    ],
)
def test_labels_that_numpy_would_change_come_back(labels):
    for y in (objects(*labels), pd.Series(objects(*labels), dtype=object)):
        target = ClassTarget().fit(y)
        assert target.inverse_transform(target.transform(y)).tolist() == labels
    target = TagTarget().fit([labels])
    assert target.inverse_transform(target.transform([labels])) == [labels]


def test_labels_in_a_message_may_be_huge():
    for known, other in (("a" * 2**20, "b" * 2**20), (MANY_DIGITS, MANY_DIGITS + 1)):
        target = ClassTarget().fit(objects(known, known[:1] if isinstance(known, str) else 1))
        with pytest.raises(ValueError, match="y holds labels unseen in training") as caught:
            target.transform(objects(other))
        assert len(str(caught.value)) < 400


def test_one_long_label_does_not_widen_all_others():
    labels = ["a" * 2**20] + ["b"] * 10_000
    target = ClassTarget().fit(labels)
    assert target.classes_.nbytes < 1_000
    assert target.transform(labels).sum() == 10_000
    clf = keraseq.SequenceClassifier("simple_rnn", units=2, epochs=1, random_state=0)
    answers = clf.fit(np.zeros((4, 2)) + np.arange(4)[:, None], labels[:1] + ["b"] * 3)
    assert set(answers.predict(np.zeros((1, 2)))) <= {*labels[:2]}


def test_labels_of_other_arrays_of_numpy_and_pandas_are_read():
    assert ClassTarget().fit(numpy_strings(["a", "b"])).classes_.tolist() == ["a", "b"]
    assert ClassTarget().fit(np.array([b"a", b"b"])).classes_.tolist() == [b"a", b"b"]
    pairs = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])
    assert ClassTarget().fit(pairs).classes_.tolist() == [("a", 1), ("b", 2)]


def test_dates_of_another_unit_are_the_same_labels():
    days = np.array(["2020-01-01", "2021-01-01"], "M8[ns]")
    target = ClassTarget().fit(days)
    for y in (days.astype("M8[s]"), pd.Series(days), [datetime.datetime(2020, 1, 1)]):
        assert target.transform(y).tolist() == [0, 1][: len(y)]


@pytest.mark.parametrize("kind", [ClassTarget, MultilabelTarget, TagTarget])
def test_what_is_masked_is_missing(kind):
    y = np.ma.array([[0, 1, 0]], mask=[[0, 1, 0]])
    y = y[0] if kind is ClassTarget else y
    with pytest.raises(ValueError, match=r"y (contains|holds).*(NaN|nan)"):
        kind().fit(y)


@pytest.mark.parametrize(
    ("kind", "y", "error"),
    [
        (ClassTarget, [0.5, 1.5], ValueError),
        (ClassTarget, np.zeros((2, 1, 1)), ValueError),
        (ClassTarget, [SIGNALLING, 1], ValueError),
        (ClassTarget, sparse.eye(2), TypeError),
        (TagTarget, {("a", "b"): 1}, TypeError),
        (TagTarget, [{"a", "b"}], TypeError),
        (TagTarget, [{"a": 1, "b": 2}], TypeError),
        (TagTarget, [b"ab"], TypeError),
        (TagTarget, np.array(5), TypeError),
        (TagTarget, [np.array(5)], TypeError),
        (TagTarget, sparse.eye(2), TypeError),
        (MultilabelTarget, [["1", "0"]], ValueError),
        (MultilabelTarget, np.array([[1 + 0j, 0]]), ValueError),
        (MultilabelTarget, np.array([[0, 1]], "M8[s]"), ValueError),
        (MultilabelTarget, [[10**400, 1]], ValueError),
        (RegressionTarget, np.ma.array([1j]), ValueError),
        (RegressionTarget, [SIGNALLING], ValueError),
        (RegressionTarget, [1e-60, 2e-60], ValueError),
        (RegressionTarget, [[1.0, 1e-60], [2.0, 2e-60]], ValueError),
    ],
)
def test_what_is_no_target_is_refused_by_name(kind, y, error):
    with pytest.raises(error, match=r"\by\b"):
        kind().fit(y)


def test_categories_with_gaps_are_no_numbers_at_random():
    frame = pd.DataFrame({"a": pd.Categorical([1, None]), "b": pd.Categorical([1, 2])})
    with pytest.raises(ValueError, match="Input y contains NaN: row 1"):
        RegressionTarget().fit(frame)


def test_predictions_beyond_float32_are_its_largest_number():
    target = RegressionTarget().fit([3e38, -3e38])
    assert target.inverse_transform([[2.0]]).tolist() == [float(np.finfo(np.float32).max)]


@pytest.mark.parametrize("codes", [[0.7], ["x"], [np.nan], [True], [None], [[0], [0, 1]]])
def test_only_integers_are_codes(codes):
    with pytest.raises((TypeError, ValueError), match="codes"):
        ClassTarget().fit(["a", "b"]).inverse_transform(codes)
    with pytest.raises((TypeError, ValueError), match="codes"):
        TagTarget().fit([["a", "b"]]).inverse_transform([codes])


@pytest.mark.parametrize("y", [[1, 2], [["a"], 3], {0: ["a"], 1: ["b"]}, pd.Series([1, 2])])
def test_lengths_of_steps_are_compared_of_lists_alone(y):
    with pytest.raises(TypeError, match=r"\by\b"):
        check_lengths([[1], [2]], y, every_step=True)


# Text


def test_subwords_without_a_limit_do_not_abort_the_process():
    encoder = TextEncoder("subwords", max_tokens=None).fit(["to be or not to be"])
    assert encoder.vocabulary_size_ < 100
    assert TextEncoder("subwords", max_tokens=10**12).fit(["to be"]).vocabulary_size_ < 100


@pytest.mark.parametrize("text", ["a" * 2**20, "我" * 2**18, "".join(map(chr, range(33, 2**17)))])
def test_a_megabyte_without_a_space_is_cut_into_subwords(text):
    text = text.encode("utf-8", "replace").decode()
    encoder = TextEncoder("subwords", lowercase=False, max_tokens=300).fit([text])
    assert len(encoder.transform([text])[0]) > 0


def test_a_megabyte_of_flags_is_cut_in_linear_time():
    encoder = TextEncoder().fit(["🇩🇪 🇫🇷"])
    assert encoder.transform(["🇩🇪" * 2**17])[0].tolist() == [4] * 2**17


def test_a_character_reference_of_many_digits_is_no_error():
    assert sys.get_int_max_str_digits() < 5_000
    encoder = TextEncoder().fit(["a &#" + "9" * 5_000 + "; b &#65;"])
    assert encoder.vocabulary_[4:] == ["a", "b", "�"]


@pytest.mark.parametrize("X", [[[2.7]], [["x"]], 5, [None], np.array([2, 3]), [[10**30]]])
def test_only_token_ids_are_texts_again(X):
    with pytest.raises((TypeError, ValueError), match=r"\bX\b"):
        TextEncoder().fit(["a b"]).inverse_transform(X)


# Estimators


SMALL = {"model": "simple_rnn", "units": 2, "epochs": 1, "random_state": 0}
X = np.random.default_rng(0).normal(size=(6, 3))
Y = [0, 1] * 3
WORDS = [["a", "b"], ["c"], ["a"]] * 2
TAGS = [["N", "V"], ["N"], ["V"]] * 2


def test_rows_without_any_step_are_predicted():
    clf = keraseq.SequenceClassifier(**SMALL).fit(X, Y)
    assert clf.predict([[], []]).shape == (2,)
    np.testing.assert_allclose(clf.predict_proba([[]])[0], clf.predict_proba([[], [0.0]])[0])
    assert keraseq.SequenceClassifier(**SMALL).fit(WORDS, Y).predict([[], []]).shape == (2,)
    assert keraseq.SequenceTagger(**SMALL).fit(WORDS, TAGS).predict([[], []]) == [[], []]


@pytest.mark.parametrize("kind", [keraseq.SequenceClassifier, keraseq.SequenceRegressor])
def test_a_model_of_nan_gives_no_answer(kind):
    estimator = kind(**{**SMALL, "epochs": 3, "learning_rate": 1e38})
    with pytest.warns(ConvergenceWarning, match="turned nan in epoch"):
        estimator.fit(X, Y)
    with pytest.raises(ValueError, match="row 0 of X with NaN: training has diverged"):
        estimator.predict(X)


def test_targets_that_are_masked_are_not_learned():
    y = np.ma.array(Y, mask=[1, 0] * 3)
    for estimator in (keraseq.SequenceClassifier(**SMALL), keraseq.SequenceRegressor(**SMALL)):
        with pytest.raises(ValueError, match="y contains NaN"):
            estimator.fit(X, y)
    with pytest.raises(ValueError, match="y contains NaN: no label in row 0, step 0"):
        keraseq.SequenceTagger(**SMALL).fit(X, np.ma.array([Y[:3]] * 6, mask=[[1, 0, 0]] * 6))


def test_tags_of_sequences_of_one_step_may_be_an_array():
    tagger = keraseq.SequenceTagger(**SMALL).fit(X[:, :1], np.array(Y)[:, None])
    assert tagger.classes_.tolist() == [0, 1]
    assert len(tagger.predict(X[:, :1])) == 6


@pytest.mark.parametrize(
    "y",
    [[[1], [1, 2]] * 3, np.array(1), [[[1]]] * 6, dict.fromkeys(range(6))],
)
def test_what_is_no_target_of_a_fit_is_refused_by_name(y):
    for kind in (keraseq.SequenceClassifier, keraseq.SequenceRegressor, keraseq.SequenceTagger):
        with pytest.raises((TypeError, ValueError), match=r"\by\b"):
            kind(**SMALL).fit(X, y)


@pytest.mark.parametrize(
    "weights",
    [["a"] * 6, ["1"] * 6, [1j] * 6, [10**400] * 6, [1e308] * 6, {1: 2}, np.ones(6, "M8[s]"), 0],
)
def test_what_are_no_weights_is_refused_by_name(weights):
    with pytest.raises((TypeError, ValueError), match="sample_weight"):
        keraseq.SequenceClassifier(**SMALL).fit(X, Y, sample_weight=weights)


@pytest.mark.parametrize("weight", ["a", -1, np.nan, np.inf, None, [1], 1j, 1e308])
def test_what_is_no_weight_of_a_class_is_refused_by_name(weight):
    with pytest.raises(ValueError, match="class_weight"):
        keraseq.SequenceClassifier(**SMALL, class_weight={0: weight}).fit(X, Y)


def test_no_weight_at_all_is_refused_by_name():
    with pytest.raises(ValueError, match=r"class_weight.*no row any weight"):
        keraseq.SequenceClassifier(**SMALL, class_weight={0: 0, 1: 0}).fit(X, Y)


@pytest.mark.parametrize("data", [5, (X,), (X, Y, Y), "ab"])
def test_what_is_no_validation_data_is_refused_by_name(data):
    with pytest.raises(TypeError, match="validation_data must be a tuple"):
        keraseq.SequenceClassifier(**SMALL).fit(X, Y, validation_data=data)
