"""Text cut into words, whatever its script."""

import html
import unicodedata

import numpy as np
import regex

_TAG = regex.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")
# No character has so long a number, and Python refuses to read one of over 4300 digits.
_ENDLESS_REFERENCE = regex.compile(r"&#\d{100,};?")
_VARIANTS = {**dict.fromkeys("’‘ʼ´＇", "'"), **dict.fromkeys("\u00ad\ufeff", "")}
# Normalising a long run of marks takes quadratic time; 30 are Unicode's own bound (UAX #15).
_MARKS = regex.compile(r"(\p{M}{30})\p{M}+")
# Scripts written without spaces between words: a token is a character with its marks.
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*"
)
# regex's \w holds combining marks and joiners, so that Hindi or Persian words stay whole.
_WORD = r"[^\W_]+(?:'[^\W_]+)*"
_NUMBER = r"\d+(?:[.,]\d+)+(?!\w)"
_CLITIC = r"'(?:[stdm]|re|ve|ll|em)\b"
_RUN = r"\.+|!+|\?+|-+|\*+|_+|。+"
# Flags are paired here, since \X counts back to the beginning of a run of them at each.
_FLAG = r"\p{Regional_Indicator}{1,2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*"
_EMOJI = r"(?=\p{Extended_Pictographic})\X"
_MARK = r"[^\w\s\p{C}]"
_TOKENS = "|".join([_NUMBER, _WORD, _CLITIC, _RUN, _FLAG, _EMOJI, _MARK])
_TOKEN = regex.compile(_TOKENS)
_TOKEN_OR_END = regex.compile(rf"\n|{_TOKENS}")


def clean_text(text):
    """Return text without HTML tags and entities, in one form of each character (NFKC)."""
    if "<" in text:
        # Most tags of reviews, by which the others are found three times as fast.
        text = text.replace("<br />", " ")
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(_ENDLESS_REFERENCE.sub("\ufffd", text))
    if text.isascii():
        return text
    text = encodable(text)
    for variant, plain in _VARIANTS.items():
        # Ten times as fast as `translate` where there are few of them.
        text = text.replace(variant, plain)
    text = _MARKS.sub(r"\1", text)
    return unicodedata.normalize("NFKC", text)


def encodable(text):
    """Return text with lone surrogates, which UTF-8 cannot hold, replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def token_rules():
    """What the functions above go by, for a program without keraseq: patterns, and a translation.

    Returns
    -------
    patterns : dict of str to str
        "tag" and "endless_reference" for Python's `re`, "unspaced" and "token" for `regex`.
    variants : dict of str to str
        What stands for a character.
    """
    patterns = {
        "tag": _TAG.pattern,
        "endless_reference": _ENDLESS_REFERENCE.pattern,
        "unspaced": _UNSPACED.pattern,
        "token": _TOKEN.pattern,
    }
    return patterns, dict(_VARIANTS)


def word_tokens(text):
    """Cut clean text into words, numbers, emoji and punctuation (runs of one mark are a token).

    Examples
    --------
    >>> word_tokens("It don't work... 3.5/10!! 我爱你")
    ['It', "don't", 'work', '...', '3.5', '/', '10', '!!', '我', '爱', '你']
    """
    return _TOKEN.findall(_spaced(text))


def words_of_lines(lines):
    """Cut many strings without a line's end, and without a blank, at once.

    Returns
    -------
    tokens : list of str
        Those of all lines.
    n_tokens : ndarray
        How many each line has.

    Examples
    --------
    >>> tokens, n_tokens = words_of_lines(["well,", "don't"])
    >>> tokens, n_tokens.tolist()
    (['well', ',', "don't"], [2, 1])
    """
    found = _TOKEN_OR_END.findall(_spaced("".join(f"{line}\n" for line in lines)))
    ends = np.array([place for place, token in enumerate(found) if token == "\n"], dtype=np.int64)
    n_tokens = np.diff(ends, prepend=-1) - 1
    return [token for token in found if token != "\n"], n_tokens


def _spaced(text):
    return text if text.isascii() else _UNSPACED.sub(r" \g<0> ", text)
