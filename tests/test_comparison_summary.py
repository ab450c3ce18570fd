"""What a comparison says of itself: sentences, print, HTML, and what its seconds are."""

import re

import numpy as np
import pandas as pd
import pytest
from _comparisons import BASELINES as RIVALS
from _comparisons import drawn_comparison

from keraseq.comparison import Comparison, JoinedComparison
from keraseq.comparison.report._verdict import verdict
from keraseq.comparison.report._view import View

BASELINES = set(RIVALS)


def from_scores(task="classification", baselines=(), ratio=0.25, **scores):
    """A comparison whose models have these scores, a run each."""
    records = [
        {
            "model": name.replace("_", " "), "baseline": name in baselines, "run": run,
            "score": score, "error": "E: no" if np.isnan(score) else None, "note": "",
        }
        for name, values in scores.items()
        for run, score in enumerate(values)
    ]  # fmt: skip
    about = {"data": {"rows": 200, "kind": "text"}, "call": "", "versions": {}}
    return Comparison(records, task=task, ratio=ratio, paired=True, about=about)


def one_line(text):
    return re.sub(r"\s+", " ", text)


def test_the_winner_comes_first_with_its_lead_over_the_next_and_the_best_baseline():
    found = from_scores(
        baselines=("base",),
        good=[0.90, 0.91, 0.90, 0.91],
        next=[0.89, 0.91, 0.91, 0.87],
        base=[0.50, 0.51, 0.51, 0.50],
    )
    text = one_line(found.summary())
    assert text.startswith("2 models and 1 baseline on 200 rows (text, classification), 4 runs")
    assert re.search(r"good has the best accuracy, 0\.905 \(95 % interval 0\.\d+ to 0\.\d+\)", text)
    assert re.search(r"\+0\.010 \(not detectable, .*\) against the next, next", text)
    assert re.search(
        r"and \+0\.400 \(\+0\.\d+ to \+0\.\d+, p < 0\.001\) against the best base", text
    )
    assert "good against base +0.400 next against base +0.390" in text
    assert "Not told apart: good from next" in text


def test_models_with_equal_scores_share_the_first_place():
    found = from_scores(
        baselines=("base",), a=[1.0] * 3, b=[1.0] * 3, base=[1.0] * 3, c=[0.8, 0.9, 0.8]
    )
    text = one_line(found.summary())
    assert "a and b share the best accuracy, 1.000 (as does the baseline base): +0.167" in text
    assert "against the next, c." in text
    alone = from_scores(baselines=("base",), a=[1.0] * 3, base=[1.0] * 3)
    assert "a has the best accuracy, 1.000 (as does the baseline base)." in alone.summary()
    behind = from_scores(baselines=("x", "y"), x=[0.9] * 3, y=[0.9] * 3, a=[0.5, 0.6, 0.5])
    text = one_line(behind.summary())
    assert "No model beats the baselines x and y, with accuracy 0.900: +0.367" in text
    assert "against the best model, a." in text


def test_a_baseline_that_no_model_beats_is_named():
    found = from_scores(baselines=("base",), a=[0.6, 0.61, 0.6], base=[0.9, 0.91, 0.91])
    assert "No model beats the baseline base, with accuracy 0.907" in found.summary()
    assert "against the best model, a" in one_line(found.summary())


def test_what_is_not_told_apart_is_one_line_with_the_runs_it_would_take():
    # Independent runs: a difference of one deviation of it takes some ten.
    a, wave = np.full(5, 0.7), np.array([1, -1, 0.5, -0.5, 0])
    found = from_scores(ratio=0.0, a=a, b=a - 0.02 + 0.025 * wave)
    needed = int(re.search(r"Not told apart: a from b \((\d+)\)", found.summary())[1])
    assert 8 <= needed <= 16
    assert "In brackets the runs that show a difference" in one_line(found.summary())
    same = from_scores(ratio=0.0, a=a + wave / 10, b=a + wave / 10)
    assert "a from b (equal)" in same.summary()
    little = from_scores(a=a, b=a - 0.002 + 0.025 * wave)
    assert "Differences of these sizes take more data, not more runs." in one_line(little.summary())


def test_pairs_that_share_too_few_runs_are_named():
    nan = np.nan
    found = from_scores(a=[0.9, 0.8, 0.9], b=[0.7, nan, nan], c=[0.6, 0.7, 0.6])
    text = one_line(found.summary())
    assert "Too few runs succeeded to compare a with b and b with c." in text or (
        "Too few runs succeeded to compare a with b and c with b." in text
    )
    assert "b failed in 2 of 3 runs: E: no" in text


@pytest.mark.parametrize("n_others", [1, 9])
def test_who_is_worse_in_the_runs_of_both_is_not_called_better(n_others):
    easy, wave = np.array([0.9, 0.91, 0.9, 0.92, 0.905]), np.array([1, -1, 0.5, -0.5, 0]) / 1000
    every = np.array([*(easy + wave), 0.45, 0.46])
    others = {f"c{n}": every - 0.3 - n / 100 for n in range(n_others)}
    # The runs in which a failed were hard for b.
    found = from_scores(
        a=[*easy, np.nan, np.nan], b=[*(easy + 0.05 + 2 * wave), 0.5, 0.51], **others
    )
    first, *rest = found.significance.itertuples()
    assert found.table.index[0] == "a"
    assert (first.a, first.b, first.detectable) == ("b", "a", True)
    assert 0 < first.low < first.difference < first.high
    assert all(row.a == "a" for row in rest[:n_others])
    text, said = one_line(found.summary()), verdict(View(found))
    assert "(-0.050 in the runs of both, -0.05" in text
    assert "the runs of both, detectably worse than b" in said
    assert "detectably better than b" not in said
    if n_others > 1:
        assert "a is detectably better than 9 of 10 others" in text
        assert "In the runs that both have a is detectably worse than b." in text
    else:
        assert "b against a +0.050" in text


@pytest.mark.parametrize(
    "drawn",
    [
        {"n_models": 9, "spread": 0.03},
        {"n_models": 4, "n_runs": 1},
        {"n_models": 1, "baselines": {}},
        {"n_models": 3, "failing": ("m1",), "n_runs": 2},
        {"names": ["a name that is as long as a line " * 3 + "end", "<b>bold</b>"]},
    ],
    ids=["many", "one run", "one model", "a failure", "long names"],
)
def test_everything_is_readable_in_80_columns(drawn):
    found = drawn_comparison(**drawn)
    lines = found.summary().splitlines()
    assert max(map(len, [*lines, *repr(found).splitlines()])) <= 80
    # The same sentence is never said again of another pair.
    stems = [
        re.sub(r"[\d.+-]+|m\d+|TF-IDF|logistic|majority class", "", line)
        for line in lines
        if line[0] != " "
    ]
    long = [stem for stem in stems if len(stem.split()) > 6]
    assert len(long) == len(set(long))
    page = found._repr_html_()
    assert "<table" in page and "<b>" not in page
    for name in found.table.index:
        assert name.replace("<", "&lt;").replace(">", "&gt;") in page


def test_of_many_models_the_best_the_baselines_and_groups_are_told():
    found = drawn_comparison(25, spread=0.015)
    text = one_line(found.summary())
    assert len(found.summary().splitlines()) < 35
    assert "m0 against" not in text and "Detectable differences" not in text
    best, *others = found.table.index
    pairs = found.significance.query("a == @best")
    n_apart, n_others = pairs["detectable"].sum(), len(others)
    assert f"{best} is detectably better than {n_apart} of {n_others} others" in text
    least = pairs[pairs["detectable"]].sort_values("difference").iloc[0]
    assert f"others: {least.difference:+.3f} ({least.b}) or more" in text
    assert f"Not told apart: {best} from {others[0]}" in text
    # Every model stands once beside the best baseline.
    rival = found.baselines[0]
    beside = text.partition(f"Beside the best baseline, {rival}:")[2].partition(". Of ")[0]
    assert sorted(re.findall(r"\bm\d+", beside)) == sorted(set(found.table.index) - BASELINES)
    worse = beside.partition("worse than it")[2].partition(";")[0]
    tested = found.significance.query("a == @rival and detectable")["b"]
    assert set(re.findall(r"\bm\d+", worse)) == set(tested) - BASELINES
    total = found.significance
    total = total[~(total["a"].isin(BASELINES) & total["b"].isin(BASELINES))]
    assert f"Of {len(total)} pairs {total['detectable'].sum()} are told apart" in text


@pytest.mark.parametrize(
    ("score", "said"),
    [(0.1, "Beside the best baseline, mean: better than it all 12 models."), (1.5, None)],
)
def test_no_list_of_many_models_stands_there_twice(score, said):
    found = drawn_comparison(12, baselines={"mean": score})
    text = one_line(found.summary())
    assert said in text if said else "Beside the best baseline" not in text


def test_a_comparison_of_one_model_alone_says_so():
    found = from_scores(only=[0.9, 0.8, 0.85])
    assert found.significance.empty
    assert "1 model and no baseline" in found.summary()
    assert "only has accuracy, 0.850" in found.summary()
    assert "p-values" not in found.summary()


def test_joined_comparisons_say_it_in_the_same_order():
    # One model best of five on all of twelve data sets, the others in another order each time.
    order = np.random.default_rng(0).permuted(np.tile(np.arange(1.0, 5), (12, 1)), axis=1)
    frame = pd.DataFrame(np.column_stack([np.full(12, 9.0), order]), columns=list("abcde"))
    joined = JoinedComparison(frame, "accuracy")
    text = one_line(joined.summary())
    assert "5 models ranked by accuracy on 12 data sets; are the ranks luck? p < 0.001" in text
    assert "a has the best mean rank, 1.00. Detectable differences of mean ranks" in text
    assert re.search(r"a against \w \+\d\.\d\d", text)
    assert text.count("Not told apart") == 1 and text.count("detectable") == 0
    assert max(map(len, [*joined.summary().splitlines(), *repr(joined).splitlines()])) <= 80
    np.testing.assert_allclose(joined.ranks["a"], 1)


def test_seconds_are_of_fits_with_one_number_of_threads():
    found = drawn_comparison(n_models=2, baselines={}, n_runs=4)
    seconds = {("m0", 4): 1.0, ("m0", 1): 3.0, ("m1", 4): 2.0, ("m1", 1): 6.0}
    for record in found._records:
        record["threads"] = 4 if record["run"] == 0 else 1
        record["seconds"] = seconds[record["model"], record["threads"]]

    def again(records):
        about = {"data": {"rows": 9, "kind": "text"}}
        return Comparison(records, task=found.task, ratio=0.25, paired=True, about=about)

    both = again(found._records)
    assert both.table["seconds"].to_dict() == {"m0": 3, "m1": 6}
    assert "Seconds and latencies are of the fits with 1 thread alone." in one_line(both.summary())
    # All but one fit of a model failed on the workers: the others' threads are what all have.
    for record in found._records:
        if record["model"] == "m1" and record["threads"] == 1:
            record["score"] = np.nan
    assert again(found._records).table["seconds"].to_dict() == {"m0": 1, "m1": 2}
