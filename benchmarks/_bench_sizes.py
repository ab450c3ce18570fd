"""What keraseq and its peers have in common in `bench.py`."""

PROJECTION, HEADS = 64, 4
RATE, DECAY, CLIP, AVERAGE = 0.01, 0.004, 1.0, 0.98
