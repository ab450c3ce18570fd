"""Texts cut at every place where a word surely ends, by array operations on their bytes."""

import numpy as np

# A piece this long at most is told apart by its bytes as whole numbers; few are longer.
_BYTES, _NUMBERS = 8, 3
_BLANK, _GLUE, _MARK = range(3)


def _kinds():
    """What each byte is: letters, digits, apostrophes and all beyond ASCII may be one word."""
    kinds = np.full(256, _GLUE, dtype=np.uint8)
    kinds[33:127] = [_GLUE if c.isalnum() or c in "'_" else _MARK for c in map(chr, range(33, 127))]
    kinds[:33] = kinds[127] = _BLANK
    return kinds


def _is(characters):
    table = np.zeros(256, dtype=bool)
    table[[*characters.encode()]] = True
    return table


_KINDS = _kinds()
_RUNS = _is(".!?-*")
# Beyond ASCII there are digits too.
_DIGITS = _is("0123456789") | (np.arange(256) > 127)
_KEPT = np.array([(1 << 8 * n) - 1 for n in range(_BYTES + 1)], dtype=np.uint64)


def cut_pieces(texts):
    """Cut texts into the pieces of `word_tokens` that no token of it reaches over.

    Parameters
    ----------
    texts : list of str
        As `clean_text` leaves them.

    Returns
    -------
    pieces : list of bytes
        All that differ, as UTF-8.
    numbers : ndarray
        For each piece of the texts, one text after the other, its place in `pieces`.
    n_pieces : ndarray
        How many each text has.

    Examples
    --------
    >>> pieces, numbers, n_pieces = cut_pieces(["(to be,", "or not to be)"])
    >>> [pieces[i].decode() for i in numbers], n_pieces.tolist()
    (['(', 'to', 'be', ',', 'or', 'not', 'to', 'be', ')'], [4, 5])
    """
    encoded = [text.encode() for text in texts]
    # A blank in front, and as many behind as are looked at from the last piece's beginning.
    data = b" ".join([b"", *encoded, b" " * _BYTES * _NUMBERS])
    starts, lengths = _borders(np.frombuffer(data, dtype=np.uint8))
    ends_of_texts = np.cumsum([len(text) + 1 for text in encoded])
    n_pieces = np.diff(np.searchsorted(starts, ends_of_texts), prepend=0)
    numbers, first = _numbered(data, starts, lengths)
    begins, ends = starts[first].tolist(), (starts + lengths)[first].tolist()
    return [data[a:b] for a, b in zip(begins, ends, strict=True)], numbers, n_pieces


def _borders(codes):
    """Return where each piece begins, and its length."""
    kinds = _KINDS[codes]
    is_mark, is_there = kinds == _MARK, kinds != _BLANK
    cuts = is_mark[1:] | is_mark[:-1]
    twice = np.flatnonzero(codes[1:] == codes[:-1])
    cuts[twice[_RUNS[codes[twice]]]] = False
    points = np.flatnonzero((codes == ord(".")) | (codes == ord(",")))
    points = points[_DIGITS[codes[points - 1]] & _DIGITS[codes[points + 1]]]
    cuts[points - 1] = cuts[points] = False
    starts = np.flatnonzero(is_there[1:] & (cuts | ~is_there[:-1])) + 1
    ends = np.flatnonzero(is_there[:-1] & (cuts | ~is_there[1:])) + 1
    return starts, ends - starts


def _numbered(data, starts, lengths):
    """Return a number for each piece, equal for equal ones, and where each number comes first."""
    import pandas as pd

    words = np.ndarray(len(data) - _BYTES + 1, dtype="<u8", buffer=data, strides=(1,))
    numbers, different = pd.factorize(words[starts] & _KEPT[np.minimum(lengths, _BYTES)])
    size = len(different)
    for k in range(1, _NUMBERS):
        longer = np.flatnonzero(lengths > k * _BYTES)
        if not len(longer):
            break
        kept = _KEPT[np.minimum(lengths[longer] - k * _BYTES, _BYTES)]
        rest, different = pd.factorize(words[starts[longer] + k * _BYTES] & kept)
        pairs, different = pd.factorize(numbers[longer] * len(different) + rest)
        numbers[longer] = size + pairs
        size += len(different)
    longer = np.flatnonzero(lengths > _NUMBERS * _BYTES)
    ends = (starts + lengths)[longer].tolist()
    whole = [data[a:b] for a, b in zip(starts[longer].tolist(), ends, strict=True)]
    place = {piece: size + i for i, piece in enumerate(dict.fromkeys(whole))}
    numbers[longer] = [place[piece] for piece in whole]
    return _in_turn(numbers, size + len(place))


def _in_turn(numbers, size):
    """Number anew without gaps; the numbers, and where each comes first."""
    first = np.full(size, -1)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    used = first >= 0
    return (np.cumsum(used) - 1)[numbers], first[used]
