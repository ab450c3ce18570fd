"""Text becomes token ids in any script, and comes back."""

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import (
    check_complex_data,
    check_do_not_raise_errors_in_init_or_set_params,
    check_estimator_cloneable,
    check_estimator_repr,
    check_estimator_sparse_array,
    check_estimator_sparse_matrix,
    check_estimator_sparse_tag,
    check_estimator_tags_renamed,
    check_estimators_empty_data_messages,
    check_estimators_unfitted,
    check_fit1d,
    check_get_params_invariance,
    check_mixin_order,
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
    check_set_params,
    check_transformers_unfitted,
    check_valid_tag_types,
)

from keraseq.batching import pad
from keraseq.encoding import TextEncoder, TokenEncoder, as_sequences
from keraseq.encoding.reserved_ids import (
    BEGINNING,
    END,
    FIRST_FREE,
    PADDING,
    RESERVED_TOKENS,
    UNKNOWN,
)


def words(text, **settings):
    encoder = TextEncoder(**settings).fit([text])
    return encoder.inverse_transform(encoder.transform([text]))[0].split(" ")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I don't LIKE it.", ["i", "don't", "like", "it", "."]),
        ("it 's n't dogs' 'quoted'", ["it", "'s", "n't", "dogs", "'", "'", "quoted", "'"]),
        ("It’s “so” good…", ["it's", "“", "so", "”", "good", "..."]),
        ("wow!!! what?!", ["wow", "!!!", "what", "?", "!"]),
        ("8.5/10, 10,000 mp3s", ["8.5", "/", "10", ",", "10,000", "mp3s"]),
        ("good<br /><br/>bad <b>x</b>", ["good", "bad", "x"]),
        ("1 < 2 and 3 > 2", ["1", "<", "2", "and", "3", ">", "2"]),
        ("R&amp;B &quot;hi&quot;", ["r", "&", "b", '"', "hi", '"']),
        ("क्या आप हिन्दी?", ["क्या", "आप", "हिन्दी", "?"]),
        ("مَرْحَبًا می‌خواهم", ["مَرْحَبًا", "می‌خواهم"]),
        ("我爱北京2024年", ["我", "爱", "北", "京", "2024", "年"]),
        ("カレーを食べる。", ["カ", "レ", "ー", "を", "食", "べ", "る", "。"]),
        ("ง่าย", ["ง่", "า", "ย"]),
        ("မြန်မာ", ["မြ", "န်", "မာ"]),
        ("한국어 텍스트", ["한국어", "텍스트"]),
        ("très e\u0301te\u0301", ["très", "été"]),
        ("Ｗｉｄｅ", ["wide"]),
        ("👍🏽👍🏽 🇩🇪 👩‍👩‍👧", ["👍🏽", "👍🏽", "🇩🇪", "👩‍👩‍👧"]),
        ("a\x00b co\u00adop", ["a", "b", "coop"]),
        ("x \ud800 y", ["x", "\ufffd", "y"]),
    ],
)
def test_words_of_many_scripts(text, tokens):
    assert words(text) == tokens


def test_case_is_kept_on_demand():
    assert words("It is", lowercase=False) == ["It", "is"]
    assert TextEncoder(lowercase=False).fit([["It"]]).vocabulary_[4:] == ["It"]


def test_ids_go_by_falling_frequency_then_alphabet():
    encoder = TextEncoder().fit(["b c a", "c d b", "c"])
    assert encoder.vocabulary_ == ["", "[UNK]", "[BOS]", "[EOS]", "c", "b", "a", "d"]
    assert encoder.vocabulary_size_ == 8
    ids = encoder.transform(["a c e", ""])
    assert [row.tolist() for row in ids] == [[6, 4, 1], []]
    assert {row.dtype for row in ids} == {np.dtype(np.int32)}


def test_vocabulary_is_limited_by_size_and_count():
    texts = ["c c c b b a"]
    assert TextEncoder(max_tokens=6).fit(texts).vocabulary_[4:] == ["c", "b"]
    assert TextEncoder(min_count=3).fit(texts).vocabulary_[4:] == ["c"]
    assert TextEncoder(max_tokens=None).fit(texts).vocabulary_size_ == 7


@pytest.mark.parametrize("tokenizer", ["words", "characters", "subwords", str.split])
def test_fit_transform_equals_fit_then_transform(tokenizer):
    texts = ["the cat sat on the mat", "", "the dog, and the hat!"] * 3
    encoder = TextEncoder(tokenizer, max_length=7)
    together = encoder.fit_transform(texts)
    apart = TextEncoder(tokenizer, max_length=7).fit(texts).transform(texts)
    for one, other in zip(together, apart, strict=True):
        np.testing.assert_array_equal(one, other)
    assert max(map(len, together)) <= 7 and len(together[1]) == 0


def test_long_texts_keep_their_first_quarter_and_their_end():
    encoder = TextEncoder(max_length=4)
    text = "a b c d e f g"
    kept = encoder.inverse_transform(encoder.fit_transform([text]))
    assert kept == ["a e f g"]
    assert [row.tolist() for row in TokenEncoder(max_length=1).fit_transform([[1, 2, 3]])] == [[6]]


def test_characters_come_back_as_they_were():
    encoder = TextEncoder("characters", lowercase=False)
    text = "First Citizen:\nSpeak, 我 speak."
    assert encoder.inverse_transform(encoder.fit_transform([text])) == [text]


def test_a_character_is_one_token_whatever_becomes_of_it():
    text = "İ\ud83d\ude00ß"
    encoder = TextEncoder("characters").fit([text])
    assert [len(ids) for ids in encoder.transform([text, "İ"])] == [4, 1]
    assert encoder.inverse_transform(encoder.transform([text])) == ["i̇\ufffd\ufffdß"]


def test_a_callable_tokenizer_gets_lowered_text():
    encoder = TextEncoder(lambda text: text.split("-"))
    assert encoder.fit(["A-b c"]).vocabulary_[4:] == ["a", "b c"]
    with pytest.raises(TypeError, match=r"tokenizer=.*must return a list of str"):
        TextEncoder(len).fit(["a"])


def test_words_already_cut_are_taken_as_they_are():
    encoder = TextEncoder(tokenizer="characters").fit([["New York", "is"], []])
    assert encoder.vocabulary_[4:] == ["is", "new york"]
    assert [row.tolist() for row in encoder.transform([["New York", "", "x"]])] == [[5, 1, 1]]
    with pytest.raises(ValueError, match=r"learned from lists of words .*'characters'"):
        encoder.transform(["New York"])
    assert len(TextEncoder().fit([["new", "york"]]).transform(["New York"])[0]) == 2


TEXTS = ["low lower lowest", "new newer newest", "wide wider widest"] * 4


def test_subwords_cover_unseen_words_and_come_back():
    encoder = TextEncoder("subwords", max_tokens=60).fit(TEXTS)
    assert encoder.vocabulary_[:4] == ["", "[UNK]", "[BOS]", "[EOS]"]
    assert encoder.vocabulary_size_ <= 60
    assert encoder.inverse_transform(encoder.transform(["Lowest newer"])) == ["lowest newer"]
    assert encoder.transform(["slowed"])[0].min() >= 4
    assert 1 in encoder.transform(["q我\ud800"])[0]
    again = pickle.loads(pickle.dumps(encoder))
    np.testing.assert_array_equal(again.transform(["widen"])[0], encoder.transform(["widen"])[0])


def test_subwords_are_the_same_in_another_process():
    script = (
        "from keraseq.encoding import TextEncoder\n"
        f"print(TextEncoder('subwords', max_tokens=60).fit({TEXTS!r}).vocabulary_)"
    )
    other = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == str(
        TextEncoder("subwords", max_tokens=60).fit(TEXTS).vocabulary_
    )


def test_subwords_name_the_extra_they_need(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ImportError, match=r"keraseq\[text\]"):
        TextEncoder("subwords").fit(["a"])


@pytest.mark.parametrize(
    ("parameters", "X", "says"),
    [
        ({"tokenizer": "word"}, ["a"], "Did you mean 'words'"),
        ({"max_length": 0}, ["a"], "max_length=0"),
        ({"max_tokens": 4}, ["a"], "max_tokens=4"),
        ({"min_count": 0}, ["a"], "min_count=0"),
        ({"min_count": 2}, ["a b"], "min_count=2"),
        ({}, ["", " \n", "<br />"], "no token"),
        ({}, [[""], []], "no token"),
        ({"tokenizer": "subwords"}, ["", " "], "no token"),
    ],
)
def test_parameters_and_empty_vocabularies_are_refused(parameters, X, says):
    with pytest.raises(ValueError, match=says):
        TextEncoder(**parameters).fit(X)


def test_numbers_are_no_text():
    with pytest.raises(TypeError, match="X holds numbers"):
        TextEncoder().fit([[1.0, 2.0]])
    with pytest.raises(ValueError, match="id 5 in row 1; the vocabulary has 0 to 4"):
        TextEncoder().fit(["a"]).inverse_transform([[4], [4, 5]])


def test_padding_is_left_out_on_the_way_back():
    encoder = TextEncoder().fit(["a b"])
    assert encoder.inverse_transform(np.array([[4, 5, 0], [5, 0, 0]])) == ["a b", "b"]


@pytest.mark.parametrize("tokenizer", ["words", "characters", "subwords", str.split])
def test_beginning_and_end_are_marks_and_no_text(tokenizer):
    texts = ["go on", "no"]
    encoder = TextEncoder(tokenizer).fit(texts)
    marked = [[2, *row.tolist(), 3] for row in encoder.transform(texts)]
    assert encoder.inverse_transform(marked) == texts
    assert encoder.inverse_transform(pad([np.array(row) for row in marked])) == texts
    ids = TokenEncoder().fit([[1, 5], [3]])
    assert [row.tolist() for row in ids.inverse_transform([[2, 4, 8, 3], [2, 3]])] == [[1, 5], []]


@pytest.mark.parametrize("tokenizer", ["words", "characters", "subwords", str.split])
def test_the_names_of_reserved_ids_are_text_where_a_user_writes_them(tokenizer):
    text = "[EOS] a [BOS] [UNK]"
    for X in ([text] * 9, [text.split(" ")]):
        encoder = TextEncoder(tokenizer, lowercase=False).fit(X)
        for row in (*encoder.fit_transform(X), *encoder.transform(X)):
            assert len(row) and row.min() >= 4
    spaced = ["[EOS] [BOS]", "[ EOS ] [ BOS ]"]
    assert encoder.inverse_transform(encoder.transform([["[EOS]", "[BOS]"]]))[0] in spaced


def test_every_vocabulary_begins_with_the_reserved_ids():
    assert (PADDING, UNKNOWN, BEGINNING, END, FIRST_FREE) == (0, 1, 2, 3, 4)
    assert len(RESERVED_TOKENS) == FIRST_FREE and RESERVED_TOKENS[PADDING] == ""
    for tokenizer in ("words", "characters", "subwords", str.split):
        encoder = TextEncoder(tokenizer, max_tokens=5).fit(["a a b"])
        assert encoder.vocabulary_[:4] == list(RESERVED_TOKENS)
        assert encoder.vocabulary_size_ == len(encoder.vocabulary_) == 5
        assert {*encoder.transform(["a a b"])[0].tolist()} == {1, 4}


@pytest.mark.parametrize(
    "X",
    [
        [[1, 2], [7]],
        [np.array([1, 2], np.uint8), np.array([7], np.int64)],
        np.array([[1, 2], [7, 0]]),
        np.array([[1, 2], [7, np.nan]]),
        np.ma.array([[1, 2], [7, 1]], mask=[[0, 0], [0, 1]]),
        pd.DataFrame({"a": [1, 7], "b": pd.array([2, None], "Int64")}),
        pd.Series([[1, 2], [7]]),
        pl.Series([[1, 2], [7]]),
    ],
    ids=["lists", "arrays", "padded", "nan", "masked", "frame", "series of lists", "polars"],
)
def test_an_id_k_becomes_k_plus_3_in_every_container(X):
    encoder = TokenEncoder()
    assert equal(encoder.fit_transform(X), [np.array([4, 5]), np.array([10])])
    assert encoder.vocabulary_size_ == 11
    assert equal(encoder.inverse_transform(encoder.transform(X)), [np.array([1, 2]), np.array([7])])


def test_token_ids_make_room_for_the_reserved_ones():
    encoder = TokenEncoder().fit([[1, 5], [3]])
    assert encoder.vocabulary_size_ == 9
    rows = [[2, 5, 6, 9], [1, 4], []]
    ids = encoder.transform(rows)
    assert [row.tolist() for row in ids] == [[5, 8, 1, 1], [4, 7], []]
    back = encoder.inverse_transform(ids)
    assert [row.tolist() for row in back] == [[2, 5, 6, 6], [1, 4], []]
    assert equal(encoder.transform(back), ids)
    with pytest.raises(ValueError, match="X holds the id 9 in row 0; the vocabulary has 0 to 8"):
        encoder.inverse_transform([[4, 9]])
    for X in ([[0, 0]], [[]]):
        with pytest.raises(ValueError, match="no token id above 0"):
            TokenEncoder().fit(X)
    with pytest.raises(ValueError, match="max_length=0"):
        TokenEncoder(max_length=0).fit([[1]])


ENCODERS = [
    TextEncoder(),
    TextEncoder("characters"),
    TextEncoder("subwords"),
    TextEncoder(str.split, max_tokens=None, max_length=3),
    TokenEncoder(),
]


@pytest.mark.parametrize("encoder", ENCODERS, ids=repr)
@pytest.mark.parametrize(
    "check",
    [
        check_complex_data,
        check_do_not_raise_errors_in_init_or_set_params,
        check_estimator_cloneable,
        check_estimator_repr,
        check_estimator_sparse_array,
        check_estimator_sparse_matrix,
        check_estimator_sparse_tag,
        check_estimator_tags_renamed,
        check_estimators_empty_data_messages,
        check_estimators_unfitted,
        check_fit1d,
        check_get_params_invariance,
        check_mixin_order,
        check_no_attributes_set_in_init,
        check_parameters_default_constructible,
        check_set_params,
        check_transformers_unfitted,
        check_valid_tag_types,
    ],
)
def test_scikit_learn_checks_that_take_no_numbers(check, encoder):
    check(type(encoder).__name__, encoder)


def equal(rows, others):
    return [row.tolist() for row in rows] == [row.tolist() for row in others]


@pytest.mark.parametrize("encoder", ENCODERS, ids=repr)
def test_estimator_rules(encoder):
    """What scikit-learn's other checks ask of numbers, asked of texts and ids."""
    X = [[1, 2], [3, 2, 2, 1]] if isinstance(encoder, TokenEncoder) else ["a b", "a c b b", "d"]
    with pytest.raises(NotFittedError):
        encoder.transform(X)
    copy = clone(encoder)
    given = pickle.dumps(copy.get_params())
    assert copy.fit(X, y=[0] * len(X)) is copy
    assert pickle.dumps(copy.get_params()) == given
    added = [name for name in vars(copy) if name not in copy.get_params()]
    assert all(name.endswith("_") for name in added if not name.startswith("_"))
    before = pickle.dumps(vars(copy))
    ids = copy.transform(X)
    assert pickle.dumps(vars(copy)) == before
    for again in (copy.fit(X), clone(copy).fit(X[::-1]), pickle.loads(pickle.dumps(copy))):
        assert equal(again.transform(X), ids)
    # Neither the order of the rows nor the rows beside change what becomes of one.
    assert equal(copy.transform(X[::-1]), ids[::-1])
    assert all(equal(copy.transform([row]), [one]) for row, one in zip(X, ids, strict=True))
    assert equal(clone(copy).fit_transform(X), ids)


@pytest.mark.parametrize("encoder", [TextEncoder(), TokenEncoder()], ids=repr)
def test_ids_are_no_frame(encoder):
    X = [[1, 2], [3]] if isinstance(encoder, TokenEncoder) else ["a b", "c"]
    expected = encoder.fit_transform(X)
    with config_context(transform_output="pandas"):
        assert equal(encoder.fit_transform(X), expected)
    assert not hasattr(encoder, "set_output")
    with pytest.raises(ValueError, match="`set_output` is not available"):
        make_pipeline(encoder).set_output(transform="pandas")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(max_size=40), min_size=1, max_size=4),
    st.sampled_from(["words", "characters", "subwords"]),
)
def test_any_text_is_encoded(texts, tokenizer):
    encoder = TextEncoder(tokenizer, max_tokens=50).fit(["a b c", *texts])
    for row in encoder.transform(as_sequences(texts)):
        assert row.dtype == np.int32 and (row < encoder.vocabulary_size_).all()
        assert ((row == UNKNOWN) | (row >= FIRST_FREE)).all()
    assert len(encoder.inverse_transform(encoder.transform(texts))) == len(texts)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        " ",
        "<a ",
        "&",
        "'",
        "1.",
        "!",
        "é\u0301",
        "👩\u200d",
        "我",
        "\x00",
        "a'",
        "\u0301\u0316",
    ],
)
def test_a_megabyte_of_anything_is_cut_in_linear_time(piece):
    encoder = TextEncoder().fit(["a"])
    assert len(encoder.transform([piece * (2**20 // len(piece.encode()))])) == 1


def test_a_refitted_encoder_reads_by_its_new_vocabulary():
    encoder = TextEncoder().fit(["a b b"])
    assert encoder.transform(["a b"])[0].tolist() == [5, 4]
    encoder.fit(["a a b"])
    assert encoder.transform(["a b"])[0].tolist() == [4, 5]
    again = pickle.loads(pickle.dumps(encoder))
    assert again.transform(["a b"])[0].tolist() == [4, 5]
