"""The same data in the originals' layout and in the mirror's: read alike, damage reported."""

import functools
import gzip
import io
import tarfile
import zipfile

import numpy as np
import pandas as pd
import pytest

from keraseq import datasets
from keraseq.datasets import (
    _sources,
    fetch_airline_tweets,
    fetch_eng_fra,
    fetch_ett,
    fetch_imdb,
    fetch_sst2,
    fetch_tiny_shakespeare,
    fetch_trec,
    fetch_ucr,
)

HEADER = "# made for a test\n% also a comment\n@problemName Tiny\n@timeStamps false\n"
UNIVARIATE = HEADER + "@univariate true\n@equalLength true\n@classLabel true 1 2\n@data\n"
MULTIVARIATE = HEADER + "@dimensions 2\n@equalLength true\n@classLabel true Run Stand\n@data\n"
UNEQUAL = HEADER + "@dimensions 2\n@equalLength false\n@classLabel true 1 2\n@data\n"


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """A cache of its own; no mirror and no publisher's checksum for the tiny files."""
    monkeypatch.delenv("KERASEQ_DATA", raising=False)
    monkeypatch.setenv("KERASEQ_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(_sources, "CHECKSUMS", {})
    return tmp_path / "home"


@pytest.fixture
def mirror(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASEQ_DATA", str(tmp_path / "mirror"))
    return tmp_path / "mirror"


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content.encode("utf-8"))
            archive.addfile(info, io.BytesIO(content.encode("utf-8")))
    return buffer.getvalue()


REVIEWS = {
    "aclImdb/README": "not a review",
    "../../aclImdb/train/pos/9_9.txt": "an evil path",
    "aclImdb/train/unsup/0_0.txt": "unlabelled",
    "aclImdb/train/pos/1_9.txt": 'A "great film.<br />null',
    "aclImdb/train/pos/0_10.txt": "Señor",
    "aclImdb/train/neg/0_2.txt": "null",
    "aclImdb/train/neg/1_1.txt": "Bad.",
    "aclImdb/test/neg/0_2.txt": "Dull.",
    "aclImdb/test/pos/0_8.txt": "Fine.",
}


def test_imdb_both_layouts(home, monkeypatch, tmp_path):
    put(home / "imdb" / "aclImdb_v1.tar.gz", tarred(REVIEWS))
    train = fetch_imdb()
    assert train.data == ["null", "Señor", "Bad.", 'A "great film.<br />null']
    assert train.target.tolist() == [0, 1, 0, 1]
    assert train.target_names == ["negative", "positive"]
    everything = fetch_imdb(subset="all")
    assert everything.data[4:] == ["Dull.", "Fine."]
    assert {p.name for p in tmp_path.rglob("*") if p.is_file()} == {"aclImdb_v1.tar.gz"}

    monkeypatch.setenv("KERASEQ_DATA", str(tmp_path / "mirror"))
    for part, texts, labels in (
        ("train", train.data, train.target),
        ("test", everything.data[4:], [0, 1]),
    ):
        rows = "".join(f"{y}\t5\t{x}\n" for x, y in zip(texts, labels, strict=True))
        table = gzip.compress(f"label\trating\ttext\n{rows}".encode())
        put(tmp_path / "mirror" / "imdb" / f"{part}.tsv.gz", table)
    mirrored = fetch_imdb(subset="all")
    assert mirrored.data == everything.data
    assert mirrored.target.tolist() == everything.target.tolist()


def test_a_mirror_without_the_data_set_falls_through_to_the_cache(home, mirror):
    put(mirror / "imdb" / "test.tsv.gz", gzip.compress(b"label\trating\ttext\n1\t9\tMirror\n"))
    put(home / "imdb" / "aclImdb_v1.tar.gz", tarred(REVIEWS))
    assert fetch_imdb(subset="test").data == ["Mirror"]
    assert fetch_imdb(subset="train").data[0] == "null"


def test_the_mirror_is_read_in_place(mirror, tmp_path):
    put(mirror / "trec" / "TREC.test.all", "0 What is an atom ?\n")
    assert fetch_trec(subset="test").data == ["What is an atom ?"]
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert files == [mirror / "trec" / "TREC.test.all"]


def test_sentences(mirror):
    put(mirror / "sst2" / "stsa.binary.train", "1 crème brûlée\n0 dull .\n")
    put(mirror / "sst2" / "stsa.binary.dev", "0 no\n")
    put(mirror / "sst2" / "stsa.binary.test", "1 yes\n")
    put(mirror / "trec" / "TREC.train.all", "3 Who was José ?\n".encode("latin-1"))
    assert fetch_sst2(subset="all").data == ["crème brûlée", "dull .", "no", "yes"]
    assert fetch_sst2(subset="validation", return_X_y=True)[0] == ["no"]
    trec = fetch_trec()
    assert trec.data == ["Who was José ?"]
    assert trec.target_names[trec.target[0]] == "human"


def test_airline_tweets_of_one_text_are_in_one_part(home):
    texts = [f'tweet {i % 40},\n"quoted" {i % 40}' for i in range(80)] + ["null"]
    table = pd.DataFrame({"airline_sentiment": "neutral", "airline": "X", "text": texts})
    put(home / "airline_tweets" / "Tweets.csv", table.to_csv(index=False))
    train, test, whole = (fetch_airline_tweets(subset=s) for s in ("train", "test", "all"))
    assert whole.data == texts and set(whole.target) == {1}
    assert sorted(train.data + test.data) == sorted(texts)
    assert test.data and not set(train.data) & set(test.data)


def test_tiny_shakespeare(home):
    put(home / "shakespeare" / "input.txt", "First:\r\nspeak, speak.")
    train, test, whole = (fetch_tiny_shakespeare(subset=s).data for s in ("train", "test", "all"))
    assert whole == train + test == "First:\r\nspeak, speak."
    assert len(train) == int(0.9 * len(whole))


def ett_csv(rows, freq):
    index = pd.date_range("2016-07-01", periods=rows, freq=freq, name="date")
    columns = ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"]
    values = np.arange(rows)[:, None] + np.arange(7) / 10
    return pd.DataFrame(values, index=index, columns=columns).to_csv()


def test_ett_parts_follow_each_other(home):
    put(home / "ett" / "ETTh2.csv", ett_csv(14_500, "h"))
    put(home / "ett" / "ETTm1.csv", ett_csv(57_600, "15min"))
    hourly = {s: fetch_ett("ETTh2", subset=s) for s in ("train", "validation", "test", "all")}
    assert [len(hourly[s].data) for s in hourly] == [8640, 2880, 2880, 14_500]
    assert hourly["test"].data["HUFL"].iloc[0] == 8640 + 2880
    assert hourly["test"].data.index.freqstr == "h"
    first, last = hourly["all"].borders["test"]
    pd.testing.assert_frame_equal(hourly["all"].data.iloc[first:last], hourly["test"].data)
    assert len(fetch_ett("ETTm1", subset="validation").data) == 4 * 2880


@pytest.mark.parametrize(
    "content, fault",
    [
        ("date,OT\n2016-07-01,1\n", "HUFL"),
        (ett_csv(50, "h"), "it has 50 rows"),
        (ett_csv(20_000, "h").replace("2016-07-02 03:00:00", "2016-07-02 03:30:00"), "frequency"),
        ("", "No columns"),
    ],
)
def test_damaged_ett(home, content, fault):
    put(home / "ett" / "ETTh1.csv", content)
    with pytest.raises(ValueError, match=rf"ETTh1\.csv cannot be read as a CSV.*{fault}"):
        fetch_ett()


@pytest.mark.parametrize("layout", ["zip", "ts"])
def test_ucr_shapes_in_both_layouts(home, monkeypatch, layout, tmp_path):
    problems = {
        "Wine": (UNIVARIATE + "1,2,3:1\n4,?,NaN:2\n", UNIVARIATE + "7,8,9:2\n"),
        "NATOPS": (MULTIVARIATE + "1,2,3:4,5,6:Stand\n", MULTIVARIATE + "0,0,0:1,1,1:Run\n"),
        "ERing": (UNEQUAL + "1,2:3,4:1\n", UNEQUAL + "1,2:3,4:2\n5,6,7:8,9,0:1\n"),
    }
    for name, texts in problems.items():
        files = {f"{name}_{part}.ts": t for part, t in zip(["TRAIN", "TEST"], texts, strict=True)}
        if layout == "zip":
            put(home / "ucr" / f"{name}.zip", zipped({"sub/readme.txt": "x"} | files))
        else:
            monkeypatch.setenv("KERASEQ_DATA", str(tmp_path / "mirror"))
            for file, text in files.items():
                put(tmp_path / "mirror" / "uea" / file, text)
    wine = fetch_ucr("Wine", subset="all")
    assert wine.data.dtype == np.float32
    np.testing.assert_array_equal(wine.data, [[1, 2, 3], [4, np.nan, np.nan], [7, 8, 9]])
    assert wine.target.tolist() == [1, 2, 2] and wine.target_names == ["1", "2"]
    natops = fetch_ucr("NATOPS")
    assert natops.data.tolist() == [[[1, 4], [2, 5], [3, 6]]]
    assert fetch_ucr("NATOPS", subset="all").target.tolist() == ["Stand", "Run"]
    # A part whose lengths happen to be equal has the same form as the other.
    train, test = fetch_ucr("ERing").data, fetch_ucr("ERing", subset="test").data
    assert isinstance(train, list) and train[0].tolist() == [[1, 3], [2, 4]]
    assert [sequence.shape for sequence in test] == [(2, 2), (3, 2)]


def test_ucr_npz(mirror):
    arrays = {"X_train": np.eye(2), "y_train": [1, -1], "X_test": np.zeros((1, 2)), "y_test": [1]}
    (mirror / "ucr").mkdir(parents=True)
    np.savez(mirror / "ucr" / "Yoga.npz", **{k: np.asarray(v) for k, v in arrays.items()})
    yoga = fetch_ucr("Yoga", subset="all")
    assert yoga.data.shape == (3, 2) and yoga.data.dtype == np.float32
    assert yoga.target.tolist() == [1, -1, 1] and yoga.target_names == ["-1", "1"]
    put(mirror / "ucr" / "Yoga.npz", (mirror / "ucr" / "Yoga.npz").read_bytes()[:100])
    with pytest.raises(ValueError, match=r"Yoga\.npz cannot be read as an npz"):
        fetch_ucr("Yoga")


def test_ucr_problem_that_is_new_in_the_archive(home):
    content = UNIVARIATE + "1,2:1\n"
    put(home / "ucr" / "BrandNew.zip", zipped({"BrandNew_TRAIN.ts": content}))
    assert fetch_ucr("BrandNew").data.shape == (1, 2)
    with pytest.raises(ValueError, match=r"has no BrandNew_TEST\.ts, only BrandNew_TRAIN\.ts"):
        fetch_ucr("BrandNew", subset="test")


def test_ucr_regression_and_unlabelled(home):
    regression = HEADER + "@univariate true\n@targetlabel true\n@data\n1,2:3\n4,5:6\n"
    unlabelled = HEADER + "@univariate true\n@classLabel false\n@data\n1,2\n"
    put(home / "ucr" / "Reg.zip", zipped({"Reg_TRAIN.ts": regression}))
    put(home / "ucr" / "Bare.zip", zipped({"Bare_TRAIN.ts": unlabelled}))
    reg, bare = fetch_ucr("Reg"), fetch_ucr("Bare")
    assert reg.target.tolist() == [3.0, 6.0] and reg.target.dtype == float
    assert reg.target_names is bare.target is bare.target_names is None


@pytest.mark.parametrize(
    "text, fault",
    [
        (UNIVARIATE + "1,2:1\n1,x:2\n", r"line 10: 'x' is not a number"),
        (UNIVARIATE + "1,2:3\n", r"line 9: the label '3' is not among the header's 1 2"),
        (UNIVARIATE + "1,2,3\n", r"line 9: there is no ':'"),
        (UNIVARIATE + "1,1e999:1\n", r"line 9: a value is infinite"),
        (UNIVARIATE + "1,:1\n", r"line 9: '' is not a number"),
        (UNIVARIATE + "1:2:1\n", r"line 9: 2 channels where the header says 1"),
        (MULTIVARIATE + "1,2:1:Run\n", r"line 9: channels of different lengths"),
        (HEADER + "@classLabel true\n@data\n", r"line 5: @classLabel true must be followed"),
        (HEADER + "1,2:1\n", r"line 5: a directive"),
        ("@timeStamps true\n@data\n(1,2):1\n", r"line 2: @timeStamps true"),
        (HEADER + "@classLabel true 1\n@data\n1:1\n1:2:1\n", "different numbers of channels"),
        (UNIVARIATE, "it has no line after @data"),
        (HEADER, "it has no line @data"),
        ("", "it has no line @data"),
    ],
)
def test_damaged_ts_names_the_line(mirror, text, fault):
    put(mirror / "uea" / "Tiny_TRAIN.ts", text)
    with pytest.raises(ValueError, match=rf"Tiny_TRAIN\.ts cannot be read.*{fault}"):
        fetch_ucr("Tiny")


def test_parts_that_do_not_belong_together(mirror):
    put(mirror / "uea" / "Tiny_TRAIN.ts", UNIVARIATE + "1,2:1\n")
    put(mirror / "uea" / "Tiny_TEST.ts", MULTIVARIATE + "1,2:3,4:Run\n")
    with pytest.raises(ValueError, match="parts of Tiny have different numbers of channels"):
        fetch_ucr("Tiny", subset="all")


# Without the time of day, which would be in the tests' names.
gzipped = functools.partial(gzip.compress, mtime=0)


@pytest.mark.parametrize(
    "key, content, fetch",
    [
        ("imdb/aclImdb_v1.tar.gz", tarred(REVIEWS)[:-40], fetch_imdb),
        ("imdb/aclImdb_v1.tar.gz", tarred({"aclImdb/README": "x"}), fetch_imdb),
        ("imdb/aclImdb_v1.tar.gz", b"no archive", fetch_imdb),
        ("imdb/train.tsv.gz", gzipped(b"label\trating\ttext\n" * 9)[:-9], fetch_imdb),
        ("imdb/train.tsv.gz", gzipped(b"label\ttext\nx\ty\n"), fetch_imdb),
        ("trec/TREC.train.all", "7 Too high ?\n", fetch_trec),
        ("trec/TREC.train.all", "no label\n", fetch_trec),
        ("trec/TREC.train.all", "", fetch_trec),
        ("sst2/stsa.binary.train", b"1 caf\xe9\n", fetch_sst2),
        ("airline_tweets/Tweets.csv", "text\nhello\n", fetch_airline_tweets),
        ("airline_tweets/Tweets.csv", "airline_sentiment,text\nmixed,hm\n", fetch_airline_tweets),
        ("shakespeare/input.txt", b"\xff\xfe", fetch_tiny_shakespeare),
    ],
)
def test_damaged_files_are_named(mirror, key, content, fetch):
    path = put(mirror / key, content)
    with pytest.raises(ValueError, match="cannot be read as") as caught:
        fetch()
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name, parts",
    [
        ("fetch_imdb", ["train", "test"]),
        ("fetch_sst2", ["train", "validation", "test"]),
        ("fetch_trec", ["train", "test"]),
        ("fetch_airline_tweets", ["train", "test"]),
        ("fetch_ett", ["train", "validation", "test"]),
        ("fetch_tiny_shakespeare", ["train", "test"]),
    ],
)
@pytest.mark.parametrize("asked", ["valid", None, ["train"]])
def test_an_unknown_part_names_the_known_ones(name, parts, asked):
    with pytest.raises(ValueError, match="subset=") as caught:
        getattr(datasets, name)(subset=asked)
    assert all(repr(part) in str(caught.value) for part in [*parts, "all"])


def test_ucr_unknown_part_and_name():
    with pytest.raises(ValueError, match="'train', 'test', 'all'"):
        fetch_ucr("Wine", subset="validation")
    with pytest.raises(ValueError, match="Did you mean 'ETTm1'"):
        fetch_ett("ETTm11")
    with pytest.raises(TypeError, match="name=3"):
        fetch_ucr(3)


def test_pairs_are_read_from_a_zip_as_from_a_packed_file(home, mirror, monkeypatch):
    lines = "Go.\tVa !\nRun!\tCours !\n"
    put(mirror / "eng_fra" / "fra.txt.gz", gzip.compress(lines.encode()))
    expected = ["Go.", "Run!"], ["Va !", "Cours !"]
    assert fetch_eng_fra(return_X_y=True) == expected
    assert fetch_eng_fra(n_pairs=1).data == ["Go."]
    with pytest.raises(ValueError, match=r"n_pairs=3: .* has 2 pairs"):
        fetch_eng_fra(n_pairs=3)
    monkeypatch.delenv("KERASEQ_DATA")
    path = put(home / "eng_fra" / "fra-eng.zip", "")
    with zipfile.ZipFile(path, "w") as archive:
        # Newer files name who translated.
        archive.writestr("fra.txt", lines.replace("\n", "\tCC-BY 2.0\n"))
    assert fetch_eng_fra(return_X_y=True) == expected
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("fra.txt", "Go.\tVa !\nalone\n")
    with pytest.raises(ValueError, match="line 2 has no sentence and its translation"):
        fetch_eng_fra()
    with pytest.raises(ValueError, match="n_pairs=0"):
        fetch_eng_fra(n_pairs=0)
