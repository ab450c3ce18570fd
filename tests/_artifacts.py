"""Artifacts taken apart and put together again, with whatever the maker of a file may put in."""

import json
import warnings
import zipfile

from keraseq.export._archive import ARRAYS, STATE, write_archive
from keraseq.export._arrays import pack_arrays, unpack_arrays


class Parts:
    """The parts of an artifact; `write` gives them the sizes and hashes that belong to them."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            self.manifest = json.loads(archive.read("manifest.json"))
            self.parts = {name: archive.read(name) for name in self.manifest.pop("parts")}
        for name in ("format", "format_version"):
            del self.manifest[name]
        self.state = json.loads(self.parts[STATE])
        self.arrays = unpack_arrays(self.parts[ARRAYS])

    def object(self, name):
        """The state of the first object of a class."""
        return next(state for kind, state in _walk(self.state, "object") if kind == name)

    def write(self, path):
        parts = {**{name: [data] for name, data in self.parts.items()}}
        parts[STATE] = [json.dumps(self.state).encode()]
        if self.arrays is not None:
            parts[ARRAYS] = pack_arrays(self.arrays)
        write_archive(path, self.manifest, parts)


def _walk(value, tag):
    if isinstance(value, dict):
        for name, part in value.items():
            if name == tag:
                yield part
            yield from _walk(part, tag)
    elif isinstance(value, list):
        for part in value:
            yield from _walk(part, tag)


def rezip(source, target, change):
    """Copy a zip file member by member; `change` may do anything to the list of (info, data)."""
    with zipfile.ZipFile(source) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(target, "w") as archive, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Duplicate name")
        for info, data in change(members):
            archive.writestr(info, data)
