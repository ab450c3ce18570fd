"""Data sets without a network: installed ones and generated ones."""

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline

from keraseq import datasets
from keraseq.datasets import (
    load_co2,
    load_digit_rows,
    load_python_docs,
    load_sunspots,
    make_adding,
    make_copy,
    make_dates,
    make_reviews,
    make_tunes,
)

LOCAL = [name for name in datasets.__all__ if not name.startswith(("fetch_", "scan_"))]


def test_importing_is_cheap_and_lists_everything():
    code = (
        "import sys, keraseq.datasets as d\n"
        "heavy = {'keras', 'tensorflow', 'statsmodels', 'pooch', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert set(d.__all__) <= set(dir(d))\n"
        "for name in d.__all__: assert callable(getattr(d, name))\n"
        "heavy = {'keras', 'tensorflow', 'statsmodels'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    with pytest.raises(AttributeError, match="load_nothing"):
        datasets.load_nothing  # noqa: B018


@pytest.mark.parametrize("name", LOCAL)
def test_every_bunch_has_the_same_fields(name):
    function = getattr(datasets, name)
    bunch = function()
    fields = {"data", "target", "target_names", "subset", "DESCR", "license", "citation"}
    assert set(bunch) == fields
    assert bunch.license in bunch.DESCR and bunch.citation in bunch.DESCR
    data, target = function(return_X_y=True)
    assert len(data) == len(bunch.data)
    assert (target is None) == (bunch.target is None)


def test_sunspots():
    data = load_sunspots().data
    assert data.shape == (309,) and not data.isna().any()
    assert data.index[0] == pd.Timestamp("1700-01-01") and data.index.freqstr.startswith("YS")


def test_co2_is_ready_to_forecast_and_can_be_had_as_published():
    monthly = load_co2().data
    assert monthly.shape == (526,) and not monthly.isna().any() and monthly.index.freqstr == "MS"
    weekly = load_co2(frequency="weekly", missing="keep").data
    assert weekly.shape == (2284,) and weekly.isna().sum() == 59
    assert weekly.index.freqstr == "W-SAT" and weekly.iloc[0] == 316.1
    assert load_co2(missing="keep").data.isna().sum() == 5
    filled = load_co2(frequency="weekly").data
    pd.testing.assert_series_equal(filled[weekly.notna()], weekly.dropna(), check_freq=False)
    with pytest.raises(ValueError, match="frequency='daily'"):
        load_co2(frequency="daily")
    with pytest.raises(ValueError, match="missing='drop'"):
        load_co2(missing="drop")


def test_a_missing_extra_names_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.datasets", None)
    with pytest.raises(ImportError, match=r"pip install 'keraseq\[recipes\]'"):
        load_sunspots()


def test_digit_rows():
    train, test, whole = (load_digit_rows(subset=s) for s in ("train", "test", "all"))
    assert train.data.shape == (1437, 8, 8) and test.data.shape == (360, 8, 8)
    assert train.data.dtype == np.float32
    np.testing.assert_array_equal(whole.data, np.concatenate([train.data, test.data]))
    assert np.bincount(test.target).min() > 25
    with pytest.raises(ValueError, match="'train', 'test', 'all'"):
        load_digit_rows(subset="validation")


def test_python_docs_sentences():
    train, test, whole = (load_python_docs(subset=s) for s in ("train", "test", "all"))
    assert sorted(train.data + test.data) == sorted(whole.data)
    assert len(whole.data) == len(set(whole.data)) > 1500
    assert 0.15 < len(test.data) / len(whole.data) < 0.25
    assert len(whole.target_names) == 8
    assert np.bincount(train.target, minlength=8).min() > 80
    assert np.bincount(test.target, minlength=8).min() > 15
    assert all(5 <= len(sentence.split()) <= 60 for sentence in whole.data)
    assert not any("  " in s or "::=" in s or ">>>" in s for s in whole.data)
    assert load_python_docs().data == train.data


def test_python_docs_classes_can_be_learnt():
    X, y = load_python_docs(return_X_y=True)
    rival = make_pipeline(TfidfVectorizer(), ComplementNB()).fit(X, y)
    assert rival.score(*load_python_docs(subset="test", return_X_y=True)) > 0.5


def test_python_docs_as_text():
    text, target = load_python_docs(subset="test", as_text=True, return_X_y=True)
    assert target is None and text.endswith(".\n")
    sentences = load_python_docs(subset="test").data
    assert text.replace("\n", " ").strip() == " ".join(sentences)
    with pytest.raises(ValueError, match="'train', 'test', 'all'"):
        load_python_docs(subset="dev", as_text=True)


def test_adding():
    X, y = make_adding(500, length=7, return_X_y=True, random_state=0)
    assert X.shape == (500, 7, 2) and X.dtype == y.dtype == np.float32
    assert set(np.unique(X[..., 1])) == {0, 1}
    assert (X[:, :3, 1].sum(axis=1) == 1).all() and (X[:, 3:, 1].sum(axis=1) == 1).all()
    assert X[:, :, 1].any(axis=0).all()  # every step is marked in some sequence
    np.testing.assert_allclose((X[..., 0] * X[..., 1]).sum(axis=1), y)
    assert np.mean((y - 1) ** 2) == pytest.approx(1 / 6, rel=0.15)


def test_copy():
    X, y = make_copy(200, delay=5, n_symbols=4, n_copied=3, return_X_y=True, random_state=0)
    assert X.shape == y.shape == (200, 11)
    np.testing.assert_array_equal(X[:, :3], y[:, -3:])
    assert set(np.unique(X[:, :3])) == {1, 2, 3, 4}
    assert (y[:, :-3] == 5).all() and (X[:, 7] == 6).all()
    assert (np.delete(X, 7, axis=1)[:, 3:] == 5).all()


@pytest.mark.parametrize("make", [make_adding, make_copy, make_dates, make_reviews, make_tunes])
def test_generators_are_reproducible(make):
    X, y = make(20, return_X_y=True, random_state=3)
    again, again_y = make(20, return_X_y=True, random_state=np.random.RandomState(3))
    np.testing.assert_array_equal(X, again)
    np.testing.assert_array_equal(y, again_y)
    assert not np.array_equal(X, make(20, return_X_y=True, random_state=4)[0])


def test_dates_in_words_are_those_of_their_targets():
    texts, dates = make_dates(300, return_X_y=True, random_state=0)
    for text, date in zip(texts, dates, strict=True):
        day = pd.Timestamp(date)
        words = re.sub(r"[,.]|(?<=\d)[a-z]{2}\b", "", text).split()
        assert {str(day.day), str(day.year), day.month_name()} <= set(words)
        named = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
        assert named & set(words) <= {day.day_name()}
    with pytest.raises(ValueError, match="n_samples=0"):
        make_dates(0)


NEGATIVE = """bad awful boring dull weak clumsy tedious terrible poor flat lifeless messy silly
stale shallow"""
POSITIVE = """good great gripping brilliant strong clever moving wonderful fine fresh lively elegant
funny deep"""
WORDS = dict.fromkeys(NEGATIVE.split(), 0) | dict.fromkeys(POSITIVE.split(), 1)


def read_review(text):
    """Read a review as a person would: scope of negation, then which clause decides."""
    tokens = text.split()
    places = [place for place, token in enumerate(tokens) if token in WORDS]
    opinions, start = [], 0
    for place in places:
        negated = any(t in {"not", "never", "hardly", "nobody", "no"} for t in tokens[start:place])
        opinions.append(WORDS[tokens[place]] ^ negated)
        start = place
    if len(opinions) == 1:
        return opinions[0]
    between = " ".join(tokens[places[0] : places[1]])
    return opinions[0] if re.search(r"\b(although|even if)\b", between) else opinions[1]


@pytest.mark.parametrize("distance", [0, 6])
def test_word_order_decides_reviews(distance):
    X, y = make_reviews(2000, distance=distance, return_X_y=True, random_state=0)
    assert [read_review(text) for text in X] == y.tolist()
    assert 0.45 < y.mean() < 0.55
    clean = re.compile(r"[a-z][a-z ,]*[a-z]")
    assert all(clean.fullmatch(text) and ", ," not in text for text in X)


def test_counting_words_is_not_enough_for_reviews():
    X, y = make_reviews(3000, return_X_y=True, random_state=0)
    X_test, y_test = make_reviews(1500, return_X_y=True, random_state=1)
    for longest, bounds in ((1, (0.6, 0.75)), (3, (0.6, 0.85))):
        vectors = TfidfVectorizer(ngram_range=(1, longest))
        rival = make_pipeline(vectors, LogisticRegression(C=10, max_iter=2000)).fit(X, y)
        assert bounds[0] < rival.score(X_test, y_test) < bounds[1]


def test_review_options():
    plain, y = make_reviews(300, negation=0, contrast=0, return_X_y=True, random_state=0)
    assert all(sum(token in WORDS for token in text.split()) == 1 for text in plain)
    assert not any(re.search(r"\b(not|never|hardly|nobody|no)\b", text) for text in plain)
    both = make_reviews(300, contrast=1, random_state=0).data
    assert all(sum(token in WORDS for token in text.split()) == 2 for text in both)
    noisy, flipped = make_reviews(
        300, negation=0, contrast=0, label_noise=0.2, return_X_y=True, random_state=0
    )
    assert noisy == plain and 0.1 < np.mean(flipped != y) < 0.3


@pytest.mark.parametrize(
    "make, arguments, error, fault",
    [
        (make_reviews, {"n_samples": 0}, ValueError, "n_samples=0"),
        (make_reviews, {"n_samples": 2.5}, TypeError, "n_samples=2.5"),
        (make_reviews, {"negation": 1.5}, ValueError, "negation=1.5"),
        (make_reviews, {"contrast": float("nan")}, ValueError, "contrast=nan"),
        (make_reviews, {"label_noise": "some"}, TypeError, "label_noise='some'"),
        (make_reviews, {"distance": -1}, ValueError, "distance=-1"),
        (make_adding, {"length": 1}, ValueError, "length=1"),
        (make_adding, {"n_samples": True}, TypeError, "n_samples=True"),
        (make_copy, {"delay": 0}, ValueError, "delay=0"),
        (make_copy, {"n_symbols": 1}, ValueError, "n_symbols=1"),
        (make_copy, {"n_copied": "3"}, TypeError, "n_copied='3'"),
    ],
)
def test_generators_refuse_what_they_cannot_make(make, arguments, error, fault):
    with pytest.raises(error, match=fault):
        make(**arguments)
