"""A fit's state on disk, so that a killed one can go on from its last whole epoch."""

import json
import os
import zipfile
from pathlib import Path

import numpy as np

_FILE = "keraseq-fit.npz"


class Checkpoint:
    """One file in a directory, replaced whole after every epoch.

    Parameters
    ----------
    directory : str or path-like
        Made if it is missing.

    Attributes
    ----------
    seed : int or None
        Of the fit that the file is of.
    """

    def __init__(self, directory):
        self.path = Path(directory) / _FILE
        self.fingerprint = None  # of data and settings; a file with another one is refused
        saved = self._read()
        self.seed = None if saved is None else saved[0]["seed"]

    def begin(self, seed, fingerprint):
        """Say which fit is about to be saved or gone on with."""
        self.seed, self.fingerprint = seed, f"{fingerprint} {seed}"

    def load(self):
        """Return (facts, lists of arrays by name), or None where nothing was saved."""
        saved = self._read()
        if saved is not None and saved[0]["fingerprint"] != self.fingerprint:
            raise ValueError(
                f"checkpoint: {self.path} is of a fit with other data or settings, stopped after "
                f"epoch {saved[0]['epoch'] + 1}. Delete it to begin anew, or give another "
                "directory."
            )
        return saved

    def _read(self):
        if not self.path.exists():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as file:
                facts = json.loads(str(file["facts"]))
                arrays = {
                    name: [file[f"{name}/{i}"] for i in range(count)]
                    for name, count in facts.pop("counts").items()
                }
        except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
            raise ValueError(
                f"checkpoint: {self.path} cannot be read ({error}); delete it to begin anew."
            ) from None
        return facts, arrays

    def save(self, facts, arrays):
        """Write facts (JSON) and lists of arrays by name; a crash leaves the former file whole."""
        counts = {name: len(values) for name, values in arrays.items()}
        text = json.dumps(
            {**facts, "fingerprint": self.fingerprint, "seed": self.seed, "counts": counts}
        )
        flat = {f"{name}/{i}": v for name, values in arrays.items() for i, v in enumerate(values)}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(f".{os.getpid()}.part")
        try:
            with unfinished.open("wb") as file:
                np.savez(file, facts=np.array(text), **flat)
            unfinished.replace(self.path)
        finally:
            unfinished.unlink(missing_ok=True)

    def remove(self):
        self.path.unlink(missing_ok=True)
