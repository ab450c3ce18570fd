"""Numbers are scaled on training rows alone, whatever their container, and come back."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_get_feature_names_out_error,
    check_global_output_transform_pandas,
    check_inplace_ensure_writeable,
    check_set_output_transform,
    check_set_output_transform_pandas,
    check_transformer_get_feature_names_out,
    check_transformer_get_feature_names_out_pandas,
    parametrize_with_checks,
)

from keraseq.baselines import StretchedSeries
from keraseq.encoding import SeriesEncoder, as_sequences

NAN = np.nan


@parametrize_with_checks(
    [
        SeriesEncoder(),
        SeriesEncoder(scaling="minmax"),
        SeriesEncoder(scaling=None),
        SeriesEncoder(missing="fill"),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore:X does not have valid feature names:UserWarning")
@pytest.mark.filterwarnings("ignore:X has feature names:UserWarning")
@pytest.mark.parametrize(
    "check",
    [
        check_dataframe_column_names_consistency,
        check_get_feature_names_out_error,
        check_global_output_transform_pandas,
        check_inplace_ensure_writeable,
        check_set_output_transform,
        check_set_output_transform_pandas,
        check_transformer_get_feature_names_out,
        check_transformer_get_feature_names_out_pandas,
    ],
)
@pytest.mark.parametrize("encoder", [SeriesEncoder(), StretchedSeries()], ids=repr)
def test_checks_that_scikit_learn_calls_for_its_own_transformers(encoder, check):
    check(type(encoder).__name__, encoder)


def test_a_frame_comes_out_of_a_table_alone():
    frame = pd.DataFrame(np.eye(3), columns=["a", "b", "c"], index=[7, 8, 9])
    encoder = SeriesEncoder().set_output(transform="pandas")
    scaled = encoder.fit_transform(frame)
    assert scaled.columns.tolist() == ["a", "b", "c"] and scaled.index.tolist() == [7, 8, 9]
    np.testing.assert_array_equal(scaled, SeriesEncoder().fit_transform(frame))
    said = r"transform_output='pandas' is for tables.*set_output\(transform='default'\)"
    for X in (np.ones((2, 3, 2)), [[1.0], [1.0, 2.0]]):
        with pytest.raises(ValueError, match=said):
            encoder.fit_transform(X)
    with pytest.raises(ValueError, match=said):
        encoder.set_params(missing="fill").fit_transform(frame)
    with config_context(transform_output="pandas"), pytest.raises(ValueError, match=said):
        SeriesEncoder().fit_transform(np.ones((2, 3, 2)))
    with config_context(transform_output="pandas"):
        stretched = StretchedSeries().fit_transform([[1.0], [1.0, 2.0]])
    assert stretched.columns.tolist() == ["stretchedseries0", "stretchedseries1"]


def test_a_table_is_scaled_as_one_channel():
    X = np.array([[0.0, 10.0], [10.0, 20.0]])
    encoder = SeriesEncoder().fit(X)
    assert encoder.mean_.tolist() == [10.0] and encoder.n_features_in_ == 2
    Xt = encoder.transform(X)
    assert Xt.shape == (2, 2) and Xt.dtype == np.float32
    np.testing.assert_allclose(Xt, (X - 10) / X.std(), rtol=1e-6)
    np.testing.assert_allclose(encoder.inverse_transform(Xt), X, atol=1e-5)


def test_channels_are_scaled_apart_and_padding_is_not_counted():
    X = [np.array([[1.0, 100.0], [3.0, 300.0]]), np.array([[2.0, 200.0]])]
    encoder = SeriesEncoder().fit(X)
    padded = np.full((2, 4, 2), NAN)
    padded[0, :2], padded[1, :1] = X
    same = SeriesEncoder().fit(padded)
    assert encoder.mean_.tolist() == same.mean_.tolist() == [2.0, 200.0]
    assert encoder.n_features_in_ == encoder.n_channels_out_ == 2
    rows, array = encoder.transform(X), same.transform(padded)
    assert array.shape == (2, 4, 2) and np.isnan(array[1, 1:]).all()
    for row, padded_row in zip(rows, array, strict=True):
        np.testing.assert_array_equal(row, padded_row[: len(row)])
    for row, original in zip(encoder.inverse_transform(rows), X, strict=True):
        np.testing.assert_allclose(row, original, rtol=1e-6)


def test_lists_give_what_the_array_gives():
    X = np.random.default_rng(0).normal(5, 3, (6, 4))
    encoder = SeriesEncoder().fit(X)
    np.testing.assert_array_equal(encoder.transform(list(X))[:, :, 0], encoder.transform(X))
    np.testing.assert_array_equal(
        SeriesEncoder().fit(X.tolist()).transform(X), encoder.transform(X)
    )
    assert encoder.transform(as_sequences(X)).shape == (6, 4, 1)


def test_only_a_table_fixes_the_length():
    encoder = SeriesEncoder().fit(np.eye(3))
    with pytest.raises(ValueError, match=r"X has 2 features.*expecting 3 features"):
        encoder.transform(np.eye(2))
    assert encoder.transform([[1.0], [1.0, 2.0]])[1].shape == (2, 1)
    lists = SeriesEncoder().fit([[1.0], [1.0, 2.0]])
    assert lists.n_features_in_ == 1 and lists.transform(np.eye(2)).shape == (2, 2)
    with pytest.raises(ValueError, match="X has 2 channels, but training had 1"):
        lists.transform(np.zeros((2, 3, 2)))


def test_columns_of_a_frame_are_held_to():
    frame = pd.DataFrame(np.eye(2), columns=["a", "b"])
    encoder = SeriesEncoder().fit(frame)
    assert encoder.feature_names_in_.tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="feature names"):
        encoder.transform(frame[["b", "a"]])
    encoder.fit([[1.0, 2.0], [3.0]])
    assert not hasattr(encoder, "feature_names_in_")


def test_rows_without_steps_fit_any_number_of_channels():
    encoder = SeriesEncoder().fit(np.random.default_rng(0).normal(size=(2, 3, 4)))
    assert encoder.transform([[]]).shape == (1, 0, 4)
    assert encoder.transform([np.ones((2, 4)), []])[1].shape == (0, 4)


@pytest.mark.parametrize(
    ("scaling", "scaled"),
    [("standard", [-1, 0, 1]), ("minmax", [0, 0.5, 1]), ("none", [2, 4, 6]), (None, [2, 4, 6])],
)
def test_scalings(scaling, scaled):
    X = np.array([[2.0, 4.0, 6.0]])
    encoder = SeriesEncoder(scaling=scaling).fit(X)
    Xt = encoder.transform(X)[0]
    np.testing.assert_allclose(Xt / (Xt.max() if scaling == "standard" else 1), scaled, atol=1e-7)
    np.testing.assert_allclose(encoder.inverse_transform(encoder.transform(X)), X, rtol=1e-6)


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
@pytest.mark.parametrize("level", [0.0, 0.1, -1e9, 1e-30])
def test_constant_channels_are_only_shifted(scaling, level):
    encoder = SeriesEncoder(scaling=scaling).fit(np.full((7, 11), level))
    assert encoder.scale_.tolist() == [1.0]
    assert encoder.transform([[level + 1]]).item() == pytest.approx(1)


@pytest.mark.parametrize("level", [1e9, 1e-20])
def test_small_spread_on_a_high_level_is_kept(level):
    X = level * (1 + 1e-6 * np.random.default_rng(0).normal(size=(20, 10)))
    assert SeriesEncoder().fit_transform(X).std() == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize(
    ("X", "place"),
    [
        (np.array([[1.0, 2.0], [NAN, 1.0]]), "row 1, step 0"),
        ([[1.0], [1.0, NAN, 2.0, NAN]], "row 1, step 1"),
        (np.array([[[1.0, 2.0], [1.0, NAN]]]), "row 0, step 1"),
    ],
)
def test_missing_values_are_an_error_that_says_where(X, place):
    with pytest.raises(ValueError, match=f"NaN: {place}.*missing='fill'"):
        SeriesEncoder().fit(X)
    with pytest.raises(ValueError, match=f"NaN: {place}"):
        SeriesEncoder().fit(np.nan_to_num(as_sequences(X).rows[0])[None]).transform(X)


def test_missing_values_are_filled_and_flagged():
    X = [[1.0, NAN, 3.0, NAN], [NAN, 2.0]]
    encoder = SeriesEncoder(scaling="none", missing="fill").fit(X)
    assert encoder.n_channels_out_ == 2
    first, second = encoder.transform(X)
    assert first.tolist() == [[1, 0], [1, 1], [3, 0]]
    assert second.tolist() == [[2, 1], [2, 0]]
    assert encoder.inverse_transform([first, second])[0].tolist() == [[1], [1], [3]]
    table = encoder.fit(np.array([[1.0, NAN, 4.0], [5.0, NAN, NAN]])).transform
    filled = table(np.array([[NAN, 1.0, NAN]]))
    assert filled.shape == (1, 3, 2) and np.isnan(filled[0, 2]).all()
    assert filled[0, 0].tolist() == pytest.approx([10 / 3, 1])


def test_filling_does_not_reach_across_rows_or_channels():
    X = np.array([[[1.0, 5.0], [2.0, NAN]], [[NAN, 7.0], [4.0, 8.0]]])
    encoder = SeriesEncoder(scaling="none", missing="fill").fit(X)
    assert encoder.transform(X)[1, 0].tolist() == pytest.approx([7 / 3, 7, 1, 0])


@pytest.mark.parametrize(
    ("parameters", "X", "says"),
    [
        ({"scaling": "standart"}, [[1.0]], "Did you mean 'standard'"),
        ({"missing": "drop"}, [[1.0]], "missing='drop'"),
        ({}, [[]], "no number in channel 0"),
        ({}, [[NAN], [NAN, NAN]], "no number in channel 0"),
        ({"missing": "fill"}, np.array([[[1.0, NAN]]]), "no number in channel 1"),
    ],
)
def test_bad_parameters_and_empty_channels_are_refused(parameters, X, says):
    with pytest.raises(ValueError, match=says):
        SeriesEncoder(**parameters).fit(X)


def test_what_cannot_be_scaled_within_float32_is_refused():
    encoder = SeriesEncoder().fit([[0.0, 1e-30]])
    with pytest.raises(ValueError, match=r"row 1, step 0.*inf"):
        encoder.transform([[0.0], [1e30]])


def test_strings_are_refused():
    with pytest.raises(TypeError, match="X holds strings"):
        SeriesEncoder().fit(["a"])


def test_transform_changes_nothing_and_a_pickle_gives_the_same():
    X = [[1.0, NAN, 2.0], [3.0]]
    encoder = SeriesEncoder(missing="fill").fit(X)
    before = pickle.dumps(vars(encoder))
    Xt = encoder.transform(X)
    assert pickle.dumps(vars(encoder)) == before
    for row, other in zip(
        Xt, pickle.loads(before and pickle.dumps(encoder)).transform(X), strict=True
    ):
        np.testing.assert_array_equal(row, other)
    assert clone(encoder).get_params() == {"missing": "fill", "scaling": "standard"}
