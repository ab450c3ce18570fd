"""Encoded rows on their way back."""

from keraseq.encoding.reserved_ids import BEGINNING, END
from keraseq.encoding.sequences import as_sequences


def read_ids(X, vocabulary_size):
    """Return X's rows of ids of a vocabulary without padding, beginning and end, int32 arrays.

    Raises
    ------
    ValueError, TypeError
        If X is not of token ids, or an id is not of the vocabulary.
    """
    rows = as_sequences(X, "tokens").rows
    for i, row in enumerate(rows):
        if len(row) and row.max() >= vocabulary_size:
            raise ValueError(
                f"X holds the id {row.max()} in row {i}; the vocabulary has 0 to "
                f"{vocabulary_size - 1}."
            )
    return [row[(row != BEGINNING) & (row != END)] for row in rows]
