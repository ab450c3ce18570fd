"""The decoder of the Transformer."""

import keras
from keras import layers, ops

from keraseq.tasks.layers.attention_weights import attention_weights, hidden_steps
from keraseq.tasks.layers.sinusoids import sinusoids


@keras.saving.register_keras_serializable("keraseq")
class HeadAttention(layers.Layer):
    """Attention of several heads, whose keys and values can be kept.

    Parameters
    ----------
    units : int
        Of the output; shared out among the heads, rounded up.
    num_heads : int
    """

    def __init__(self, units, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.units, self.num_heads = units, num_heads
        self.head_dim = -(-units // num_heads)
        wide = num_heads * self.head_dim
        self.query, self.key, self.value, self.out = (
            layers.Dense(size, use_bias=False) for size in (wide, wide, wide, units)
        )

    def build(self, x_shape, memory_shape):
        self.query.build(x_shape)
        for layer in (self.key, self.value):
            layer.build(memory_shape)
        self.out.build((*x_shape[:-1], self.num_heads * self.head_dim))
        self.built = True

    def keep(self, memory):
        """Keys and values `(batch, time, heads, head_dim)` of what is looked at."""
        return self._heads(self.key(memory)), self._heads(self.value(memory))

    def read(self, x, keys, values, hidden):
        """What `(batch, time, channels)` finds, and the weights `(batch, heads, time, keys)`.

        `hidden` is added to the scores.
        """
        queries = self._heads(self.query(x)) / self.head_dim**0.5
        scores = ops.einsum("bqhd,bkhd->bhqk", queries, keys) + hidden
        weights = attention_weights(scores)
        found = ops.einsum("bhqk,bkhd->bqhd", weights, values)
        shape = ops.shape(found)
        found = ops.reshape(found, (*shape[:2], self.num_heads * self.head_dim))
        return self.out(found), weights

    def _heads(self, x):
        return ops.reshape(x, (*ops.shape(x)[:2], self.num_heads, self.head_dim))

    def get_config(self):
        return {**super().get_config(), "units": self.units, "num_heads": self.num_heads}


@keras.saving.register_keras_serializable("keraseq")
class TransformerDecoder(layers.Layer):
    """Blocks that look at the target so far, then at the source (Vaswani et al. 2017), pre-norm.

    Parameters
    ----------
    units, num_layers : int
    dropout : float
    num_heads : int, default=4

    References
    ----------
    Vaswani et al. (2017). Attention is all you need. NeurIPS, arXiv:1706.03762.
    """

    def __init__(self, units, num_layers=1, dropout=0.0, num_heads=4, **kwargs):
        super().__init__(**kwargs)
        self.units, self.num_layers, self.dropout = units, num_layers, dropout
        self.num_heads = num_heads

    def build(self, x_shape, memory_shape, allowed_shape):
        inner = (*x_shape[:-1], self.units)
        self.widen = layers.Dense(self.units, use_bias=False)
        self.widen.build(x_shape)
        self.blocks = [self._block(inner, memory_shape) for _ in range(self.num_layers)]
        self.last = layers.LayerNormalization()
        self.last.build(inner)
        self.drop = layers.Dropout(self.dropout)
        super().build(x_shape)

    def _block(self, inner, memory_shape):
        own, source = (HeadAttention(self.units, self.num_heads) for _ in range(2))
        own.build(inner, inner)
        source.build(inner, memory_shape)
        wide, narrow = layers.Dense(4 * self.units, activation="gelu"), layers.Dense(self.units)
        wide.build(inner)
        narrow.build((*inner[:-1], 4 * self.units))
        norms = [layers.LayerNormalization() for _ in range(3)]
        for norm in norms:
            norm.build(inner)
        return [own, source, wide, narrow, *norms]

    def call(self, x, memory, allowed, training=None):
        """Features `(batch, time, units)` of the target's embedded tokens, all at once.

        Parameters
        ----------
        x : tensor `(batch, time, embedding_dim)`
        memory : tensor `(batch, source_time, channels)`
        allowed : bool tensor `(batch, source_time)`
        """
        steps = ops.arange(ops.shape(x)[1])
        ahead = hidden_steps(steps[None] <= steps[:, None], self.compute_dtype)[None, None]
        y = self._place(x, steps)
        *kept, padding = self.read(memory, allowed)
        for block, keys_values in zip(self.blocks, kept, strict=True):
            own, norm = block[0], block[4]
            near = norm(y)
            y = self._add(y, own.read(near, *own.keep(near), ahead)[0], training)
            y = self._look_and_think(block, y, keys_values, padding, training)[0]
        return self.drop(self.last(y), training=training)

    def compute_output_spec(self, x, memory, allowed, training=None):
        return keras.KerasTensor((*x.shape[:-1], self.units), dtype=self.compute_dtype)

    def read(self, memory, allowed):
        """What all steps look at: each block's keys and values, and where the padding is."""
        hidden = hidden_steps(allowed, self.compute_dtype)[:, None, None]
        return [*(block[1].keep(memory) for block in self.blocks), hidden]

    def begin(self, attended, most_steps):
        """The state before the first step: room for each block's keys and values."""
        keys = attended[0][0]
        shape = ops.shape(keys)[0], most_steps, *keys.shape[2:]
        return [ops.zeros(shape, keys.dtype) for _ in range(2 * self.num_layers)]

    def step(self, x, t, state, attended):
        """Step number `t` of `(batch, embedding_dim)`.

        Returns
        -------
        features : tensor `(batch, units)`
        state : list
        weights : tensor `(batch, source_time)`
            Means of the heads of the last block.
        """
        y, later = self._place(x[:, None], ops.reshape(t, (1,))), []
        *kept, padding = attended
        places = ops.arange(ops.shape(state[0])[1])
        now = (places == t)[None, :, None, None]
        ahead = hidden_steps(places <= t, self.compute_dtype)[None, None, None]
        for place, (block, keys_values) in enumerate(zip(self.blocks, kept, strict=True)):
            own, norm = block[0], block[4]
            near, room = norm(y), state[2 * place : 2 * place + 2]
            pairs = zip(own.keep(near), room, strict=True)
            written = [ops.where(now, new, old) for new, old in pairs]
            later += written
            y = y + own.read(near, *written, ahead)[0]
            y, weights = self._look_and_think(block, y, keys_values, padding, False)
        return self.last(y)[:, 0], later, ops.mean(weights, axis=1)[:, 0]

    def _place(self, x, steps):
        y = self.widen(x)
        return y + ops.cast(sinusoids(steps, self.units), y.dtype)[None]

    def _look_and_think(self, block, y, keys_values, padding, training):
        """A block's second and third part: attention to the source, then each step by itself."""
        _, source, wide, narrow, _, norm, last = block
        found, weights = source.read(norm(y), *keys_values, padding)
        y = self._add(y, found, training)
        return self._add(y, narrow(wide(last(y))), training), weights

    def _add(self, y, part, training):
        return y + self.drop(part, training=training)

    def get_config(self):
        own = {n: getattr(self, n) for n in ("units", "num_layers", "dropout", "num_heads")}
        return {**super().get_config(), **own}
