"""The estimator of pairs."""

import pickle
import sys

import keras
import numpy as np
import pandas as pd
import pytest
from _killed import Killed
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import keraseq
from keraseq.plots import AttentionMapsDisplay
from keraseq.training.beam_search import BeamSearch
from keraseq.training.compiled_loop import COUNTS
from keraseq.wrappers._pair_fit import hold_back_sources
from keraseq.wrappers._pairs import chrf, read_pairs

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
NUMBERS = [str(n) for n in np.random.default_rng(0).integers(0, 1000, 150)]
SPOKEN = [" ".join(NAMES[int(sign)] for sign in number) for number in NUMBERS]
SMALL = {"units": 8, "epochs": 1, "target_tokenizer": "characters", "random_state": 0}


def transducer(encoder="gru", decoder="lstm", **settings):
    return keraseq.SequenceTransducer(encoder, decoder, **{**SMALL, **settings})


@pytest.fixture(scope="module")
def fitted():
    before = COUNTS.n_fits
    model = transducer(units=32, epochs=40, learning_rate=0.01)
    model.fit(SPOKEN[:120], NUMBERS[:120])
    assert COUNTS.n_fits == before + 1
    return model


def test_it_learns_to_write_numbers_that_it_has_not_seen(fitted):
    new = [i for i in range(120, 150) if NUMBERS[i] not in NUMBERS[:120]]
    X, y = [SPOKEN[i] for i in new], [NUMBERS[i] for i in new]
    for beam in (1, 3):
        right = np.mean(np.array(fitted.predict(X, beam_size=beam)) == np.array(y))
        assert right > 0.7
    assert fitted.score(X, y) > 0.7


def test_the_search_is_compiled_once_for_all_lengths(fitted):
    fitted.predict(SPOKEN[:3])
    with fitted._network.borrow() as model:
        search = BeamSearch.of(model)
        before = search.n_traces
    fitted.predict(["one", "two four two four two", *SPOKEN])
    with fitted._network.borrow() as model:
        assert BeamSearch.of(model) is search
    assert search.n_traces == before


def test_an_answer_is_that_of_the_row_alone(fitted):
    # Empty sources among them, and words that nobody has seen.
    X = ["", *SPOKEN[:5], "eleven and   twelve"]
    together = fitted.predict(X)
    assert together[0] == ""
    assert [fitted.predict([row])[0] for row in X] == together
    assert fitted.predict(pd.Series(X)) == fitted.predict(tuple(X)) == together


def test_it_looks_where_it_reads(fitted):
    frame = fitted.attention("three one four")
    weights = frame.pivot_table(index="query", columns="key", values="weight").to_numpy()
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    assert weights.shape[1] == 3
    assert frame.query_token.iloc[-1] == "[end]"
    assert list(frame.key_token[:3]) == ["three", "one", "four"]
    assert AttentionMapsDisplay.from_frame(frame).plot().ax_.get_title()
    with pytest.raises(ValueError, match="source is empty"):
        fitted.attention("")


def test_it_goes_through_pickle_and_file_and_is_inspected(fitted, tmp_path):
    path = tmp_path / "numbers.keraseq"
    fitted.save(path)
    answers = fitted.predict(SPOKEN[:9])
    for again in (pickle.loads(pickle.dumps(fitted)), keraseq.load(path)):
        assert again.predict(SPOKEN[:9]) == answers
        assert again.get_params() == fitted.get_params()
    said = repr(keraseq.inspect(path))
    assert "SequenceTransducer, transduction" in said
    assert "gru" in said
    with pytest.raises(TypeError, match=r"no export: .* save\('model.keraseq'\)"):
        fitted.export(tmp_path / "numbers.onnx")


def test_its_card_claims_no_score_on_its_own_pairs(fitted):
    assert "sources of more than 400 are refused" in fitted.card()
    own = fitted.card(SPOKEN[:120], NUMBERS[:120])
    assert "None: the pairs given are those that it was trained on." in own
    assert f"{fitted.score_name_} " in fitted.card(SPOKEN[120:], NUMBERS[120:])


def test_equal_seeds_give_equal_answers_and_later_settings_change_none():
    one = transducer().fit(SPOKEN, NUMBERS)
    order = np.random.default_rng(1).permutation(150)
    other = clone(one).fit([SPOKEN[i] for i in order], [NUMBERS[i] for i in order])
    for mine, its in zip(one._network.weights, other._network.weights, strict=True):
        np.testing.assert_array_equal(mine, its)
    before = one.predict(SPOKEN[:9])
    one.set_params(beam_size=4, max_length=1, target_tokenizer="words", decoder="transformer")
    assert one.predict(SPOKEN[:9]) == before


def test_a_search_over_decoders_and_beams():
    grid = {"decoder": ["lstm", "transformer"], "beam_size": [1, 2]}
    search = GridSearchCV(transducer(), grid, cv=2, refit=False).fit(SPOKEN[:40], NUMBERS[:40])
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_tokens_and_numbers_in_tokens_out():
    lists = [row.split() for row in SPOKEN[:30]]
    written = [list(number) for number in NUMBERS[:30]]
    words = transducer(epochs=3).fit(lists, written)
    answers = words.predict([["one", "two"], []])
    assert isinstance(answers[0], list)
    assert set(answers[0]) <= set("0123456789")
    assert answers[1] == []
    draw = np.random.default_rng(0)
    sounds = [draw.normal(size=(draw.integers(3, 9), 2)) for _ in range(30)]
    speech = transducer().fit(sounds, written)
    assert len(speech.predict(sounds[:2])) == 2
    assert speech.attention(sounds[0]).key.max() == len(sounds[0]) - 1
    ids = transducer(input="tokens").fit([[1, 2, 3], [2, 1]] * 10, ["a b", "b"] * 10)
    assert ids.predict([[1, 2]])[0].replace(" ", "").isalpha() or ids.predict([[1, 2]]) == [""]


def test_a_source_with_several_targets_is_held_back_whole():
    X, y = ["a", "a", "b", "c", "d", "e"], ["1", "2", "3", "4", "5", "6"]
    pairs = read_pairs(X, y, "auto", transducer())[0]
    for seed in range(8):
        train, held = hold_back_sources(pairs, 0.4, seed)
        assert not set(train.sequences.rows) & set(held.sequences.rows)
        assert sorted([*train.targets, *held.targets]) == y
    with pytest.raises(ValueError, match=r"validation_fraction=0.01 of 5 different sources"):
        hold_back_sources(pairs, 0.01, 0)


def test_a_weight_of_two_is_the_pair_twice():
    X, y = SPOKEN[:20], NUMBERS[:20]
    once = transducer().fit(X, y, sample_weight=[2.0] * 10 + [1.0] * 10)
    twice = transducer().fit(X[:10] + X, y[:10] + y)
    for one, other in zip(once._network.weights, twice._network.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_token_accuracy_where_sacrebleu_is_missing(fitted, monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics", None)
    assert fitted.score_name_ == "token accuracy"
    monkeypatch.setattr(fitted, "predict", lambda X: ["12", "345", "9"])
    # Right: 1 2, 3 5 of 345 against 365, none of 9 against 78; places 2 + 3 + 2.
    assert fitted.score(["x", "y", "z"], ["12", "365", "78"]) == pytest.approx(4 / 7)


def test_chrf_is_that_of_sacrebleu():
    pytest.importorskip("sacrebleu", reason="sacrebleu is not installed")
    assert chrf(["the cat"], ["the cat"]) == pytest.approx(1)
    assert chrf([["the", "cat"]], [["dog"]]) == 0


class _Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise KeyboardInterrupt


def test_after_ctrl_c_it_is_fitted():
    model = transducer(epochs=5, callbacks=[_Stop()])
    with pytest.raises(KeyboardInterrupt):
        model.fit(SPOKEN, NUMBERS)
    assert len(model.predict(SPOKEN[:2])) == 2


def test_early_stopping_is_judged_by_validation_data():
    model = transducer(early_stopping=True, epochs=2)
    model.fit(SPOKEN[:100], NUMBERS[:100], validation_data=(SPOKEN[100:], NUMBERS[100:]))
    assert len(model.history_["val_loss"]) == 2
    with pytest.raises(ValueError, match=r"validation_data=\(source_texts, target_texts\)"):
        model.fit(SPOKEN, NUMBERS, validation_data=(["a"], ["b", "c"]))
    with pytest.raises(TypeError, match="validation_data must be a tuple"):
        model.fit(SPOKEN, NUMBERS, validation_data=5)


@pytest.mark.parametrize("X", [SPOKEN[:8], np.arange(24.0).reshape(8, 3)], ids=["texts", "numbers"])
def test_the_width_of_the_vectors_is_the_users(X):
    widths = {"model_params": {"embedding_dim": 6}, "decoder_params": {"embedding_dim": 5}}
    for given, of_decoder in (({**widths, "decoder_params": None}, 6), (widths, 5)):
        model = transducer(**given).fit(X, NUMBERS[:8])
        plan = model._network.blueprint.plan
        assert (plan.stem.embedding_dim, plan.head.outputs[-1]) == (6, of_decoder)
        assert model.params_["embedding_dim"] == 6


def test_validation_data_have_the_form_of_the_training_pairs():
    frames = [pd.DataFrame({"a": [n, 0.0, 1.0], "b": 9.0 + n}) for n in range(8)]
    losses = [
        transducer().fit(frames, NUMBERS[:8], validation_data=(X, NUMBERS[:8])).history_["val_loss"]
        for X in (frames, [frame[["b", "a"]] for frame in frames])
    ]
    assert losses[0] == losses[1]
    model, texts, numbers = transducer(), SPOKEN[:8], NUMBERS[:8]
    for judges, said in (
        ((texts, [[*number] for number in numbers]), "target_texts holds words, .* are text"),
        (([[1.0, 2.0]], ["1"]), "X holds series of numbers, that of training strings"),
    ):
        with pytest.raises(ValueError, match=f"In validation_data=.*{said}"):
            model.fit(texts, numbers, validation_data=judges)


LONG = " ".join(["one"] * 100_000)


@pytest.mark.parametrize(
    ("X", "y", "settings", "error", "said"),
    [
        (["a", "b"], ["1"], {}, ValueError, "2 sources and 1 targets"),
        (["a", "b"], ["1", "  "], {}, ValueError, "target_texts is empty in row 1"),
        (["a", ""], ["1", "2"], {}, ValueError, "source_texts is empty in row 1"),
        ([], [], {}, ValueError, "source_texts is empty"),
        (["a"], None, {}, ValueError, "target_texts is None"),
        ("a", ["1"], {}, TypeError, "source_texts is one string"),
        (["a"], "1", {}, TypeError, "target_texts is one string"),
        (["a", "b"], [[1, 2], [3]], {}, TypeError, "target_texts holds numbers"),
        (["a", "b"], [1, 2], {}, (TypeError, ValueError), "target_texts"),
        ([LONG], ["1"], {}, ValueError, r"more than max_length=400 .* \(the longest 100,000\)"),
        (["a"], ["1"], {"decoder": "gru"}, ValueError, "decoder='gru'"),
        (["a"], ["1"], {"encoder": "bilsm"}, ValueError, "bilstm"),
        (["a"], ["1"], {"encoder": len}, TypeError, "register_model"),
        (["a"], ["1"], {"beam_size": 0}, ValueError, "beam_size=0"),
        (["a"], ["1"], {"length_penalty": -1}, ValueError, "length_penalty=-1"),
        (["a"], ["1"], {"decoder_params": {"decoder": 1}}, ValueError, "decoder_params sets"),
        (["a"], ["1"], {"decoder_params": {"unit": 1}}, ValueError, "sets unit; it takes units"),
        (["a"], ["1"], {"decoder_params": 8}, TypeError, "decoder_params=8 must be a dict"),
        (["a"], ["1"], {"model_params": 8}, TypeError, "model_params=8 must be a dict"),
        (["a"], ["1"], {"encoder": "dlinear"}, ValueError, "dlinear"),
    ],
)
def test_bad_input_is_refused_in_words(X, y, settings, error, said):
    with pytest.raises(error, match=said):
        transducer(**settings).fit(X, y)


def test_a_long_pair_is_left_out_and_a_long_source_refused(fitted):
    model = transducer()
    with pytest.warns(UserWarning, match=r"1 of 21 pairs .* were left out"):
        model.fit([*SPOKEN[:20], LONG], NUMBERS[:21])
    with pytest.raises(ValueError, match=r"100,000 steps or tokens in row 1, more than max_l"):
        fitted.predict(["one", LONG])


def test_another_form_is_refused_after_fit(fitted):
    with pytest.raises(ValueError, match="fitted on strings"):
        fitted.predict([np.zeros((3, 2))])
    with pytest.raises(TypeError, match="one string"):
        fitted.predict("one")
    with pytest.raises(ValueError, match="target_texts holds words"):
        fitted.score(["one"], [["1"]])
    with pytest.raises(ValueError, match="1 sources and 2 targets"):
        fitted.score(["one"], ["1", "2"])


@pytest.mark.parametrize(("tokenizer", "size"), [("subwords", 4_096), ("words", 20_000)])
def test_vocabularies_of_subwords_are_smaller(tokenizer, size):
    model = transducer(source_tokenizer=tokenizer, units=2).fit(["go on", "stop it"], ["1", "2"])
    assert model.params_["max_tokens"] == size


def test_what_was_fitted_is_called_by_its_name(fitted):
    other = pickle.loads(pickle.dumps(fitted)).set_params(encoder="transformer", decoder="other")
    assert other.attention("three one").attrs["model"] == "gru and lstm"


def test_gaps_that_were_learned_with_are_no_error_later():
    sounds = [np.array([[1.0], [np.nan], [2.0]]), np.array([[3.0], [1.0]])] * 4
    speech = transducer(missing="fill").fit(sounds, ["a", "b"] * 4).set_params(missing="error")
    assert "those that it was trained on" in speech.card(sounds, ["a", "b"] * 4)


def test_a_killed_fit_that_others_judged_does_not_go_on(tmp_path):
    judges, others = (SPOKEN[:9], NUMBERS[:9]), (SPOKEN[:9], NUMBERS[1:10])
    killed = transducer(epochs=3, checkpoint=tmp_path, callbacks=Killed())
    with pytest.raises(MemoryError):
        killed.fit(SPOKEN[:30], NUMBERS[:30], validation_data=judges)
    killed.set_params(callbacks=None)
    with pytest.raises(ValueError, match="other data or settings"):
        killed.fit(SPOKEN[:30], NUMBERS[:30], validation_data=others)
    assert killed.fit(SPOKEN[:30], NUMBERS[:30], validation_data=judges).n_iter_ == 3
