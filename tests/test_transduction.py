"""The task of pairs, its decoders, and the search."""

import itertools

import keras
import numpy as np
import pytest

import keraseq
from keraseq.encoding.reserved_ids import BEGINNING, END
from keraseq.models import find_model
from keraseq.tasks import get_task
from keraseq.training import pair_batches
from keraseq.training.beam_search import BeamSearch
from keraseq.training.pair_batches import PairBatches

DECODERS = ("lstm", "transformer")
BODIES = [n for n in keraseq.models.model_file_names() if find_model(n).kind.name == "body"]
SERVING = [name for name in BODIES if "transduction" in find_model(name).served_tasks]
SOURCE = np.array([[4, 5, 6, 7], [8, 9, 0, 0]], "int32")
TARGET = np.array([[BEGINNING, 5, 4, 5], [BEGINNING, 4, 0, 0]], "int32")


def small(decoder, encoder="gru", num_layers=2, vocabulary=6, **options):
    outputs = {
        "vocabulary_size": vocabulary,
        "decoder": decoder,
        "units": 5,
        "num_layers": num_layers,
        "embedding_dim": 4,
    }
    options = {"vocabulary_size": 12, "units": 4, "embedding_dim": 4, "seed": 0, **options}
    return keraseq.build(encoder, (None,), outputs, task="transduction", **options)


def chances(model, source, ids):
    """Log-probabilities of the next token behind each of `ids`, the whole sequence at once."""
    given = np.array([[BEGINNING, *ids]], "int32")
    logits = np.array(model({"source": source, "target": given}))[0].astype(float)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("num_layers", [1, 2])
def test_stepping_equals_the_whole_sequence(decoder, num_layers):
    model = small(decoder, num_layers=num_layers)
    whole = np.array(model({"source": SOURCE, "target": TARGET}))
    layer = model.get_layer("decoder")
    encoder = keras.Model(model.input["source"], layer.input[1:])
    attended = layer.read(*encoder(SOURCE))
    state = layer.begin(attended, TARGET.shape[1])
    for t in range(TARGET.shape[1]):
        x = model.get_layer("target_embedding")(TARGET[:, t])
        features, state, weights = layer.step(x, np.int32(t), state, attended)
        logits = np.array(model.get_layer("token_logits")(features))
        real = TARGET[:, t] > 0
        np.testing.assert_allclose(logits[real], whole[real, t], atol=1e-5)
        np.testing.assert_allclose(np.sum(weights, axis=1), 1, atol=1e-5)
        # Nobody looks at the padding of the second source.
        assert np.abs(np.array(weights)[1, 2:]).max() == 0


@pytest.mark.parametrize("decoder", DECODERS)
def test_where_it_looks_depends_on_the_last_token(decoder):
    model = small(decoder, num_layers=1)
    layer = model.get_layer("decoder")
    attended = layer.read(*keras.Model(model.input["source"], layer.input[1:])(SOURCE[:1]))
    state = layer.begin(attended, 1)
    one, other = (
        np.array(layer.step(np.full((1, 4), token, "float32"), np.int32(0), state, attended)[2])
        for token in (0, 3)
    )
    assert np.abs(one - other).max() > 1e-5


@pytest.mark.parametrize("name", SERVING)
def test_every_body_is_an_encoder_whose_padding_changes_nothing(name):
    tokens = find_model(name).inputs != "numbers"
    draw = np.random.default_rng(0)
    source = draw.integers(4, 12, (2, 6)) if tokens else draw.normal(size=(2, 6, 2))
    source[1, 4:] = 0 if tokens else np.nan
    longer = np.pad(
        source,
        ((0, 0), (0, 3), (0, 0))[: source.ndim],
        constant_values=0 if tokens else np.nan,
    )
    options = {"units": 4} if "units" in find_model(name).parameters else {}
    model = keraseq.build(
        name,
        {"source": (None,) if tokens else (None, 2), "target": (None,)},
        {"vocabulary_size": 7, "units": 4, "embedding_dim": 4},
        task="transduction",
        vocabulary_size=12 if tokens else None,
        embedding_dim=4,
        seed=0,
        **options,
    )
    more = np.pad(TARGET, ((0, 0), (0, 2)))
    found = [
        np.array(model({"source": rows, "target": target}))[:, :2]
        for rows, target in ((source, TARGET), (longer, more))
    ]
    assert found[0].shape == (2, 2, 7)
    np.testing.assert_allclose(*found, atol=1e-4)


@pytest.mark.parametrize("decoder", DECODERS)
def test_greedy_takes_the_likeliest_token_and_a_wide_beam_the_likeliest_sequence(decoder):
    model, barred, most = small(decoder), np.array([1, 1, 1, 0, 0, 0], bool), 3
    source = SOURCE[:1]
    search = BeamSearch(model)
    (greedy,), _ = search.run(source, barred, most, beam_size=1, length_penalty=0.0)
    ids = []
    while len(ids) < most and END not in ids:
        ids.append(int(np.argmax(np.where(barred, -np.inf, chances(model, source, ids)[-1]))))
    assert greedy.tolist() == ids + [0] * (most - len(ids))
    # All that may be written in three steps: ended, or cut off there.
    rows = [
        ids
        for n in range(1, most + 1)
        for ids in itertools.product((3, 4, 5), repeat=n)
        if END not in ids[:-1] and (ids[-1] == END or n == most)
    ]
    worth = [
        sum(chances(model, source, ids)[place, token] for place, token in enumerate(ids))
        for ids in rows
    ]
    (found,), (value,) = search.run(source, barred, most, beam_size=27, length_penalty=0.0)
    best = rows[int(np.argmax(worth))]
    assert found.tolist() == [*best] + [0] * (most - len(best))
    assert value == pytest.approx(max(worth), abs=1e-4)
    # Another number of rows, steps and tokens is no other trace.
    before = search.n_traces
    search.run(SOURCE[:, :3], barred, 5, beam_size=1, length_penalty=1.0)
    assert search.n_traces == before == 2


def test_rows_of_a_beam_do_not_mix():
    model, barred = small("transformer", vocabulary=8), np.arange(8) < 3
    search = BeamSearch(model)
    options = {"beam_size": 3, "length_penalty": 1.0}
    together, _ = search.run(SOURCE, barred, 6, **options)
    for row, n in enumerate((4, 2)):
        alone, _ = search.run(SOURCE[row : row + 1, :n], barred, 6, **options)
        assert alone[0].tolist() == together[row].tolist()


def test_the_loss_knows_no_padding():
    model, targets = small("lstm"), np.array([[5, 4, 5, END], [4, END, -1, -1]], "int32")
    logits = np.array(model({"source": SOURCE, "target": TARGET})).astype(float)
    chosen = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    real = [(0, 0, 5), (0, 1, 4), (0, 2, 5), (0, 3, END), (1, 0, 4), (1, 1, END)]
    # A tenth of each target is spread evenly over all tokens.
    nats = [-0.9 * chosen[place] - 0.1 * chosen[place[:2]].mean() for place in real]
    expected = np.mean(nats)
    loss = model.evaluate({"source": SOURCE, "target": TARGET}, targets, verbose=0)[0]
    assert loss == pytest.approx(expected, abs=1e-4)


def test_vectors_of_many_tokens_begin_loud_and_those_of_few_as_keras_has_them():
    model = small("lstm", vocabulary=2_000, vocabulary_size=900)
    target = np.array(model.get_layer("target_embedding").embeddings)
    source = np.array(model.get_layer("token_embedding").embeddings)
    assert target.std() == pytest.approx(1, abs=0.05)
    assert np.abs(source).max() <= 0.05


def test_the_memory_holds_the_vectors_of_the_source_too():
    model = small("lstm", num_layers=1)
    memory, _ = keras.Model(model.input["source"], model.get_layer("decoder").input[1:])(SOURCE)
    vectors = np.array(model.get_layer("token_embedding").embeddings)
    # Behind the four units of the body.
    np.testing.assert_array_equal(np.array(memory)[0, :, 4:], vectors[SOURCE[0]])


def test_a_budget_counts_no_vocabulary():
    counts = {
        keraseq.count_parameters(small("lstm", vocabulary=size, vocabulary_size=source))
        for size, source in ((6, 12), (600, 12), (6, 900))
    }
    assert len(counts) == 1
    outputs = {"vocabulary_size": 700, "units": 32, "embedding_dim": 32}
    model = keraseq.gru((None, 3), outputs, task="transduction", parameter_budget=60_000)
    assert keraseq.count_parameters(model) == pytest.approx(60_000, rel=0.02)


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        (4, "vocabulary_size=4"),
        ({"units": 3}, "'vocabulary_size'"),
        ({"vocabulary_size": 9, "wide": 3}, "outputs="),
        ({"vocabulary_size": 9, "decoder": "gru"}, "decoder='gru'"),
        ({"vocabulary_size": 9, "dropout": 1.5}, "dropout=1.5"),
    ],
)
def test_what_a_decoder_is_asked_for_is_checked(outputs, said):
    with pytest.raises(ValueError, match=said):
        get_task("transduction").check_outputs(outputs)


def test_shapes_of_pairs_are_checked():
    with pytest.raises(ValueError, match="'source'"):
        keraseq.gru({"past": (None, 2)}, 9, task="transduction")
    with pytest.raises(ValueError, match="channels='mixed' is for forecasting"):
        keraseq.gru((None, 2), 9, task="transduction", channels="mixed")


def test_nothing_is_tied_to_the_source_s_embedding():
    with pytest.raises(ValueError, match="tie_embedding=True"):
        keraseq.gru((None,), 9, task="transduction", vocabulary_size=9, tie_embedding=True)
    with pytest.raises(ValueError, match="tie_embedding=True"):
        keraseq.gru((None, 2), 9, task="transduction", tie_embedding=True)


def test_batches_hold_every_pair_once_shifted_by_one(monkeypatch):
    draw = np.random.default_rng(0)
    sources = [np.full(n, 4, "int32") for n in draw.integers(1, 9, 30)]
    targets = [draw.integers(4, 9, n).astype("int32") for n in draw.integers(1, 40, 30)]
    # Room for the logits of 64 tokens: two rows of 32, one of 64.
    monkeypatch.setattr(pair_batches, "_MOST_LOGITS", 10 * 64)
    batches = PairBatches(sources, targets, 8, vocabulary_size=10, seed=0)
    for batches.epoch in (0, 1):
        order = batches.order()
        assert sorted(np.concatenate(order)) == [*range(30)]
        assert len(order) == len(batches)
        for index, (inputs, found) in zip(order, batches.generate(), strict=True):
            assert found.size <= 64 or len(index) == 1
            for i, given, wanted in zip(index, inputs["target"], found, strict=True):
                n = len(targets[i])
                assert given.tolist() == [
                    BEGINNING,
                    *targets[i],
                    *[0] * (len(given) - n - 1),
                ]
                assert wanted[: n + 1].tolist() == [*targets[i], END]
                assert (wanted[n + 1 :] == -1).all()
