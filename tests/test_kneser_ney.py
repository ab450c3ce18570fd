"""N-grams with Kneser-Ney discounts, against values by hand and the formula written out."""

import collections

import numpy as np
import pytest

from keraseq.baselines import KneserNey, NgramLanguageModel


def log_p(model, *row):
    return model.log_probabilities([np.array(row)])[0]


def test_single_tokens_by_hand():
    # Discounts .5 and 1 (too few tokens to estimate them), half of the weight is spread over both.
    model = KneserNey(order=1, n_outputs=2).fit([np.array([4, 4, 5])])
    np.testing.assert_allclose(np.exp(log_p(model, 4, 5)), [1 / 3 + 0.25, 1 / 6 + 0.25])


def test_pairs_count_in_how_many_contexts_a_token_ends():
    # 5 is seen most, but after 4 alone; 6 after two others. After the unseen 7 that decides.
    rows = [np.array([4, 5, 4, 5, 4, 5, 8, 6, 9, 6, 4, 7])]
    model = KneserNey(order=2, n_outputs=6).fit(rows)
    after_7 = {token: log_p(model, 7, token)[-1] for token in (5, 6)}
    assert after_7[6] > after_7[5]


@pytest.mark.parametrize("order", [1, 2, 4])
def test_probabilities_sum_to_one_after_any_context(order):
    rows = [np.random.default_rng(i).integers(4, 8, 12) for i in range(6)]
    model = KneserNey(order, n_outputs=4).fit(rows)
    for context in ([], [4], [5, 6], [7, 7, 7, 4], [4, 4, 4, 4, 4]):
        total = sum(np.exp(log_p(model, *context, token)[-1]) for token in range(4, 8))
        assert total == pytest.approx(1)


def test_the_formula_written_out():
    rows = [list(np.random.default_rng(i).choice([4, 4, 4, 5, 5, 6], 30)) for i in range(8)]
    held = [4, 6, 5, 5, 6, 6, 6, 4]
    model = KneserNey(order=3, n_outputs=3).fit([np.array(row) for row in rows])
    grams = [collections.Counter() for _ in range(4)]
    for row in rows:
        padded = (2, 2, *row)
        for i in range(2, len(padded)):
            grams[3][padded[i - 2 : i + 1]] += 1
    for length in (2, 1):
        grams[length].update(gram[1:] for gram in grams[length + 1])

    def p(length, context, token):
        if length == 0:
            return 1 / 3
        counts = grams[length]
        n = [sum(count == k for count in counts.values()) for k in range(5)]
        discounts = [0, 0.5, 1, 1.5]
        if all(n[1:]):
            y = n[1] / (n[1] + 2 * n[2])
            found = [0, *(k - (k + 1) * y * n[k + 1] / n[k] for k in (1, 2, 3))]
            if all(0 < found[k] < k for k in (1, 2, 3)):
                discounts = found
        context = context[len(context) - length + 1 :]
        after = {gram[-1]: count for gram, count in counts.items() if gram[:-1] == context}
        if not after:
            return p(length - 1, context[1:], token)
        total = sum(after.values())
        taken = {w: discounts[min(count, 3)] for w, count in after.items()}
        kept = (after[token] - taken[token]) / total if token in after else 0
        return kept + sum(taken.values()) / total * p(length - 1, context[1:], token)

    padded = (2, 2, *held)
    expected = [p(3, padded[i - 2 : i], padded[i]) for i in range(2, len(padded))]
    np.testing.assert_allclose(np.exp(log_p(model, *held)), expected)


def test_tokens_beyond_the_vocabulary_and_empty_rows_have_a_likelihood():
    model = KneserNey(order=3, n_outputs=4).fit([np.array([4, 5, 4]), np.array([], dtype=int)])
    rows = model.log_probabilities([np.array([4, 99, 4]), np.array([], dtype=int)])
    assert np.isfinite(rows[0]).all() and len(rows[1]) == 0
    with pytest.raises(ValueError, match="no token to count"):
        KneserNey().fit([np.array([], dtype=int)])
    with pytest.raises(ValueError, match="order=0"):
        KneserNey(order=0).fit([np.array([4])])


def test_an_order_set_after_fit_changes_no_answer():
    model = KneserNey(order=4).fit([np.array([4, 5, 6, 4, 5, 6, 7])])
    before = log_p(model, 4, 5)
    assert np.array_equal(log_p(model.set_params(order=2), 4, 5), before)


def test_a_long_text_without_a_token_has_no_score():
    with pytest.raises(ValueError, match="nothing to score"):
        NgramLanguageModel().fit("abab").score("")
