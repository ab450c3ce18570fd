"""Text as token ids, and back."""

import collections
import copy
import itertools
import types
import weakref

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_choice, check_integer
from keraseq.encoding._read_ids import read_ids
from keraseq.encoding._shorten import check_max_length, shorten
from keraseq.encoding._subwords import (
    decode_subwords,
    encode_subwords,
    subword_vocabulary,
    train_subwords,
)
from keraseq.encoding._text_blocks import joined_blocks, warn_of_file_names
from keraseq.encoding._word_pieces import WordPieces, to_ids
from keraseq.encoding.reserved_ids import FIRST_FREE, RESERVED_TOKENS, UNKNOWN
from keraseq.encoding.sequences import as_sequences
from keraseq.encoding.word_tokens import clean_text, encodable

# Of each encoder its vocabulary and that by token: made for each call, it would take longer than
# the answer to one text, and as an attribute it would be pickled.
_ids_by_token = weakref.WeakKeyDictionary()
_TOKENIZERS = ("words", "characters", "subwords")


class TextEncoder(TransformerMixin, BaseEstimator):
    """Turn texts into arrays of token ids: from 4 on, by falling frequency.

    0 is padding, 1 an unknown token. 2 and 3 stand for the beginning and the end of a text and are
    for models that write one: `transform` does not put them there.

    Parameters
    ----------
    tokenizer : {"words", "characters", "subwords"} or callable, default="words"
        Words with their marks and apostrophes, numbers, emoji and punctuation (runs of one mark
        are a token), and a token a character for scripts written without spaces; HTML tags
        separate. Subwords are byte pairs learned from the training texts (extra ``text``). A
        callable maps str to a list of str. X may also be words already cut; `tokenizer` is then
        unused.
    lowercase : bool, default=True
    max_tokens : int or None, default=20000
        Size of the vocabulary, the four reserved ids included: beyond 20,000 words of a corpus
        are mostly seen once or twice. None for no limit (of subwords a million).
    max_length : int, optional
        Tokens kept of longer texts: the first quarter and the last three, since reviews conclude
        at their end. All by default.
    min_count : int, default=1
        Tokens seen less often are unknown.
    clean : bool, default=True
        Leave out HTML tags and bring characters to one form (NFKC). False changes nothing: with
        ``lowercase=False`` characters and subwords decode to the very text (of subwords no byte
        is unknown, so that `max_tokens` is at least 260); words still lose the blanks between.

    Attributes
    ----------
    vocabulary_ : list of str
        The token of each id, the reserved ones first; ties of frequency go by alphabet, subwords
        as they were learned.
    vocabulary_size_ : int
    kind_ : {"text", "words"}
        What it was fitted on.
    subwords_ : str or None
        The learned subword tokeniser as JSON.

    Examples
    --------
    >>> from keraseq.encoding import TextEncoder
    >>> encoder = TextEncoder().fit(["To be, or not to be!"])
    >>> [ids.tolist() for ids in encoder.transform(["to be happy"])]
    [[5, 4, 1]]
    >>> encoder.inverse_transform([[5, 4]])
    ['to be']
    >>> lossless = TextEncoder("characters", lowercase=False, max_tokens=None, clean=False)
    >>> lossless.inverse_transform(lossless.fit_transform(["<b>To  be!\\n"]))
    ['<b>To  be!\\n']
    """

    # What encoders of before had.
    clean = True

    def __init__(
        self,
        tokenizer="words",
        lowercase=True,
        max_tokens=20_000,
        max_length=None,
        min_count=1,
        clean=True,
    ):
        self.tokenizer = tokenizer
        self.lowercase = lowercase
        self.max_tokens = max_tokens
        self.max_length = max_length
        self.min_count = min_count
        self.clean = clean

    def fit(self, X, y=None):
        """Learn the vocabulary of texts, or of lists of words.

        Raises
        ------
        ValueError, TypeError
            If X is not text, or no token is left to learn.
        """
        self._learn(X)
        return self

    def fit_blocks(self, blocks, counts=None):
        """Learn the vocabulary in one pass over texts that come in blocks.

        What is kept of them is how often each token came.

        Parameters
        ----------
        blocks : iterable
            Of what :meth:`fit` takes.
        counts : collections.Counter, optional
            Takes how often each token came; of subwords nothing.

        Returns
        -------
        self

        Examples
        --------
        >>> from keraseq.encoding import TextEncoder
        >>> TextEncoder().fit_blocks(iter([["to be"], ["not to be"]])).vocabulary_[4:]
        ['be', 'to', 'not']
        """
        self._check_parameters()
        self._settings = types.SimpleNamespace(**self.get_params(deep=False))
        blocks = (as_sequences(X, "text") for X in blocks)
        first = next(blocks, None)
        if first is None:
            raise ValueError("X is empty: no block came.")
        if first.kind == "text":
            warn_of_file_names(first.rows)
        self.kind_, self.subwords_ = first.kind, None
        blocks = itertools.chain([first], blocks)
        if self._settings.tokenizer == "subwords" and first.kind == "text":
            texts = (self._prepare(text) for sequences in blocks for text in sequences.rows)
            self._learn_subwords(texts)
        else:
            counts = collections.Counter() if counts is None else counts
            self._count(blocks, counts)
            self._number(np.array([*counts.values()]), [*counts])
        self.vocabulary_size_ = len(self.vocabulary_)
        return self

    def fit_transform(self, X, y=None):
        """Learn the vocabulary and return the ids, cutting every text into tokens once."""
        return self._shortened(self._learn(X))

    def transform(self, X):
        """Return a list of int32 arrays of token ids ``(time_i,)``."""
        check_is_fitted(self)
        sequences = as_sequences(X, "text")
        if sequences.kind != self.kind_ and self._settings.tokenizer != "words":
            called = {"text": "strings", "words": "lists of words"}
            raise ValueError(
                f"X holds {called[sequences.kind]}, but the vocabulary was learned from "
                f"{called[self.kind_]} (tokenizer={self._settings.tokenizer!r}); give X in that "
                "form."
            )
        return self._shortened(self._encode(sequences))

    def cut_to(self, max_length):
        """Return a fitted encoder of the same vocabulary that cuts texts to another length."""
        check_is_fitted(self)
        check_max_length(max_length)
        other = copy.copy(self).set_params(max_length=max_length)
        settings = {**vars(self._settings), "max_length": max_length}
        other._settings = types.SimpleNamespace(**settings)
        return other

    def inverse_transform(self, X):
        """Return the texts of rows of token ids; padding, beginning and end are left out.

        Raises
        ------
        ValueError, TypeError
            If X is not of token ids, or an id is not of the vocabulary.
        """
        check_is_fitted(self)
        glue = "" if self._settings.tokenizer == "characters" and self.kind_ == "text" else " "
        rows = [ids.tolist() for ids in read_ids(X, self.vocabulary_size_)]
        if self.subwords_ is not None:
            return [decode_subwords(self.subwords_, ids, self._cleans) for ids in rows]
        return [glue.join(self.vocabulary_[i] for i in ids) for ids in rows]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def _learn(self, X):
        """Learn the vocabulary and return X's ids."""
        self._check_parameters()
        sequences = as_sequences(X, "text")
        if sequences.kind == "text":
            warn_of_file_names(sequences.rows)
        # What transform reads: parameters set afterwards are for the next fit.
        self._settings = types.SimpleNamespace(**self.get_params(deep=False))
        self.kind_, self.subwords_ = sequences.kind, None
        if self._settings.tokenizer == "subwords" and sequences.kind == "text":
            texts = [*map(self._prepare, sequences.rows)]
            if not any(map(str.strip, texts)):
                self._refuse_empty()
            self._learn_subwords(texts)
            rows = encode_subwords(self.subwords_, texts)
        else:
            # Numbered as they come, then renumbered by frequency: no text is kept cut.
            seen = collections.defaultdict()
            seen.default_factory = seen.__len__
            if self._cuts_words(sequences):
                texts = map(self._prepare, sequences.rows)
                pieces = WordPieces(texts, lambda tokens: to_ids(tokens, seen.__getitem__))
                ids = self._number(pieces.count(len(seen)), list(seen))
                rows = pieces.take_rows(ids[pieces.values])
            else:
                rows = [to_ids(tokens, seen.__getitem__) for tokens in self._tokens(sequences)]
                counts = np.bincount(np.concatenate(rows), minlength=len(seen))
                ids = self._number(counts, list(seen))
                rows = [ids[row] for row in rows]
        self.vocabulary_size_ = len(self.vocabulary_)
        return rows

    def _learn_subwords(self, texts):
        limits = self._settings.max_tokens, self._settings.min_count
        self.subwords_ = train_subwords(texts, *limits, cleaned=self._cleans)
        self.vocabulary_ = subword_vocabulary(self.subwords_)
        if len(self.vocabulary_) <= FIRST_FREE:
            self._refuse_empty()

    def _count(self, blocks, counts):
        """Add how often each token comes in blocks of sequences."""
        for sequences in joined_blocks(blocks):
            if not self._cuts_words(sequences):
                for tokens in self._tokens(sequences):
                    counts.update(tokens)
                continue
            seen = collections.defaultdict()
            seen.default_factory = seen.__len__
            texts = map(self._prepare, sequences.rows)
            pieces = WordPieces(texts, lambda tokens, seen=seen: to_ids(tokens, seen.__getitem__))
            found = pieces.count(len(seen)).tolist()
            counts.update(dict(zip(seen, found, strict=True)))

    def _cuts_words(self, sequences):
        return sequences.kind == "text" and self._settings.tokenizer == "words"

    def _number(self, counts, tokens):
        """Choose the vocabulary, and return the id of each of the tokens."""
        counts = counts.tolist()
        kept = [
            i for i, token in enumerate(tokens) if token and counts[i] >= self._settings.min_count
        ]
        if not kept:
            self._refuse_empty()
        # Twice, since comparing pairs takes three times as long.
        kept.sort(key=tokens.__getitem__)
        kept.sort(key=counts.__getitem__, reverse=True)
        if self._settings.max_tokens is not None:
            kept = kept[: self._settings.max_tokens - FIRST_FREE]
        self.vocabulary_ = [*RESERVED_TOKENS, *(tokens[i] for i in kept)]
        ids = np.full(len(tokens), UNKNOWN, dtype=np.int32)
        ids[kept] = np.arange(FIRST_FREE, len(self.vocabulary_))
        return ids

    def _encode(self, sequences):
        if self.subwords_ is not None:
            return encode_subwords(self.subwords_, [*map(self._prepare, sequences.rows)])
        ids, unknown = self._by_token(), itertools.repeat(UNKNOWN)
        if self._cuts_words(sequences):
            texts = map(self._prepare, sequences.rows)
            pieces = WordPieces(texts, lambda tokens: to_ids(tokens, ids.get, unknown))
            return pieces.take_rows(pieces.values)
        return [to_ids(tokens, ids.get, unknown) for tokens in self._tokens(sequences)]

    def _by_token(self):
        """The id of each token of the vocabulary, the reserved ones left out."""
        vocabulary, ids = _ids_by_token.get(self, (None, None))
        if vocabulary is not self.vocabulary_:
            tokens = enumerate(self.vocabulary_[FIRST_FREE:], FIRST_FREE)
            ids = {token: i for i, token in tokens}
            _ids_by_token[self] = self.vocabulary_, ids
        return ids

    def _tokens(self, sequences):
        """Yield the list of tokens of each row."""
        if sequences.kind == "words":
            lower = str.lower if self._settings.lowercase else str
            return ([lower(word) for word in row] for row in sequences.rows)
        if self._settings.tokenizer == "characters":
            return map(self._characters, sequences.rows)
        return (self._call_tokenizer(self._prepare(text)) for text in sequences.rows)

    def _characters(self, text):
        """A token for each character, whatever becomes of it: a tagger has labels for them."""
        characters = text if encodable(text) is text else map(encodable, text)
        return [*map(str.lower if self._settings.lowercase else str, characters)]

    @property
    def _cleans(self):
        return getattr(self._settings, "clean", True)

    def _prepare(self, text):
        if not self._cleans:
            text = encodable(text)
        elif not callable(self._settings.tokenizer):
            text = clean_text(text)
        return text.lower() if self._settings.lowercase else text

    def _call_tokenizer(self, text):
        tokens = self._settings.tokenizer(text)
        if not isinstance(tokens, list | tuple) or not all(isinstance(t, str) for t in tokens):
            raise TypeError(
                f"tokenizer={self._settings.tokenizer!r} gave {tokens!r:.60} for the text "
                f"{text!r:.40}; it must return a list of str."
            )
        return tokens

    def _shortened(self, rows):
        return [shorten(row, self._settings.max_length) for row in rows]

    def _check_parameters(self):
        if not callable(self.tokenizer):
            check_choice("tokenizer", self.tokenizer, _TOKENIZERS)
        if self.max_tokens is not None:
            all_bytes = not self.clean and self.tokenizer == "subwords"
            least = FIRST_FREE + 256 if all_bytes else FIRST_FREE + 1
            check_integer("max_tokens", self.max_tokens, least)
        check_integer("min_count", self.min_count, 1)
        check_max_length(self.max_length)

    def _refuse_empty(self):
        raise ValueError(
            "X holds no token to learn a vocabulary from (its texts are empty or blank, or no "
            f"token is seen min_count={self.min_count} times); give texts with words in them."
        )
