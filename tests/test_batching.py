"""Batches hold every row once, little padding, and windows are never copied."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keraseq.batching import length_buckets, pad, sequence_lengths, sliding_windows

NAN = np.nan


def test_ids_are_padded_with_zeros_and_numbers_with_nan():
    ids = pad([np.array([3, 1]), np.array([], int), np.array([2])])
    assert ids.tolist() == [[3, 1], [0, 0], [2, 0]] and ids.dtype == np.int32
    numbers = pad([np.ones((1, 2)), np.zeros((2, 2)), np.empty((0, 2))])
    assert numbers.dtype == np.float32 and numbers.shape == (3, 2, 2)
    assert np.isnan(numbers[:, :, 0]).tolist() == [[False, True], [False, False], [True, True]]
    assert pad([np.array([0, 1]), np.array([1])], value=-1).tolist() == [[0, 1], [1, -1]]


def test_a_batch_has_at_least_one_step():
    assert pad([np.array([], int)]).tolist() == [[0]]
    assert np.isnan(pad([np.empty((0, 3))])).all() and pad([np.empty((0, 3))]).shape == (1, 1, 3)
    assert pad(np.empty((2, 0, 3))).shape == (2, 1, 3)


def test_a_length_is_kept_to():
    assert pad([np.array([1])], 3).tolist() == [[1, 0, 0]]
    with pytest.raises(ValueError, match="length=1 is less than the longest row's 2"):
        pad([np.array([1, 2])], 1)
    with pytest.raises(ValueError, match="rows is empty"):
        pad([])
    with pytest.raises(ValueError, match="length=0"):
        pad([np.array([], int)], 0)


def test_an_array_only_loses_or_gains_padding():
    numbers = np.array([[[1.0], [2.0], [NAN]], [[3.0], [NAN], [NAN]]], dtype=np.float32)
    assert np.shares_memory(pad(numbers), numbers) and pad(numbers).shape == (2, 2, 1)
    assert pad(numbers, 4).shape == (2, 4, 1)
    assert pad(np.array([[1, 0], [2, 0]])).tolist() == [[1], [2]]
    assert pad(np.array([[1, 0], [2, 0]]), value=-1).tolist() == [[1, 0], [2, 0]]
    assert pad(np.array([[1, 0]]), 3, value=-1).tolist() == [[1, 0, -1]]


def test_lengths_leave_out_an_arrays_padding():
    assert sequence_lengths([np.zeros(3), np.zeros((1, 2)), []]).tolist() == [3, 1, 0]
    assert sequence_lengths(np.array([[1, 2], [3, 0], [0, 0]])).tolist() == [2, 1, 0]
    numbers = np.array([[[1.0, NAN], [NAN, NAN]], [[NAN, NAN], [0.0, 1.0]]])
    assert sequence_lengths(numbers).tolist() == [1, 2]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 300), max_size=300), st.integers(1, 40), st.none() | st.integers(0, 9)
)
def test_every_row_is_in_one_batch(lengths, batch_size, seed):
    generator = None if seed is None else np.random.default_rng(seed)
    batches = length_buckets(lengths, batch_size, generator)
    assert len(batches) == -(-len(lengths) // batch_size)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    sizes = sorted(map(len, batches))
    assert sizes[1:] == [batch_size] * (len(batches) - 1)


@pytest.mark.parametrize(("n", "most"), [(300, 0.6), (5000, 0.1)])
def test_little_padding_is_computed(n, most):
    lengths = np.random.default_rng(0).lognormal(3, 0.6, n).astype(int) + 1

    def waste(batches):
        return sum(len(batch) * lengths[batch].max() for batch in batches) / lengths.sum() - 1

    plain = waste(np.array_split(np.random.default_rng(0).permutation(n), n // 16))
    shuffled = waste(length_buckets(lengths, 16, np.random.default_rng(0)))
    assert waste(length_buckets(lengths, 16)) <= shuffled < min(most, plain / 3)


@pytest.mark.parametrize("n", [64, 2000])
def test_batches_differ_between_epochs_but_not_between_equal_seeds(n):
    lengths = np.arange(n)
    generator = np.random.default_rng(0)
    first, second = (length_buckets(lengths, 8, generator) for _ in range(2))
    again = length_buckets(lengths, 8, np.random.default_rng(0))
    assert all((one == other).all() for one, other in zip(first, again, strict=True))
    company = {frozenset(batch.tolist()) for batch in first}
    assert len(company & {frozenset(batch.tolist()) for batch in second}) < len(first) / 4


def test_equal_lengths_are_plainly_shuffled_and_predict_keeps_their_order():
    assert np.concatenate(length_buckets([5] * 6, 4)).tolist() == [0, 1, 2, 3, 4, 5]
    shuffled = np.concatenate(length_buckets([5] * 40, 4, np.random.default_rng(0)))
    assert (np.diff(shuffled) == 1).mean() < 0.2
    with pytest.raises(ValueError, match="batch_size=0"):
        length_buckets([1], 0)


@settings(max_examples=50, deadline=None)
@given(arrays(float, st.tuples(st.integers(5, 30), st.integers(1, 3))), st.data())
def test_windows_are_views_of_what_they_say(values, data):
    lookback = data.draw(st.integers(1, len(values) - 1))
    horizon = data.draw(st.integers(1, len(values) - lookback))
    stride = data.draw(st.integers(1, 4))
    past, future = sliding_windows(values, lookback, horizon, stride)
    starts = range(0, len(values) - lookback - horizon + 1, stride)
    assert past.shape == (len(starts), lookback, values.shape[1])
    for i, start in enumerate(starts):
        middle = start + lookback
        np.testing.assert_array_equal(past[i], values[start:middle])
        np.testing.assert_array_equal(future[i], values[middle : middle + horizon])
    for view in (past, future):
        assert np.shares_memory(view, values) and not view.flags.writeable


def test_windows_of_too_short_or_too_deep_a_series_are_refused():
    assert sliding_windows(np.arange(5.0), 2, 1)[0].shape == (3, 2, 1)
    with pytest.raises(ValueError, match=r"4 steps, fewer than lookback \+ horizon = 3 \+ 2"):
        sliding_windows(np.zeros((4, 1)), 3, 2)
    with pytest.raises(ValueError, match=r"shape \(2, 2, 2\)"):
        sliding_windows(np.zeros((2, 2, 2)), 1, 1)
    with pytest.raises(ValueError, match="stride=0"):
        sliding_windows(np.zeros((4, 1)), 1, 1, stride=0)


def test_batches_are_the_same_with_and_without_datasets_of_tensorflow():
    from keraseq.training.batches import Batches
    from keraseq.training.datasets import _InTurn

    rows = np.arange(10, dtype="float32").reshape(5, 2, 1)
    batches = Batches(rows, 2, targets=np.arange(5), seed=0)
    epochs = _InTurn(batches)
    assert len(epochs) == len(list(batches.dataset)) == 3
    for epoch in (0, 1):
        batches.epoch = epoch
        pairs = zip(batches.dataset, (epochs[i] for i in range(3)), strict=True)
        assert all(np.array_equal(a[1], b[1]) for a, b in pairs)
