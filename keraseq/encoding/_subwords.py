"""Byte-pair subwords learned from the user's texts by the `tokenizers` library."""

import functools

import numpy as np

from keraseq._checks import import_extra
from keraseq.encoding.reserved_ids import FIRST_FREE, RESERVED_TOKENS, UNKNOWN

# Learning merges within one word takes quadratic time; no word is as long as this.
_LONGEST_WORD = 1_000
_MOST_SUBWORDS = 2**20


def train_subwords(texts, max_tokens, min_count, *, cleaned=True):
    """Learn subwords and return the tokeniser as JSON, which pickles and can be read.

    The alphabet is that of the bytes seen in the texts, so that it leaves room for subwords; of
    texts that are not `cleaned` that of all bytes, and a word at the beginning keeps its form.
    Texts may be an iterator, of which one at a time is held.
    """
    tokenizers = import_extra("tokenizers", "text")
    # The library sets aside memory for as many as it may learn; no text has more than bytes.
    most = _MOST_SUBWORDS
    if hasattr(texts, "__len__"):
        most = min(most, FIRST_FREE + 256 + sum(len(text.encode()) for text in texts))
    max_tokens = most if max_tokens is None else min(max_tokens, most)
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token=RESERVED_TOKENS[UNKNOWN]))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=cleaned),
            tokenizers.pre_tokenizers.Split(
                tokenizers.Regex(f".{{{_LONGEST_WORD}}}"), behavior="isolated"
            ),
        ]
    )
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=max_tokens,
        min_frequency=min_count,
        special_tokens=list(RESERVED_TOKENS),
        limit_alphabet=min(256, max_tokens - FIRST_FREE),
        initial_alphabet=[] if cleaned else tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer.to_str()


@functools.lru_cache(maxsize=4)
def _read(state):
    tokenizer = import_extra("tokenizers", "text").Tokenizer.from_str(state)
    # A text in which "[EOS]" is written has not ended there.
    tokenizer.encode_special_tokens = True
    return tokenizer


def subword_vocabulary(state):
    """Return the subwords, each at the place of its id."""
    vocabulary = _read(state).get_vocab()
    return sorted(vocabulary, key=vocabulary.get)


def encode_subwords(state, texts):
    """Return an int32 array of ids for each text."""
    encoded = _read(state).encode_batch(texts, add_special_tokens=False)
    return [np.array(encoding.ids, dtype=np.int32) for encoding in encoded]


def decode_subwords(state, ids, cleaned=True):
    """Return the text of ids."""
    text = _read(state).decode(list(ids), skip_special_tokens=False)
    return text.removeprefix(" ") if cleaned else text
