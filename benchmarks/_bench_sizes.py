"""What keraseq and its peers have in common in `bench.py`."""

PROJECTION, HEADS = 64, 4
# Filters and kernels of the fully convolutional network.
FCN = (128, 8), (256, 5), (128, 3)
# The average is that of keraseq's fits of 15 steps, whose window is four of them.
RATE, DECAY, CLIP, AVERAGE = 0.01, 0.004, 1.0, 0.75
