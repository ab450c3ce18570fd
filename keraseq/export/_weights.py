"""Whether weights are those of the model that they are said to be of."""

import numpy as np

from keraseq._keras import keras
from keraseq.builders import Plan, assemble


def check_weights(network):
    """Raise ValueError unless the shapes of a network's weights are those of its plan.

    The model is laid out without a value in it, which takes some hundredths of a second and no
    memory. What code of a user's builds is not looked at before it is used.
    """
    weights, blueprint = network.weights, network.blueprint
    if not isinstance(weights, list) or not all(isinstance(w, np.ndarray) for w in weights):
        raise ValueError("its weights are no arrays")
    if not blueprint.is_plan or not blueprint.plan.spec.runs_our_code:
        return
    plan = blueprint.plan
    _check_sizes(plan, len(weights))
    with keras.StatelessScope(initialize_variables=False):
        wanted = [tuple(weight.shape) for weight in assemble(plan, 0).weights]
    found = [weight.shape for weight in weights]
    if wanted != found:
        pairs = enumerate(zip(wanted, found, strict=False))
        differ = next((place for place, pair in pairs if pair[0] != pair[1]), None)
        said = f"{len(found)}, not {len(wanted)}"
        if differ is not None:
            said = f"number {differ} is {found[differ]}, not {wanted[differ]}"
        raise ValueError(
            f"its weights are none of the {plan.spec.name} that this keraseq builds: {said}"
        )


def _check_sizes(plan, n_weights):
    """What would take for ever to lay out is no plan of these weights."""
    if not isinstance(plan, Plan):
        raise ValueError(f"a {type(plan).__name__} is no plan of a model")
    layers = plan.num_layers
    if layers is not None and (type(layers) is not int or not 0 <= layers <= n_weights):
        raise ValueError(f"num_layers={layers!r:.60} has {n_weights} weights")
