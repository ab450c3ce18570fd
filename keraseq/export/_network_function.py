"""A network as a function of named tensors, for converters of other formats."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class NetworkFunction:
    """What a converter reads.

    Attributes
    ----------
    model : keras.Model
    names : tuple of str
        Of its inputs; a script gives arrays by them.
    """

    model: object
    names: tuple

    @classmethod
    def of(cls, model):
        """Name the inputs of a model: as a dict names them, else "sequence"."""
        if isinstance(model.input, dict):
            return cls(model, tuple(model.input))
        return cls(model, ("sequence",))

    @property
    def inputs(self):
        """For each name the Keras tensor that it is given as."""
        given = self.model.input
        return given if isinstance(given, dict) else {self.names[0]: given}

    def specs(self, batch):
        """A TensorSpec for each input, with so many rows or with None for any number."""
        import tensorflow as tf

        return [
            tf.TensorSpec((batch, *tensor.shape[1:]), tensor.dtype, name=name)
            for name, tensor in self.inputs.items()
        ]

    def traced(self, batch):
        """A tf.function of its tensors, in the order of the names."""
        import tensorflow as tf

        return tf.function(self._call, input_signature=self.specs(batch))

    def _call(self, *tensors):
        given = dict(zip(self.names, tensors, strict=True))
        inputs = given if isinstance(self.model.input, dict) else tensors[0]
        return self.model(inputs, training=False)

    def rows(self, inputs):
        """What the model is given, one row at a time, as a list of arrays."""
        arrays = [np.asarray(inputs[name]) for name in self.names]
        return [[array[place : place + 1] for array in arrays] for place in range(len(arrays[0]))]

    @property
    def fixed_time(self):
        """Steps of every row, where its shape leaves no other number; else None."""
        return next(iter(self.inputs.values())).shape[1]

    def describe(self):
        """Its inputs, as a JSON file names them; None is any number."""
        return [
            {"name": name, "dtype": tensor.dtype, "shape": list(tensor.shape)}
            for name, tensor in self.inputs.items()
        ]
