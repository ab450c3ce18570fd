"""What a card claims, and what it does not."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.exceptions import DataConversionWarning, NotFittedError

import keraseq

TEXTS = ["a good film", "good fun", "a bad film", "bad, dull"] * 3
LABELS = np.array(["pos", "pos", "neg", "neg"] * 3)
SMALL = {"units": 3, "epochs": 1, "random_state": 0}


@pytest.fixture(scope="module")
def clf():
    return keraseq.SequenceClassifier("gru", **SMALL).fit(TEXTS, LABELS)


def test_a_card_tells_data_model_and_training(clf):
    card = clf.card()
    assert card.startswith("# SequenceClassifier: gru\n")
    assert re.findall("## (.*)", card) == ["Data", "Model", "Training", "Scores", "Limits"]
    # Four texts, each three times.
    assert "Trained on 4 different rows, fingerprint " in card
    assert "2 classes: neg, pos." in card
    assert "units 3" in card and f"{clf.n_parameters_:,} weights" in card
    assert "1 epochs" in card and "AdamW" in card and "random_state 0" in card


def test_without_test_rows_no_score_is_claimed(clf):
    assert "None: no test rows were given" in clf.card()
    assert "None: the rows given are those that it was trained on" in clf.card(TEXTS, LABELS)


def test_a_score_has_an_interval_and_a_constant_beside_it(clf):
    rows, labels = ["good", "bad", "good good", "a film"], ["pos", "neg", "neg", "neg"]
    assert 0 < clf.score(rows, labels) < 1
    card = clf.card(rows, labels)
    found = re.search(r"accuracy ([\d.]+) \(95% interval ([\d.]+) to ([\d.]+)\) on 4 rows", card)
    score, low, high = map(float, found.groups())
    assert score == clf.score(rows, labels)
    # Wilson's for so many of four, by another way: where the share's own spread reaches the score.
    assert 0 <= low < score < high <= 1
    for edge in (low, high):
        assert abs(edge - score) / np.sqrt(edge * (1 - edge) / 4) == pytest.approx(1.96, abs=0.02)
    assert "The best constant answer to these very rows: 0.75." in card


def test_labels_unseen_in_training_count_as_wrong(clf):
    rows = ["good", "bad", "good good", "a film"]
    labels = [*clf.predict(rows[:3]), "never seen"]
    assert "accuracy 0.75 " in clf.card(rows, labels)
    tagger = keraseq.SequenceTagger("gru", **SMALL).fit([["a", "b"], ["c"]] * 4, [[1, 2], [1]] * 4)
    (tags,) = tagger.predict([["a", "b"]])
    assert "token accuracy 0.5 " in tagger.card([["a", "b"]], [[tags[0], 7]])
    with pytest.raises(ValueError, match="2 steps and y has 1 labels"):
        tagger.card([["a", "b"], ["c"]], [[tags[0]], [7]])
    with pytest.raises(ValueError, match="labels unseen in training: 1, 2"):
        clf.card(rows, [1, 2, 1, 2])


def test_a_label_of_two_lines_is_one_point():
    fitted = keraseq.SequenceClassifier("gru", **SMALL).fit(TEXTS, np.where(LABELS == "pos", 1, 2))
    fitted.target_.classes_ = np.array(["one\n# two", "three"])
    assert "- 2 classes: one # two, three.\n" in fitted.card()


def scores_of(card):
    return card[card.index("## Scores") : card.index("## Limits")]


def test_targets_come_in_every_form_that_score_takes(clf):
    rows, labels = ["good", "bad", "good good", "a film"], np.array(["pos", "neg", "neg", "neg"])
    wanted = scores_of(clf.card(rows, labels))
    for column in (labels[:, None], pd.DataFrame({"label": labels})):
        with pytest.warns(DataConversionWarning):
            assert scores_of(clf.card(rows, column)) == wanted
    marks = np.column_stack([LABELS == "pos", LABELS == "neg"]).astype(int)
    many = keraseq.SequenceClassifier("gru", **SMALL).fit(TEXTS, marks)
    dense, sparse = marks[:4, ::-1], csr_array(marks[:4, ::-1])
    assert scores_of(many.card(rows, sparse)) == scores_of(many.card(rows, dense))


def test_of_equal_numbers_no_score_is_claimed():
    reg = keraseq.SequenceRegressor("gru", **SMALL).fit(TEXTS, np.arange(12.0))
    for rows, numbers in ((["good"], [3.0]), (["good", "bad"], [3.0, 3.0])):
        assert "None: the targets given are all equal" in reg.card(rows, numbers)


@pytest.mark.parametrize("task", ["multilabel", "regression", "tagging"])
def test_every_task_has_a_card(task):
    if task == "tagging":
        X, y = [text.split() for text in TEXTS], [[w[0] for w in t.split()] for t in TEXTS]
        est = keraseq.SequenceTagger("gru", **SMALL)
    elif task == "regression":
        X, y, est = TEXTS, np.arange(12.0), keraseq.SequenceRegressor("gru", **SMALL)
    else:
        X, y, est = (
            TEXTS,
            np.eye(2, dtype=int)[[0, 1] * 6],
            keraseq.SequenceClassifier("gru", **SMALL),
        )
    card = est.fit(X, y).card(X[:5], y[:5])
    score = float(re.search(r"- [\w ²^]+? (-?[\d.e-]+) \(95% interval", card)[1])
    assert score == pytest.approx(est.score(X[:5], y[:5]), abs=1e-3)
    assert "The best constant answer to these very rows: " in card


def test_a_forecaster_has_a_card():
    values = np.arange(60) % 7 + np.sin(np.arange(60) ** 2)
    y = pd.Series(values, pd.date_range("2024-01-01", periods=60), name="sales")
    est = keraseq.SequenceForecaster("gru", horizon=2, lookback=14, **SMALL).fit(y[:50])
    card = est.card(y=y)
    assert "Trained on 1 series, 50 rows in all, fingerprint " in card
    assert "to 2024-02-19 00:00:00, in steps of a day" in card and "Forecasts sales." in card
    # Those of the last ten rows alone, of which training knew nothing.
    forecast, truth = est.predict_windows(y, 50)
    score = -np.abs(forecast - truth).mean() / np.abs(values[7:50] - values[:43]).mean()
    assert f"{score:.4g}; -1 is as good as repeating the last season" in card
    assert "- Of 10 rows, none of them a training row." in card
    assert "Reads 14 steps of history and forecasts 2." in card
    assert "None: the rows given are those that it was trained on" in est.card(y=y[10:50])
    assert "behind the rows that it was trained on are 1, and a score takes 2" in est.card(y=y[:51])
    months = y.set_axis(pd.period_range("2020-01", periods=60, freq="2M"))
    periods = keraseq.SequenceForecaster("gru", horizon=2, lookback=14, **SMALL).fit(months)
    assert "from 2020-01 to 2029-11, in steps of 2M." in periods.card()
    other = pd.Series(values[::-1], y.index, name="sales")
    assert f"{est.score(other):.4g}; " in est.card(y=other) and "Of 60 rows" in est.card(y=other)
    both = keraseq.SequenceForecaster("gru", horizon=2, lookback=14, **SMALL).fit([y[:50], other])
    assert "- Of 10 rows, none of them a training row." in both.card(y=[y, other])


def test_a_forecaster_knows_rows_that_it_was_trained_on():
    from keraseq.encoding.series_columns import Columns
    from keraseq.encoding.series_panel import read_panel
    from keraseq.wrappers.forecasting._seen import trained_until

    values = np.sin(np.arange(40.0) ** 2)
    trained, zeros = read_panel(values[:30]), np.zeros(20)
    # Places say nothing of arrays, and neither do single values.
    assert trained_until(read_panel(values[12:]), trained) == [18]
    assert trained_until(read_panel(np.r_[zeros, values[3:7]]), trained) == [0]
    days = pd.date_range("2024-01-01", periods=40, tz="Europe/Berlin")
    shops = [pd.DataFrame({"shop": s, "day": days, "y": values * k}) for k, s in enumerate("ab", 1)]
    read = [pd.concat([shops[0][:30], shops[1][:20]]), pd.concat([shops[0][5:], shops[1][20:]])]
    read[1]["day"] = read[1]["day"].dt.tz_convert("UTC").dt.as_unit("ms")
    columns = Columns(series="shop", date="day", values=["y"])
    trained, given = (read_panel(frame, columns) for frame in read)
    assert trained_until(given, trained) == [25, 0]
    # A list has no names; equal values of other days are others.
    listed = [shop.set_index("day")["y"] for shop in shops]
    trained = read_panel([listed[0][:30], listed[1][:20]])
    assert trained_until(read_panel([listed[1], listed[0].shift(freq="D")]), trained) == [20, 0]
    gap = listed[0].mask(values > 0.9)
    read = [read_panel(part, missing="interpolate") for part in (gap, gap[:30])]
    assert trained_until(*read) == [30]


def test_a_card_is_kept_and_goes_with_the_weights(clf, tmp_path):
    card = clf.card(["good"], ["pos"])
    clf.save(tmp_path / "a.keraseq")
    assert keraseq.inspect(tmp_path / "a.keraseq").card == card
    keraseq.load(tmp_path / "a.keraseq").save(tmp_path / "b.keraseq")
    assert keraseq.inspect(tmp_path / "b.keraseq").card == card
    other = keraseq.SequenceClassifier("gru", warm_start=True, **SMALL).fit(TEXTS, LABELS)
    other.card()
    other.fit(TEXTS, LABELS).save(tmp_path / "c.keraseq")
    assert keraseq.inspect(tmp_path / "c.keraseq").card is None


def test_before_fit_there_is_no_card():
    with pytest.raises(NotFittedError):
        keraseq.SequenceClassifier().card()


def test_what_is_set_after_fit_is_none_of_what_a_card_says():
    y = pd.DataFrame({"one": np.arange(12.0), "two": 100.0 * np.arange(12)})
    est = keraseq.SequenceRegressor("gru", **SMALL).fit(TEXTS, y)
    before = est.card(TEXTS[:4], y[:4])
    est.set_params(random_state=7, model="lstm")
    now = est.card(TEXTS[:4], y[["two", "one"]][:4])
    assert "random_state 0" in before and "random_state" not in now
    assert now.split("## Scores")[1] == before.split("## Scores")[1]
