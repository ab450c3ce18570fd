"""Arrays to batches: padding, length buckets, sliding windows, taking rows."""

from keraseq.batching.length_buckets import are_full, length_buckets, sequence_lengths
from keraseq.batching.pad import pad
from keraseq.batching.sliding_windows import sliding_windows
from keraseq.batching.take_rows import take_rows

__all__ = ["are_full", "length_buckets", "pad", "sequence_lengths", "sliding_windows", "take_rows"]
