"""The finished runs of a comparison in a file, a line each, so that a crash loses none."""

import json
from pathlib import Path

import numpy as np

_WORDS = {
    "first_split": "the first run's rows (cv, test, or the n_seeds of a forecast)",
    "format": "the form of the file",
}


class Journal:
    """Records by (entry's name, run), kept in a file of JSON lines where a path is given.

    Parameters
    ----------
    path : path-like or None
    header : dict
        What must be equal for old runs to count: data, task, split, versions of the packages.
    """

    def __init__(self, path, header):
        self._path = None if path is None else Path(path)
        self.records = {}
        if self._path is None:
            return
        if not self._path.absolute().parent.is_dir():
            raise FileNotFoundError(f"resume={path}: there is no such folder; make it first.")
        if self._path.exists() and self._path.stat().st_size:
            self._read(header)
        else:
            self._append(header)

    def _read(self, header):
        try:
            *lines, rest = self._path.read_text(encoding="utf-8").split("\n")
            read = [json.loads(line) for line in lines]
            found = dict(read[0])
        except (ValueError, TypeError, IndexError):
            raise ValueError(
                f"resume={self._path} holds no runs of a comparison; give another file name."
            ) from None
        differs = [name for name in header if found.get(name) != header[name]]
        if "versions" in differs:
            raise ValueError(
                f"resume={self._path} was written with {_named(found.get('versions'))}, and this "
                f"is {_named(header['versions'])}; runs of both together would compare versions "
                "too. Give another file name, or go back to those versions."
            )
        if differs:
            raise ValueError(
                f"resume={self._path} belongs to another comparison: "
                f"{', '.join(_WORDS.get(name, name) for name in differs)} differ. Give another "
                "file name, or the arguments of that comparison."
            )
        for record in read[1:]:
            self.records[record["model"], record["run"]] = record
        if rest:  # The line during which the process was killed.
            self._path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def find(self, name, run, fingerprint):
        """Return the record of a run that succeeded with the same settings, or None."""
        record = self.records.get((name, run))
        if record is None or record["error"] or record["fingerprint"] != fingerprint:
            return None
        return record

    def add(self, record):
        self.records[record["model"], record["run"]] = record
        if self._path is not None:
            self._append(record)

    def _append(self, value):
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(value, default=_plain) + "\n")


def _named(versions):
    if not versions:
        return "an earlier version, which kept no record of it"
    return ", ".join(f"{package} {version}" for package, version in versions.items())


def _plain(value):
    if isinstance(value, np.generic):
        return value.item()
    return str(value)
