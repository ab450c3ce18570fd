"""Texts cut piece by piece are cut as each text alone is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from keraseq.encoding import TextEncoder, _word_pieces
from keraseq.encoding.word_tokens import clean_text, word_tokens

TRICKY = [
    "It don't work... 3.5/10!! 我爱你 'twas the '90s, isn''t it?",
    "a\x1cb\u2028c\u00a0d\u3000e\u200bf\u0085g h\ti\r\nj",
    "<br />fine<br/><B class='x'>bold</B> 1 < 2 <br <br />> &amp; &lt;br /&gt;",
    "☃️👍🏽 👩‍👩‍👧 🇩🇪🇫🇷🇩 ‘x’ ´y´ \u00adsoft\ufeff",
    "नमस्ते दुनिया क्‍ष 日本語カー ไทย ខ្មែរ é e\u0301" + "\u0301" * 40,
    "1,000.5 1.2.3a 4.5's \U0001f600\u200d don\u2019t",
    'ab ab\x00 ab\x00cd \'s_ 3.5_ 3.5, 1.,2 a.1 ٣.٥ (x)((y)) "--a--" ._. *\ufe0f !\u0301 \x7fz\x01',
    " ".join("abcdefgh" * n + end for n in range(6) for end in ("", "a", "b", "é", "ab.")),
    "",
    " \n ",
]
PARTS = [
    *"aZ9.,!?-*_'’<>&/(\"\x00 \n\t\x1c\u00a0\u0301\u200d",
    "我",
    "👍",
    "🏽",
    "🇩",
    "<br />",
    "don't",
]


def check(texts):
    expected = [word_tokens(clean_text(text).lower()) for text in texts]
    encoder = TextEncoder(max_tokens=None)
    for ids in (encoder.fit_transform(texts), encoder.transform(texts)):
        assert [row.dtype for row in ids] == [np.int32] * len(texts)
        assert [[encoder.vocabulary_[i] for i in row] for row in ids] == expected
    counts = {}
    for token in (token for row in expected for token in row):
        counts[token] = counts.get(token, 0) + 1
    assert encoder.vocabulary_[4:] == sorted(counts, key=lambda token: (-counts[token], token))


def test_tricky_texts():
    check(TRICKY)
    check([" ".join(TRICKY * 3), *TRICKY * 100])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=12).map("".join), max_size=5))
def test_any_text(texts):
    check([*texts, "one"])


def test_what_comes_again_is_cut_once(monkeypatch):
    cut, lines_of = [], _word_pieces.words_of_lines
    monkeypatch.setattr(
        _word_pieces, "words_of_lines", lambda lines: cut.extend(lines) or lines_of(lines)
    )
    monkeypatch.setattr(_word_pieces, "_CHARACTERS", 100)
    check(["(A line, once more.)"] * 50)
    assert sorted(cut) == sorted(2 * ["(", "a", "line", ",", "once", "more", ".", ")"])
