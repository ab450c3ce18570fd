"""From right-padded input to two plain tensors: values and mask."""

import keras
from keras import ops

from keraseq._elementwise import ElementwiseLayer
from keraseq.encoding.reserved_ids import PADDING


@keras.saving.register_keras_serializable("keraseq")
class Padding(ElementwiseLayer):
    """Split right-padded input into values and a boolean mask of its real steps.

    Padding is id 0 for token ids `(batch, time)` and a step whose features are all NaN for numbers
    `(batch, time, features)`. Step 0 counts as real even when it is padding, so that an empty
    sequence is one zero step: no softmax over nothing, and no empty row for cuDNN.

    Padding is at a row's end. What looks like it in the middle is masked as well, but it is not
    looked for: what reads the last step counts the real ones, and would read an earlier one.

    Returns
    -------
    values : tensor
        The input with zeros in place of padding.
    mask : bool tensor `(batch, time)`
        True at real steps.

    Examples
    --------
    >>> import numpy as np, keraseq
    >>> x, mask = keraseq.Padding()(np.array([[5, 2, 0], [0, 0, 0]], "int32"))
    >>> np.array(mask).tolist()
    [[True, True, False], [True, False, False]]
    """

    def call(self, inputs):
        if keras.backend.is_int_dtype(inputs.dtype):
            real = ops.not_equal(inputs, PADDING)
        else:
            missing = ops.isnan(inputs)
            real = ops.logical_not(ops.all(missing, axis=-1))
            inputs = ops.where(missing, ops.zeros_like(inputs), inputs)
        first = ops.equal(ops.arange(ops.shape(inputs)[1]), 0)
        return inputs, ops.logical_or(real, first[None])

    def compute_output_spec(self, inputs):
        mask = keras.KerasTensor(inputs.shape[:2], dtype="bool")
        return keras.KerasTensor(inputs.shape, dtype=inputs.dtype), mask
