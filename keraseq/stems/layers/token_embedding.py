"""Vectors of tokens, and of the hashed n-grams that end at each."""

import functools

import keras
from keras import layers, ops

from keraseq.encoding.reserved_ids import BEGINNING

# Under 2**14, so that no product with a row (under 2**17) or with half an id (under 2**15) leaves
# int32, beyond which backends differ.
_STEP, _LOW, _HIGH = 16_127, 15_809, 13_007
_HALF = 1 << 15


@keras.saving.register_keras_serializable("keraseq")
class TokenEmbedding(layers.Embedding):
    """A vector of each token, and behind it the sum of those of the n-grams that end there.

    N-grams from single tokens on share the rows of a table by their hash, as in fastText (Joulin
    et al. 2017), so that no list of them is kept. They start at zero, as a model without them.
    Before the first token stands the id of the beginning: what a text begins with is an n-gram too.

    Parameters
    ----------
    input_dim, output_dim : int
        Number of token ids, and width of a token's vector.
    ngrams : int
        Tokens of the longest n-gram.
    ngram_dim : int
        Width of an n-gram's vector.
    buckets : int
        Rows of the n-grams' table, at most 2**17.

    Returns
    -------
    tensor `(batch, time, output_dim + ngram_dim)`
    """

    def __init__(self, input_dim, output_dim, *, ngrams, ngram_dim, buckets, **kwargs):
        super().__init__(input_dim, output_dim, **kwargs)
        self.ngrams, self.ngram_dim, self.buckets = ngrams, ngram_dim, buckets

    def build(self, input_shape=None):
        self.table = self.add_weight(
            shape=(self.buckets, self.ngram_dim), initializer="zeros", name="ngrams"
        )
        super().build(input_shape)

    def call(self, inputs):
        rows = [self._next_rows(ops.zeros_like(inputs), inputs)]
        for back in range(1, self.ngrams):
            start = ops.full_like(inputs[:, :back], BEGINNING)
            before = ops.concatenate([start, inputs[:, :-back]], axis=1)
            rows.append(self._next_rows(rows[-1], before[:, : ops.shape(inputs)[1]]))
        # Looked up at once: a model in int8 would else hold the table once for each length.
        found = ops.take(self.table, ops.concatenate(rows, axis=0), axis=0)
        first, *longer = ops.split(found, self.ngrams, axis=0)
        vectors = ops.cast(functools.reduce(ops.add, longer, first), self.compute_dtype)
        return ops.concatenate([super().call(inputs), vectors], axis=-1)

    def _next_rows(self, rows, ids):
        """The rows of n-grams that one more token, further back, makes longer."""
        low = ops.mod(ops.mod(ids, _HALF) * _LOW, self.buckets)
        high = ops.mod(ids // _HALF * _HIGH, self.buckets)
        return ops.mod(ops.mod(rows * _STEP, self.buckets) + low + high + 1, self.buckets)

    def compute_output_spec(self, inputs):
        width = self.output_dim + self.ngram_dim
        return keras.KerasTensor((*inputs.shape, width), dtype=self.compute_dtype)

    def count_flops(self, input_shape):
        return 0

    # Keras's embedding writes a list of its own variables by name, which lacks the table.
    def save_own_variables(self, store):
        super().save_own_variables(store)
        if self.built:
            store["ngrams"] = self.table

    def load_own_variables(self, store):
        super().load_own_variables(store)
        if self.built:
            self.table.assign(store["ngrams"])

    def get_config(self):
        own = {name: getattr(self, name) for name in ("ngrams", "ngram_dim", "buckets")}
        return {**super().get_config(), **own}
