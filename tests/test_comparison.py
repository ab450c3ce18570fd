"""A comparison as a user runs it."""

import importlib
import inspect
import json
import re

import joblib
import numpy as np
import pandas as pd
import pytest
from joblib.externals.loky import get_reusable_executor
from scipy import stats
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

import keraseq
from keraseq import _progress
from keraseq.baselines import MostFrequentTag, NaiveForecaster, StretchedSeries, linear_baseline
from keraseq.comparison import Comparison, _runner, compare, join_comparisons
from keraseq.comparison._call import call_code
from keraseq.comparison._entry import draw_seed

QUICK = {"units": 4, "epochs": 2}


def waves(n=60, seed=0):
    generator = np.random.default_rng(seed)
    y = np.arange(n) % 2
    X = np.sin(np.linspace(0, 6, 12) + 1.5 * y[:, None]) + generator.normal(0, 0.3, (n, 12))
    return X, np.array(["a", "b"])[y]


class Failing(DummyClassifier):
    def fit(self, X, y):
        raise RuntimeError("no such luck")


@pytest.fixture(scope="module")
def result():
    models = {"gru": "gru", "same": "gru", "flat": linear_baseline(), "broken": Failing()}
    return compare(models, *waves(), n_seeds=3, estimator_params=QUICK, verbose=0)


def test_the_table_holds_every_model_and_the_baselines(result):
    table = result.table
    rivals = {"1-nearest neighbour", "MiniROCKET", "linear", "majority class"}
    assert set(table.index) == {"gru", "same", "flat", "broken"} | rivals
    assert set(result.baselines) == rivals
    scored = table.dropna(subset=["score"])
    assert scored["score"].is_monotonic_decreasing
    assert (scored["low"] <= scored["score"]).all() and (scored["high"] >= scored["score"]).all()
    assert scored["high"].max() <= 1
    for cost in ("seconds", "latency_ms", "latency_per_row_ms", "memory_mb", "epochs"):
        assert (table.loc[["gru", "same"], cost] >= 0).all()
    assert (table.loc[["gru", "same"], "parameters"] > 100).all()


def test_a_run_that_fails_is_a_row_with_its_error(result):
    broken = result.runs.query("model == 'broken'")
    assert len(broken) == 3 and broken["score"].isna().all()
    assert broken["error"].tolist() == ["RuntimeError: no such luck"] * 3
    assert result.table.loc["broken", "failed"] == 3
    assert "broken failed in 3 of 3 runs: RuntimeError: no such luck" in result.summary()


def test_every_run_shares_its_split_and_no_two_fits_a_seed(result):
    assert result.runs.groupby("run")["split"].nunique().eq(1).all()
    assert result.runs["split"].nunique() == 3
    assert result.runs["seed"].is_unique
    for split in result.splits:
        assert len(split.test) == 12 and not set(split.train) & set(split.test)
    assert draw_seed(0, 0, 1, 2) == draw_seed(0, 0, 1, 2) != draw_seed(0, 0, 2, 1)


def test_significance_and_summary_agree_pair_by_pair(result):
    frame = result.significance
    assert list(frame.columns) == ["a", "b", "difference", "low", "high", "p", "detectable"]
    known = frame.dropna()
    assert len(known) == len(frame) == 21  # seven models with a score
    assert ((known["low"] > 0) == known["detectable"]).all()
    assert not known.query("a == 'flat' and b == 'linear'")["detectable"].any()
    rivals = set(result.baselines)
    assert any({row.a, row.b} <= rivals for row in known.itertuples())


def test_a_result_is_written_read_and_joined(result, tmp_path):
    result.to_csv(tmp_path / "runs.csv")
    assert len(pd.read_csv(tmp_path / "runs.csv")) == len(result.runs)
    result.to_json(tmp_path / "result.json")
    again = Comparison.from_json(tmp_path / "result.json")
    assert again.summary() == result.summary()
    joined = result.join(again)
    assert joined.scores.shape == (2, 7)  # the broken one has no score
    assert joined.ranks.is_monotonic_increasing
    assert (joined.significance["p"] <= 1).all()
    assert "data sets are few" in joined.summary()
    with pytest.raises(ValueError, match="two or more"):
        join_comparisons({"one": result})
    for names in (("a",), ("a", "b", "c"), ("a", "a"), "ab", 3):
        with pytest.raises(ValueError, match=r"names=.* must be two different names"):
            result.join(again, names)
    for wrong, said in (([result, again], "a dict"), ({"a": result, "b": 1}, "named 'b' is a int")):
        with pytest.raises(TypeError, match=said):
            join_comparisons(wrong)
    assert result.join(again, iter(["a", "b"])).scores.index.tolist() == ["a", "b"]


def test_the_report_is_one_page_that_needs_nothing_else(result, tmp_path):
    result.report(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!data:)', page)
    for text in ("keraseq.compare(", result.about["data"]["fingerprint"], "no such luck", "keras"):
        assert text in page
    with pytest.raises(FileNotFoundError, match="no such folder"):
        result.report(tmp_path / "nowhere" / "report.html")


@pytest.mark.parametrize(
    "asked",
    [
        {"models": ["gru", linear_baseline(), RandomForestClassifier(3)], "n_seeds": 2},
        {
            "models": {
                "a": keraseq.SequenceClassifier("gru", **QUICK),
                "nested": OneVsRestClassifier(
                    make_pipeline(StretchedSeries(), LogisticRegression())
                ),
                "a name with spaces": DummyClassifier(strategy="stratified"),
            },
            "cv": KFold(2, shuffle=True, random_state=3),
            "baselines": False,
            "random_state": np.random.RandomState(5),
        },
        {
            "models": ["lstm"],
            "n_seeds": 1,
            "parameter_budget": np.int64(2000),
            "test": waves(20, seed=1),
        },
    ],
)
def test_the_reported_call_makes_it_again(asked):
    X, y = waves()
    result = compare(X=X, y=y, estimator_params=QUICK, verbose=0, **asked)
    names = {"X": X, "y": y}
    names["X_test"], names["y_test"] = asked.get("test", (None, None))
    exec(result.about["call"], names)
    assert names["result"].about == result.about
    pd.testing.assert_frame_equal(names["result"].scores, result.scores)


def test_the_reported_call_has_numbers_of_numpys_as_numbers():
    asked = {name: p.default for name, p in inspect.signature(compare).parameters.items()}
    asked |= {"models": ["gru"], "X": ["a text"], "test": np.float32(0.25), "cv": np.int64(3)}
    said = call_code(compare, asked)
    assert "test=0.25," in said and "cv=3," in said


def test_the_reported_call_of_a_forecast_names_what_it_needs():
    series = np.sin(np.arange(60.0))
    models = {"naive": NaiveForecaster(horizon=2), "mine": NaiveForecaster("mean", horizon=2)}
    result = compare(models, series, test=series[:9], n_seeds=1, random_state=4, verbose=0)
    assert result.about["call"].splitlines() == [
        "import keraseq",
        "from keraseq.baselines import NaiveForecaster",
        "",
        "result = keraseq.compare(",
        "    {",
        "        'naive': NaiveForecaster(horizon=2),",
        "        'mine': NaiveForecaster(horizon=2, method='mean'),",
        "    },",
        "    X,",
        "    n_seeds=1,",
        "    test=X_test,",
        "    random_state=4,",
        ")",
    ]


@pytest.mark.parametrize("start", [8.6, -1000], ids=["little work", "work worth a start"])
def test_workers_are_started_for_enough_work_and_give_the_same(monkeypatch, caplog, capsys, start):
    monkeypatch.setattr(_runner, "_WORKER_START", start)
    # Workers that another test has left have the threads that it gave them.
    get_reusable_executor().shutdown(wait=True)
    # Of a machine whose user has set none.
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_progress, "_DELAY", 0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    caplog.set_level("INFO", "keraseq")
    models, asked = ["gru", LogisticRegression()], {"n_seeds": 2, "estimator_params": QUICK}
    alone = compare(models, *waves(), baselines=False, verbose=0, **asked)
    on_workers = compare(models, *waves(), baselines=False, n_jobs=2, **asked)
    pd.testing.assert_frame_equal(on_workers.scores, alone.scores)
    said = "too little work for 2 workers" if start > 0 else "3 fits go to 2 workers"
    assert said in caplog.text
    assert ("in process" if start > 0 else "2 workers") in capsys.readouterr().err
    threads = on_workers.runs["threads"]
    assert set(threads) == ({joblib.cpu_count()} if start > 0 else {1, joblib.cpu_count()})
    # Once for each model and number of threads: what is timed has a latency too.
    timed = on_workers.runs.groupby(["model", "threads"])["latency_ms"].count()
    assert (timed == 1).all()
    # Loading Keras and TensorFlow takes some 600 MB, which no model of the table needs.
    assert on_workers.runs["memory_mb"].max() < 400


@pytest.mark.parametrize(("took", "start"), [(2.0, 2.0), (1000.0, _runner._WORKER_START)])
def test_a_worker_starts_as_fast_as_this_process_did(monkeypatch, took, start):
    importlib.import_module("keras")
    monkeypatch.setattr(_runner.time, "process_time", lambda: took)
    assert _runner._seconds_of_start() == start


def test_a_number_of_workers_that_is_none_is_refused_before_any_fit():
    for n_jobs, error in ((0, ValueError), (1.5, TypeError), ("2", TypeError), (True, TypeError)):
        with pytest.raises(error, match=f"n_jobs={n_jobs!r}.*give 1 or more"):
            compare(["gru"], *waves(), baselines=False, n_jobs=n_jobs)
        with pytest.raises(error, match=f"n_jobs={n_jobs!r}.*give 1 or more"):
            keraseq.ensemble(keraseq.SequenceClassifier(), n=2, n_jobs=n_jobs).fit(*waves())


class Entry:
    seconds, is_baseline = None, False

    def __init__(self, ours):
        self.ours = ours


@pytest.mark.parametrize(
    ("ours", "first", "n_jobs", "worth"),
    [
        # Of 1.3 s most went into compiling the network: .1 s is left for each of the others.
        ("gru", 1.3, 100, False),
        (None, 1.3, 100, True),
        # 100 fits of 2 s on two workers end after 8.6 + 1.2 + 100 s, in process after 200 s.
        ("gru", 3.2, 100, True),
        ("gru", 3.2, 9, False),
        ("gru", 3.2, 11, True),
    ],
)
def test_a_first_fit_that_mostly_compiles_starts_no_workers(ours, first, n_jobs, worth):
    entry = Entry(ours)
    jobs = [{"entry": entry} for _ in range(n_jobs)]
    assert not _runner._is_worth_it(jobs, 2, _runner._WORKER_START)
    _runner._note_seconds(jobs, jobs[0], first, is_first=True)
    assert _runner._is_worth_it(jobs, 2, _runner._WORKER_START) is worth


def test_plots(result):
    assert result.plot().ax_.get_title() == "3 models by accuracy, 3 runs"
    assert result.plot(cost="seconds").ax_.get_ylabel() == "accuracy"
    assert "accuracy" in result.plot("critical_difference").ax_.get_xlabel()
    assert set(result.learning_curves().frame["model"]) == {"gru", "same"}
    with pytest.raises(ValueError, match="Did you mean 'seconds'"):
        result.plot(cost="second")


def forests(*names, **settings):
    return {name: RandomForestClassifier(n_estimators=3, **settings) for name in names}


def test_a_crash_loses_no_run_and_more_runs_may_be_added(tmp_path):
    X, y = waves()
    path, shared = tmp_path / "runs.jsonl", {"verbose": 0, "baselines": False}
    whole = compare(forests("a", "b"), X, y, n_seeds=3, **shared)
    compare(forests("a", "b"), X, y, n_seeds=2, resume=path, **shared)
    lines = path.read_text().splitlines()
    assert len(lines) == 5
    path.write_text("\n".join(lines[:4]) + "\n" + lines[4][:30])  # killed while writing
    resumed = compare(forests("a", "b"), X, y, n_seeds=3, resume=path, **shared)
    pd.testing.assert_frame_equal(resumed.scores, whole.scores)
    kept = [json.loads(line) for line in lines[1:4]]
    for record in kept:  # not fitted again: the seconds are the first fit's
        row = resumed.runs.query("model == @record['model'] and run == @record['run']")
        assert row["seconds"].item() == record["seconds"]
    with pytest.raises(ValueError, match=r"another comparison: .*data"):
        compare(forests("a"), X + 1, y, n_seeds=2, resume=path, **shared)
    with pytest.raises(ValueError, match="no runs of a comparison"):
        (tmp_path / "text").write_text("a\nb\n")
        compare(forests("a"), X, y, resume=tmp_path / "text", **shared)


def test_a_fixed_test_set_and_rows_that_overlap():
    X, y = waves(80)
    with pytest.warns(UserWarning, match="5 of the 25 rows of the test set are training rows"):
        found = compare(forests("a", "b"), X[:60], y[:60], test=(X[55:], y[55:]), verbose=0)
    assert found.runs["split"].nunique() == 1
    assert found.runs["seed"].is_unique
    # Rows are few, so the interval is wider than seeds alone would make it.
    pair = found.significance.query("a in ('a', 'b') and b in ('a', 'b')").iloc[0]
    assert pair["low"] < 0 < pair["high"]
    right = [np.mean(r["gain"]) for r in found._records if r["model"] == "a"]
    np.testing.assert_allclose(right, found.runs.query("model == 'a'")["score"])


@pytest.mark.parametrize("fixed", [False, True])
def test_a_difference_that_repeats_exactly_is_a_difference(fixed):
    # All of 12 (or 40) test rows against half of them, in both runs.
    X = np.repeat([[0.0] * 6, [1.0] * 6], 30, axis=0)
    y = np.repeat(["a", "b"], 30)
    models = {"right": linear_baseline(), "half": DummyClassifier(strategy="most_frequent")}
    test = (np.repeat([[0.01] * 6, [1.01] * 6], 20, axis=0), np.repeat(["a", "b"], 20))
    found = compare(
        models, X, y, n_seeds=2, baselines=False, verbose=0, test=test if fixed else None
    )
    assert found.scores["right"].eq(1).all() and found.scores["half"].eq(0.5).all()
    n = 40 if fixed else 12
    p = np.array([(n + 1) / (n + 2), 0.5])
    error = np.sqrt(p * (1 - p) / (n + 1) * (1 if fixed else 1 / 2 + 12 / 48))
    row = found.significance.iloc[0]
    t = 0.5 / np.hypot(*error)
    assert row["p"] == pytest.approx(2 * stats.t.sf(t, n - 1)) and row["detectable"]
    assert 0 < row["low"] < 0.5 < row["high"]
    half = stats.t.isf(0.025, n - 1) * error
    expected = [(1 - half[0], 1), (0.5 - half[1], 0.5 + half[1])]
    np.testing.assert_allclose(found.table[["low", "high"]], expected, rtol=0.15 if fixed else 1e-9)


def test_models_that_share_no_run_have_no_verdict():
    records = [
        {"model": m, "run": run, "baseline": False, "score": s, "error": None, "note": ""}
        for m, scores in {"a": [0.9, 0.8], "b": [0.7, np.nan], "c": [np.nan, 0.6]}.items()
        for run, s in enumerate(scores)
    ]
    found = Comparison(records, task="classification", ratio=0.25, paired=True, about={})
    frame = found.significance.set_index(["a", "b"])
    assert list(frame.index) == [("a", "b"), ("a", "c")]
    np.testing.assert_allclose(frame["difference"], [0.2, 0.2])
    assert frame["p"].isna().all() and not frame["detectable"].any()


def test_any_splitter_makes_the_runs():
    X, y = waves()
    found = compare(forests("a"), X, y, cv=KFold(4), baselines=False, verbose=0)
    assert found.n_runs == 4
    assert sorted(np.concatenate([s.test for s in found.splits])) == list(range(60))


def test_one_run_gives_a_table_and_says_what_a_verdict_takes():
    found = compare(forests("a", "b"), *waves(), n_seeds=1, verbose=0)
    assert len(found.table) == 6
    with pytest.raises(ValueError, match="n_seeds=5"):
        _ = found.significance
    assert "nothing can be said about luck" in found.summary()


def test_forecasts_are_compared_from_rolling_origins():
    generator = np.random.default_rng(0)
    y = np.sin(np.arange(240) * np.pi / 6) + generator.normal(0, 0.2, 240)
    models = {"season": NaiveForecaster(horizon=4), "line": NaiveForecaster("drift", horizon=4)}
    found = compare(models, y, n_seeds=4, verbose=0)
    assert found.metric == "−MASE"
    assert set(found.baselines) == {"lag trees", "seasonal naive", "drift", "mean"}
    np.testing.assert_allclose(found.scores["season"], found.scores["seasonal naive"])
    # By hand: a quarter of the later half each, in turn.
    assert [(s.train[0], s.train[-1], s.test[0], s.test[-1]) for s in found.splits] == [
        (0, border - 1, border, border + 29) for border in (120, 150, 180, 210)
    ]
    once = compare(models, y, n_seeds=1, verbose=0)
    assert [(len(split.train), len(split.test)) for split in once.splits] == [(120, 120)]
    assert "1 run from its own origin" in " ".join(once.summary().split())
    assert found.table.loc["season", "score"] > found.table.loc["line", "score"]
    fixed = compare(models, y[:200], test=y[200:], n_seeds=2, verbose=0)
    assert fixed.runs["n_train"].eq(200).all()
    with pytest.raises(ValueError, match="looks ahead"):
        compare(models, y, cv=KFold(3), verbose=0)
    with pytest.raises(ValueError, match="X has 4 rows, which n_seeds=4 runs"):
        compare(models, y[:4], n_seeds=4, verbose=0)
    with pytest.raises(ValueError, match="different horizons"):
        compare([NaiveForecaster(), NaiveForecaster(horizon=2)], y, verbose=0)


def test_tags_are_compared_token_by_token():
    X = [["the", "cat", "sleeps"], ["a", "dog"]] * 10
    y = [["D", "N", "V"], ["D", "N"]] * 10
    found = compare([MostFrequentTag()], X, y, n_seeds=2, verbose=0)
    assert found.task == "tagging" and found.metric == "token accuracy"
    assert found.scores["MostFrequentTag"].tolist() == [1, 1]
    assert found.table.loc["majority tag", "score"] < 0.5


def test_numbers_are_compared_by_r2():
    X = np.random.default_rng(0).normal(size=(60, 5))
    found = compare({"flat": linear_baseline(regression=True)}, X, X.sum(axis=1), verbose=0)
    assert found.task == "regression" and found.table.loc["flat", "score"] > 0.9
    assert set(found.baselines) == {"1-nearest neighbour", "MiniROCKET", "linear", "mean"}


def test_a_budget_overrides_units_and_tuning_finds_settings():
    X, y = waves()
    gru = keraseq.SequenceClassifier("gru", units=7, epochs=1)
    found = compare(
        [gru, "gru"], X, y, n_seeds=1, parameter_budget=9_000, tune=2, baselines=False,
        estimator_params={"epochs": 1}, verbose=0,
    )  # fmt: skip
    assert list(found.runs["model"]) == ["gru", "gru-2"]
    assert found.table.loc["gru", "note"] == "units=7 overridden by parameter_budget"
    assert found.table["parameters"].between(8_500, 9_500).all()
    for tuned in found.runs["tuned"]:
        assert "validation_score" in tuned and "units" not in tuned
    assert gru.units == 7 and gru.parameter_budget is None


MISTAKES = [
    ([], {}, ValueError, "models is empty"),
    ("gru", {}, TypeError, "give a list"),
    (["grru"], {}, ValueError, "Did you mean 'gru'"),
    ([object()], {}, TypeError, r"without fit\(\)"),
    ([LogisticRegression], {}, TypeError, "is a class"),
    (["gru"], {"parameter_budget": 10}, ValueError, "below the smallest gru"),
    (["gru"], {"estimator_params": {"epochs": -1, "dropout": 2}}, ValueError, "dropout"),
    (["gru"], {"parameter_budget": 9999, "flop_budget": 9999}, ValueError, "give one"),
    (["gru"], {"task": "clasification"}, ValueError, "Did you mean 'classification'"),
    (["gru"], {"n_seeds": 0}, ValueError, "n_seeds=0"),
    (["gru"], {"baselines": ["default", "minirockett"]}, ValueError, "Did you mean 'MiniROCKET'"),
    (["gru"], {"baselines": "linear"}, TypeError, "give a list"),
    (["gru"], {"baselines": ["Theta"]}, ValueError, "no rival here"),
    (["gru"], {"cv": 3, "test": waves(20, 1)}, ValueError, "give one of the two"),
    (forests("a", n_jobs=2), {"n_jobs": 2}, ValueError, "workers inside workers"),
]


@pytest.mark.parametrize(("models", "arguments", "error", "message"), MISTAKES)
def test_what_cannot_work_is_told_before_anything_is_fitted(models, arguments, error, message):
    with pytest.raises(error, match=message):
        compare(models, *waves(), **{"verbose": 0, **arguments})


@pytest.mark.parametrize("y", [np.arange(60), [{"a": 1}] * 60])
def test_a_task_that_cannot_be_inferred(y):
    with pytest.raises(ValueError, match="task cannot be inferred"):
        compare(["gru"], waves()[0], y, verbose=0)
