"""Series in a memory map stay in their file: equal answers in memory that does not grow with it."""

import pickle
import tracemalloc

import keras
import numpy as np
import pytest

import keraseq
from keraseq.encoding import SeriesEncoder, as_sequences, disk_rows, row_blocks
from keraseq.encoding.disk_rows import DiskRows
from keraseq.encoding.sequences import row_lengths
from keraseq.training import blocks

draw = np.random.default_rng(0)
SERIES = draw.normal(size=(60, 7, 2)) * [1, 50] + [0, 1000]
PADDED = SERIES.copy()
PADDED[::3, 4:] = np.nan
PADDED[5] = np.nan
GAPPY = PADDED.copy()
GAPPY[1::3, 2, 0] = np.nan
Y = np.arange(60) % 2


@pytest.fixture
def mapped(tmp_path):
    def write(values):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.npy"
        np.save(path, values)
        return np.load(path, mmap_mode="r")

    return write


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(row_blocks, "_MOST", 200)


@pytest.fixture
def read(monkeypatch):
    """The numbers of rows of each read from a file."""
    sizes, original = [], DiskRows.__getitem__

    def noting(rows, place):
        found = original(rows, place)
        sizes.append(len(found))
        return found

    monkeypatch.setattr(disk_rows.DiskRows, "__getitem__", noting)
    return sizes


def dense(input_shape, outputs):
    inputs = keras.Input(input_shape)
    x, mask = keraseq.Padding()(inputs)
    x = keras.layers.Dense(outputs)(x * keras.ops.cast(mask, x.dtype)[..., None])
    return keras.Model(inputs, keras.ops.mean(x, axis=1))


@pytest.mark.parametrize(
    ("values", "settings"),
    [
        (SERIES, {}),
        (PADDED.astype(np.float32), {}),
        (GAPPY, {"missing": "fill"}),
        (SERIES[:, :, 1].astype(np.int16), {}),
        (SERIES[:, :, 0] > 0, {}),
    ],
    ids=["double", "padded", "gaps", "integers in a table", "truth values"],
)
def test_a_map_is_answered_as_its_array_to_the_last_bit(
    mapped, small_blocks, read, values, settings
):
    settings = {"epochs": 2, "random_state": 0, "early_stopping": True, **settings}
    weights = np.linspace(0, 2, 60)
    expected = keraseq.SequenceClassifier(dense, **settings).fit(values, Y, weights)
    assert not read
    X = mapped(values)
    found = keraseq.SequenceClassifier(dense, **settings).fit(X, Y, weights)
    assert 0 < max(read) <= 32
    for rows in (X, X[::2], X[3:4]):
        given = expected.predict_proba(np.array(rows))
        np.testing.assert_array_equal(found.predict_proba(rows), given)
        np.testing.assert_array_equal(expected.predict_proba(rows), given)
        np.testing.assert_array_equal(found.encode(rows), expected.encode(np.array(rows)))
    assert found.history_ == expected.history_
    assert found.n_features_in_ == expected.n_features_in_
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.predict_proba(values), expected.predict_proba(values))


def test_other_estimators_and_further_training(mapped):
    X, settings = mapped(SERIES), {"epochs": 1, "random_state": 0}
    for kind, model, y in (
        (keraseq.SequenceRegressor, dense, SERIES[:, 0]),
        (keraseq.SequenceTagger, "min_gru", [list(range(7))] * 60),
    ):
        fits = [
            kind(model, warm_start=True, **settings)
            .fit(rows, y, validation_data=(rows[:9], y[:9]))
            .fit(rows[10:], y[10:])
            for rows in (X, SERIES)
        ]
        found, expected = (
            [*fit.predict(rows)] for fit, rows in zip(fits, (X, SERIES), strict=True)
        )
        np.testing.assert_array_equal(found, expected)


def test_memory_does_not_grow_with_the_map(tmp_path, monkeypatch):
    monkeypatch.setattr(row_blocks, "_MOST", 2**18)
    monkeypatch.setattr(blocks, "_MOST_BYTES", 2**20)
    n = 4_000
    X = np.lib.format.open_memmap(tmp_path / "X.npy", mode="w+", dtype=np.float32, shape=(n, n))
    X[:, 0], y = range(n), np.arange(n) % 2
    settings = {"batch_size": 32, "epochs": 1, "random_state": 0, "early_stopping": True}
    clf = keraseq.SequenceClassifier(dense, **settings)
    tracemalloc.start()
    try:
        clf.fit(X, y).predict(X)
        assert tracemalloc.get_traced_memory()[1] < X.nbytes / 2
    finally:
        tracemalloc.stop()


def test_what_is_wrong_in_a_map_is_told_by_its_row(mapped, small_blocks):
    clf = keraseq.SequenceClassifier(dense, epochs=0).fit(SERIES, Y)
    for value, text in (
        (np.inf, "infinity.*row 40, step 2, channel 1"),
        (1e39, "too large for float32.*row 40, step 2, channel 1"),
        (np.nan, "NaN: row 40, step 2"),
    ):
        wrong = SERIES.copy()
        wrong[40, 2, 1] = value
        for method in (clf.predict, lambda X: clf.fit(X, Y)):
            with pytest.raises(ValueError, match=text):
                method(mapped(wrong))
    narrow = keraseq.SequenceClassifier(dense, epochs=0).fit(SERIES * 1e-5, Y)
    wrong[40, 2, 1] = 3e38
    with pytest.raises(ValueError, match=r"\(row 40, step 2\) so far from the training rows"):
        narrow.predict(mapped(wrong))


def test_who_asks_for_arrays_has_arrays(mapped):
    X = mapped(PADDED)
    assert isinstance(as_sequences(X).rows, np.ndarray)
    assert type(SeriesEncoder().fit_transform(X)) is np.ndarray
    assert isinstance(as_sequences(SERIES, on_disk=True).rows, np.ndarray)
    rows = as_sequences(X, on_disk=True).rows
    assert rows.shape == PADDED.shape
    np.testing.assert_array_equal(rows, PADDED)
    assert [len(row) for row in rows] == row_lengths(PADDED).tolist()
    np.testing.assert_array_equal(row_lengths(rows.take([3, 5, 1])), [4, 0, 7])


def test_blocks_are_told_as_one(small_blocks):
    """Level and spread of blocks are those of all rows."""
    encoder = SeriesEncoder(missing="fill").fit(GAPPY)
    flat = GAPPY.reshape(-1, 2)
    np.testing.assert_allclose(encoder.mean_, np.nanmean(flat, axis=0), rtol=1e-14)
    np.testing.assert_allclose(encoder.scale_, np.nanstd(flat, axis=0), rtol=1e-14)
    low, high = np.nanmin(flat, axis=0), np.nanmax(flat, axis=0)
    encoder = SeriesEncoder("minmax", missing="fill").fit(GAPPY)
    np.testing.assert_array_equal(encoder.centre_, low)
    np.testing.assert_array_equal(encoder.scale_, high - low)
