"""The real files: row counts and a look inside, where KERASEQ_DATA names them."""

import os
from pathlib import Path

import numpy as np
import pytest

from keraseq.datasets import (
    fetch_airline_tweets,
    fetch_ett,
    fetch_imdb,
    fetch_sst2,
    fetch_tiny_shakespeare,
    fetch_trec,
    fetch_ucr,
)

pytestmark = pytest.mark.skipif(
    not os.environ.get("KERASEQ_DATA"), reason="KERASEQ_DATA names no folder with reference data"
)


@pytest.fixture(autouse=True)
def nothing_is_written(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASEQ_HOME", str(tmp_path))
    yield
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    "fetch, counts",
    [
        (fetch_sst2, {"train": 6920, "validation": 872, "test": 1821}),
        (fetch_trec, {"train": 5452, "test": 500}),
        (fetch_airline_tweets, {"all": 14_640}),
        (fetch_imdb, {"train": 25_000, "test": 25_000}),
    ],
)
def test_texts(fetch, counts):
    for subset, count in counts.items():
        part = fetch(subset=subset)
        assert len(part.data) == len(part.target) == count
        assert all(isinstance(text, str) and text for text in part.data)
        assert set(part.target) == set(range(len(part.target_names)))


def test_known_rows():
    assert "<br />" in " ".join(fetch_imdb(subset="test").data[:20])
    assert np.bincount(fetch_imdb().target).tolist() == [12_500, 12_500]
    trec = fetch_trec()
    abbreviation = [x for x, y in zip(trec.data, trec.target, strict=True) if y == 2]
    assert len(abbreviation) == 86 and "What does" in " ".join(abbreviation[:10])


def test_tiny_shakespeare_has_65_characters():
    assert len(set(fetch_tiny_shakespeare(subset="all").data)) == 65
    assert len(fetch_tiny_shakespeare().data) == 1_003_854
    assert len(fetch_tiny_shakespeare(subset="test").data) == 111_540


def test_etth1():
    counts = [len(fetch_ett(subset=s).data) for s in ("train", "validation", "test", "all")]
    assert counts == [8640, 2880, 2880, 17_420]


def test_ucr_problems_have_the_published_sizes():
    lines = Path(os.environ["KERASEQ_DATA"], "ucr", "REFERENCE.tsv").read_text().splitlines()
    for row in (line.split("\t") for line in lines[1:]):
        train, test = fetch_ucr(row[0]), fetch_ucr(row[0], subset="test")
        assert train.data.shape == (int(row[1]), int(row[3]))
        assert test.data.shape == (int(row[2]), int(row[3]))
        assert len(train.target_names) == int(row[4])


def test_uea_problems():
    motions = fetch_ucr("BasicMotions", subset="all")
    assert motions.data.shape == (80, 100, 6)
    assert motions.target_names == ["Badminton", "Running", "Standing", "Walking"]
    vowels = {subset: fetch_ucr("JapaneseVowels", subset=subset) for subset in ("train", "test")}
    assert [len(part.data) for part in vowels.values()] == [270, 370]
    lengths = [len(sequence) for part in vowels.values() for sequence in part.data]
    assert (min(lengths), max(lengths)) == (7, 29)
    assert {sequence.shape[1] for sequence in vowels["train"].data} == {12}
    assert set(vowels["train"].target) == set(range(1, 10))
    assert fetch_ucr("UnitTest").data.shape == (20, 24)
