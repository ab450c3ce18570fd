"""Language models compared: what their score is, how texts are cut, and what is refused."""

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

import keraseq
from keraseq import SequenceGenerator, compare
from keraseq.baselines import KneserNey, NgramLanguageModel

QUICK = {"units": 4, "epochs": 1, "window": 16}
LONG = "the cat sat. the dog ran. " * 40
TEXTS = ["the cat sat.", "a dog ran.", "the dog sat on a cat.", "cats run."] * 6
RIVALS = ["Kneser-Ney n-grams", "token frequencies"]


class Uniform(BaseEstimator):
    """Every token of `size` characters, and the end of a text, has the same probability."""

    def __init__(self, choices=32, size=1):
        self.choices = choices
        self.size = size

    def fit(self, X, y=None):
        assert y is None
        self.ends_ = not isinstance(X, str)
        self.read_ = X
        return self

    def token_log_likelihood(self, X):
        texts = [X] if isinstance(X, str) else X
        each = -math.log(self.choices)
        return [np.full(len(t) // self.size + self.ends_, each) for t in texts]


class Impossible(Uniform):
    def token_log_likelihood(self, X):
        return [np.full(len(t), -np.inf) for t in ([X] if isinstance(X, str) else X)]


@pytest.fixture(scope="module")
def result():
    return compare(
        {"gru": "gru", "uniform": Uniform()},
        LONG,
        task="language_model",
        n_seeds=2,
        estimator_params=QUICK,
        verbose=0,
    )


def test_one_long_text_is_judged_by_its_last_part(result):
    assert result.metric == "−nats a character"
    assert result.runs["error"].isna().all()
    assert result.table.loc["uniform", "score"] == pytest.approx(-math.log(32))
    assert set(result.baselines) == set(RIVALS)
    assert result.about["data"]["rows"] == 832 and result.about["data"]["test rows"] == 208
    text = result.summary()
    assert "832 characters (text, language_model), 2 runs all judged by the last 20 %" in " ".join(
        text.split()
    )
    ours = SequenceGenerator("gru", **QUICK, random_state=int(result.runs["seed"].iloc[0]))
    wanted = ours.fit(LONG[:832]).score(LONG[832:])
    assert result.runs.query("model == 'gru' and run == 0")["score"].item() == pytest.approx(wanted)


def test_the_rivals_are_the_formulas_themselves(result):
    ids = {sign: i for i, sign in enumerate(sorted(set(LONG)), 4)}
    rows = [np.array([ids[sign] for sign in part]) for part in (LONG[:832], LONG[832:])]
    size = 4 + len(ids)
    wanted = KneserNey(6, size, size).fit(rows[:1]).score(rows[1:])
    assert result.table.loc["Kneser-Ney n-grams", "score"] == pytest.approx(wanted)
    assert (
        result.table.loc["Kneser-Ney n-grams", "score"]
        > result.table["score"].drop("Kneser-Ney n-grams").max()
    )


def test_costs_efforts_and_reports_are_told(result, tmp_path):
    row = result.table.loc["gru"]
    assert (row[["parameters", "seconds", "latency_ms", "latency_per_row_ms", "flops"]] > 0).all()
    steps = result.runs.query("model == 'gru'")["steps"]
    assert (steps == 2).all()  # 832 characters in windows of 16, 32 a batch
    result.report(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "832 characters of text" in page and "−nats a character" in page
    result.to_json(tmp_path / "result.json")
    again = type(result).from_json(tmp_path / "result.json")
    assert again.metric == result.metric and again.summary() == result.summary()
    result.plot().figure_.savefig(tmp_path / "ranking.png")
    assert len(result.significance) == 6


def test_texts_are_split_by_text_and_their_ends_count():
    models = {"uniform": Uniform(), "words": Uniform(size=4, choices=81)}
    found = compare(
        models, pd.Series(TEXTS), task="language_model", n_seeds=3, baselines=False, verbose=0
    )
    assert found.metric == "−nats a character"
    assert found.runs["split"].nunique() == 3 and found.runs["n_train"].eq(19).all()
    for split, (_, of_run) in zip(found.splits, found.runs.groupby("run"), strict=True):
        held = [TEXTS[i] for i in split.test]
        n, n_words = sum(len(t) + 1 for t in held), sum(len(t) // 4 + 1 for t in held)
        scores = of_run.set_index("model")["score"]
        assert scores["uniform"] == pytest.approx(-math.log(32))
        assert scores["words"] == pytest.approx(-math.log(81) * n_words / n)


@pytest.mark.parametrize(
    ("test", "held"),
    [
        (0.25, LONG[780:]),
        (LONG[:300], LONG[:300]),
        (["the dog sat", "a cat"], ["the dog sat", "a cat"]),
    ],
)
def test_what_test_may_be_beside_one_long_text(test, held):
    model = SequenceGenerator(tokenizer="words", **QUICK)
    with (
        pytest.warns(UserWarning, match="of the test set are training characters too")
        if isinstance(test, str)
        else _nothing()
    ):
        found = compare([model], LONG, test=test, n_seeds=1, verbose=0, baselines=RIVALS[:1])
    assert found.metric == "−nats a token"
    grams = NgramLanguageModel(tokenizer="words").fit(LONG[:780] if test == 0.25 else LONG)
    assert found.table.loc[RIVALS[0], "score"] == pytest.approx(grams.score(held))


def test_a_share_of_several_texts_is_the_same_in_every_run():
    found = compare(
        {"u": Uniform()},
        TEXTS,
        task="language_model",
        test=0.5,
        n_seeds=2,
        verbose=0,
        baselines=False,
    )
    assert found.runs["split"].nunique() == 1 and found.runs["n_train"].eq(12).all()
    assert "all judged by the same 50 % of the texts" in " ".join(found.summary().split())
    assert "test=0.5" in found.about["call"]


def test_a_list_of_tokens_and_what_is_unknown():
    rows = [["C", "E", "G"], ["F", "A", "C"]] * 10
    models = [SequenceGenerator(**QUICK), SequenceGenerator(**QUICK, max_tokens=5)]
    found = compare(models, rows, test=[["C", "E", "B", "C"]], n_seeds=2, verbose=0)
    assert found.metric == "−nats a token"
    unknown = found.runs.groupby("model")["unknown"].mean()
    assert unknown["gru"] == 0.25 and unknown["gru-2"] == 0.5
    assert "which flatters a score: gru-2 50.0%" in " ".join(found.summary().split())


def test_other_tokenizers_are_compared_by_the_character():
    models = {
        "characters": SequenceGenerator(**QUICK),
        "words": SequenceGenerator(**QUICK, tokenizer="words"),
        "backward": SequenceGenerator(**QUICK, backward=True),
    }
    found = compare(models, TEXTS, n_seeds=1, verbose=0)
    assert found.metric == "−nats a character" and found.runs["error"].isna().all()
    words = SequenceGenerator(
        **QUICK,
        tokenizer="words",
        random_state=int(found.runs.query("model == 'words'")["seed"].item()),
    )
    split = found.splits[0]
    words.fit([TEXTS[i] for i in split.train])
    held = [TEXTS[i] for i in split.test]
    wanted = words.log_likelihood(held).sum() / sum(len(t) + 1 for t in held)
    assert found.table.loc["words", "score"] == pytest.approx(wanted)


def test_it_goes_on_where_it_stopped_but_not_with_another_unit(tmp_path):
    asked = {"task": "language_model", "verbose": 0, "baselines": False}
    file = tmp_path / "runs.jsonl"
    first = compare({"u": Uniform()}, LONG, n_seeds=1, resume=file, **asked)
    again = compare({"u": Uniform()}, LONG, n_seeds=2, resume=file, **asked)
    assert again.runs["seconds"].iloc[0] == first.runs["seconds"].iloc[0]
    words = {"w": SequenceGenerator(tokenizer="words", **QUICK)}
    with pytest.raises(ValueError, match="metric"):
        compare(words, LONG, n_seeds=1, resume=file, **asked)


def test_trials_are_judged_on_a_held_back_part():
    found = compare(
        [SequenceGenerator(**QUICK)], LONG, n_seeds=1, tune=2, baselines=False, verbose=0
    )
    assert found.runs["error"].isna().all()
    assert found.runs["tuned"].iloc[0]["validation_score"] < 0


def test_a_budget_makes_equal_sizes():
    found = compare(
        ["gru", "lstm"],
        LONG,
        task="language_model",
        parameter_budget=3000,
        n_seeds=1,
        estimator_params={"epochs": 1, "window": 16},
        baselines=False,
        verbose=0,
    )
    # Beside the embedding and the layer over the vocabulary, which no budget counts.
    assert found.runs["error"].isna().all()
    assert found.table["parameters"].nunique() == 2
    assert (found.table["parameters"] > 2700).all()


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"X": LONG, "y": [1]}, "takes no y: X is its own target"),
        ({"X": ""}, "X holds no token"),
        ({"X": []}, "X is empty|holds no"),
        ({"X": ["", ""]}, "X holds no token"),
        ({"X": ["one text"]}, "the string itself"),
        ({"X": "a"}, "too short"),
        ({"X": LONG, "cv": 3}, "test=0.1"),
        ({"X": TEXTS, "test": 0.5, "cv": 3}, "give one of the two"),
        ({"X": LONG, "test": 1.5}, "share between 0 and 1"),
        ({"X": LONG, "test": True}, "share between 0 and 1"),
        ({"X": LONG, "test": ""}, "test holds no token"),
        ({"X": LONG, "season": 7}, "season=7 is for forecasts"),
        ({"X": LONG, "models": ["bilstm"]}, "bilstm"),
        ({"X": LONG, "baselines": ["TF-IDF"]}, "Kneser-Ney n-grams"),
        ({"X": LONG, "models": ["gru"], "estimator_params": {"tokenizer": "word"}}, "words"),
        ({"X": np.ones((4, 3))}, "text"),
    ],
)
def test_what_is_refused(asked, match):
    with pytest.raises((ValueError, TypeError), match=match):
        compare(**{"models": {"u": Uniform()}, "task": "language_model", "verbose": 0, **asked})


def test_estimators_of_other_kinds_are_refused_and_texts_alone_need_a_task():
    with pytest.raises(TypeError, match="without token_log_likelihood"):
        compare([keraseq.SequenceClassifier()], LONG, task="language_model")
    with pytest.raises(ValueError, match="task='language_model'"):
        compare(["gru"], TEXTS)


def test_a_probability_of_zero_is_a_failure_that_says_where():
    found = compare({"no": Impossible(), "u": Uniform()}, LONG, n_seeds=1, verbose=0)
    assert "gives probability 0 to token 0 of test text 0" in found.runs["error"].dropna().item()
    assert found.task == "language_model"


def _nothing():
    import contextlib

    return contextlib.nullcontext()
