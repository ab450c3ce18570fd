"""The task of saying the next token."""

import numpy as np
import pytest

import keraseq
from keraseq.builders import plan_model
from keraseq.tasks import get_task
from keraseq.tasks.layers import NatsPerToken, NextTokenLoss

TASK = get_task("language_model")


def writer(name="gru", size=9, **options):
    given = {"units": 4, "embedding_dim": 6, "seed": 0, **options}
    return keraseq.build(name, (None,), size, task="language_model", vocabulary_size=size, **given)


def test_loss_and_metric_are_nats_a_real_token():
    logits = np.log(np.array([[[0.1, 0.2, 0.3, 0.4]] * 3, [[0.25] * 4] * 3]))
    truth = np.array([[3, 2, -1], [1, 0, -1]])
    wanted = -(np.log(0.4) + np.log(0.3) + np.log(0.25)) / 3
    assert float(NextTokenLoss()(truth, logits)) == pytest.approx(wanted, abs=1e-6)
    metric = NatsPerToken()
    metric.update_state(truth, logits)
    assert float(metric.result()) == pytest.approx(wanted, abs=1e-6)
    probabilities = NextTokenLoss(from_logits=False)
    assert float(probabilities(truth, np.exp(logits))) == pytest.approx(wanted, abs=1e-5)
    weighted = NextTokenLoss()(truth, logits, sample_weight=np.array([0.0, 1.0]))
    assert float(weighted) == pytest.approx(-np.log(0.25), abs=1e-6)


def test_smoothed_labels_are_spread_over_all_tokens():
    chances = np.array([[[0.1, 0.2, 0.3, 0.4], [0.25] * 4]])
    truth = np.array([[3, -1]])
    wanted = -(0.8 * np.log(0.4) + 0.2 * np.log(chances[0, 0]).mean())
    for from_logits, given in ((True, np.log(chances) + 5), (False, chances)):
        loss = NextTokenLoss(from_logits=from_logits, label_smoothing=0.2)
        loss = NextTokenLoss.from_config(loss.get_config())
        assert float(loss(truth, given)) == pytest.approx(wanted, abs=1e-5)


def test_a_batch_without_a_real_token_is_zero():
    assert float(NextTokenLoss()(np.full((1, 2), -1), np.zeros((1, 2, 3)))) == 0


def test_a_new_model_knows_nothing():
    model = writer()
    ids = np.random.default_rng(0).integers(1, 9, (4, 12))
    nats = model.evaluate(ids[:, :-1], ids[:, 1:], verbose=0, return_dict=True)["nats"]
    assert nats == pytest.approx(np.log(9), abs=0.1)


def test_those_that_serve_it_see_no_later_step():
    names = keraseq.list_models(task="language_model")
    assert {"gru", "lstm", "tcn", "transformer"} <= set(names)
    assert not {"bilstm", "conformer", "fcn", "patch_tst", "dlinear"} & set(names)
    with pytest.raises(ValueError, match=r"bilstm does not serve.*see a later one.*gru.*transf"):
        writer("bilstm")


def test_a_body_that_offers_it_is_built_causal():
    model = writer("transformer", units=8, num_heads=2, num_layers=2)
    ids = np.random.default_rng(0).integers(1, 9, (1, 8))
    other = ids.copy()
    other[0, 5:] = 1
    np.testing.assert_allclose(model(ids)[:, :5], model(other)[:, :5], atol=1e-5)
    with pytest.raises(ValueError, match=r"causal=False.*give causal=True"):
        writer("transformer", causal=False)


def test_no_budget_counts_what_is_of_the_vocabulary():
    small, large = (
        writer(size=size, units=None, parameter_budget=2_000).layers[-2].units for size in (9, 900)
    )
    assert small == large
    assert keraseq.count_parameters(writer(size=9)) == keraseq.count_parameters(writer(size=900))


def test_first_vectors_of_tokens_are_as_loud_as_a_state():
    spread = {
        tied: writer(size=500, embedding_dim=20, tie_embedding=tied)
        .get_layer("token_embedding")
        .embeddings.numpy()
        .std()
        for tied in (False, True)
    }
    assert spread[False] == pytest.approx(1, abs=0.05)
    # Of tied ones the first answers are products, and Keras's own small ones stay.
    assert spread[True] < 0.05


@pytest.mark.parametrize("units", [4, 6])
def test_a_tied_embedding_scores_by_its_own_vectors(units, tmp_path):
    free, tied = writer(units=units), writer(units=units, tie_embedding=True)
    projection = 0 if units == 6 else units * 6 + 6
    assert free.count_params() - tied.count_params() == (units + 1) * 9 - projection
    ids = np.random.default_rng(0).integers(1, 9, (2, 5))
    wanted = tied(ids)
    tied.save(tmp_path / "tied.keras")
    np.testing.assert_allclose(keraseq.load_model(tmp_path / "tied.keras")(ids), wanted, atol=1e-6)
    assert keraseq.count_flops(tied, 1) == keraseq.count_flops(free, 1) - 2 * 9 * units + 2 * (
        9 * 6 + (0 if units == 6 else units * 6)
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"outputs": 8, "vocabulary_size": 9}, "outputs=8 with vocabulary_size=9"),
        ({"outputs": 9}, "give vocabulary_size=9"),
        ({"outputs": 9, "vocabulary_size": 9, "ngrams": 2}, "answers at every step"),
        ({"outputs": 9, "vocabulary_size": 9, "pooling": "max"}, "pooling must be None"),
    ],
)
def test_what_does_not_go_with_it_is_refused(arguments, said):
    outputs = arguments.pop("outputs")
    with pytest.raises(ValueError, match=said):
        keraseq.gru((None,), outputs, task="language_model", **arguments)


def test_tying_is_for_language_models():
    with pytest.raises(ValueError, match="does not answer with tokens"):
        keraseq.gru((None,), 3, vocabulary_size=9, tie_embedding=True)
    with pytest.raises(ValueError, match="is for token ids"):
        keraseq.gru((None, 2), 3, tie_embedding=True)


def test_a_plan_comes_back_from_json():
    plan = plan_model(
        "gru", (None,), 9, task="language_model", vocabulary_size=9, tie_embedding=True
    )
    assert type(plan).from_json(plan.to_json()) == plan


def test_the_constant_answer_is_the_logarithm_of_the_shares():
    answer = np.exp(TASK.constant_answer([np.array([4, 4, 5, 4])], 6))
    np.testing.assert_allclose(answer[[4, 5]], [0.75, 0.25], atol=1e-6)
