"""Targets of every type become numbers and come back in the user's own form."""

import datetime
import decimal
import enum
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import LinearRegression
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import (
    check_do_not_raise_errors_in_init_or_set_params,
    check_estimator_cloneable,
    check_estimator_repr,
    check_estimator_tags_renamed,
    check_estimators_unfitted,
    check_get_params_invariance,
    check_mixin_order,
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
    check_set_params,
    check_transformers_unfitted,
    check_valid_tag_types,
)

from keraseq.encoding import (
    ClassTarget,
    MultilabelTarget,
    RegressionTarget,
    TagTarget,
    check_lengths,
)

NAN = np.nan


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (["no", "yes", "no"], ["no", "yes"]),
        ([3, 1, 3], [1, 3]),
        ([True, False], [False, True]),
        ([2.0, 1.0], [1.0, 2.0]),
        (np.array(["b", "a"], dtype=object), ["a", "b"]),
        (pd.Series(["b", "a"], index=[9, 4]), ["a", "b"]),
        (pd.Series(["b", "a"], dtype="category"), ["a", "b"]),
        (pd.Series([2, 1], dtype="Int64"), [1, 2]),
        (pd.Series([True, False], dtype="boolean"), [False, True]),
        (pd.Series([("b", 1), ("a", 2)]), [("a", 2), ("b", 1)]),
        ([Colour.BLUE, Colour.RED], [Colour.BLUE, Colour.RED]),
        (
            [datetime.date(2021, 1, 1), datetime.date(2020, 1, 1)],
            [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)],
        ),
        ([2**70, 1], [1, 2**70]),
    ],
)
def test_labels_of_any_type_come_back(y, classes):
    target = ClassTarget().fit(y)
    assert target.classes_.tolist() == classes and target.outputs_ == 2
    codes = target.transform(y)
    assert codes.dtype == np.int32 and sorted(set(codes.tolist())) == [0, 1]
    assert target.inverse_transform(codes).tolist() == list(y)


def test_unseen_labels_are_listed_or_marked():
    target = ClassTarget().fit(["a", "b"])
    with pytest.raises(ValueError, match="unseen in training: 'z'; training had 'a', 'b'"):
        target.transform(["z", "a", "z"])
    assert target.transform(["z", "a"], unseen="code").tolist() == [-1, 0]
    with pytest.raises(ValueError, match="codes run from -1"):
        target.inverse_transform([-1])


def test_a_column_vector_is_flattened_with_scikit_learns_warning():
    with pytest.warns(DataConversionWarning, match="column-vector"):
        assert ClassTarget().fit(np.array([[1], [2]])).outputs_ == 2
    columns = [np.array([[1.0], [2.0]]), [[1.0], [2.0]], [(1.0,), np.array([2.0])]]
    for y in (*columns, pd.DataFrame({"a": [1.0, 2.0]})):
        with pytest.warns(DataConversionWarning, match="column-vector"):
            target = RegressionTarget().fit(y)
        assert target.one_dimensional_ and target.inverse_transform([[1.0]]).tolist() == [2.0]


@pytest.mark.parametrize(
    ("y", "error", "says"),
    [
        (["a", "a"], ValueError, r"one class \('a'\).*at least 2 classes"),
        ([], ValueError, "y is empty"),
        (None, ValueError, "requires y to be passed, but the target y is None"),
        ("ab", TypeError, "'ab'"),
        (5, TypeError, "y=5 is not a list"),
        (["a", None], ValueError, "row 1 is missing"),
        (pd.Series([1, None], dtype="Int64"), ValueError, "row 1 is missing"),
        ([1.0, NAN], ValueError, "Input y contains NaN.*row 1"),
        ([1.0, np.inf], ValueError, "infinity.*row 1"),
        ([0.5, 1.5], ValueError, "Unknown label type: continuous"),
        (["a", 1], TypeError, r"Mix of label input types \(string and number\)"),
        (np.array([[1, 2], [2, 1]]), ValueError, "1d array.*MultiOutputClassifier"),
        ([[1], [2, 3]], ValueError, "rows of different lengths"),
        (pd.Series([{}, []]), TypeError, "not hashable"),
    ],
)
def test_what_are_not_labels_is_refused(y, error, says):
    with pytest.raises(error, match=says):
        ClassTarget().fit(y)


@pytest.mark.parametrize(
    "y",
    [
        [[1, 0, 1], [0, 0, 1]],
        np.array([[True, False, True], [False, False, True]]),
        sparse.csr_matrix([[1, 0, 1], [0, 0, 1]]),
        pd.DataFrame({"a": [1, 0], "b": [0, 0], "c": [1, 1]}),
    ],
)
def test_indicators_come_back(y):
    target = MultilabelTarget().fit(y)
    assert target.outputs_ == 3
    named = isinstance(y, pd.DataFrame)
    assert target.classes_.tolist() == (["a", "b", "c"] if named else [0, 1, 2])
    values = target.transform(y)
    assert values.dtype == np.float32
    assert target.inverse_transform(values).tolist() == [[1, 0, 1], [0, 0, 1]]
    with pytest.raises(ValueError, match="y has 1 labels; training had 3"):
        target.transform([[1]])


@pytest.mark.parametrize("y", [[1, 0], [[2, 0]], [{"a"}, {"b"}], [["a"], ["b", "c"]], [[NAN, 1]]])
def test_what_is_no_indicator_matrix_is_refused(y):
    with pytest.raises(ValueError, match="MultiLabelBinarizer"):
        MultilabelTarget().fit(y)


@pytest.mark.parametrize("scaling", [True, False])
@pytest.mark.parametrize(
    "y",
    [
        [1, 2, 6],
        pd.Series([1.0, 2.0, 6.0], index=[5, 5, 5]),
        pd.Series([1, 2, 6], dtype="Float64"),
        [[1, 10], [2, 20], [6, 60]],
        pd.DataFrame({"a": [1, 2, 6], "b": [0.5, 0.25, 1]}),
        [1e9, 1e9 + 1, 1e9 + 2],
    ],
)
def test_numbers_come_back_in_their_shape(y, scaling):
    target = RegressionTarget(scaling=scaling).fit(y)
    values = target.transform(y)
    assert values.shape == (3, target.outputs_) and values.dtype == np.float32
    if scaling:
        np.testing.assert_allclose(values.std(axis=0), 1, rtol=1e-6)
    back = target.inverse_transform(values)
    assert back.dtype == np.float64 and back.shape == np.shape(y)
    wanted = np.asarray(y, dtype=float)
    # float32 rounds the standardised number alone, by a part in 2**24.
    unit = np.ptp(wanted, axis=0) if scaling else np.abs(wanted)
    assert (np.abs(back - wanted) <= unit * 2**-23).all()


@pytest.mark.parametrize(
    ("constant", "scale"), [(0.1, 0.1), (1e-9, 1e-9), (-3e9, 3e9), (0.0, 1.0), (2.0**60, 2.0**60)]
)
def test_a_constant_target_is_scaled_by_its_level(constant, scale):
    target = RegressionTarget().fit([constant] * 7)
    assert target.centre_.tolist() == [constant] and target.scale_.tolist() == [scale]
    assert target.inverse_transform(target.transform([constant])).tolist() == [constant]
    # A network is wrong by a small number; that is a share of the level.
    off = target.inverse_transform([[0.0025]])[0]
    assert abs(off - constant) <= 0.0026 * scale


@pytest.mark.parametrize("offset", [0.0, 1e9, -1e9, 2.0**50])
def test_a_small_spread_about_a_large_level_keeps_its_digits(offset):
    small = np.arange(8.0)
    target = RegressionTarget().fit(offset + small)
    # The variance of 0 ... 7 is (8² - 1) / 12.
    assert target.centre_.tolist() == [offset + 3.5]
    np.testing.assert_allclose(target.scale_, [np.sqrt(63 / 12)], rtol=1e-12)
    np.testing.assert_allclose(
        target.transform(offset + small)[:, 0], (small - 3.5) / np.sqrt(63 / 12), rtol=1e-6
    )


def test_a_row_of_weight_two_counts_twice_in_level_and_spread():
    weighed = RegressionTarget().fit([0.0, 3.0, 9.0], sample_weight=np.array([2.0, 1.0, 0.0]))
    assert weighed.centre_.tolist() == [1.0] and weighed.scale_ == pytest.approx(np.sqrt(2))
    # Far rows of next to no weight are still numbers whose squares float32 holds.
    light = RegressionTarget().fit([0.0, 1e30], sample_weight=np.array([1.0, 1e-300]))
    assert np.isfinite(light.transform([0.0, 1e30]) ** 2).all()


@pytest.mark.parametrize(
    "y",
    [
        np.array([3, 1, 2], dtype=np.uint8),
        np.array([3, 1, 2], dtype=np.longdouble),
        [decimal.Decimal(3), decimal.Decimal(1), decimal.Decimal(2)],
        np.array([3, 1, 2], dtype=object),
        pd.Series([3, 1, 2], dtype="Int64", index=[2, 0, 1]),
        pd.Series([3, 1, 2], dtype="category"),
        [2**60 + 3 * 2**9, 2**60 + 2**9, 2**60 + 2 * 2**9],
        np.array([True, False, True]),
    ],
    ids=["uint8", "longdouble", "decimal", "object", "Int64", "category", "int64", "bool"],
)
def test_numbers_of_every_type_are_read_by_position_in_float64(y):
    wanted = np.array([float(value) for value in y])
    target = RegressionTarget().fit(y)
    back = target.inverse_transform(target.transform(y))
    assert np.array_equal(target.read(y)[:, 0], wanted) and back.dtype == np.float64
    np.testing.assert_allclose(back, wanted, rtol=0, atol=np.ptp(wanted) * 2**-22)


@pytest.mark.parametrize(
    ("y", "error", "says"),
    [
        ([1.0, NAN], ValueError, "Input y contains NaN: row 1"),
        ([[1.0, 2.0], [3.0, np.inf]], ValueError, "Input y contains infinity.*row 1"),
        (pd.Series([1, None], dtype="Int64"), ValueError, "NaN: row 1"),
        (["a", "b"], TypeError, "strings"),
        ([1, "b"], TypeError, "strings"),
        ([1j], ValueError, "Complex data not supported"),
        (None, ValueError, "requires y to be passed"),
        ([], ValueError, r"shape \(0,\)"),
        (3.0, TypeError, "y=3.0 is not a list"),
        (np.zeros((1, 1, 1)), ValueError, r"shape \(1, 1, 1\)"),
        ([1e300], ValueError, "too large for float32"),
        (sparse.eye(2), TypeError, "sparse"),
        (pd.to_datetime(["2020-01-01"]), TypeError, "dates"),
        ([[1], [2, 3]], ValueError, "y is no array"),
    ],
)
def test_what_are_not_finite_numbers_is_refused(y, error, says):
    with pytest.raises(error, match=says):
        RegressionTarget().fit(y)


def test_regression_holds_to_its_number_of_targets():
    with pytest.raises(ValueError, match="y has 2 targets; training had 1"):
        RegressionTarget().fit([1.0, 2.0]).transform([[1.0, 2.0]])


@pytest.mark.parametrize(
    "y",
    [
        [["N", "V"], ["V"], []],
        [np.array([2, 7]), np.array([7])],
        np.array([["N", "V"], ["V", "V"]]),
        pd.Series([["N", "V"], ["V"]]),
    ],
)
def test_tags_come_back(y):
    target = TagTarget().fit(y)
    codes = target.transform(y)
    assert target.outputs_ == 2 and {row.dtype for row in codes} == {np.dtype(np.int32)}
    assert target.inverse_transform(codes) == [list(row) for row in y]


def test_padded_tags_lose_their_padding_and_unseen_ones_are_listed():
    target = TagTarget().fit([["N", "V"]])
    assert target.inverse_transform(np.array([[0, 1], [1, -1]])) == [["N", "V"], ["V"]]
    assert target.transform([["N", "X"]], unseen="code")[0].tolist() == [0, -1]
    with pytest.raises(ValueError, match="unseen in training: 'X'"):
        target.transform([["X"]])


@pytest.mark.parametrize(
    ("y", "error", "says"),
    [
        (["ab", "c"], TypeError, "'ab' in row 0"),
        ([["a"], 3], TypeError, "3 in row 1"),
        ([["a"], []], ValueError, "one class"),
        ([[], []], ValueError, "no label at all"),
        ([["a"], ["b", None]], ValueError, "row 1, step 1"),
        ([["a", 1]], TypeError, "Mix of label"),
        (None, TypeError, "y=None"),
    ],
)
def test_what_are_not_tags_is_refused(y, error, says):
    with pytest.raises(error, match=says):
        TagTarget().fit(y)


@pytest.mark.parametrize(
    "target", [ClassTarget(), MultilabelTarget(), RegressionTarget(scaling=False), TagTarget()]
)
@pytest.mark.parametrize(
    "check",
    [
        check_do_not_raise_errors_in_init_or_set_params,
        check_estimator_cloneable,
        check_estimator_repr,
        check_estimator_tags_renamed,
        check_estimators_unfitted,
        check_get_params_invariance,
        check_mixin_order,
        check_no_attributes_set_in_init,
        check_parameters_default_constructible,
        check_set_params,
        check_transformers_unfitted,
        check_valid_tag_types,
    ],
)
def test_scikit_learn_checks_of_transformers_of_y(target, check):
    check(type(target).__name__, target)


@pytest.mark.parametrize(
    ("target", "y"),
    [
        (ClassTarget(), ["b", "a", "b"]),
        (MultilabelTarget(), [[1, 0], [0, 1], [1, 1]]),
        (RegressionTarget(), [[1.0, 2.0], [3.0, 5.0], [4.0, 4.0]]),
        (TagTarget(), [["b", "a"], ["a"], ["b"]]),
    ],
)
def test_targets_are_transformers_of_y_alone(target, y):
    tags = get_tags(target)
    assert not tags.input_tags.two_d_array
    assert tags.target_tags.one_d_labels == (
        np.ndim(y[0]) == 0 or isinstance(target, RegressionTarget)
    )
    before = pickle.dumps(target.get_params())
    codes = target.fit_transform(y)
    state = pickle.dumps(vars(target))
    again = pickle.loads(state)
    for values in (target.transform(y), clone(target).fit(y).transform(y)):
        assert all(np.array_equal(one, two) for one, two in zip(codes, values, strict=True))
    assert pickle.dumps(vars(target)) == state and pickle.dumps(target.get_params()) == before
    assert again.keys() == vars(target).keys()
    with config_context(transform_output="pandas"):
        assert type(target.transform(y)) is type(codes)


def test_several_targets_are_scaled_within_scikit_learns_wrapper():
    X = np.random.default_rng(0).normal(size=(20, 3))
    y = np.column_stack([X @ [1, 2, 3], X @ [3, 2, 1] * 100])
    wrapped = TransformedTargetRegressor(LinearRegression(), transformer=RegressionTarget())
    np.testing.assert_allclose(wrapped.fit(X, y).predict(X), y, rtol=1e-3, atol=1e-3)


def test_lengths_of_x_and_y_are_compared():
    check_lengths([1, 2], sparse.csr_matrix(np.eye(2)))
    check_lengths([[1, 2], [3]], [["a", "b"], ["c"]], every_step=True)
    with pytest.raises(ValueError, match="X has 1 rows and y has 2"):
        check_lengths([1], [1, 2])
    with pytest.raises(TypeError, match="y=5"):
        check_lengths([1], 5)
    with pytest.raises(ValueError, match="X has 1 steps and y has 2 labels in row 1"):
        check_lengths([[1, 2], [3]], [["a", "b"], ["c", "d"]], every_step=True)


labels = st.one_of(
    st.integers(-(2**53), 2**53),
    st.floats(),
    st.booleans(),
    st.text(max_size=3),
    st.none(),
    st.dates(),
    st.lists(st.integers(), max_size=2),
    st.binary(max_size=2),
    st.complex_numbers(),
)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@pytest.mark.filterwarnings("ignore:The number of unique classes:UserWarning")
@settings(max_examples=200, deadline=None)
@given(
    st.lists(labels, max_size=6) | st.lists(st.integers(-3, 3), max_size=6),
    st.sampled_from([ClassTarget, RegressionTarget, MultilabelTarget, TagTarget]),
)
def test_any_target_is_encoded_or_refused_by_name(y, target):
    try:
        fitted = target().fit(y)
    except (TypeError, ValueError) as error:
        assert "y" in str(error).split() or "abel" in str(error)
        return
    back = fitted.inverse_transform(fitted.transform(y))
    assert len(back) == len(y)
    if target is ClassTarget:
        assert back.tolist() == [label[0] if isinstance(label, list) else label for label in y]


def test_labels_of_a_frame_are_matched_by_name():
    y = pd.DataFrame([[1, 0], [1, 1]], columns=["loud", "fast"])
    target = MultilabelTarget().fit(y)
    assert target.transform(y[["fast", "loud"]]).tolist() == [[1, 0], [1, 1]]
    assert target.transform(y.set_axis(["a", "b"], axis=1)).tolist() == [[1, 0], [1, 1]]


@pytest.mark.parametrize("in_parts", [False, True])
def test_targets_of_a_frame_are_matched_by_name(in_parts):
    y = pd.DataFrame({"low": [1.0, 2.0, 4.0], "high": [10.0, 30.0, 50.0]})
    target = RegressionTarget()
    target = target.partial_fit(y).finish() if in_parts else target.fit(y)
    for other in (y[["high", "low"]], y, y.set_axis(["a", "b"], axis=1), y.to_numpy()):
        np.testing.assert_array_equal(target.read(other), y.to_numpy())
    assert RegressionTarget().fit(y.to_numpy()).read(y[["high", "low"]])[0].tolist() == [10, 1]


@pytest.mark.parametrize(
    ("target", "y"),
    [
        (ClassTarget(), ["b", "a", "a", "c"]),
        (ClassTarget(), [datetime.date(2024, 1, day) for day in (3, 2, 2, 4)]),
        (RegressionTarget(), [2.0, 1.0, 1.0, 3.0]),
        (MultilabelTarget(), [[0, 1], [1, 0], [1, 0], [1, 1]]),
        (TagTarget(), [["a", "b"], ["b", "a"], ["b", "a"], ["b"]]),
    ],
)
def test_hashes_tell_equal_targets_from_others_in_every_part(target, y):
    whole = target.partial_fit(y).hashes(y).tolist()
    assert whole[1] == whole[2] and len(set(whole)) == 3
    # Another part first, so that codes would be others.
    other = type(target)().partial_fit(y[2:]).partial_fit(y[:2])
    assert other.hashes(y[2:]).tolist() + other.hashes(y[:2]).tolist() == whole[2:] + whole[:2]
