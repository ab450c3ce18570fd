"""Vectors of words that somebody has trained: GloVe, word2vec text, fastText's `.vec`."""

import codecs
import gzip
import os
import re
from pathlib import Path

import numpy as np

from keraseq._checks import shown

# Several, behind the beginning of a line.
_BLANKS = re.compile(rb"(?<=[^ ]) {2,}")


class WordVectors:
    """The vectors that a file or mapping has for the words of a vocabulary.

    Parameters
    ----------
    source : path-like or mapping
        A text file, plain or as `.gz`, with a word and its numbers a line, with or without a first
        line of counts; or anything that has vectors by word, such as a dict or gensim's
        KeyedVectors.
    words : list of str
    lowercase : bool
        Whether the words were lower-cased: "The" then serves where "the" has no vector.

    Attributes
    ----------
    vectors : ndarray `(words, width)`
        float32; zeros where there is none.
    is_known : ndarray of bool `(words,)`

    Raises
    ------
    ValueError
        For a line that cannot be read, by its number; for vectors of unlike width; if no word of
        all has a vector.
    """

    def __init__(self, source, words, lowercase=True):
        if isinstance(source, str | os.PathLike):
            found = _of_file(Path(source), {word: i for i, word in enumerate(words)}, lowercase)
        else:
            found = _of_mapping(source, words, lowercase)
        self.is_known = np.zeros(len(words), dtype=bool)
        self.is_known[list(found)] = True
        if not found:
            raise ValueError(
                f"embeddings={_named(source)} has no vector for any of the {len(words):,} words of "
                f"the training texts, such as {shown(words[0])}; is it of another language, or are "
                "the texts cut into something other than words?"
            )
        self.vectors = np.zeros((len(words), len(next(iter(found.values())))), dtype=np.float32)
        self.vectors[list(found)] = list(found.values())

    def filled(self, random_state, n_before=0):
        """The vectors, and where there is none a draw at the spread of the others.

        `n_before` more draws come first.
        """
        known = self.vectors[self.is_known].astype(np.float64)
        size = (n_before + len(self.vectors), known.shape[1])
        rows = random_state.normal(known.mean(axis=0), known.std(axis=0), size).astype(np.float32)
        rows[n_before:][self.is_known] = self.vectors[self.is_known]
        return rows


def _named(source):
    return str(source) if isinstance(source, str | os.PathLike) else type(source).__name__


def _of_mapping(source, words, lowercase):
    if not hasattr(source, "__getitem__") or not hasattr(source, "__contains__"):
        raise TypeError(
            f"embeddings={source!r:.60} must be the path of a text file of vectors, or a mapping "
            "of words to vectors."
        )
    keys = {word: word for word in words if word in source}
    if lowercase:
        keys = _other_spellings(source, set(words) - set(keys)) | keys
    found, width = {}, None
    for i, word in enumerate(words):
        if word in keys:
            vector = np.asarray(source[keys[word]], dtype=np.float32)
            width = vector.shape if width is None else width
            if vector.ndim != 1 or vector.shape != width or not np.isfinite(vector).all():
                raise ValueError(
                    f"embeddings has a vector of shape {vector.shape} for {shown(word)}, others of "
                    f"{width}; all must be of one width, of finite numbers."
                )
            found[i] = vector
    return found


def _other_spellings(source, words):
    """For each of the words the first key of a mapping that is the word in lower case."""
    # Gensim's own, which nobody can iterate over.
    named, found = getattr(source, "key_to_index", source), {}
    for key in named.keys() if hasattr(named, "keys") else ():
        word = key.lower() if isinstance(key, str) else None
        if word in words:
            found.setdefault(word, key)
    return found


def _of_file(path, indices, lowercase):
    """Return the vectors by index; a word's own spelling goes before others of it."""
    found, others, width = {}, {}, None
    for number, line in _lines(path):
        n_spaces = line.count(b" ")
        if number == 1 and n_spaces == 1 and all(part.isdigit() for part in line.split(b" ")):
            width = int(line.split(b" ")[1])
            continue
        if width is None:
            width = n_spaces
        if width < 1 or n_spaces < width:
            raise ValueError(
                f"{path}, line {number}: {shown(line.decode(errors='replace'))} is not a word and "
                f"{width or 'its'} numbers."
            )
        # A word may hold spaces, the numbers never do. Those of words that nobody asks for, most of
        # them, stay uncut: that saves a third of the time.
        end = line.index(b" ") if n_spaces == width else len(line.rsplit(b" ", width)[0])
        word = line[:end].decode(errors="replace")
        index, held = indices.get(word), found
        if index is None and lowercase:
            index, held = indices.get(word.lower()), others
        if index is not None and not (held is others and index in others):
            held[index] = _numbers(line[end + 1 :].split(b" "), path, number)
    return others | found


def _lines(path):
    """Yield number and content of each line that is not blank."""
    if not path.is_file():
        raise FileNotFoundError(f"embeddings={str(path)!r}: there is no such file.")
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as file:
        for number, line in enumerate(file, 1):
            if b"\0" in line:
                raise ValueError(
                    f"{path}, line {number}: not text. Vectors in word2vec's binary form can be "
                    "given as gensim's KeyedVectors.load_word2vec_format(path, binary=True)."
                )
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            line = line.replace(b"\t", b" ").rstrip()
            if b"  " in line:
                # Those in front are a word.
                line = _BLANKS.sub(b" ", line)
            if line:
                yield number, line


def _numbers(parts, path, number):
    try:
        vector = np.array(parts, dtype=np.float32)
    except ValueError:
        vector = np.array([np.nan])
    if not np.isfinite(vector).all():
        raise ValueError(f"{path}, line {number}: not all of its {len(parts)} numbers are finite.")
    return vector
