"""JSON of which equal values are equal bytes, read strictly."""

import json


def write_json(value):
    """Return bytes of JSON without NaN; text is escaped, so that lone surrogates survive too."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")


def read_json(data):
    """Read an object of JSON.

    Raises
    ------
    ValueError
        For what is no such JSON, for NaN, and for a name that comes twice.
    """
    value = json.loads(bytes(data).decode("ascii"), object_pairs_hook=_once, parse_constant=_refuse)
    if not isinstance(value, dict):
        raise ValueError("JSON holds no object")
    return value


def _once(pairs):
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"JSON names {next(n for n in names if names.count(n) > 1)!r} twice")
    return result


def _refuse(constant):
    raise ValueError(f"JSON holds {constant}")
