"""Text that comes back as it went in."""

import pickle

import pytest

from keraseq.encoding import TextEncoder
from keraseq.encoding.reserved_ids import BEGINNING, END

TEXTS = [
    " a  <b>Ünï</b>\n\n&amp; ｆ\t[EOS] 😀é",
    "",
    "x" * 2500 + "\r\n",
    "  ",
    "[UNK]",
    "''I don't.''",
]
lossless = pytest.mark.parametrize("tokenizer", ["characters", "subwords"])


def encoder(tokenizer):
    if tokenizer == "subwords":
        pytest.importorskip("tokenizers", reason="subwords need the extra text")
    return TextEncoder(tokenizer, lowercase=False, max_tokens=None, clean=False)


@lossless
def test_text_comes_back_as_it_went_in(tokenizer):
    fitted = encoder(tokenizer).fit(TEXTS)
    assert fitted.inverse_transform(fitted.transform(TEXTS)) == TEXTS
    again = pickle.loads(pickle.dumps(fitted))
    assert again.inverse_transform(again.transform(TEXTS)) == TEXTS


@lossless
def test_beginning_and_end_leave_no_trace(tokenizer):
    fitted = encoder(tokenizer).fit(TEXTS)
    rows = [[BEGINNING, *ids.tolist(), END] for ids in fitted.transform(TEXTS)]
    assert fitted.inverse_transform(rows) == TEXTS


def test_subwords_know_every_byte():
    fitted = encoder("subwords").fit(["only letters"])
    assert fitted.inverse_transform(fitted.transform(["漢字\x00 7"])) == ["漢字\x00 7"]
    with pytest.raises(ValueError, match="max_tokens=259"):
        TextEncoder("subwords", max_tokens=259, clean=False).fit(["a"])


def test_words_keep_what_is_not_blank():
    fitted = TextEncoder("words", lowercase=False, max_tokens=None, clean=False)
    assert {*fitted.fit(["<b>The  ｃat</b>"]).vocabulary_[4:]} == {
        *["<", "b", ">", "The", "ｃat", "/"]
    }
