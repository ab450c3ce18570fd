"""Learn to write from texts."""

import pickle

import keras
import numpy as np
import pandas as pd
import pytest
from _killed import Killed
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import keraseq
from keraseq import SequenceGenerator
from keraseq.encoding.reserved_ids import BEGINNING, END
from keraseq.training import compiled_loop, full_rows
from keraseq.training.windows import Windows
from keraseq.training.writer import Writer, choose_token
from keraseq.wrappers._corpus import hold_back_passages
from keraseq.wrappers._writing import Written

TEXT = "Hello, World! <b>" * 40
QUICK = {"units": 12, "window": 32, "learning_rate": 0.02, "random_state": 0}


@pytest.fixture(scope="module")
def one():
    """Of one long text, which has no end."""
    return SequenceGenerator(**QUICK, epochs=30).fit(TEXT)


@pytest.fixture(scope="module")
def several():
    """Of texts that end."""
    return SequenceGenerator(**QUICK, epochs=40).fit(["abcdefg", "xyz"] * 40)


def test_it_writes_what_it_learned(one, several):
    assert one.generate("Hello", length=12, temperature=0) == ", World! <b>"
    assert several.generate("abc", temperature=0) == "defg"
    assert set(several.generate(n=4, top_p=0.5, random_state=0)) <= {"abcdefg", "xyz"}
    assert "".join(one.vocabulary_[4:]) == "".join(
        sorted(set(TEXT), key=lambda sign: (-TEXT.count(sign), sign))
    )


def test_equal_seeds_write_equal_texts_however_they_come(one):
    first = one.generate("Hello", length=70, temperature=2.0, random_state=3)
    assert len(first) == 70
    assert first == one.generate("Hello", length=70, temperature=2.0, random_state=3)
    assert first == "".join(one.stream("Hello", length=70, temperature=2.0, random_state=3))
    assert first != one.generate("Hello", length=70, temperature=2.0, random_state=4)
    assert first[:40] == one.generate("Hello", length=40, temperature=2.0, random_state=3)


def test_writing_is_traced_once(one):
    one.generate("Hello", length=40, random_state=0)
    with one._network.borrow() as model:
        writer = Writer.of(model)
    before = writer.n_traces
    assert before > 0
    one.generate("World! Hello", length=90, temperature=0.5, top_k=3, random_state=1)
    assert writer.n_traces == before


@pytest.mark.parametrize("model", ["gru", "transformer"])
def test_stepping_is_reading_all_at_once(model):
    fitted = SequenceGenerator(model, **{**QUICK, "epochs": 1}).fit(TEXT)
    ids = fitted.encode("Hello, World!")
    with fitted._network.borrow() as network:
        logits, _ = Writer.of(network).read(ids)
        np.testing.assert_allclose(logits, network(ids)[:, -1], atol=1e-5)
    # Beyond its window too, where attention reads anew what came last.
    assert len(fitted.generate("Hello", length=100, random_state=0)) == 100


def test_likelihoods_are_those_of_the_network(one, several):
    ids = several.encode(["abcd"])
    assert ids[0, 0] == BEGINNING and ids[0, -1] == END
    logits = np.asarray(several.model_(ids[:, :-1]))[0]
    logs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    wanted = logs[np.arange(5), ids[0, 1:]].sum()
    assert several.log_likelihood(["abcd", "xyz"])[0] == pytest.approx(wanted, abs=1e-4)
    assert several.score(["abcd"]) == pytest.approx(wanted / 5, abs=1e-5)
    assert several.perplexity(["abcd"]) == pytest.approx(np.exp(-wanted / 5), rel=1e-4)
    assert len(one.encode("abcd")[0]) == 5


def test_a_long_text_is_judged_window_by_window_as_at_once(one):
    text = (TEXT * 4)[:1500]
    ids = one.encode(text)
    logits = np.asarray(one.model_(ids[:, :-1]))[0]
    logs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    wanted = logs[np.arange(1500), ids[0, 1:]].mean()
    assert one.score(text) == pytest.approx(wanted, abs=1e-4)


def test_unknown_tokens_count_and_are_told_of():
    fitted = SequenceGenerator(**{**QUICK, "epochs": 1}).fit(TEXT)
    assert fitted.unknown_share("HeQQ") == 0.5
    assert fitted.score("HeQQ") < 0
    with pytest.warns(UserWarning, match="has 2 tokens that training never saw"):
        fitted.generate("HeQQ", length=2)
    fitted.generate("QQ", length=2)


def test_stops_ends_and_lengths(one, several):
    written = one.generate("Hello", length=80, temperature=0, stop=["<b>", "zzz"])
    assert written == ", World! "
    assert "".join(one.stream("Hello", length=80, temperature=0, stop="ld! <")) == ", Wor"
    assert one.generate("Hello", length=0) == "" and list(one.stream(length=0)) == []
    assert len(one.generate(length=7, n=2)) == 2
    assert several.generate("abcdefg", temperature=0) == ""


def test_the_stop_that_is_whole_first_ends_a_text_however_it_comes():
    for chunks in (["xabcdz"], ["xab", "cdz"], list("xabcdz")):
        text = Written(lambda ids: "".join(map(chr, ids)), ("b", "abcd"))
        for chunk in chunks:
            text.add(np.array([ord(sign) for sign in chunk]))
        assert text.value == "xa"


def test_the_ends_of_what_temperature_and_shares_may_be(one):
    greedy = one.generate("Hello", length=20, temperature=0)
    for settings in ({"temperature": 1e-300}, {"top_k": 1}, {"top_p": 1e-300}):
        assert one.generate("Hello", length=20, **settings) == greedy
    # As many as there are of the tokens that may be written, and no other one.
    assert len(one.generate("Hello", length=200, temperature=1e300, random_state=0)) == 200
    every = one.generate("Hello", length=20, random_state=0)
    assert every == one.generate("Hello", length=20, top_k=10**12, random_state=0)
    assert one.generate("Hello", temperature=0, stop=np.array(["W", "<b>"])) == ", "
    with pytest.raises(ValueError, match="stop=5 must be a string"):
        one.generate("Hello", stop=5)
    with pytest.raises(ValueError, match="holds no token"):
        one.card("")
    with pytest.raises(TypeError, match=r"prompt=array.* must be a string"):
        one.generate(np.array("Hello"))
    with pytest.raises(TypeError, match="prompt=None must be a string"):
        one.generate(None)


@pytest.mark.parametrize("model", ["gru", "transformer"])
def test_a_model_set_after_fit_changes_no_answer(model):
    fitted = SequenceGenerator(model, **{**QUICK, "epochs": 1}).fit(TEXT)

    def answers():
        return fitted.generate("He", length=60, random_state=0), fitted.log_likelihood(TEXT)

    before = answers()
    fitted.set_params(model="transformer" if model == "gru" else "gru", window=5, backward=True)
    assert answers() == before


def test_a_fit_amid_a_text_does_not_change_it():
    fitted = SequenceGenerator(**{**QUICK, "epochs": 1}).fit(TEXT)
    whole = fitted.generate("He", length=100, random_state=0)
    pieces = fitted.stream("He", length=100, random_state=0)
    begun = next(pieces)
    fitted.set_params(units=5).fit("xyz" * 60)
    assert begun + "".join(pieces) == whole


def test_backward_it_writes_what_came_before():
    fitted = SequenceGenerator(**QUICK, epochs=40, backward=True).fit(["abcdefg", "xyz"] * 40)
    assert fitted.generate("fg", temperature=0) == "abcde"
    assert "".join([*fitted.stream("fg", temperature=0)][::-1]) == "abcde"


@pytest.mark.parametrize(
    ("X", "prompt", "wanted"),
    [
        (pd.Series(["a b c"] * 60), "a b", "c"),
        ([["C", "E", "G"]] * 60, ["C"], ["E", "G"]),
    ],
)
def test_words_and_lists_of_tokens(X, prompt, wanted):
    fitted = SequenceGenerator(tokenizer="words", epochs=30, **QUICK).fit(X)
    assert fitted.generate(prompt, temperature=0) == wanted
    with pytest.raises(TypeError, match="as the training texts were"):
        fitted.generate(prompt.split() if isinstance(prompt, str) else "C")


def test_backward_a_list_of_tokens_ends_before_a_stop():
    fitted = SequenceGenerator(epochs=30, backward=True, **QUICK).fit([["ab", "cd", "ef"]] * 60)
    assert fitted.generate(["ef"], temperature=0, stop="ab") == ["cd"]
    assert list(fitted.stream(["ef"], temperature=0, stop="ab")) == [["cd"]]


def test_it_keeps_scikit_learns_rules(one, tmp_path):
    assert clone(one).get_params() == one.get_params()
    text = one.generate(length=30, random_state=0)
    assert pickle.loads(pickle.dumps(one)).generate(length=30, random_state=0) == text
    one.save(tmp_path / "one.keraseq")
    assert keraseq.load(tmp_path / "one.keraseq").generate(length=30, random_state=0) == text
    assert "gru" in one.card() and "language_model" in repr(
        keraseq.inspect(tmp_path / "one.keraseq")
    )
    with pytest.raises(TypeError, match=r"no export.*save\("):
        one.export(tmp_path / "one.onnx")
    search = GridSearchCV(SequenceGenerator(**{**QUICK, "epochs": 1}), {"units": [2, 8]}, cv=2)
    assert search.fit(["ab", "abab"] * 4).best_estimator_.score(["ab"]) < 0


def test_it_is_trained_by_the_compiled_loop_and_again_the_same():
    before = compiled_loop.COUNTS.n_fits
    fits = [SequenceGenerator(**{**QUICK, "epochs": 2}).fit(TEXT) for _ in range(2)]
    assert compiled_loop.COUNTS.n_fits == before + 2
    assert fits[0].score(TEXT) == fits[1].score(TEXT)
    assert fits[0].history_["loss"][-1] < fits[0].history_["loss"][0]


def test_windows_lose_no_token_and_cross_no_border():
    texts = [np.arange(2, 2 + n) for n in (2, 41, 7, 23)]
    windows = Windows(texts, 10, 3, seed=0)
    for epoch in range(4):
        windows.epoch = epoch
        batches = list(windows.generate())
        assert len(batches) == len(windows)
        pairs = [p for x, y in batches for p in zip(x[y > 0], y[y > 0], strict=True)]
        assert sorted(pairs) == sorted((a, a + 1) for text in texts for a in text[:-1])
        assert max(x.shape[1] for x, y in batches) <= 10
    assert windows.n_targets == len(pairs)
    assert not windows.are_full


def test_windows_of_long_texts_are_whole_and_each_token_is_learned_once():
    texts = [np.arange(2, 2 + n) for n in (41, 11, 23)]
    windows = Windows(texts, 10, 3, seed=0)
    assert windows.are_full
    for epoch in range(4):
        windows.epoch = epoch
        batches = list(windows.generate())
        assert all(x.shape[1] == 10 and (x > 0).all() for x, _ in batches)
        pairs = [p for x, y in batches for p in zip(x[y > 0], y[y > 0], strict=True)]
        assert sorted(pairs) == sorted((a, a + 1) for text in texts for a in text[:-1])
    rows, targets, _ = windows.parts
    assert [len(row) for row in rows] == [len(row) for row in targets]
    assert sum(map(len, targets)) == windows.n_targets == len(pairs)


def test_a_long_text_is_learned_without_masks():
    before = full_rows.COUNTS.n_traces
    fitted = SequenceGenerator(**{**QUICK, "units": 9, "epochs": 1}).fit(TEXT)
    assert full_rows.COUNTS.n_traces > before
    short = SequenceGenerator(**{**QUICK, "units": 9, "epochs": 1}).fit(["abc", "a"] * 9)
    assert full_rows.COUNTS.n_traces == before + 1
    assert fitted.score(TEXT) < 0 and short.score(["abc"]) < 0


def test_of_one_text_passages_at_equal_distances_are_held_back():
    text = np.arange(1001)
    training, held_back = hold_back_passages(text, 0.1, 4)
    # Of 4 windows at least: 100 tokens are 6 passages.
    assert len(held_back) == 6 and len(training) == 7
    targets = [np.concatenate([piece[1:] for piece in part]) for part in (training, held_back)]
    assert sorted(np.concatenate(targets)) == [*range(1, 1001)]
    assert len(targets[1]) == pytest.approx(100, abs=6)
    assert np.ptp(np.diff([piece[0] for piece in held_back])) <= 1
    assert training[0][0] == 0 and training[-1][-1] == 1000
    assert len(hold_back_passages(np.arange(10**6), 0.05, 128)[1]) == 16
    # One token, as far from the beginning as from the end.
    training, held_back = hold_back_passages(np.arange(21), 0.05, 128)
    assert [len(piece) for piece in (*training, *held_back)] == [11, 10, 2]


@pytest.mark.parametrize(
    ("judge", "said"),
    [("", "validation_data holds no token"), ([["a"]], "In validation_data: X holds lists")],
)
def test_what_cannot_judge_is_refused(judge, said):
    with pytest.raises(ValueError, match=said):
        SequenceGenerator(**QUICK).fit(TEXT, validation_data=judge)


def test_one_text_is_judged_by_passages_of_its_own():
    quick = {**QUICK, "epochs": 1, "early_stopping": True, "validation_fraction": 0.5}
    fitted = SequenceGenerator(**quick).fit("ab" * 50 + "cd" * 50)
    assert fitted._network.trained_on.startswith("100 tokens")
    assert "val_nats" in fitted.history_


def test_tokens_are_chosen_by_their_share():
    logits = np.log(np.array([[0.1, 0.6, 0.3]] * 4, np.float32))
    numbers = np.array([0.0, 0.59, 0.61, 0.95], np.float32)
    free = np.zeros(3, np.float32)

    def chosen(temperature=1.0, top_k=3, top_p=1.0, barred=free):
        ids = choose_token(logits, numbers, temperature, top_k, top_p, barred)
        return keras.ops.convert_to_numpy(ids).tolist()

    assert chosen() == [1, 1, 2, 0]
    assert chosen(top_k=1) == [1] * 4
    assert chosen(top_p=0.85) == [1, 1, 1, 2]
    assert chosen(barred=np.array([0, -1e30, 0], np.float32)) == [2, 2, 2, 0]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"temperature": -1}, "temperature=-1 must be a number of at least 0"),
        ({"top_p": 0}, "top_p=0 must lie above 0"),
        ({"top_k": 0}, "top_k=0 is too small"),
        ({"length": -1}, "length=-1 is too small"),
        ({"n": 0}, "n=0 is too small"),
        ({"stop": ""}, "not empty"),
        ({"stop": [""]}, "not empty"),
    ],
)
def test_bad_settings_are_refused_before_anything_is_written(one, settings, said):
    with pytest.raises(ValueError, match=said):
        one.generate(**settings)
    if "n" not in settings:
        with pytest.raises(ValueError, match=said):
            one.stream(**settings)


@pytest.mark.parametrize(
    ("X", "settings", "error", "said"),
    [
        ("", {}, ValueError, "no token"),
        ([], {}, ValueError, "is empty"),
        ([[1, 2]], {}, TypeError, "wants strings"),
        ("abc", {"window": 1}, ValueError, "window=1 is too small"),
        ("abc", {"tokenizer": "letters"}, ValueError, "tokenizer='letters'"),
        ("abc", {"model": "bilstm"}, ValueError, "see a later one; those that do: .*gru"),
        ("abc", {"early_stopping": True}, ValueError, "leaves none for validation"),
    ],
)
def test_bad_input_of_fit(X, settings, error, said):
    with pytest.raises(error, match=said):
        SequenceGenerator(**{**QUICK, "epochs": 1, **settings}).fit(X)


def test_a_text_shorter_than_a_window_is_learned():
    fitted = SequenceGenerator(**{**QUICK, "epochs": 2}).fit("ab")
    assert np.isfinite(fitted.score("ab"))
    with pytest.raises(ValueError, match="no token"):
        fitted.score("")


@pytest.mark.parametrize(
    ("settings", "others"),
    [
        ({"max_tokens": 13}, {"max_tokens": 14}),
        ({}, {"backward": True}),
        ({"validation_data": ["Hello"]}, {"validation_data": ["World"]}),
    ],
    ids=lambda given: "-".join(given) or "plain",
)
def test_a_killed_fit_does_not_go_on_as_another_one(tmp_path, settings, others):
    def fit(callbacks=None, validation_data=None, **settings):
        writer = SequenceGenerator(
            **QUICK, epochs=3, checkpoint=tmp_path, callbacks=callbacks, **settings
        )
        return writer.fit([TEXT[:40]] * 4 + ["Hello"] * 4, validation_data=validation_data)

    with pytest.raises(MemoryError):
        fit(Killed(), **settings)
    with pytest.raises(ValueError, match="other data or settings"):
        fit(**{**settings, **others})
    assert fit(**settings).n_iter_ == 3
