"""Rates by layer, and layers freed one after another: Howard & Ruder 2018."""

import keras
import numpy as np
from keras import ops

from keraseq.builders import body_layers
from keraseq.stems import TOKEN_EMBEDDING

# How much slower a layer learns than the one above it. The paper's 2.6, with half of the epochs to
# free the layers in, had .787 at 500 labels of IMDB (held-back part, mean of two seeds) and .886 at
# 20,000; no difference and nothing frozen .811 and .906; 1.3 and nothing frozen .815 at 500.
_FALL = 1.3
# All layers learn after one in so many of the epochs.
_FREEING = 4


class LayerRates:
    """The share of the learning rate that each part of a model takes.

    What is new, the head and n-grams, takes all of it, each layer of the body below 1 / 1.3 of what
    the one above it takes, and the embedding the least. A share of zero freezes. The shares stand
    in a variable of the optimiser, so that no trace holds them, and no weight that was trained
    before decays.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    plan : Plan

    Attributes
    ----------
    depths : dict of str to int
        By the path of each variable: 0 for what is new.
    n_groups : int
        The depth of the embedding, and one.
    """

    def __init__(self, model, plan):
        self.depths = _depths(model, plan)
        self.n_groups = 1 + max(self.depths.values())
        # In half precision another optimiser, which scales the loss, is around the given one.
        optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
        trained = [v for v in model.trainable_variables if self.depths[v.path]]
        optimizer.exclude_from_weight_decay(var_list=trained)
        self._shares = optimizer.add_variable(
            (self.n_groups,), initializer="ones", name="layer_shares"
        )
        self._update = optimizer._backend_update_step
        optimizer._backend_update_step = self._update_by_depth
        # A `.keras` file is read by an optimiser that has no such variable.
        self._saved = [v for v in optimizer.variables if v is not self._shares]
        optimizer.save_own_variables = self._save

    @property
    def shares(self):
        """What each depth takes now, `(n_groups,)`."""
        return ops.convert_to_numpy(self._shares)

    def free(self, n):
        """Let the uppermost `n` depths learn, and freeze those below."""
        depths = np.arange(self.n_groups)
        self._shares.assign(np.where(depths < n, _FALL**-depths, 0.0).astype(np.float32))

    def n_free(self, epoch, epochs):
        """How many depths learn in an epoch: one more in each, all after a quarter of them."""
        deepest = self.n_groups - 1
        freed = [min(d, epochs * d // (_FREEING * deepest)) for d in range(self.n_groups)]
        return sum(first <= epoch for first in freed)

    def _save(self, store):
        for i, variable in enumerate(self._saved):
            store[str(i)] = ops.convert_to_numpy(variable)

    def _update_by_depth(self, grads, variables, learning_rate):
        for depth in range(self.n_groups):
            chosen = [
                (grad, v)
                for grad, v in zip(grads, variables, strict=True)
                if self.depths[v.path] == depth
            ]
            # An architecture may keep several of its layers in one.
            if chosen:
                grads_of, variables_of = zip(*chosen, strict=True)
                self._update(grads_of, variables_of, learning_rate * self._shares[depth])


class Unfreezing(keras.callbacks.Callback):
    """Free the layers from the head down, one an epoch.

    Parameters
    ----------
    rates : LayerRates
    epochs : int
    gradual : bool
        False leaves all free, for a fit that goes on.
    """

    def __init__(self, rates, epochs, gradual):
        super().__init__()
        self._rates, self._epochs, self._gradual = rates, epochs, gradual

    def on_epoch_begin(self, epoch, logs=None):
        n_groups = self._rates.n_groups
        n_free = self._rates.n_free(epoch, self._epochs) if self._gradual else n_groups
        self._rates.free(n_free)


def _depths(model, plan):
    depths = {v.path: 0 for v in model.trainable_variables}
    n_layers = plan.num_layers or 1
    for layers in body_layers(model, plan.directions):
        for place, layer in enumerate(layers):
            # Architectures do not say where one of their layers ends: cut into equal shares.
            below = place * n_layers // len(layers)
            depths.update({v.path: n_layers - below for v in layer.trainable_variables})
    table = model.get_layer(TOKEN_EMBEDDING).embeddings
    return {**depths, table.path: n_layers + 1}
