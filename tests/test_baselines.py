"""The rivals: simple, but right."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn import config_context
from sklearn.base import clone

from keraseq.baselines import (
    Facts,
    LinearTagger,
    MostFrequentTag,
    NaiveBayesWeights,
    NaiveForecaster,
    NearestNeighbour,
    drift,
    naive_bayes_text,
    rival_names,
    rivals_of,
    seasonal_naive,
    text_baseline,
)
from keraseq.datasets import fetch_ucr


def test_seasonal_naive_repeats_the_last_season():
    assert seasonal_naive(pd.Series([9.0, 1, 2, 3]), 7, season=3).tolist() == [1, 2, 3, 1, 2, 3, 1]
    assert seasonal_naive([1, 2, 5], 2).tolist() == [5, 5]


@pytest.mark.parametrize("forecast", [lambda h: seasonal_naive(h, 4, 2), lambda h: drift(h, 4)])
def test_stacked_windows_are_forecast_each_by_itself(forecast):
    windows = np.random.default_rng(0).normal(size=(5, 8, 3))
    assert forecast(windows).shape == (5, 4, 3)
    np.testing.assert_allclose(forecast(windows)[2], forecast(windows[2]))
    np.testing.assert_allclose(forecast(windows)[2, :, 1], forecast(windows[2, :, 1]))


def test_drift_goes_on_along_the_line():
    np.testing.assert_allclose(drift([[0, 5], [7, 5], [2, 5]], 3), [[3, 5], [4, 5], [5, 5]])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: seasonal_naive([1, 2], 3, season=12), ValueError, "season=12"),
        (lambda: seasonal_naive([1, np.nan], 3), ValueError, "NaN"),
        (lambda: seasonal_naive([1, 2], 0), ValueError, "horizon=0"),
        (lambda: seasonal_naive([1, 2], 1, season=1.5), TypeError, "season=1.5"),
        (lambda: drift([1], 3), ValueError, "at least 2"),
        (lambda: drift(["a", "b"], 3), TypeError, "numbers"),
        (lambda: drift(3.0, 3), ValueError, "single number"),
    ],
)
def test_a_history_that_cannot_be_continued(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_text_baseline_reads_pairs_of_words():
    texts = ["not good", "good not at all bad", "very good", "bad"] * 3
    model = text_baseline().fit(texts, ["neg", "pos", "pos", "neg"] * 3)
    assert model.predict(["not good", "very good"]).tolist() == ["neg", "pos"]
    assert model.predict_proba(["good"]).shape == (1, 2)


def test_the_text_baseline_cuts_a_script_without_spaces():
    model = text_baseline().fit(["我爱你", "我恨你", "爱", "恨"], [1, 0, 1, 0])
    assert model.predict(["他爱我", "他恨我"]).tolist() == [1, 0]


def test_the_text_baseline_predicts_numbers():
    stars = text_baseline(regression=True).fit(["bad", "fair", "good"], [1.0, 3.0, 5.0])
    low, high = stars.predict(["bad", "good"])
    assert low < high


def test_nearest_neighbour_takes_every_form_of_series():
    rng = np.random.default_rng(0)
    rising = rng.normal(np.linspace(0, 5, 12), 0.1, size=(6, 12))
    X, y = np.concatenate([rising, rising[:, ::-1]]), ["up"] * 6 + ["down"] * 6
    new = rng.normal(np.linspace(0, 5, 12), 0.1, size=(2, 12))
    for form in (lambda a: a, pd.DataFrame, lambda a: a[:, :, None], list):
        assert NearestNeighbour().fit(form(X), y).predict(form(new)).tolist() == ["up", "up"]


def test_nearest_neighbour_stretches_unequal_lengths():
    def line(start, stop, n):
        return np.linspace([start, 1], [stop, 2], n)

    X = [line(0, 5, 7), line(5, 0, 9), line(0, 5, 4), line(5, 0, 12)]
    model = NearestNeighbour().fit(X, [0, 1, 0, 1])
    assert model.predict([line(0, 5, 30), line(5, 0, 2), np.empty((0, 2))])[:2].tolist() == [0, 1]
    padded = np.full((1, 20, 2), np.nan)
    padded[0, :5] = line(5, 0, 5)
    assert model.predict(padded).tolist() == [1]


def test_nearest_neighbour_refuses_what_is_no_series():
    with pytest.raises(TypeError, match="strings"):
        NearestNeighbour().fit(["a b", "c"], [0, 1])
    with pytest.raises(ValueError, match="y"):
        NearestNeighbour().fit([[1.0, 2.0], [2.0, 1.0]], [0])


@pytest.mark.parametrize(("name", "error"), [("ItalyPowerDemand", 0.0447), ("GunPoint", 0.0867)])
def test_nearest_neighbour_makes_the_published_errors(data_folder, name, error):
    train, test = (fetch_ucr(name, subset=part) for part in ("train", "test"))
    score = NearestNeighbour().fit(train.data, train.target).score(test.data, test.target)
    assert 1 - score == pytest.approx(error, abs=0.001)


def test_the_season_is_that_of_the_horizon_and_not_of_the_next_step():
    # Neighbouring hours are more alike than the same hours of two days.
    hours = np.arange(24 * 20)
    noise = np.random.default_rng(0).normal(size=len(hours)) / 10
    y = np.sin(2 * np.pi * hours / 24) + noise
    assert NaiveForecaster(horizon=24).fit(y).season_ == 24
    assert NaiveForecaster(horizon=1).fit(np.cumsum(noise)).season_ == 1
    assert NaiveForecaster(horizon=5).fit([1.0, 2.0, 3.0]).season_ == 1


def test_a_naive_forecaster_is_frozen_by_fit():
    y = [1.0, 5, 2, 8] * 5
    fitted = NaiveForecaster(horizon=3).fit(y)
    fitted.set_params(method="mean", horizon=2, season=1, missing="ignore")
    assert fitted.predict().tolist() == [1, 5, 2]
    assert fitted.predict_windows(y, 12)[0].shape == (6, 3, 1)
    assert fitted.fit(y).predict().tolist() == [4, 4]


def test_a_naive_forecaster_gives_no_column_the_mean_of_another():
    y = pd.DataFrame({"a": [1.0, 2, 3], "b": [7.0, 8, 9]})
    fitted = NaiveForecaster("mean").fit(y)
    assert fitted.predict(y=y[1:]).to_numpy().tolist() == [[2, 8]]
    with pytest.raises(ValueError, match=r"y has the columns \['b', 'a'\]; training had"):
        fitted.predict(y=y[["b", "a"]])
    with pytest.raises(ValueError, match="y has 1 columns; training had 2"):
        fitted.predict_windows(y[["a"]], 1)


def test_nb_ratios_of_four_documents_are_those_worked_out_by_hand():
    counts = [[1, 0, 1], [1, 1, 0], [0, 1, 0], [0, 1, 1]]
    fitted = NaiveBayesWeights().fit(counts, [1, 1, 0, 0])
    # Plus one each, the first class has 3, 2, 2 of 7, the second 1, 3, 2 of 6.
    by_hand = np.log([3 / 7 * 6 / 1, 2 / 7 * 6 / 3, 2 / 7 * 6 / 2])
    np.testing.assert_allclose(fitted.ratios_, by_hand)
    np.testing.assert_allclose(fitted.transform(counts), counts * by_hand)
    sparse = csr_array(np.array(counts, dtype=float))
    np.testing.assert_allclose(fitted.transform(sparse).toarray(), counts * by_hand)
    # Of numbers the classes are above the median and not.
    numbers = NaiveBayesWeights().fit(counts, [8.0, 9.0, 1.0, 2.0])
    np.testing.assert_allclose(numbers.ratios_, by_hand)
    assert NaiveBayesWeights().fit(counts, [5.0] * 4).transform(counts).shape == (4, 3)


def test_nb_weighted_ngrams_read_three_words_and_many_classes():
    texts = ["not at all bad", "not at all good", "bad", "good", "so so"] * 3
    labels = ["pos", "neg", "neg", "pos", "fair"] * 3
    model = clone(naive_bayes_text()).fit(texts, labels)
    assert model.predict(texts[:5]).tolist() == labels[:5]
    assert model.predict_proba(["unknown"]).shape == (1, 3)
    stars = naive_bayes_text(regression=True).fit(["bad", "fair", "good"], [1.0, 3.0, 5.0])
    low, high = stars.predict(["bad", "good"])
    assert low < high
    both = naive_bayes_text()
    both.fit(["a b", "b", "a", "none"] * 3, np.array([[1, 1], [0, 1], [1, 0], [0, 0]] * 3))
    assert both.predict(["a", "b"]).tolist() == [[1, 0], [0, 1]]
    with pytest.raises(ValueError, match="empty vocabulary"):
        naive_bayes_text().fit(["", " "], [0, 1])
    with pytest.raises(ValueError, match="alpha=0"):
        NaiveBayesWeights(alpha=0).fit([[1], [0]], [0, 1])


@pytest.mark.parametrize("kind", ["text", "words", "tokens"])
@pytest.mark.parametrize("task", ["classification", "multilabel", "regression"])
def test_every_rival_of_texts_reads_words_and_ids_and_is_pickled(kind, task):
    X = {"text": ["a b c", "c d"], "words": [["a", "b", "c"], ["c", "d"]], "tokens": [[2, 3], [4]]}
    y = {"classification": [0, 1], "multilabel": [[0, 1], [1, 0]], "regression": [0.5, 1.5]}
    rows, targets = X[kind] * 4, np.array(y[task] * 4)
    for estimator in rivals_of(Facts(task, kind, several=task == "multilabel")).values():
        fitted = clone(estimator).fit(rows, targets)
        again = pickle.loads(pickle.dumps(fitted)).predict(rows)
        np.testing.assert_array_equal(again, fitted.predict(rows))
        with config_context(transform_output="pandas"):  # which knows no sparse matrices
            again = clone(estimator).fit(rows, targets).predict(rows)
        np.testing.assert_array_equal(again, fitted.predict(rows))


@pytest.mark.parametrize("task", ["classification", "regression", "tagging"])
def test_rivals_of_tokens_read_no_padding_and_take_frames(task):
    rows, tags = [[2, 3, 2], [4], [5, 2], [3, 3]] * 4, [[0, 1, 0], [1], [1, 0], [1, 1]] * 4
    y = {"classification": [0, 1, 1, 0] * 4, "regression": [0.5, 1.5, 2.0, 0.1] * 4}
    padded = np.array([row + [0] * (3 - len(row)) for row in rows])
    frame = pd.DataFrame(padded, index=range(100, 84, -1))
    for name, rival in rivals_of(Facts(task, "tokens", rows=16)).items():
        expected = clone(rival).fit(rows, y.get(task, tags)).predict(rows)
        for X in (padded, frame):
            assert np.array_equal(
                np.hstack(clone(rival).fit(X, y.get(task, tags)).predict(X)), np.hstack(expected)
            ), name


def test_the_most_frequent_tag_of_a_frame_and_of_numbers_with_padding():
    frame = pd.DataFrame([[3, 4], [4, 3]], columns=["a", "b"])
    tagger = MostFrequentTag().fit(frame, pd.DataFrame([["x", "y"], ["y", "x"]]))
    assert tagger.predict(frame) == [["x", "y"], ["y", "x"]]
    waves = np.array([[1.0, 2.0, np.nan], [2.0, 1.0, 1.0]])
    for rival in rivals_of(Facts("tagging", "series")).values():
        answers = rival.fit(waves, [["x", "y"], ["y", "x", "x"]]).predict(waves)
        assert list(map(len, answers)) == [2, 3]


def test_rivals_are_asked_for_by_name():
    facts = Facts("classification", "text")
    default = list(rivals_of(facts))
    assert "NB-weighted n-grams" in default and default[-1] == "majority class"
    assert set(default) <= set(rival_names(facts)) == set(rivals_of(facts, "all"))
    assert list(rivals_of(facts, ["tf-idf + LOGISTIC"])) == ["TF-IDF + logistic"]
    assert list(rivals_of(facts, ["default"])) == default
    with pytest.raises(ValueError, match=r"Did you mean 'TF-IDF [+] logistic'"):
        rivals_of(facts, ["TFIDF + logistics"])
    with pytest.raises(ValueError, match="3, which is no rival here"):
        rivals_of(facts, [3])
    with pytest.raises(TypeError, match=r"give a list: \['drift'\]"):
        rivals_of(facts, "drift")


def test_the_linear_tagger_reads_endings_shapes_and_neighbours():
    X = [["He", "walked", "to", "Rome"], ["She", "talked", "to", "Paris"], ["to", "talk"]] * 6
    y = [["P", "V", "T", "N"], ["P", "V", "T", "N"], ["T", "V"]] * 6
    tagger = clone(LinearTagger(random_state=0)).fit(X, y)
    again = pickle.loads(pickle.dumps(tagger))
    new = [["She", "jumped", "to", "Oslo"], []]
    assert tagger.predict(new) == again.predict(new) == [["P", "V", "T", "N"], []]
    # The same word, told apart by the one before it.
    X = [["a", "bat"], ["to", "bat"], ["a", "run"], ["to", "run"]] * 5
    y = [["D", "N"], ["T", "V"], ["D", "N"], ["T", "V"]] * 5
    assert LinearTagger().fit(X, y).predict([["to", "nap"], ["a", "nap"]]) == [
        ["T", "V"], ["D", "N"],
    ]  # fmt: skip
    assert LinearTagger(window=0).fit(X, y).predict([["a"]]) == [["D"]]


def test_the_linear_tagger_reads_ids_characters_and_numbers():
    ids = LinearTagger(input="tokens").fit([[2, 3], [4, 3, 5]] * 5, [[0, 1], [2, 1, 0]] * 5)
    assert ids.predict(np.array([[4, 3, 0]])) == [[2, 1]]  # 0 is padding
    letters = LinearTagger().fit(["ab", "ba"] * 5, [["A", "B"], ["B", "A"]] * 5)
    assert letters.predict(["abba"]) == [["A", "B", "B", "A"]]
    rising = np.random.default_rng(0).normal(size=(8, 30, 2))
    tags = (np.diff(rising[:, :, 0], axis=1, prepend=0) > 0).astype(int)
    waves = LinearTagger().fit(rising, tags.tolist())
    assert np.mean(np.array(waves.predict(rising)) == tags) > 0.9
    with pytest.raises(TypeError, match="training had series"):
        waves.predict([["a", "b"]])


def test_the_linear_tagger_says_what_is_wrong():
    assert LinearTagger().fit([["a"], ["b", "c"]], [["N"], ["N", "N"]]).predict([["d"]]) == [["N"]]
    with pytest.raises(ValueError, match="row 1"):
        LinearTagger().fit([["a"], ["b", "c"]], [["N"], ["N"]])
    with pytest.raises(ValueError, match="no tag"):
        LinearTagger().fit([[], []], [[], []])
    with pytest.raises(ValueError, match="window=-1"):
        LinearTagger(window=-1).fit([["a"]], [["N"]])
