"""Data that are read in parts, anew for every pass."""

import collections
import itertools
import pickle
import tracemalloc
from functools import partial

import keras
import numpy as np
import pandas as pd
import pytest
from _killed import Killed
from scipy.sparse import csr_array
from sklearn.base import clone

import keraseq
from keraseq.encoding import RegressionTarget, SeriesEncoder, TextEncoder, TokenEncoder
from keraseq.encoding.disk_rows import is_on_disk
from keraseq.encoding.moments import Moments
from keraseq.training import blocks, compiled_loop
from keraseq.training.batches import Batches
from keraseq.wrappers.forecasting._training import training_windows

draw = np.random.default_rng(0)
TEXTS = ["a good film", "good fun", "a bad film", "bad, so very dull"] * 20
LABELS = ["pos", "pos", "neg", "neg"] * 20
FRAME = pd.DataFrame({"text": TEXTS, "label": LABELS})
SERIES = [draw.normal(3, 2, size=(draw.integers(2, 7), 2)) for _ in range(40)]
NUMBERS = np.array([row[:, 0].mean() for row in SERIES])
SETTINGS = {"units": 4, "random_state": 0}


def rows():
    return zip(TEXTS, LABELS, strict=True)


def batches_of(*parts, size=16):
    """A function that makes an iterator of batches."""

    def batches():
        for start in range(0, len(parts[0]), size):
            yield tuple(part[start : start + size] for part in parts)

    return batches


class Pairs(keras.utils.PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, number):
        part = slice(16 * number, 16 * number + 16)
        return np.array(TEXTS[part], dtype=object), np.array(LABELS[part])


def tf_dataset():
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((TEXTS, LABELS))


def dask_frame():
    dask = pytest.importorskip("dask.dataframe", reason="dask is not installed")
    return dask.from_pandas(FRAME, npartitions=3)


@pytest.fixture
def parquet(tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    for number, part in enumerate((FRAME[:50], FRAME[50:])):
        part.to_parquet(tmp_path / f"{number}.parquet", row_group_size=30)
    return tmp_path


@pytest.fixture(scope="module")
def fitted():
    return keraseq.SequenceClassifier(epochs=15, **SETTINGS).fit(rows)


SOURCES = {
    "rows": lambda: (rows,),
    "batches": lambda: (batches_of(TEXTS, LABELS),),
    "tf.data of rows": lambda: (tf_dataset(),),
    "tf.data of batches": lambda: (tf_dataset().batch(16),),
    "PyDataset": lambda: (Pairs(),),
    "Dask Series": lambda: (dask_frame()["text"], dask_frame()["label"]),
    "Dask DataFrame": lambda: (dask_frame()[["text"]], dask_frame()[["label"]]),
}


@pytest.mark.filterwarnings("ignore:A column-vector y")
@pytest.mark.parametrize("source", SOURCES)
def test_every_kind_of_stream_is_fitted_predicted_and_scored(fitted, source):
    data, before = SOURCES[source](), compiled_loop.COUNTS.n_fits
    clf = keraseq.SequenceClassifier(epochs=15, **SETTINGS).fit(*data)
    assert compiled_loop.COUNTS.n_fits == before + 1
    assert clf.encoder_.vocabulary_ == TextEncoder().fit(TEXTS).vocabulary_
    assert clf.classes_.tolist() == ["neg", "pos"]
    assert clf.score(*data) == 1
    np.testing.assert_allclose(
        fitted.predict_proba(data[0]), fitted.predict_proba(TEXTS), atol=1e-6
    )
    assert fitted.predict(data[0]).tolist() == LABELS


def test_parquet_files_are_named_with_their_columns(parquet):
    data = keraseq.datasets.scan_parquet(parquet, "text", "label")
    assert data.n_partitions == 3
    clf = keraseq.SequenceClassifier(epochs=15, **SETTINGS).fit(pickle.loads(pickle.dumps(data)))
    assert clf.score(data) == 1
    texts = keraseq.datasets.scan_parquet(parquet / "0.parquet", "text")
    assert clf.predict(texts).tolist() == LABELS[:50]
    with pytest.raises(ValueError, match="no y to score"):
        clf.score(texts)
    with pytest.raises(ValueError, match=r"no column 'labels'.*'text', 'label'.*mean 'label'"):
        keraseq.datasets.scan_parquet(parquet, "text", "labels")
    with pytest.raises(FileNotFoundError, match=r"none\.parquet"):
        keraseq.datasets.scan_parquet(parquet / "none.parquet", "text")


def test_equal_batches_give_equal_weights(monkeypatch):
    """Of the batches that an array's fit draws, the encoded ids minus three are the raw ones."""
    X = [draw.integers(1, 30, draw.integers(2, 9)) for _ in range(60)]
    y, weights = draw.integers(0, 3, 60), np.ones(60)
    weights[:30] = 2.0
    drawn, original = collections.defaultdict(list), Batches.generate

    def noting(batches):
        for batch in original(batches):
            drawn[batches.epoch].append(batch)
            yield batch

    monkeypatch.setattr(Batches, "generate", noting)
    settings = {"input": "tokens", "dropout": 0.3, "epochs": 2, **SETTINGS}
    expected = keraseq.SequenceClassifier("lstm", **settings).fit(X, y, weights)
    n_batches = -(-60 // expected.params_["batch_size"])
    epochs = [drawn[0][-n_batches:], drawn[1]]
    passes = iter([epochs[0], *epochs])

    def stream():
        for ids, codes, of_rows in next(passes):
            yield [row[row > 0] - 3 for row in ids], codes, of_rows

    clf = keraseq.SequenceClassifier("lstm", **settings).fit(stream)
    for one, other in zip(clf.model_.get_weights(), expected.model_.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_one_pass_learns_what_all_rows_at_once_tell():
    gappy = [row.copy() for row in SERIES]
    gappy[3][1, 0] = np.nan
    blocks = [gappy[:7], gappy[7:8], gappy[8:]]
    for scaling in ("standard", "minmax", "none"):
        encoder = SeriesEncoder(scaling, missing="fill")
        one, other = encoder.fit(gappy), SeriesEncoder(scaling, missing="fill").fit_blocks(blocks)
        np.testing.assert_allclose(one.centre_, other.centre_, rtol=1e-12)
        np.testing.assert_allclose(one.scale_, other.scale_, rtol=1e-12)
        np.testing.assert_allclose(one.transform(gappy)[3], other.transform(gappy)[3], rtol=1e-6)
    ids = [np.array([1, 5]), np.array([9])]
    assert TokenEncoder().fit_blocks([ids[:1], ids[1:]]).vocabulary_size_ == 13
    halves = [TEXTS[:13], TEXTS[13:]]
    for settings in ({}, {"tokenizer": "characters"}, {"tokenizer": str.split, "min_count": 21}):
        one, other = TextEncoder(**settings).fit(TEXTS), TextEncoder(**settings).fit_blocks(halves)
        assert one.vocabulary_ == other.vocabulary_
        assert [row.tolist() for row in one.transform(TEXTS[:4])] == [
            row.tolist() for row in other.transform(TEXTS[:4])
        ]


def test_subwords_are_learned_from_blocks():
    pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    one = TextEncoder("subwords", max_tokens=60).fit(TEXTS)
    other = TextEncoder("subwords", max_tokens=60).fit_blocks(iter([TEXTS[:13], TEXTS[13:]]))
    assert one.vocabulary_ == other.vocabulary_


@pytest.mark.parametrize("level", [0.0, 1e9, 1e-200])
def test_moments_of_parts_are_those_of_the_whole(level):
    values = level + draw.normal(size=(50, 2)) * max(level, 1e-150) * 1e-3
    values[4, 0] = np.nan
    weights, moments = draw.integers(1, 4, 50), Moments(2)
    for part in np.array_split(np.arange(50), 7):
        moments.update(values[part], weights[part])
    every = np.repeat(values, weights, axis=0)
    np.testing.assert_allclose(moments.mean, np.nanmean(every, axis=0), rtol=1e-12)
    unit = np.nanmax(np.abs(values))
    np.testing.assert_allclose(moments.spread, np.nanstd(every / unit, axis=0) * unit, rtol=1e-6)
    equal = Moments(1)
    for _ in range(3):
        equal.update(np.full((5, 1), 0.1))
    assert equal.mean[0] == 0.1
    assert equal.spread[0] == 0


def test_numbers_are_scaled_by_one_pass_and_answered_in_their_units():
    y = 1e6 + 1e3 * NUMBERS
    weights = np.linspace(0.5, 2, 40)
    stream = batches_of(SERIES, y, weights)
    reg = keraseq.SequenceRegressor(epochs=2, **SETTINGS).fit(stream)
    target, encoder = RegressionTarget().fit(y, weights), SeriesEncoder().fit(SERIES)
    np.testing.assert_allclose(reg.target_.centre_, target.centre_, rtol=1e-12)
    np.testing.assert_allclose(reg.target_.scale_, target.scale_, rtol=1e-9)
    np.testing.assert_allclose(reg.encoder_.scale_, encoder.scale_, rtol=1e-12)
    assert reg.n_features_in_ == 2
    np.testing.assert_allclose(reg.predict(stream), reg.predict(SERIES), rtol=1e-6)
    assert reg.score(stream) == pytest.approx(reg.score(SERIES, y, weights))


def test_the_members_of_an_ensemble_read_one_stream():
    several = keraseq.ensemble(keraseq.SequenceClassifier(epochs=15, **SETTINGS), n=2)
    assert several.fit(rows).score(rows) == 1
    assert several.classes_.tolist() == ["neg", "pos"]
    assert several.predict(rows).tolist() == LABELS


def test_a_tagger_reads_sentences_and_batches_of_them():
    X = [["the", "cat", "sleeps"], ["a", "dog"]] * 10
    y = [["DET", "NOUN", "VERB"], ["DET", "NOUN"]] * 10
    tagger = keraseq.SequenceTagger("gru", epochs=15, **SETTINGS)
    for stream in (lambda: zip(X, y, strict=True), batches_of(X, y)):
        tagger.fit(stream)
        assert tagger.classes_.tolist() == ["DET", "NOUN", "VERB"]
        assert tagger.predict(stream) == y
        assert tagger.score(stream) == 1
    for some in ([*X[:3], [], *X[3:5]], [[], *X[:2]]):
        tags = [y[X.index(row)] if row else [] for row in some]
        assert tagger.score(partial(zip, some, tags, strict=True)) == 1
        assert tagger.predict(partial(iter, some)) == tags


def test_rows_of_weight_zero_are_not_there():
    weights = np.ones(80)
    weights[:16] = weights[30] = 0
    texts, labels = TEXTS.copy(), LABELS.copy()
    texts[30], labels[30] = "unheard", "strange"
    clf = keraseq.SequenceClassifier(epochs=1, **SETTINGS)
    clf.fit(batches_of(texts, labels, weights))
    assert clf.classes_.tolist() == ["neg", "pos"]
    assert "unheard" not in clf.encoder_.vocabulary_


def test_class_weights_are_counted_in_the_pass():
    y, weights = [0] * 60 + [1] * 20, np.linspace(0.5, 2, 80)
    clf = keraseq.SequenceClassifier(class_weight="balanced", epochs=0, **SETTINGS)
    found = []
    clf.set_params(epochs=1, callbacks=keras.callbacks.LambdaCallback())
    original = keraseq.training.stream_batches.StreamBatches.generate

    def noting(batches):
        for batch in original(batches):
            found.append(batch)
            yield batch

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keraseq.training.stream_batches.StreamBatches, "generate", noting)
        clf.fit(batches_of(TEXTS, y, weights))
    codes = np.concatenate([batch[1] for batch in found])
    given = np.concatenate([batch[2] for batch in found])
    assert given.mean() == pytest.approx(1)
    assert given[codes == 0].sum() == pytest.approx(given[codes == 1].sum())


def test_validation_data_stop_early_and_none_are_held_back():
    settings = {"learning_rate": 0.05, "n_iter_no_change": 2, **SETTINGS}
    clf = keraseq.SequenceClassifier(epochs=12, **settings)
    with pytest.raises(ValueError, match="give fit validation_data="):
        clf.set_params(early_stopping=True).fit(rows)
    clf.fit(rows, validation_data=batches_of(TEXTS[:8], LABELS[:8]))
    assert len(clf.history_["val_loss"]) == clf.n_iter_
    clf.fit(rows, validation_data=(TEXTS[:8], LABELS[:8]))
    assert min(clf.history_["val_loss"]) < 0.3
    clf.set_params(early_stopping="auto", epochs=1).fit(rows)
    assert clf.params_["early_stopping"] is False
    assert "val_loss" not in clf.history_


def test_lists_of_words_are_rows_without_y_too():
    words = [text.split() for text in TEXTS]
    clf = keraseq.SequenceClassifier(epochs=1, **SETTINGS)
    clf.fit(lambda: zip(words, LABELS, strict=True))
    assert clf.predict(lambda: iter(words)).tolist() == clf.predict(words).tolist()
    assert clf.predict(batches_of(words)).tolist() == clf.predict(words).tolist()
    some = [*words[:3], [], *words[3:5]]
    assert clf.predict(lambda: iter(some)).tolist() == clf.predict(some).tolist()


def test_sparse_indicators_are_scored_in_parts():
    marks = np.column_stack([np.arange(80) % 2, np.arange(80) % 3 == 0]).astype(int)
    clf = keraseq.SequenceClassifier(epochs=1, **SETTINGS)
    stream = batches_of(TEXTS, csr_array(marks))
    assert clf.fit(stream).score(stream) == clf.score(TEXTS, marks)


def test_a_stream_judges_a_fit_of_rows_in_memory():
    clf = keraseq.SequenceClassifier(epochs=2, class_weight="balanced", **SETTINGS)
    losses = [
        clf.fit(TEXTS, LABELS, validation_data=judges).history_["val_loss"]
        for judges in ((TEXTS[:6], LABELS[:6]), batches_of(TEXTS[:6], LABELS[:6]))
    ]
    np.testing.assert_allclose(*losses, rtol=1e-5)
    with pytest.raises(ValueError, match=r"batch 1 of batches.*numbers, training held strings"):
        clf.fit(TEXTS, LABELS, validation_data=batches_of(SERIES, LABELS[:40]))


def test_a_batch_size_is_not_meant_for_what_judges():
    clf = keraseq.SequenceClassifier(epochs=1, batch_size=100, **SETTINGS)
    clf.fit(rows, validation_data=batches_of(TEXTS[:8], LABELS[:8]))
    assert len(clf.history_["val_loss"]) == 1

    # As many batches as were counted, in whatever parts the rows are read.
    def judges():
        return itertools.islice(itertools.cycle(zip(TEXTS, LABELS, strict=True)), 16_300)

    clf.fit(rows, validation_data=judges)
    assert len(clf.history_["val_loss"]) == 1


def test_a_fit_goes_on_and_partial_fit_does_not():
    clf = keraseq.SequenceClassifier(epochs=1, warm_start=True, **SETTINGS).fit(rows)
    before = clf.predict_proba(TEXTS)
    # From its weights on, which so low a rate leaves as they are.
    clf.set_params(learning_rate=1e-9).fit(batches_of(TEXTS[::-1], LABELS[::-1]))
    np.testing.assert_allclose(clf.predict_proba(TEXTS), before, atol=1e-5)
    assert np.ptp(before) > 0.01
    with pytest.raises(ValueError, match=r"batch 2 of batches\(\).*unseen in training: 'fair'"):
        clf.fit(batches_of(TEXTS, LABELS[:20] + ["fair"] * 60))
    with pytest.raises(TypeError, match="fit reads a whole stream"):
        clf.partial_fit(rows, LABELS)


def end_early(n):
    """Rows that end early from their second reading on."""
    passes = iter([80, n, n, n])
    return lambda: zip(TEXTS[: next(passes)], LABELS, strict=False)


def other_shape():
    yield SERIES[:8], LABELS[:8]
    yield [row[:, :1] for row in SERIES[8:16]], LABELS[8:16]


def other_dtype():
    yield TEXTS[:8], LABELS[:8]
    yield TEXTS[:8], list(range(8))


BAD = {
    "generator": (rows, TypeError, "zip, which can be read once.*pass the function"),
    "nothing": (lambda: iter([]), ValueError, "X is empty"),
    "no iterator": (lambda: 3, TypeError, "returned 3; it must return an iterator"),
    "too long an item": (lambda: [(TEXTS, LABELS, None, 1)], ValueError, "a tuple of 4"),
    "no y": (lambda: iter(TEXTS), ValueError, "it has no y"),
    "unequal": (
        lambda: [(TEXTS[:8], LABELS[:8]), (TEXTS[:8], LABELS[:7])],
        ValueError,
        "batch 2 of .*X has 8 rows and y has 7",
    ),
    "other shape": (other_shape, ValueError, "batch 2 .*has 1 channels, that of training 2"),
    "other kind": (
        lambda: [(TEXTS[:8], LABELS[:8]), (SERIES[:8], LABELS[:8])],
        ValueError,
        "batch 2 .*series of numbers, the first part held strings",
    ),
    "other dtype of y": (other_dtype, TypeError, "Mix of label input types"),
    "row beside batches": (
        lambda: [(TEXTS[0], LABELS[0]), (TEXTS[:8], LABELS[:8])],
        ValueError,
        "Row 2 of .* is a batch",
    ),
    "one class": (batches_of(TEXTS, ["pos"] * 80), ValueError, "y holds one class"),
    "ends early": (end_early(30), ValueError, "80 rows in its first pass and 30 in a later"),
    "is longer": (end_early(81), None, None),
    "weights at times": (
        lambda: [(TEXTS[:8], LABELS[:8], np.ones(8)), (TEXTS[:8], LABELS[:8])],
        ValueError,
        "batch 2 .*has no weights",
    ),
}


@pytest.mark.parametrize("case", [case for case in BAD if BAD[case][1]])
def test_bad_streams_are_refused(case):
    stream, error, words = BAD[case]
    clf = keraseq.SequenceClassifier(epochs=1, **SETTINGS)
    with pytest.raises(error, match=words):
        clf.fit(stream() if case == "generator" else stream)
    assert not hasattr(clf, "classes_")


def test_what_is_given_beside_a_stream_is_refused():
    clf = keraseq.SequenceClassifier(epochs=1, **SETTINGS)
    with pytest.raises(ValueError, match=r"y is given beside X=rows\(\)"):
        clf.fit(rows, LABELS)
    with pytest.raises(ValueError, match="sample_weight is given beside"):
        clf.fit(rows, sample_weight=np.ones(80))
    with pytest.raises(TypeError, match="validation_data is a zip, which can be read once"):
        clf.fit(rows, validation_data=rows())
    with pytest.raises(ValueError, match=r"batch_size=8: .* comes in batches"):
        clf.set_params(batch_size=8).fit(tf_dataset().batch(16))
    with pytest.raises(ValueError, match=r"without an end.*dataset\.take"):
        clf.fit(tf_dataset().repeat())
    with pytest.raises(TypeError, match=r"fit\(frame\['text'\], frame\['label'\]\)"):
        clf.fit(dask_frame()["text"], LABELS)


def test_keras_tells_of_a_stream_that_ends_in_the_same_words():
    clf = keraseq.SequenceClassifier(epochs=1, verbose=1, **SETTINGS)
    before = compiled_loop.COUNTS.n_fits
    with pytest.raises(ValueError, match="80 rows in its first pass and 30 in a later"):
        clf.fit(end_early(30))
    assert compiled_loop.COUNTS.n_fits == before


def dense(input_shape, outputs, vocabulary_size):
    inputs = keras.Input(input_shape, dtype=None if vocabulary_size is None else "int32")
    x, mask = keraseq.Padding()(inputs)
    if vocabulary_size is not None:
        x = keras.layers.Embedding(vocabulary_size, 4)(x)
    x = keras.layers.Dense(outputs)(x * keras.ops.cast(mask, x.dtype)[..., None])
    return keras.Model(inputs, keras.ops.mean(x, axis=1))


def test_a_killed_fit_goes_on(tmp_path):
    settings = {"epochs": 3, "random_state": 0}
    whole = keraseq.SequenceClassifier(dense, **settings).fit(rows)
    settings["callbacks"] = Killed()
    clf = keraseq.SequenceClassifier(dense, checkpoint=tmp_path, **settings)
    with pytest.raises(MemoryError):
        clf.fit(rows)
    clf.set_params(callbacks=None).fit(rows)
    assert len(clf.history_["loss"]) == 3
    for one, other in zip(clf.model_.get_weights(), whole.model_.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "X", "y", "others"),
    [
        (keraseq.SequenceClassifier, TEXTS, LABELS, ["neg", *LABELS[1:3], "pos", *LABELS[4:]]),
        (keraseq.SequenceRegressor, SERIES, NUMBERS, np.sort(NUMBERS)),
        (
            keraseq.SequenceTagger,
            [["a", "b"]] * 8,
            [["A", "B"]] * 8,
            [["B", "A"], *[["A", "B"]] * 7],
        ),
    ],
    ids=["classifier", "regressor", "tagger"],
)
def test_a_killed_fit_of_other_targets_does_not_go_on(tmp_path, kind, X, y, others):
    def given(y, weights=None):
        parts = (X, y) if weights is None else (X, y, weights)
        return lambda: zip(*parts, strict=True)

    weights = np.ones(len(X))
    settings = {"epochs": 3, "random_state": 0, "units": 3, "checkpoint": tmp_path}
    model = kind("simple_rnn", callbacks=Killed(), **settings)
    with pytest.raises(MemoryError):
        model.fit(given(y, weights))
    model.set_params(callbacks=None)
    weights[0] = 5
    for other in (given(others, np.ones(len(X))), given(y, weights)):
        with pytest.raises(ValueError, match="of a fit with other data or settings"):
            model.fit(other)
    assert len(model.fit(given(y, np.ones(len(X)))).history_["loss"]) == 3


def test_a_forecaster_takes_a_function_that_yields_series(tmp_path):
    dates = pd.date_range("2024-01-01", periods=60)
    series = [pd.Series(np.sin(np.arange(n) / 3) * n, dates[:n], name="y") for n in (60, 12, 50)]
    forecaster = keraseq.SequenceForecaster(
        "dlinear", horizon=2, lookback=6, epochs=2, shrinkage=0, random_state=0
    )
    expected = clone(forecaster).fit(series)
    forecaster.fit(lambda: iter(series))
    panel = forecaster._core.data.panel
    assert all(is_on_disk(one.values) for one in panel.series)
    assert is_on_disk(training_windows(forecaster._core).rows)
    forecaster.save(tmp_path / "f.keraseq")
    for fitted in (forecaster, pickle.loads(pickle.dumps(forecaster))):
        for one, other in zip(fitted.predict(), expected.predict(), strict=True):
            pd.testing.assert_series_equal(one, other)
    loaded = keraseq.load(tmp_path / "f.keraseq")
    for one, other in zip(loaded.predict(y=lambda: series), expected.predict(), strict=True):
        pd.testing.assert_series_equal(one, other)
    assert forecaster.score(lambda: series) == expected.score(series)
    for y, error, words in [
        (iter(series), TypeError, "y is a list_iterator, which can be read once"),
        (lambda: iter([]), ValueError, "y is empty"),
        (lambda: [series[0], 3.5], TypeError, r"y\[1\] is 3.5; the function yields whole series"),
        (lambda: [series[0], series[1] * np.nan], ValueError, r"y\[1\].*nothing but NaN"),
        (
            lambda: [series[0], series[2].to_frame("other").assign(more=1.0)],
            ValueError,
            r"y\[1\] has the columns \['other', 'more'\]",
        ),
    ]:
        with pytest.raises(error, match=words):
            clone(forecaster).fit(y)
    with pytest.raises(ValueError, match="past is given beside y="):
        clone(forecaster).fit(lambda: series, past=series)
    with pytest.raises(ValueError, match="series_col= and date_col= name columns"):
        clone(forecaster).set_params(series_col="shop").fit(lambda: series)


def test_memory_does_not_grow_with_the_rows(monkeypatch):
    monkeypatch.setattr(blocks, "_MOST_BYTES", 2**21)

    def stream():
        for number in range(150):
            yield np.full((64, 200, 4), number % 5, float), np.arange(64) % 2

    clf = keraseq.SequenceClassifier(dense, epochs=1, random_state=0)
    tracemalloc.start()
    clf.fit(stream)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # All that the stream gives is 61 MB, and encoded half of that.
    assert peak < 20e6
