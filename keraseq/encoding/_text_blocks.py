"""Texts that come in blocks, and such as are names of files."""

import os
import warnings

from keraseq._checks import shown
from keraseq.encoding.sequences import Sequences

# Rows counted at a time.
_ROWS = 4096
_FILE_ENDINGS = (".csv", ".tsv", ".npy", ".npz", ".parquet", ".wav", ".flac", ".mp3")


def joined_blocks(blocks):
    """Join small blocks of sequences of one kind, since each costs its own time."""
    waiting = []
    for sequences in blocks:
        waiting += sequences.rows
        if len(waiting) >= _ROWS:
            yield Sequences(sequences.kind, waiting)
            waiting = []
    if waiting:
        yield Sequences(sequences.kind, waiting)


def warn_of_file_names(texts):
    """Warn of texts that are most likely a column of names of the files to read."""
    if all(text.lower().endswith(_FILE_ENDINGS) or os.path.isfile(text) for text in texts):
        warnings.warn(
            f"Every text of X is the name of a file, such as {shown(texts[0])}, and is learned as "
            "text: the files are not read. Read them first, for example by [numpy.load(name) for "
            "name in X], and give what is in them.",
            UserWarning,
            stacklevel=4,
        )
