"""A model's first values drawn again from another seed, without building it again."""

import random

import numpy as np

from keraseq._keras import keras, ops
from keraseq._precision import under_policy
from keraseq.builders import assemble, python_random

# Seeds that Keras draws while a model is built: two or three for each of its layers.
_MOST_DRAWS = 2000


class InitialValues:
    """What the variables of a new model were drawn from.

    Keras gives every initialiser and every random layer a seed from Python's generator while the
    model is built. Which of these draws a variable comes from is found by drawing it again: with
    another seed the same draws are made and the same initialisers called. Where a variable is
    neither found so, nor the same for every seed, first values come from a new build.

    Parameters
    ----------
    model : keras.Model
        As `assemble` gave it.
    plan : Plan
    seed : int
        It was built from.

    Attributes
    ----------
    are_drawn : bool
        Whether no build is needed.
    """

    def __init__(self, model, plan, seed):
        self._plan = plan
        places = {draw: place for place, draw in enumerate(_draws(seed))}
        found = {}
        # Those within come first: a variable is its innermost layer's.
        for layer in reversed(list(model._flatten_layers())):
            _find(layer, places, found)
        sources = [found.get(id(v)) or _constant(v) for v in model.variables]
        self.are_drawn = None not in sources
        used = [source.place for source in sources if getattr(source, "place", None) is not None]
        self._n_draws = max(used, default=-1) + 1
        self._sources = sources if self.are_drawn else None

    def put(self, model, seed):
        """Give the variables of `model` the values that a build from `seed` gives them."""
        if self.are_drawn:
            draws = _draws(seed, self._n_draws)
            values = (source(draws) for source in self._sources)
        else:
            with under_policy(model.dtype_policy):
                values = assemble(self._plan, seed).variables
        for variable, value in zip(model.variables, values, strict=True):
            variable.assign(value)


def _draws(seed, n=_MOST_DRAWS):
    """The first n seeds that Keras draws one after the other in a build from `seed`."""
    with python_random(seed):
        return [random.randint(1, int(1e9)) for _ in range(n)]


def _find(layer, places, found):
    """Note the source of each variable of a layer that one of its random objects has made."""
    initializers = []
    for part in vars(layer).values():
        if isinstance(part, keras.random.SeedGenerator):
            start = part.state.numpy()
            if start[0] in places:
                found[id(part.state)] = _OfGenerator(places[start[0]], start.dtype)
        elif isinstance(getattr(part, "seed", None), int) and callable(part):
            initializers.append(part)
    for variable in layer.variables:
        if id(variable) not in found:
            source = _source(variable, initializers, places) or _unseeded(variable, layer)
            found.update({} if source is None else {id(variable): source})


def _source(variable, initializers, places):
    """The initialiser that gives a variable's value, or None."""
    for initializer in initializers:
        for config in _configs(initializer, len(variable.shape)):
            place = places.get(initializer.seed)
            source = _OfInitializer(initializer, config, place, variable)
            if _gives(source, variable):
                return source
    return None


def _unseeded(variable, layer):
    """The source of a variable whose initialiser knows no chance, or None."""
    for part in vars(layer).values():
        if isinstance(part, keras.initializers.Initializer) and not hasattr(part, "seed"):
            value = ops.convert_to_numpy(part(tuple(variable.shape), dtype=variable.dtype))
            if np.array_equal(value, variable.numpy()):
                return lambda draws, value=value: value
    return None


def _configs(initializer, rank):
    """The configurations in which a layer may have called its initialiser."""
    config = initializer.get_config()
    yield config
    if "input_axes" in config and config["input_axes"] is None:
        # EinsumDense tells it which of the axes come in.
        for n in range(1, rank):
            axes = {"input_axes": tuple(range(n)), "output_axes": tuple(range(n, rank))}
            yield {**config, **axes}


def _gives(source, variable):
    try:
        return np.array_equal(ops.convert_to_numpy(source(None)), variable.numpy())
    except ValueError:
        # An initialiser of matrices, asked for a vector.
        return False


class _OfGenerator:
    """The state of a seed generator."""

    def __init__(self, place, dtype):
        self.place, self._dtype = place, dtype

    def __call__(self, draws):
        return np.array([draws[self.place], 0], self._dtype)


class _OfInitializer:
    """What an initialiser gives, with the seed that it has or, given draws, with its place's."""

    def __init__(self, initializer, config, place, variable):
        self._kind, self._config = type(initializer), config
        self._seed, self.place = initializer.seed, place
        self._shape, self._dtype = tuple(variable.shape), variable.dtype

    def __call__(self, draws):
        # One that was given its seed has no place among the draws.
        seed = self._seed if draws is None or self.place is None else draws[self.place]
        initializer = self._kind.from_config({**self._config, "seed": seed})
        return initializer(self._shape, dtype=self._dtype)


def _constant(variable):
    """The source of a variable of zeros and ones, which no seed decides; None for another."""
    value = variable.numpy()
    return (lambda draws: value) if np.isin(value, (0, 1)).all() else None
