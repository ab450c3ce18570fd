"""Tunes in ABC notation: read from a file, and as notes that can be played."""

import re
from fractions import Fraction
from typing import NamedTuple

# A line that begins with a note and a repeat, "A:|", is none.
_FIELD = re.compile(r"^([A-Za-z]):(?![|:])(.*)$")
# Fields that say how the notes are to be read; titles and sources are left out.
_KEPT = "MLK"
_SEMITONES = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
_FIFTHS = "FCGDAEB"
_MODES = {"": 0, "maj": 0, "ion": 0, "mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3}
_MODES |= {"lyd": 1, "phr": -4, "loc": -5}
_SKIPPED = re.compile(r'"[^"\n]*"|\{[^}\n]*\}|![^!\n]*!|%.*')
_TOKEN = re.compile(
    r"\[(?P<field>[A-Z]):(?P<value>[^\]\n]*)\]"
    r"|(?P<bar>:*\|+[:\]]*|::)|\[(?=[12])|(?<=[|\[ ])(?P<ending>[12])(?![\d/])"
    r"|\((?P<tuplet>[2-9])|(?P<chord>\[)"
    r"|(?P<close>\])(?P<all_times>\d*)(?P<all_slashes>/*)(?P<all_over>\d*)"
    r"|(?P<accidental>\^\^?|__?|=)?(?P<letter>[A-Ga-gzx])(?P<octave>[,']*)"
    r"(?P<times>\d*)(?P<slashes>/*)(?P<over>\d*)(?P<tie>\s*-)?(?P<broken>[<>]?)"
)
_SHIFTS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
_TUPLETS = {"2": Fraction(3, 2), "3": Fraction(2, 3), "4": Fraction(3, 4)}
_LONGEST = 64  # of a note's own length, beyond which a number is no length


class Note(NamedTuple):
    """One note: begin and length in quarter notes, and its number in MIDI, 60 being middle C."""

    start: Fraction
    length: Fraction
    pitch: int


class Tune(NamedTuple):
    """What is played of a tune.

    Attributes
    ----------
    notes : list of Note
        With what is repeated played twice.
    bars : list of Fraction
        The length of each written bar in quarter notes.
    meter : Fraction
        That of a full bar.
    """

    notes: list
    bars: list
    meter: Fraction


def split_tunes(text):
    """Return the tunes of an ABC file, a string each: metre, unit, key and notes.

    Examples
    --------
    >>> from keraseq.cli.abc_notation import split_tunes
    >>> split_tunes("X:1\\nT:One\\nK:C\\nCDEF|\\n\\nX:2\\nK:G\\nGABc|\\n")
    ['K:C\\nCDEF|\\n', 'K:G\\nGABc|\\n']
    """
    tunes = []
    for part in re.split(r"^X:.*$", text.replace("\r", "").replace("\\\n", ""), flags=re.MULTILINE):
        lines = []
        for line in part.splitlines():
            field = _FIELD.match(line)
            if line.strip() and not line.startswith("%") and (not field or field[1] in _KEPT):
                lines.append(line.strip().replace(": ", ":", 1) if field else line.strip())
        if any(not _FIELD.match(line) for line in lines):
            tunes.append("\n".join(lines) + "\n")
    return tunes


def read_tune(text):
    """Return the notes of a tune; what is no ABC is passed over, as a model may write anything.

    Chords of several notes, broken rhythm, triplets, ties, accidentals to the bar's end, repeats
    and first and second endings are played; chord names and grace notes are not.

    Examples
    --------
    >>> from keraseq.cli.abc_notation import read_tune
    >>> [(float(n.start), float(n.length), n.pitch) for n in read_tune("K:G\\nF2 ^c|").notes]
    [(0.0, 1.0, 66), (1.0, 0.5, 73)]
    """
    reader = _Reader()
    for line in text.splitlines():
        field = _FIELD.match(line)
        if field:
            reader.field(*field.groups())
        else:
            for token in _TOKEN.finditer(_SKIPPED.sub("", line)):
                reader.token(token)
    return reader.tune()


class _Reader:
    def __init__(self):
        self.meter, self.unit, self._unit_is_given = Fraction(4), Fraction(1, 2), False
        self._key, self._in_bar = {}, {}
        self._events, self._repeat_from, self._ending = [], 0, None
        self._bars, self._bar = [], Fraction(0)
        self._chord, self._tuplet, self._broken = None, (0, 1), None

    def field(self, name, value):
        value = value.strip()
        numbers = re.match(r"([1-9]\d?)/([1-9]\d?)$", {"C": "4/4", "C|": "2/2"}.get(value, value))
        if name == "M" and numbers:
            self.meter = Fraction(int(numbers[1]), int(numbers[2])) * 4
            if not self._unit_is_given:
                self.unit = Fraction(1, 4) if self.meter < 3 else Fraction(1, 2)
        elif name == "L" and numbers:
            self.unit, self._unit_is_given = Fraction(int(numbers[1]), int(numbers[2])) * 4, True
        elif name == "K":
            self._key = _signature(value)

    def token(self, token):
        if token["field"]:
            self.field(token["field"], token["value"])
        elif token["bar"]:
            self._end_bar(token["bar"])
        elif token["ending"] == "1":
            self._ending = len(self._events)
        elif token["tuplet"]:
            self._tuplet = int(token["tuplet"]), _TUPLETS.get(token["tuplet"], Fraction(1))
        elif token["chord"]:
            self._chord = []
        elif token["close"]:
            self._end_chord(_factor(token["all_times"], token["all_slashes"], token["all_over"]))
        elif token["letter"]:
            self._note(token)

    def _note(self, token):
        pitch, length = self._pitch(token), self._length(token)
        is_tied = bool(token["tie"])
        if self._chord is not None:
            self._chord.append((pitch, length, is_tied))
        else:
            self._add(() if pitch is None else (pitch,), length, is_tied)

    def _end_chord(self, factor):
        if self._chord:
            pitches = tuple(pitch for pitch, _, _ in self._chord if pitch is not None)
            is_tied = any(tied for _, _, tied in self._chord)
            self._add(pitches, self._chord[0][1] * factor, is_tied)
        self._chord = None

    def _add(self, pitches, length, is_tied):
        self._events.append((pitches, length, is_tied))
        self._bar += length

    def _pitch(self, token):
        letter = token["letter"]
        if letter in "zx":
            return None
        octave = (1 if letter.islower() else 0) + token["octave"].count("'")
        octave -= token["octave"].count(",")
        name = letter.upper()
        if token["accidental"]:
            self._in_bar[name, octave] = _SHIFTS[token["accidental"]]
        shift = self._in_bar.get((name, octave), self._key.get(name, 0))
        return min(127, max(0, 60 + 12 * octave + _SEMITONES[name] + shift))

    def _length(self, token):
        length = self.unit * _factor(token["times"], token["slashes"], token["over"])
        if self._broken:
            length *= Fraction(1, 2) if self._broken == ">" else Fraction(3, 2)
        self._broken = token["broken"] or None
        if self._broken:
            length *= Fraction(3, 2) if self._broken == ">" else Fraction(1, 2)
        left, share = self._tuplet
        if left:
            length *= share
            self._tuplet = left - 1, share
        return length

    def _end_bar(self, sign):
        if self._bar:
            self._bars.append(self._bar)
        self._bar, self._in_bar, self._chord = Fraction(0), {}, None
        is_end = sign.startswith(":")
        if is_end:
            self._events += self._events[self._repeat_from : self._ending]
        if is_end or sign.endswith(":"):
            self._repeat_from, self._ending = len(self._events), None

    def tune(self):
        if self._bar:
            self._bars.append(self._bar)
        notes, sounding, time = [], {}, Fraction(0)
        for pitches, length, is_tied in self._events:
            held = {}
            for pitch in pitches:
                place = sounding.get(pitch)
                if place is None:
                    place = len(notes)
                    notes.append(Note(time, length, pitch))
                else:
                    notes[place] = notes[place]._replace(length=notes[place].length + length)
                if is_tied:
                    held[pitch] = place
            time, sounding = time + length, held
        return Tune(notes, self._bars, self.meter)


def _factor(times, slashes, over):
    """The number behind a note: 2, 3/2, /4, or // for a quarter."""
    above = min(int(times or 1), _LONGEST) or 1
    below = int(over or 0) or 2 ** len(slashes)
    return Fraction(above, min(below, _LONGEST) if slashes else 1)


def _signature(key):
    """By how many semitones a key moves each letter."""
    found = re.match(r"([A-G])([#b]?)\s*([A-Za-z]*)", key)
    if not found:
        return {}
    letter, sign, mode = found.groups()
    fifths = _FIFTHS.index(letter) - 1 + {"#": 7, "b": -7, "": 0}[sign]
    fifths += _MODES.get(mode.lower()[:3] if len(mode) > 1 else mode, 0)
    sharps = dict.fromkeys(_FIFTHS[: max(0, min(7, fifths))], 1)
    flats = dict.fromkeys(_FIFTHS[::-1][: max(0, min(7, -fifths))], -1)
    return sharps | flats
