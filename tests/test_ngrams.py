"""The bag of hashed n-grams beside a body: what it holds, and where it has no place."""

import numpy as np
import pytest

import keraseq
from keraseq.comparison.probes import attribution
from keraseq.stems.layers import BagOfSteps, JoinReadings, TokenDropout, TokenEmbedding

BEGINNING = 2


def embedding(ngrams, buckets=64, vocabulary=40):
    layer = TokenEmbedding(vocabulary, 2, ngrams=ngrams, ngram_dim=3, buckets=buckets)
    layer.build()
    layer.table.assign(np.random.default_rng(0).normal(size=(buckets, 3)))
    return layer


def row_of(ngram, buckets):
    """The table's row in Python's integers, which have no largest one; the last token first."""
    row = 0
    for token in reversed(ngram):
        low, high = token % 2**15 * 15_809 % buckets, token // 2**15 * 13_007 % buckets
        row = (row * 16_127 % buckets + low + high + 1) % buckets
    return row


@pytest.mark.parametrize("ngrams", [1, 2, 3])
def test_each_step_has_the_vectors_of_the_ngrams_that_end_there(ngrams):
    layer = embedding(ngrams)
    table = np.array(layer.table)
    ids = np.random.default_rng(1).integers(4, 40, (3, 5)).astype("int32")
    found = np.array(layer(ids))
    np.testing.assert_array_equal(found[..., :2], np.array(layer.embeddings)[ids])
    for row, expected in zip(ids.tolist(), found[..., 2:], strict=True):
        padded = [BEGINNING] * 3 + row
        for step in range(5):
            ends = [padded[step + 4 - n : step + 4] for n in range(1, ngrams + 1)]
            total = sum(table[row_of(end, 64)] for end in ends)
            np.testing.assert_allclose(expected[step], total, rtol=1e-5)


def test_rows_are_the_same_numbers_for_the_largest_ids_and_tables():
    layer = embedding(1, buckets=1 << 17)
    ids = np.array([[2**30 - 1, 2**20, 2**15, 2**15 - 1, 1]], "int32")
    rows = np.array(layer._next_rows(np.full_like(ids, 2**17 - 1), ids))
    last = [(2**17 - 1) * 16_127 % 2**17] * 5
    wanted = [
        (before + i % 2**15 * 15_809 % 2**17 + i // 2**15 * 13_007 % 2**17 + 1) % 2**17
        for before, i in zip(last, ids[0].tolist(), strict=True)
    ]
    assert rows[0].tolist() == wanted


def test_a_bag_is_the_sum_of_real_steps_by_the_root_of_their_number():
    x = np.arange(12, dtype="float32").reshape(1, 4, 3)
    mask = np.array([[True, True, False, False]])
    np.testing.assert_allclose(BagOfSteps()(x, mask), x[:, :2].sum(1) / np.sqrt(2), rtol=1e-6)


def model_with_ngrams():
    model = keraseq.gru((None,), 3, vocabulary_size=30, units=4, ngrams=2, seed=0)
    table = model.get_layer("token_embedding").table
    table.assign(np.random.default_rng(0).normal(size=table.shape))
    return model


def test_padding_changes_no_prediction_and_no_budget_counts_the_table():
    model = model_with_ngrams()
    ids = np.random.default_rng(0).integers(4, 30, (3, 6)).astype("int32")
    padded = np.pad(ids, ((0, 0), (0, 9)))
    np.testing.assert_allclose(model(padded), model(ids), rtol=1e-5, atol=1e-6)
    plain = keraseq.gru((None,), 3, vocabulary_size=30, units=4, ngrams=0, seed=0)
    # Eight numbers more are read by each of three answers.
    assert keraseq.count_parameters(model) == keraseq.count_parameters(plain) + 8 * 3


def test_what_ngrams_learned_is_saved(tmp_path):
    model = keraseq.gru((None,), 2, vocabulary_size=40, units=4, seed=0)
    table = model.get_layer("token_embedding").table
    table.assign(np.random.default_rng(0).normal(size=table.shape))
    model.save(tmp_path / "model.keras")
    loaded = keraseq.load_model(tmp_path / "model.keras")
    ids = np.random.default_rng(1).integers(4, 40, (3, 5)).astype("int32")
    np.testing.assert_array_equal(np.array(loaded(ids)), np.array(model(ids)))


def test_attributions_hold_what_the_ngrams_of_a_step_add():
    ids = np.random.default_rng(0).integers(4, 30, (2, 6)).astype("int32")
    for baseline in ("zeros", "unknown"):
        frame = attribution(model_with_ngrams(), ids, baseline=baseline, n_orders=2)
        assert frame.attrs["completeness_gap"] < 0.05


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((None,), {"task": "tagging", "vocabulary_size": 9, "ngrams": 2}, "answers at every step"),
        ((None,), {"vocabulary_size": 9, "ngrams": -1}, "ngrams=-1"),
        ((None, 2), {"ngrams": 2}, "vocabulary_size"),
    ],
)
def test_ngrams_are_refused_where_they_have_no_place(shape, options, message):
    with pytest.raises(ValueError, match=message):
        keraseq.gru(shape, 3, **options)


def test_some_training_rows_lack_either_reading():
    first, second = np.ones((3000, 2), "float32"), np.full((3000, 1), 2, "float32")
    joined = JoinReadings((1 / 6, 1 / 3), seed=0)
    found = np.array(joined(first, second, training=True))
    kinds, counts = np.unique(found, axis=0, return_counts=True)
    assert kinds.tolist() == [[0, 0, 2], [1, 1, 0], [1, 1, 2]]
    # Three standard deviations of half of 3,000 draws.
    assert np.abs(counts - [500, 1000, 1500]).max() < 82
    np.testing.assert_array_equal(joined(first, second), [[1, 1, 2]] * 3000)


def test_rare_tokens_are_hidden_while_training_and_frequent_ones_hardly_ever():
    ids = np.repeat(np.array([[0], [4], [1250], [20_000]], "int32"), 4000, axis=1)
    hide = TokenDropout(0.3, seed=0)
    found = np.array(hide(ids, training=True))
    assert np.all((found == ids) | (found == 1))
    # k / (k + 5000) and at most .3, each within four standard deviations.
    shares = (found != ids).mean(axis=1)
    np.testing.assert_allclose(shares, [0, 0.0008, 0.2, 0.3], atol=0.03)
    assert shares[1] < 0.0026
    np.testing.assert_array_equal(hide(ids), ids)
