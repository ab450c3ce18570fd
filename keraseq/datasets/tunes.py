"""Tunes in ABC notation."""

from keraseq._checks import check_integer
from keraseq.datasets._bunch import About, as_bunch

# Each key's chords on the first, second, fourth, fifth and sixth step of its scale.
_KEYS = {
    "C": ("C", "Dm", "F", "G", "Am"),
    "D": ("D", "Em", "G", "A", "Bm"),
    "F": ("F", "Gm", "Bb", "C", "Dm"),
    "G": ("G", "Am", "C", "D", "Em"),
    "A": ("A", "Bm", "D", "E", "F#m"),
}
_ROOTS = (0, 1, 3, 4, 5)
# Rhythms of a bar in eighths.
_METERS = {
    "4/4": ("2222", "3122", "21122", "112112", "111122", "44"),
    "3/4": ("222", "3111", "1122", "42"),
    "6/8": ("33", "2121", "111111", "1113", "213"),
}
_PROGRESSIONS = ((0, 2, 0, 3), (0, 4, 2, 3), (0, 3, 4, 2), (0, 1, 3, 0), (4, 2, 0, 3))
_CADENCES = ((0, 2, 3, 0), (2, 0, 3, 0), (4, 1, 3, 0))
_LETTERS = "CDEFGAB"
_ABOUT = About(
    "Tunes in ABC notation, with chords: sixteen bars in the form AABA, in five keys and three "
    "metres, whose bars begin on a note of their chord and which end on the tonic; generated.",
    "none needed: generated",
    "keraseq",
)


def make_tunes(n_samples=200, *, random_state=None, return_X_y=False):
    """Generate tunes in ABC notation, a string each.

    They keep rules that a model may find: every bar has its metre's length, begins on a note of
    the chord above it, the first phrase comes again, and the last note is the tonic.

    Parameters
    ----------
    n_samples : int, default=200
    random_state : int, RandomState or None, default=None
    return_X_y : bool, default=False
        Return `(data, None)` rather than a Bunch: there is no target.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (list of str), `target` (None), `target_names` (None), `subset`, `DESCR`,
        `license`, `citation`.

    Raises
    ------
    ValueError
        If `n_samples` is below 1.

    Examples
    --------
    >>> from keraseq.datasets import make_tunes
    >>> print(make_tunes(1, random_state=0).data[0].splitlines()[:3])
    ['M:3/4', 'L:1/8', 'K:A']
    """
    from sklearn.utils import check_random_state

    draw = check_random_state(random_state)
    n_samples = check_integer("n_samples", n_samples, 1)
    return as_bunch(_ABOUT, [_tune(draw) for _ in range(n_samples)], return_X_y=return_X_y)


def _tune(draw):
    key, meter = (_one(draw, tuple(table)) for table in (_KEYS, _METERS))
    first, middle, last = (
        _one(draw, _PROGRESSIONS),
        _one(draw, _PROGRESSIONS),
        _one(draw, _CADENCES),
    )
    phrase = _phrase(draw, key, meter, first)
    end = [*_phrase(draw, key, meter, last)[:-1], _final_bar(key, meter)]
    lines = [phrase, phrase, _phrase(draw, key, meter, middle), phrase[:2] + end[2:]]
    head = f"M:{meter}\nL:1/8\nK:{key}\n"
    return head + "|\n".join("|".join(line) for line in lines) + "|]\n"


def _phrase(draw, key, meter, progression):
    """Bars that wander by steps, each from a note of its chord."""
    place, bars = int(draw.randint(0, 5)), []
    for chord in progression:
        rhythm, notes = _one(draw, _METERS[meter]), []
        tones = [tone for tone in _tones(chord) if abs(tone - place) <= 3]
        place = _one(draw, tones)
        for length in rhythm:
            notes.append(_note(key, place) + (length if length != "1" else ""))
            place = min(9, max(-3, place + _one(draw, (-2, -1, -1, 0, 1, 1, 2))))
        bars.append(f'"{_KEYS[key][chord]}"' + "".join(notes))
    return bars


def _tones(chord):
    """Notes of a chord within reach, as steps from the tonic."""
    root = _ROOTS[chord]
    return [root + third + octave for octave in (-7, 0, 7) for third in (0, 2, 4)]


def _final_bar(key, meter):
    return f'"{key}"{_note(key, 0)}{8 if meter == "4/4" else 6}'


def _note(key, place):
    """A step from the tonic as ABC's letter: small ones an octave higher, commas lower."""
    octave, letter = divmod(_LETTERS.index(key) + place, 7)
    name = _LETTERS[letter]
    return name + "," * -octave if octave < 1 else name.lower() + "'" * (octave - 1)


def _one(draw, values):
    return values[draw.randint(len(values))]
