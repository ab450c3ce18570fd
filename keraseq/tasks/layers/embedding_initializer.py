"""How the vectors of tokens begin."""

import keras


def embedding_initializer(spread):
    """Normal with a standard deviation of `spread`; Keras's own for None."""
    return "uniform" if spread is None else keras.initializers.RandomNormal(stddev=spread)
