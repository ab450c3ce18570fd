"""What the rivals of text models share: how they read texts, words and token ids."""

from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from keraseq.encoding import as_sequences
from keraseq.encoding.word_tokens import clean_text, word_tokens


def words_of(text):
    """Cut a text into the words that keraseq's models read, punctuation included."""
    return word_tokens(clean_text(text).lower())


def reading(kind, baseline):
    """Let a baseline of texts read them in any container, and lists of words or of token ids."""
    read = {"text": _read_texts, "words": _join_words, "tokens": _join_tokens}[kind]
    return make_pipeline(FunctionTransformer(read).set_output(transform="default"), baseline)


def _read_texts(X):
    return list(as_sequences(X, "text").rows)


def _join_words(X):
    return _joined(as_sequences(X, "text").rows)


def _join_tokens(X):
    return _joined(as_sequences(X, "tokens").rows)


def _joined(rows):
    return [" ".join(str(token) for token in row) for row in rows]
