"""Attention that knows how far apart two steps are."""

import math

import keras
import numpy as np
from keras import layers, ops

from keraseq._checks import check_choice

POSITIONS = ("rotary", "relative")
# Distances that are told apart on each side: eight one by one, the others ever more coarsely.
_BUCKETS, _EXACT, _FARTHEST = 16, 8, 128


@keras.saving.register_keras_serializable("keraseq")
class PositionedAttention(layers.MultiHeadAttention):
    """Multi-head self-attention whose scores depend on the distance between two steps.

    Parameters
    ----------
    positions : {"rotary", "relative"}
        "rotary" turns pairs of channels of queries and keys by angles that grow with the step (Su
        et al. 2021), without weights; "relative" adds to the scores of each head a number learned
        for each distance, those beyond eight steps in groups (Raffel et al. 2020). Neither has a
        maximum length.
    **kwargs
        Of ``keras.layers.MultiHeadAttention``, dropout of attention left out.

    References
    ----------
    Su et al. (2021). RoFormer: enhanced transformer with rotary position embedding.
    arXiv:2104.09864. Raffel et al. (2020). Exploring the limits of transfer learning with a
    unified text-to-text transformer. JMLR 21, arXiv:1910.10683.
    """

    def __init__(self, *args, positions="rotary", **kwargs):
        super().__init__(*args, **kwargs)
        self.positions = check_choice("positions", positions, POSITIONS)

    def build(self, query_shape, value_shape, key_shape=None):
        super().build(query_shape, value_shape, key_shape)
        if self.positions == "relative":
            self.bias = self.add_weight(
                shape=(self.num_heads, 2 * _BUCKETS), initializer="zeros", name="bias"
            )

    def _compute_attention(
        self,
        query,
        key,
        value,
        attention_mask=None,
        training=None,
        return_attention_scores=False,
        use_causal_mask=False,
    ):
        steps = ops.arange(ops.shape(key)[1])
        query, key = self.placed(query, steps), self.placed(key, steps)
        allowed = ops.cast(attention_mask, "bool")
        if use_causal_mask:
            allowed = ops.logical_and(allowed, self._compute_causal_mask(query, value))
        weights = self.weights_of(query, key, steps[:, None], allowed[:, None])
        read = ops.einsum("bnqk,bknd->bqnd", weights, value)
        return read, weights if return_attention_scores else None

    def placed(self, x, steps):
        """Queries or keys `(batch, time, heads, channels)` as they are at these steps."""
        return rotate(x, steps) if self.positions == "rotary" else x

    def weights_of(self, query, key, steps, allowed=None):
        """What each query, placed at its step, reads of each key: `(batch, heads, queries, keys)`.

        Computed in float32, given in the dtype of `query`.
        """
        scores = ops.cast(ops.einsum("bqnd,bknd->bnqk", query, key), "float32")
        scores = scores / math.sqrt(query.shape[-1])
        if self.positions == "relative":
            buckets = distance_bucket(ops.arange(ops.shape(key)[1])[None] - steps)
            scores = scores + ops.cast(ops.take(self.bias, buckets, axis=1), "float32")
        if allowed is not None:
            scores = ops.where(allowed, scores, ops.full_like(scores, -1e9))
        # By hand: Keras warns of a softmax over one step, which the first one is.
        weights = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
        return ops.cast(weights / ops.sum(weights, axis=-1, keepdims=True), query.dtype)

    def get_config(self):
        return {**super().get_config(), "positions": self.positions}


def rotate(x, steps):
    """Turn the pairs of channels of `(batch, time, heads, channels)` by angles of their steps.

    Channel i and channel i + half are a pair, turned by ``step / 10000 ** (i / half)``; of an odd
    number of channels the last stays.
    """
    half = x.shape[-1] // 2
    rate = (10_000.0 ** -(np.arange(half) / max(half, 1))).astype("float32")
    angle = (ops.cast(steps, "float32")[:, None] * rate)[None, :, None]
    cos, sin = ops.cast(ops.cos(angle), x.dtype), ops.cast(ops.sin(angle), x.dtype)
    first, second, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
    turned = [cos * first - sin * second, cos * second + sin * first, rest]
    return ops.concatenate(turned, axis=-1)


def distance_bucket(distance):
    """The number of the group of distances, key minus query, that share a bias."""
    size = ops.abs(distance)
    far = ops.cast(ops.maximum(size, _EXACT), "float32")
    coarse = _EXACT + ops.log(far / _EXACT) / math.log(_FARTHEST / _EXACT) * (_BUCKETS - _EXACT)
    coarse = ops.minimum(ops.cast(coarse, "int32"), _BUCKETS - 1)
    size = ops.where(size < _EXACT, ops.cast(size, "int32"), coarse)
    return size + _BUCKETS * ops.cast(distance > 0, "int32")
