"""The .ts format of timeseriesclassification.com: header directives, then one sequence a line."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TsFile:
    """The sequences `(time_i, channels)` of a file, their labels as written (a regression
    problem's targets as float, None without either), and its header."""

    sequences: list
    labels: list
    header: dict

    @property
    def equal_length(self):
        return self.header.get("equallength") != "false" and len(set(map(len, self.sequences))) == 1


def parse_ts(lines):
    """Parse the lines of a .ts file, given as bytes.

    A line is `channel:channel:...:label`, a channel `value,value,...`; `?` and NaN are missing
    values. Empty lines and those that start with `#` or `%` are skipped.

    Raises
    ------
    ValueError
        If a line does not keep to the format; the message starts with its number.
    """
    header, sequences, labels, in_data = {}, [], [], False
    for number, line in enumerate(lines, start=1):
        line = line.decode("utf-8", errors="replace").strip()
        if not line or line.startswith(("#", "%")):
            continue
        try:
            if in_data:
                sequence, label = _parse_row(line, header)
                sequences.append(sequence)
                labels.append(label)
            elif line.lower() == "@data":
                in_data = True
                _check_header(header)
            else:
                key, value = _parse_directive(line)
                header[key] = value
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
    if not sequences:
        raise ValueError("it has no line after @data" if in_data else "it has no line @data")
    channels = {sequence.shape[1] for sequence in sequences}
    if len(channels) > 1:
        raise ValueError(f"its sequences have different numbers of channels: {sorted(channels)}")
    return TsFile(sequences, labels, header)


def _parse_directive(line):
    if not line.startswith("@"):
        raise ValueError(f"a directive (@...) must stand before @data, not {line[:40]!r}")
    key, _, value = line[1:].partition(" ")
    key, value = key.lower(), value.strip()
    if key == "classlabel":
        flag, _, classes = value.partition(" ")
        if flag.lower() == "true" and not classes:
            raise ValueError("@classLabel true must be followed by the classes")
        return key, classes.split() if flag.lower() == "true" else []
    return key, value.lower()


def _check_header(header):
    if header.get("timestamps", "false") != "false":
        raise ValueError("@timeStamps true is not read: the values must come without time stamps")


def _parse_row(line, header):
    classes, regression = header.get("classlabel"), _is_regression(header)
    *channels, label = line.split(":") if classes or regression else [*line.split(":"), None]
    if not channels:
        raise ValueError("there is no ':' between the values and the label")
    dimensions = header.get("dimensions", "1" if header.get("univariate") == "true" else "")
    if dimensions.isdecimal() and len(channels) != int(dimensions):
        raise ValueError(f"{len(channels)} channels where the header says {dimensions}")
    values = [_parse_channel(channel) for channel in channels]
    lengths = {len(channel) for channel in values}
    if len(lengths) > 1:
        raise ValueError(f"channels of different lengths ({sorted(lengths)}) are not read")
    return np.stack(values, axis=1), _parse_label(label, classes, regression)


def _parse_label(text, classes, regression):
    if regression:
        return float(text)
    label = text if text is None else text.strip()
    if classes and label not in classes:
        raise ValueError(f"the label {label!r} is not among the header's {' '.join(classes)}")
    return label


def _is_regression(header):
    return header.get("targetlabel", "").startswith("true")


def _parse_channel(text):
    tokens = ["nan" if token.strip() == "?" else token for token in text.split(",")]
    try:
        with np.errstate(over="ignore"):  # too large a number is reported below
            values = np.array(tokens, dtype=np.float64).astype(np.float32)
    except ValueError as error:
        raise ValueError(f"{_first_bad(tokens)!r} is not a number") from error
    if np.isinf(values).any():
        raise ValueError("a value is infinite")
    return values


def _first_bad(tokens):
    for token in tokens:
        try:
            float(token)
        except ValueError:
            return token
    return ",".join(tokens)
