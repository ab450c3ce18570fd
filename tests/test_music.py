"""Tunes in ABC notation as notes, and notes as a Standard MIDI File."""

import struct
import types
from fractions import Fraction

import pytest

from keraseq.cli.abc_notation import read_tune, split_tunes
from keraseq.cli.abc_tunes import full_bars, tune_data
from keraseq.cli.midi_file import _variable_length, midi_bytes
from keraseq.datasets import make_tunes


def played(abc):
    """Pitch and length in eighths of each note."""
    return [(note.pitch, float(note.length * 2)) for note in read_tune(abc).notes]


@pytest.mark.parametrize(
    ("abc", "wanted"),
    [
        ("CDc'B,", [(60, 1), (62, 1), (84, 1), (59, 1)]),
        ("M:4/4\nL:1/4\nK:C\nA2B/2c/d//e3/2", [(69, 4), (71, 1), (72, 1), (74, 0.5), (76, 3)]),
        ("K:D\nFCf|", [(66, 1), (61, 1), (78, 1)]),  # F and C sharp
        ("K:Bb\nBEA|", [(70, 1), (63, 1), (69, 1)]),  # B and E flat
        ("K:Am\nF|", [(65, 1)]),
        ("K:Ador\nF|", [(66, 1)]),
        ("K:G\n=F ^C C | F C", [(65, 1), (61, 1), (61, 1), (66, 1), (60, 1)]),  # to the bar's end
        ("K:C\n_B__B", [(70, 1), (69, 1)]),
        ('"Am"A {gf}B !trill!c % no: C\nz2D', [(69, 1), (71, 1), (72, 1), (62, 1)]),
        ("(3ABc d", [(69, 2 / 3), (71, 2 / 3), (72, 2 / 3), (74, 1)]),
        ("A>B c<d", [(69, 1.5), (71, 0.5), (72, 0.5), (74, 1.5)]),
        ("[CEG]2C", [(60, 2), (64, 2), (67, 2), (60, 1)]),
        ("A2-A|A", [(69, 3), (69, 1)]),
        ("A2- A2-|A2", [(69, 6)]),
        ("|:AB:|c", [(69, 1), (71, 1), (69, 1), (71, 1), (72, 1)]),
        ("A:|:B:|", [(69, 1), (69, 1), (71, 1), (71, 1)]),
        ("A::B:|", [(69, 1), (69, 1), (71, 1), (71, 1)]),
        ("|:A|[1B:|[2c|d", [(69, 1), (71, 1), (69, 1), (72, 1), (74, 1)]),
        ("|:A|1 B:|2 c|", [(69, 1), (71, 1), (69, 1), (72, 1)]),
        ("M:2/4\nA", [(69, 0.5)]),  # below 3/4 the unit is a sixteenth
        ("[M:6/8]A[K:D]F", [(69, 1), (66, 1)]),
    ],
)
def test_notes_are_those_of_the_standard(abc, wanted):
    found = played(abc)
    assert [pitch for pitch, _ in found] == [pitch for pitch, _ in wanted]
    assert [length for _, length in found] == pytest.approx([length for _, length in wanted])


def test_rests_take_time_and_bars_their_length():
    tune = read_tune("M:3/4\nL:1/4\nK:C\nAz2|B3|cd|]")
    assert [float(note.start) for note in tune.notes] == [0, 3, 6, 7]
    assert tune.bars == [3, 3, 2] and tune.meter == 3
    assert full_bars(["M:3/4\nL:1/4\nK:C\nAz2|B3|cd|]"]) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    "garbage", ["", "M:0/0\nL:x\nK:?\nA//////B/0c999999", "[[[|:::|]](9", "][1", "([A2[2A:::|"]
)
def test_what_a_model_may_write_is_read(garbage):
    for note in read_tune(garbage).notes:
        assert 0 <= note.pitch <= 127 and 0 < note.length < 100
    midi_bytes(read_tune(garbage).notes)


def test_a_file_of_tunes():
    text = (
        "% book\nX: 1\r\nT:One\r\nM: 3/4\r\nK:G\r\nGAB|\\\r\ncde|\r\n\r\nX:2\nK:C\n\nX:3\nK:D\nD|"
    )
    assert split_tunes(text) == ["M:3/4\nK:G\nGAB|cde|\n", "K:D\nD|\n"]


def test_generated_tunes_keep_their_rules():
    tonics = {"C": 0, "D": 2, "F": 5, "G": 7, "A": 9}
    tunes = make_tunes(60, random_state=1).data
    for text in tunes:
        tune, key = read_tune(text), text.split("K:")[1][0]
        assert tune.bars == [tune.meter] * 16
        assert tune.notes[-1].pitch % 12 == tonics[key]
        lines = text.splitlines()
        assert lines[3] == lines[4] != lines[5]
    assert {text[:5] for text in tunes} == {"M:4/4", "M:3/4", "M:6/8"}


def test_what_data_may_be(tmp_path):
    options = types.SimpleNamespace(data="generated", seed=0, quick=True)
    assert (len(tune_data(options).train), len(tune_data(options).test)) == (54, 6)
    options.data = str(tmp_path / "none.abc")
    with pytest.raises(FileNotFoundError, match="no such file"):
        tune_data(options)
    (tmp_path / "few.abc").write_text("X:1\nK:C\nCDE|\n")
    options.data = str(tmp_path)
    with pytest.raises(ValueError, match="has 1 different tunes"):
        tune_data(options)


# From the table of the MIDI 1.0 specification (Standard MIDI Files 1.0, variable-length numbers).
@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (0x00, "00"), (0x40, "40"), (0x7F, "7f"), (0x80, "81 00"), (0x2000, "c0 00"),
        (0x3FFF, "ff 7f"), (0x4000, "81 80 00"), (0x1FFFFF, "ff ff 7f"),
        (0x200000, "81 80 80 00"), (0x0FFFFFFF, "ff ff ff 7f"),
    ],
)  # fmt: skip
def test_numbers_of_variable_length(number, wanted):
    assert _variable_length(number).hex(" ") == wanted


def parse_midi(data):
    """Read a file of format 0 as the standard says: header, and events with their ticks."""
    kind, size, form, n_tracks, division = struct.unpack(">4sIHHH", data[:14])
    assert (kind, size, form, n_tracks) == (b"MThd", 6, 0, 1)
    assert not division & 0x8000  # ticks a quarter note, not frames a second
    kind, size = struct.unpack(">4sI", data[14:22])
    assert kind == b"MTrk" and size == len(data) - 22
    place, now, events = 22, 0, []
    while place < len(data):
        delta = 0
        while True:
            byte, place = data[place], place + 1
            delta = delta << 7 | byte & 0x7F
            if not byte & 0x80:
                break
        now, status, place = now + delta, data[place], place + 1
        if status == 0xFF:
            kind, size = data[place], data[place + 1]
            events.append((now, "meta", kind, data[place + 2 : place + 2 + size]))
            place += 2 + size
        else:
            n_bytes = 1 if status >> 4 in (0xC, 0xD) else 2
            values = tuple(data[place : place + n_bytes])
            assert status & 0x80 and all(value < 0x80 for value in values)
            events.append((now, status, *values))
            place += n_bytes
    return division, events


def test_a_midi_file_holds_the_notes():
    tune = read_tune("M:4/4\nL:1/8\nK:C\n[CE]2 z (3GGG c8-|c8|")
    division, events = parse_midi(midi_bytes(tune.notes, quarters_a_minute=100, program=73))
    assert (0, "meta", 0x51, (600_000).to_bytes(3, "big")) in events  # microseconds a quarter
    assert (0, 0xC0, 73) in events
    assert events[-1][1:] == ("meta", 0x2F, b"") and events.count(events[-1]) == 1
    sounding, found = {}, []
    for time, status, *values in events[2:-1]:
        pitch, loudness = values
        if status == 0x90 and loudness:
            assert pitch not in sounding  # ended before it is struck again
            sounding[pitch] = time
        else:
            assert status == 0x80
            start = sounding.pop(pitch)
            found.append((Fraction(start, division), Fraction(time - start, division), pitch))
    assert not sounding
    assert sorted(found) == sorted(map(tuple, tune.notes))


def test_a_file_without_notes_is_whole():
    _, events = parse_midi(midi_bytes([]))
    assert events[-1][1:] == ("meta", 0x2F, b"")
