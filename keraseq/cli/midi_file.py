"""Notes as a Standard MIDI File."""

import struct

_DIVISION = 480  # ticks of a quarter note


def midi_bytes(notes, *, quarters_a_minute=120, program=0, loudness=80):
    """Return a Standard MIDI File of format 0 with these notes on its first channel.

    Parameters
    ----------
    notes : iterable of (start, length, pitch)
        In quarter notes, and numbers of MIDI from 0 to 127.
    quarters_a_minute : float, default=120
    program : int, default=0
        Of General MIDI: 0 is a piano, 24 a guitar, 40 a violin, 73 a flute.
    loudness : int, default=80
        From 1 to 127.

    Returns
    -------
    bytes

    Examples
    --------
    >>> from keraseq.cli.midi_file import midi_bytes
    >>> midi_bytes([(0, 1, 60)])[:14].hex(" ")
    '4d 54 68 64 00 00 00 06 00 00 00 01 01 e0'
    """
    events = []
    for start, length, pitch in notes:
        # Ends come before the begins of the same moment, so that a note may be struck again.
        events.append((round(start * _DIVISION), 1, bytes([0x90, pitch, loudness])))
        events.append((round((start + length) * _DIVISION), 0, bytes([0x80, pitch, 0])))
    tempo = round(60_000_000 / quarters_a_minute)
    track = b"\x00\xff\x51\x03" + tempo.to_bytes(3, "big") + b"\x00" + bytes([0xC0, program])
    now = 0
    for time, _, event in sorted(events):
        track += _variable_length(time - now) + event
        now = time
    track += b"\x00\xff\x2f\x00"
    header = b"MThd" + struct.pack(">IHHH", 6, 0, 1, _DIVISION)
    return header + b"MTrk" + struct.pack(">I", len(track)) + track


def _variable_length(number):
    """Seven bits a byte, the highest first; all but the last have their eighth bit set."""
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | 0x80)
    return bytes(reversed(parts))
