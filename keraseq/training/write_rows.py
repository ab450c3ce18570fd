"""A target for every encoded source."""

import numpy as np

from keraseq.batching import sequence_lengths, take_rows
from keraseq.encoding.reserved_ids import END, PADDING
from keraseq.training.batches import pad_rows
from keraseq.training.beam_search import BeamSearch

# Numbers that the beginnings kept at one step may hold: 64 MB.
_MOST_KEPT, _MOST_ROWS = 2**24, 128


def write_rows(model, rows, barred, most_steps, *, beam_size, length_penalty):
    """Return the ids that `model` writes for every row, without the end, in the order of the rows.

    Parameters
    ----------
    model : keras.Model
        Of a task that writes.
    rows : ndarray or list of ndarray
        Sources as an encoder gives them; an empty one has an empty answer.
    barred, most_steps, beam_size, length_penalty
        As of `BeamSearch.run`.

    Returns
    -------
    list of ndarray of int
    """
    search, lengths = BeamSearch.of(model), sequence_lengths(rows)
    beam_size = min(beam_size, int((~barred).sum()))
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    answers = [np.zeros(0, np.int32)] * len(lengths)
    while len(order):
        kept = beam_size * search.numbers_kept(len(barred), most_steps, lengths[order[:_MOST_ROWS]])
        together = max(1, int((np.arange(1, len(kept) + 1) * kept <= _MOST_KEPT).sum()))
        index, order = order[:together], order[together:]
        source = pad_rows(take_rows(rows, index))
        written, _ = search.run(
            source, barred, most_steps, beam_size=beam_size, length_penalty=length_penalty
        )
        for i, ids in zip(index, written, strict=True):
            answers[i] = ids[(ids != END) & (ids != PADDING)]
    return answers
