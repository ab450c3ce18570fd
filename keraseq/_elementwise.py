"""What the layers of stem, pooling and head have in common."""

import keras


class ElementwiseLayer(keras.layers.Layer):
    """A layer that multiplies no matrices, so that counts of operations leave it out."""

    def count_flops(self, input_shape):
        return 0
