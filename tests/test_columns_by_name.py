"""Frames in a list are matched by the names of their columns, whatever holds them."""

import numpy as np
import pandas as pd
import pytest

import keraseq
from keraseq.baselines import MostFrequentTag, StretchedSeries, linear_baseline
from keraseq.comparison._data import Data
from keraseq.encoding import SeriesEncoder, as_sequences

draw = np.random.default_rng(0)
STEPS = draw.normal(size=(24, 4, 2)) * [1, 100]
Y = (STEPS[:, :, 0].mean(axis=1) > 0).astype(int)
TAGS = (STEPS[:, :, 0] > 0).astype(int).tolist()
AB = [pd.DataFrame(steps, columns=["a", "b"], index=[3, 1, 2, 0]) for steps in STEPS]
BA = [frame[["b", "a"]] for frame in AB]
CD = [frame.set_axis(["c", "d"], axis=1) for frame in AB]
SETTINGS = {"model": "simple_rnn", "units": 3, "epochs": 2, "random_state": 0}
UNSEEN = "(?s)feature names should match.*unseen at fit time:\n- c\n- d"


def polars_frames(frames):
    polars = pytest.importorskip("polars", reason="polars is not installed")
    return [polars.DataFrame({name: frame[name].to_numpy() for name in frame}) for frame in frames]


def arrow_tables(frames):
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    return [arrow.table({name: frame[name].to_numpy() for name in frame}) for frame in frames]


@pytest.fixture(scope="module")
def fitted():
    return keraseq.SequenceClassifier(**SETTINGS).fit(AB, Y)


@pytest.mark.parametrize("container", [list, tuple, polars_frames, arrow_tables, pd.Series])
def test_the_same_columns_in_another_order_are_the_same_sequences(fitted, container):
    np.testing.assert_array_equal(fitted.predict_proba(container(BA)), fitted.predict_proba(AB))
    assert fitted.score(container(BA), Y) == fitted.score(AB, Y)
    assert fitted.feature_names_in_.tolist() == ["a", "b"] and fitted.n_features_in_ == 2


@pytest.mark.parametrize("container", [list, polars_frames, arrow_tables])
def test_orders_that_differ_within_one_fit_are_made_one(fitted, container):
    mixed = container(AB[:5] + BA[5:])
    again = keraseq.SequenceClassifier(**SETTINGS).fit(mixed, Y)
    np.testing.assert_array_equal(again.predict_proba(AB), fitted.predict_proba(AB))
    other = keraseq.SequenceClassifier(**SETTINGS).fit(container(BA), Y)
    np.testing.assert_array_equal(other.predict_proba(AB), other.predict_proba(BA))


def test_regressor_and_tagger_too():
    regressor = keraseq.SequenceRegressor(**SETTINGS).fit(AB, Y)
    np.testing.assert_array_equal(regressor.predict(BA), regressor.predict(AB))
    tagger = keraseq.SequenceTagger(**SETTINGS).fit(AB, TAGS)
    for one, two in zip(tagger.predict_proba(BA), tagger.predict_proba(AB), strict=True):
        np.testing.assert_array_equal(one, two)
    for learner in (regressor, tagger):
        with pytest.raises(ValueError, match=UNSEEN):
            learner.predict(CD)
    with pytest.raises(ValueError, match=UNSEEN):
        tagger.partial_fit(CD, TAGS)
    tagger.partial_fit(BA, TAGS)


def test_other_names_are_the_error_of_wide_frames(fitted):
    with pytest.raises(ValueError, match=UNSEEN):
        fitted.predict(CD)
    wide = keraseq.SequenceClassifier(**SETTINGS).fit(AB[0], [0, 1, 0, 1])
    with pytest.raises(ValueError, match=UNSEEN):
        wide.predict(CD[0])
    with pytest.raises(ValueError, match="unseen at fit time:\n- c"):
        fitted.predict([frame.assign(c=1) for frame in AB])
    with pytest.raises(ValueError, match=r"X\[7\] has the columns \['c', 'd'\], X\[0\] has \['a'"):
        fitted.fit(AB[:7] + CD[7:], Y)
    with pytest.raises(ValueError, match=r"X\[0\] has two columns named 'a'"):
        fitted.predict([frame.set_axis(["a", "a"], axis=1) for frame in AB])
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        from_arrays = fitted.predict_proba(list(STEPS))
    np.testing.assert_array_equal(from_arrays, fitted.predict_proba(AB))


def test_columns_named_by_numbers_are_matched_too():
    numbered = [pd.DataFrame(steps) for steps in STEPS]
    swapped = [frame[[1, 0]] for frame in numbered]
    learner = keraseq.SequenceClassifier(**SETTINGS).fit(numbered, Y)
    np.testing.assert_array_equal(learner.predict_proba(swapped), learner.predict_proba(numbered))
    np.testing.assert_array_equal(learner.predict_proba(STEPS), learner.predict_proba(numbered))


def test_one_frame_of_steps_is_not_taken_for_many_sequences(fitted):
    with pytest.raises(ValueError, match=r"X is one frame .*'a', 'b'.* into a list: \[X\]"):
        fitted.predict(AB[0])
    one = keraseq.SequenceClassifier(**SETTINGS).fit([frame[["a"]] for frame in AB], Y)
    with pytest.raises(ValueError, match=r"put it into a list: \[X\]"):
        one.predict(AB[0][["a"]])


def test_validation_data_are_matched_to_training():
    losses = [
        keraseq.SequenceClassifier(**SETTINGS).fit(AB, Y, validation_data=(frames, Y)).history_
        for frames in (AB, BA)
    ]
    assert losses[0] == losses[1]
    with pytest.raises(ValueError, match=r"validation_data=\(X, y\): X has the columns \['c', 'd"):
        keraseq.SequenceClassifier(**SETTINGS).fit(AB, Y, validation_data=(CD, Y))


@pytest.mark.parametrize("encoder", [SeriesEncoder(), SeriesEncoder("minmax", "fill")])
def test_the_encoder_matches_by_name(encoder):
    encoder.fit(AB)
    np.testing.assert_array_equal(encoder.transform(BA), encoder.transform(AB))
    np.testing.assert_array_equal(encoder.transform(polars_frames(BA)), encoder.transform(AB))
    assert encoder.get_feature_names_out().tolist() == ["a", "b"]
    with pytest.raises(ValueError, match=UNSEEN):
        encoder.transform(CD)
    unequal = [frame.iloc[: 2 + i % 3] for i, frame in enumerate(AB)]
    swapped = [frame[["b", "a"]] for frame in unequal]
    for one, two in zip(encoder.transform(swapped), encoder.transform(unequal), strict=True):
        np.testing.assert_array_equal(one, two)


def test_the_rivals_of_a_comparison_match_by_name():
    stretched = StretchedSeries().fit(AB)
    np.testing.assert_array_equal(stretched.transform(BA), stretched.transform(AB))
    line = linear_baseline().fit(AB, Y)
    assert line.score(BA, Y) == line.score(AB, Y)
    with pytest.raises(ValueError, match=UNSEEN):
        line.predict(CD)
    with pytest.raises(ValueError, match="X has 3 features, but StretchedSeries is expecting 4"):
        StretchedSeries().fit(STEPS[:, :, 0]).transform(STEPS[:, :3, 0])


def test_the_tagging_rival_counts_the_steps_of_frames():
    for frames in (AB, polars_frames(AB)):
        rival = MostFrequentTag().fit(frames, [pd.Series([0, 1, 1, 1], index=[3, 2, 1, 0])] * 24)
        assert rival.predict(frames[:1]) == [[1, 1, 1, 1]]


def test_splits_of_a_comparison_keep_frames_whole():
    data = Data(AB[:12] + BA[12:], Y, "classification", None)
    (split,) = data.splits(None, 1, [0])
    (train, y), (test, truth) = data.training_part(split), data.test_part(split)
    learner = keraseq.SequenceClassifier(**SETTINGS).fit(train, y)
    named = [frame[["a", "b"]] for frame in test]
    assert learner.score(test, truth) == learner.score(named, truth)


def test_a_series_in_a_list_is_read_by_position():
    rows = [pd.Series([1.0, 2.0], index=[0, 1]), pd.Series([3.0, 4.0], index=[1, 0])]
    assert as_sequences(rows).rows[:, :, 0].tolist() == [[1, 2], [3, 4]]


def test_a_dict_of_columns_is_refused_with_the_frame_that_it_should_be():
    with pytest.raises(TypeError, match=r"X holds dict.*pandas\.DataFrame\(row\) for row in X"):
        as_sequences([{"a": [1, 2], "b": [3, 4]}])
    with pytest.raises(TypeError, match=r"list\(X\.values\(\)\)"):
        as_sequences({"first": [1, 2]})
