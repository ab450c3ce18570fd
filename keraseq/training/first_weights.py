"""What a network's weights begin with where they are not drawn."""

from dataclasses import dataclass

import numpy as np

from keraseq.builders import body_layers
from keraseq.stems import TOKEN_EMBEDDING


@dataclass(frozen=True)
class FirstRows:
    """The rows of the embedding of tokens, `(tokens, width)`."""

    rows: np.ndarray

    def put(self, model):
        """Assign them to a model; the rows behind them stay as they were drawn."""
        table = model.get_layer(TOKEN_EMBEDDING).embeddings
        value = table.numpy()
        value[: len(self.rows)] = self.rows
        table.assign(value)


@dataclass(frozen=True)
class FirstBodies:
    """An embedding and the bodies that read it, as a model of another task has learned them.

    Attributes
    ----------
    directions : tuple of str
        Of the plan of the model that is given them.
    tables : list of ndarray `(tokens, width)`
        One for each direction.
    bodies : list of list of ndarray
        Likewise, all weights of a body's layers.
    """

    directions: tuple
    tables: list
    bodies: list

    @classmethod
    def of(cls, networks, directions):
        """Those of trained networks, one for each direction."""
        tables, bodies = [], []
        for network in networks:
            with network.borrow() as model:
                (layers,) = body_layers(model, ("forward",))
                tables.append(model.get_layer(TOKEN_EMBEDDING).embeddings.numpy())
                bodies.append([v.numpy() for layer in layers for v in layer.weights])
        return cls(directions, tables, bodies)

    def put(self, model):
        """Assign them to a model of the same body, with a share of its embedding for each."""
        model.get_layer(TOKEN_EMBEDDING).embeddings.assign(np.concatenate(self.tables, axis=1))
        for layers, values in zip(body_layers(model, self.directions), self.bodies, strict=True):
            variables = [v for layer in layers for v in layer.weights]
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
