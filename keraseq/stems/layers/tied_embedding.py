"""An embedding that is read both ways."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable("keraseq")
class TiedEmbedding(layers.Embedding):
    """Vectors of ids; with `reverse` the scores of all ids, products with their vectors."""

    def call(self, inputs, reverse=False):
        if not reverse:
            return super().call(inputs)
        table = ops.cast(ops.transpose(self.embeddings), self.compute_dtype)
        return ops.matmul(inputs, table)

    def compute_output_spec(self, inputs, reverse=False):
        if not reverse:
            return keras.KerasTensor((*inputs.shape, self.output_dim), dtype=self.compute_dtype)
        return keras.KerasTensor((*inputs.shape[:-1], self.input_dim), dtype=self.compute_dtype)

    def count_flops(self, input_shape):
        if len(input_shape) < 3:
            return 0
        batch, time, channels = input_shape
        return 2 * batch * time * channels * self.input_dim
