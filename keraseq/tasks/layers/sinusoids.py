"""The positions of Vaswani et al. (2017)."""

import numpy as np
from keras import ops


def sinusoids(steps, channels):
    """Sines, then cosines, of each step: `(steps, channels)` in float32, without weights.

    An odd number of channels leaves the last cosine out.
    """
    half = (channels + 1) // 2
    rate = np.exp(-np.log(10_000.0) * np.arange(half) / max(half, 1))
    rate = ops.convert_to_tensor(rate, "float32")
    angle = ops.cast(steps, "float32")[:, None] * rate[None]
    return ops.concatenate([ops.sin(angle), ops.cos(angle)], axis=-1)[:, :channels]
