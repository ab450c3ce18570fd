"""What all fits of a run need, in a file that each worker opens once.

Arrays in it are memory maps: the workers of one machine share their pages, and a change is the
worker's own.
"""

import contextlib
import os
import pickle
import tempfile
import uuid
from pathlib import Path

import cloudpickle
import numpy as np

# What this process opened last; loky's workers live on between runs.
_opened = {}


@contextlib.contextmanager
def parcel_for(shared, *, is_here):
    """Give what `open_parcel` takes within the block; threads of this process need no file.

    The file lies in ``JOBLIB_TEMP_FOLDER``, by default the system's folder for such.
    """
    if is_here:
        yield shared
        return
    folder = os.environ.get("JOBLIB_TEMP_FOLDER")
    with tempfile.TemporaryDirectory(
        prefix="keraseq-", dir=folder, ignore_cleanup_errors=True
    ) as d:
        parcel = _Parcel(Path(d) / "shared", uuid.uuid4().hex)
        parcel.write(shared)
        yield parcel


def open_parcel(parcel):
    """Return what is in it, the same object at every call in a process."""
    if not isinstance(parcel, _Parcel):
        return parcel
    if parcel.token not in _opened:
        _opened.clear()
        _opened[parcel.token] = parcel.read()
    return _opened[parcel.token]


def note_begun(parcel, place):
    """Write down that a worker begins a job: a process that is killed tells nobody."""
    if isinstance(parcel, _Parcel):
        with parcel.path.with_name(f"begun-{place}").open("a") as file:
            file.write(".")


def count_begun(parcel, place):
    """How often a job was begun so far; in threads, which do not die, it is not counted."""
    path = parcel.path.with_name(f"begun-{place}") if isinstance(parcel, _Parcel) else None
    return path.stat().st_size if path is not None and path.exists() else 0


class _Parcel:
    def __init__(self, path, token):
        self.path, self.token = path, token

    def write(self, shared):
        buffers = []
        head = cloudpickle.dumps(shared, protocol=5, buffer_callback=buffers.append)
        with self.path.open("wb") as file:
            places = []
            for buffer in buffers:
                # Arrays of NumPy want to begin at a multiple of their element's size.
                file.seek(-file.tell() % 64, os.SEEK_CUR)
                view = buffer.raw()
                places.append((file.tell(), view.nbytes))
                file.write(view)
        self.path.with_suffix(".head").write_bytes(pickle.dumps((head, places)))

    def read(self):
        try:
            head, places = pickle.loads(self.path.with_suffix(".head").read_bytes())
        except FileNotFoundError:
            raise FileNotFoundError(
                f"This worker does not see {self.path.parent}, which holds the data. Set "
                "JOBLIB_TEMP_FOLDER to a folder that all machines share."
            ) from None
        if not places:
            return pickle.loads(head)
        all_ = np.memmap(self.path, mode="c") if self.path.stat().st_size else np.empty(0, "u1")
        return pickle.loads(head, buffers=[all_[at : at + n] for at, n in places])
