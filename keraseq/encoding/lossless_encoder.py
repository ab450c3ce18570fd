"""The encoder of those who learn to write: nothing of a text is changed or dropped."""

from keraseq._checks import check_choice
from keraseq.encoding.text_encoder import TextEncoder

_TOKENIZERS = ("characters", "subwords", "words")
_MAX_TOKENS = {"characters": None, "subwords": 4_096}
_MOST_WORDS = 20_000


def lossless_encoder(kind, tokenizer="characters", max_tokens="auto", min_count="auto"):
    """Return an encoder that neither lower-cases nor cleans, not yet fitted.

    Parameters
    ----------
    kind : {"text", "words"}
        Of what it will read; lists of words are tokens already.
    tokenizer : {"characters", "subwords", "words"} or callable
    max_tokens, min_count : "auto" or int
        "auto" keeps all characters, 4,096 subwords, 20,000 words, and what is seen once.

    Returns
    -------
    TextEncoder

    Examples
    --------
    >>> from keraseq.encoding import lossless_encoder
    >>> encoder = lossless_encoder("text").fit(["To be"])
    >>> encoder.inverse_transform(encoder.transform(["be To"]))
    ['be To']
    """
    if not callable(tokenizer):
        check_choice("tokenizer", tokenizer, _TOKENIZERS)
    if isinstance(max_tokens, str) and max_tokens == "auto":
        is_known = isinstance(tokenizer, str) and kind == "text"
        max_tokens = _MAX_TOKENS.get(tokenizer, _MOST_WORDS) if is_known else _MOST_WORDS
    if isinstance(min_count, str) and min_count == "auto":
        min_count = 1
    return TextEncoder(
        tokenizer, lowercase=False, max_tokens=max_tokens, min_count=min_count, clean=False
    )
